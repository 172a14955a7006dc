"""What digests have told already that no notice stands for."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.clock import now
from matchmaker.db import Base, Id


class DigestMention(Base):
    """A proposal that stood in a digest; the next one names others."""

    __tablename__ = "digest_mention"
    __table_args__ = (UniqueConstraint("seeker_id", "candidate_id"),)

    id: Mapped[Id]
    seeker_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    candidate_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    mentioned_at: Mapped[datetime] = mapped_column(default=now)
