"""Rows to what the engine reads: listed profiles as members. No scores here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.profiles.models import Opportunity, Profile, ProfileStatus, Side

if TYPE_CHECKING:
    from matchmaker.engine.members import Item, Member


def list_members(session: Session, ids: list[int] | None = None) -> list[Profile]:
    """Return the listed profiles with what matching reads, by id."""
    listed = (
        select(Profile)
        .where(Profile.status == ProfileStatus.ACTIVE)
        .order_by(Profile.id)
        .options(joinedload(Profile.organisation), selectinload(Profile.opportunities))
        .execution_options(populate_existing=True)
    )
    if ids is not None:
        listed = listed.where(Profile.id.in_(ids))
    return list(session.scalars(listed))


def make_member(profile: Profile) -> Member:
    """Return a profile as the engine reads it."""
    from matchmaker.engine.members import Member  # noqa: PLC0415

    offers = [item for item in profile.opportunities if item.side is Side.OFFER]
    needs = [item for item in profile.opportunities if item.side is Side.REQUEST]
    return Member(
        id=str(profile.id),
        name=profile.full_name,
        organisation=profile.organisation_name,
        country=profile.country,
        region="",
        city=profile.city,
        languages=tuple(profile.languages),
        sectors=tuple(profile.sectors),
        markets=tuple(profile.markets),
        about=profile.about,
        offers=tuple(_item(item) for item in offers),
        needs=tuple(_item(item) for item in needs),
    )


def _item(item: Opportunity) -> Item:
    from matchmaker.engine.members import Item  # noqa: PLC0415

    return Item(
        type=item.collaboration or None,
        text=item.text,
        lang=item.lang or None,
        id=item.public_id,
    )
