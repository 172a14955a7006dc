"""People who can sign in, where they are signed in, and their one-use links."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, false
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
    confirmed_at: Mapped[datetime | None] = mapped_column(
        default=now, comment="when the password was last given"
    )
    second_factor: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="a code was given too"
    )
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
    browser: Mapped[str | None] = mapped_column(
        comment="SHA-256 of a secret of the browser that asked; empty: any"
    )
    user: Mapped[User] = relationship()


class SecondFactor(Base):
    """The secret that a person's app makes codes from, and we compare them with.

    It is stored as it is: whoever compares codes must know it, and a key beside the
    database would open it to whoever reads both.
    """

    __tablename__ = "second_factor"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), unique=True
    )
    secret: Mapped[str] = mapped_column(comment="Base32, 160 bits")
    since: Mapped[datetime | None] = mapped_column(
        comment="empty until the first code was right"
    )
    last_step: Mapped[int] = mapped_column(
        default=0, comment="30-second step of the last code; older ones are refused"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)


class RecoveryCode(Base):
    """A code that stands in once for a lost phone."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "selector"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    selector: Mapped[str] = mapped_column(comment="its first four characters")
    code_hash: Mapped[str] = mapped_column(comment="Argon2id of the rest")
    used_at: Mapped[datetime | None]


class PendingSignIn(Base):
    """A sign-in whose password was right and whose code is not given yet."""

    __tablename__ = "pending_sign_in"

    id: Mapped[Id]
    digest: Mapped[str] = mapped_column(unique=True, comment="SHA-256 of the secret")
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    expires_at: Mapped[datetime]
    user: Mapped[User] = relationship()


class MailChange(Base):
    """A change of address: wanted, then confirmed from the new one, undone or not."""

    __tablename__ = "mail_change"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    old_email: Mapped[str]
    new_email: Mapped[str]
    digest: Mapped[str] = mapped_column(
        unique=True, comment="SHA-256 of the secret sent to the new address"
    )
    undo_digest: Mapped[str | None] = mapped_column(
        unique=True, comment="SHA-256 of the secret sent to the old address"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(
        comment="of the link to confirm; once confirmed, of the one to undo"
    )
    confirmed_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class Registration(Base):
    """Somebody wants an account; the worker finds out whether there is one.

    A row for every address makes the answer take the same time for all.
    """

    __tablename__ = "registration"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(comment="normalised")
    password_hash: Mapped[str] = mapped_column(comment="Argon2id")
    locale: Mapped[str]
    time_zone: Mapped[str] = mapped_column(comment="IANA name")
    browser: Mapped[str | None] = mapped_column(
        comment="SHA-256 of a secret of the browser in which the password was typed"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)


class ResetRequest(Base):
    """Somebody asked for a new password; the worker finds out whether we know them.

    A row for every address makes the answer take the same time for all.
    """

    __tablename__ = "reset_request"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(comment="normalised; perhaps nobody's")
    created_at: Mapped[datetime] = mapped_column(default=now)
