"""People who can sign in, where they are signed in, and their one-use links."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import now
from matchmaker.db import Base, Id, PublicId


class Purpose(StrEnum):
    """What a one-use link is good for, and for nothing else."""

    CONFIRM = "confirm"
    RESET = "reset"


class User(Base):
    """One person with one sign-in."""

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(unique=True, comment="lower case")
    password_hash: Mapped[str | None] = mapped_column(comment="Argon2id")
    locale: Mapped[str] = mapped_column(default="en")
    time_zone: Mapped[str] = mapped_column(default="UTC", comment="IANA name")
    is_admin: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class UserSession(Base):
    """One browser in which somebody is signed in. The cookie carries its token."""

    __tablename__ = "user_session"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    digest: Mapped[str] = mapped_column(unique=True, comment="SHA-256 of the token")
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    device: Mapped[str] = mapped_column(comment="browser and system, for the list")
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class Token(Base):
    """A one-use link. Only the hash of its secret is stored."""

    __tablename__ = "token"

    id: Mapped[Id]
    digest: Mapped[str] = mapped_column(unique=True, comment="SHA-256 of the secret")
    purpose: Mapped[Purpose]
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()
