"""Rows to engine inputs and back: the way of this room to the engine.

One `Matcher` lives in each process. It holds the fitted community in memory and
brings it up to date with the profiles that changed since it last looked, so what
it answers is what the database says.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.clock import now
from matchmaker.profiles.models import Opportunity, Profile, ProfileStatus, Side

if TYPE_CHECKING:
    from matchmaker.engine.community import Community
    from matchmaker.engine.members import Item, Member

log = structlog.get_logger()

#: Two processes' clocks and a commit after its time stamp may differ by this much.
OVERLAP = timedelta(seconds=30)
MODEL_NAME = "prior-1"  # weights from the documented prior, not yet from decisions


@dataclass(frozen=True, slots=True)
class Pair:
    """How well a candidate fits a seeker, both ways; each in [0, 1]."""

    candidate_id: int
    fit_for_me: float
    fit_for_them: float
    joint: float
    band: str


class Matcher:
    """The fitted community of this process. Safe to use from several threads.

    Parameters
    ----------
    folder
        Where the fitted community is kept between starts, so that the next one, or
        the next process, reads it instead of fitting; None keeps nothing.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._community: Community | None = None
        self._seen: dict[int, datetime] = {}
        self._synced_at: datetime | None = None

    def sync(self, session: Session) -> Community:
        """Bring the community in line with the database and return it."""
        with self._lock:
            moment = now()
            community = self._community or self._restore()
            if community is None:
                community = self._fit(session)
            else:
                self._follow(session, community)
            self._community, self._synced_at = community, moment
            return community

    def refit(self, session: Session) -> Community:
        """Fit anew, with today's words and their rarity, and keep the result."""
        with self._lock:
            self._synced_at = now()
            self._community = self._fit(session)
            self._keep(self._community)
            return self._community

    def warm_up(self, session: Session) -> None:
        """Do once what the first question of a process would have to wait for."""
        with self._lock:
            ids = self.sync(session).ids
            if len(ids) > 1:
                self.explain(session, int(ids[0]), [int(ids[1])])

    def top(
        self, session: Session, profile_id: int, *, k: int, forbidden: Collection[int]
    ) -> list[Pair]:
        """Return the best candidates of a listed member, best first."""
        with self._lock:
            community = self.sync(session)
            if profile_id not in self._seen:
                return []
            ranked = community.top(
                str(profile_id), k=k, forbidden={str(number) for number in forbidden}
            )
            return [_pair(one) for one in ranked]

    def all_top(
        self, session: Session, *, k: int, forbidden: dict[int, set[int]]
    ) -> Iterator[tuple[int, list[Pair]]]:
        """Yield every listed member with the best candidates."""

        def unwanted(member_id: str) -> set[str]:
            return {str(number) for number in forbidden.get(int(member_id), ())}

        with self._lock:
            community = self.sync(session)
            for member_id, ranked in community.all_top(k=k, forbidden=unwanted):
                yield int(member_id), [_pair(one) for one in ranked]

    def explain(
        self, session: Session, seeker_id: int, candidate_ids: Collection[int]
    ) -> dict[int, dict[str, Any]]:
        """Return reasons with evidence, plain JSON, for some of a seeker's pairs."""
        with self._lock:
            community = self.sync(session)
            judged = {
                candidate_id: self._judge(community, seeker_id, candidate_id)
                for candidate_id in candidate_ids
            }
        return {key: told for key, (pair, told) in judged.items() if pair is not None}

    def judge(
        self, session: Session, seeker_id: int, candidate_id: int
    ) -> tuple[Pair | None, dict[str, Any]]:
        """Return scores and reasons of one pair; nothing if one is not listed."""
        with self._lock:
            return self._judge(self.sync(session), seeker_id, candidate_id)

    def _judge(
        self, community: Community, seeker_id: int, candidate_id: int
    ) -> tuple[Pair | None, dict[str, Any]]:
        if not {seeker_id, candidate_id} <= self._seen.keys():
            return None, {}
        told = community.explain(str(seeker_id), str(candidate_id))
        fits = told.fit_for_me, told.fit_for_them, told.joint
        return Pair(candidate_id, *fits, _band(told.joint)), {
            "interpreter": told.interpreter_needed,
            "reasons": [asdict(reason) for reason in told.reasons],
        }

    def admirers(self, session: Session, profile_id: int) -> dict[int, float]:
        """Return the joint score of every other listed member with this one."""
        with self._lock:
            community = self.sync(session)
            if profile_id not in self._seen:
                return {}
            joint = community.score(str(profile_id)).joint
            scores = zip(community.ids, joint, strict=True)
            return {
                int(other): float(score)
                for other, score in scores
                if int(other) != profile_id
            }

    def _fit(self, session: Session) -> Community:
        from matchmaker.engine.community import Community  # noqa: PLC0415

        profiles = list_members(session)
        community = Community().fit([_member(profile) for profile in profiles])
        self._seen = {profile.id: profile.changed_at for profile in profiles}
        return community

    def _keep(self, community: Community) -> None:
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        digest = community.save(self._folder / "community.npz")
        seen = {str(key): stamp.isoformat() for key, stamp in self._seen.items()}
        beside = self._folder / ".seen.json"
        beside.write_text(json.dumps({"community": digest, "seen": seen}), "utf-8")
        beside.replace(self._folder / "seen.json")

    def _restore(self) -> Community | None:
        """Return the kept community; a damaged one is named in the log and left."""
        from matchmaker.engine.artefact import ArtefactError  # noqa: PLC0415
        from matchmaker.engine.community import Community  # noqa: PLC0415

        if self._folder is None or not (self._folder / "seen.json").exists():
            return None
        try:
            kept = json.loads((self._folder / "seen.json").read_text("utf-8"))
            community = Community.load(self._folder / "community.npz")
            seen = {
                int(key): datetime.fromisoformat(stamp)
                for key, stamp in kept["seen"].items()
            }
        except (OSError, ValueError, KeyError, ArtefactError) as error:
            log.warning("model-damaged", detail=str(error))
            return None
        if set(community.ids) != {str(key) for key in seen}:
            return None  # the two files are of different runs
        self._seen = seen
        return community

    def _follow(self, session: Session, community: Community) -> None:
        changes = select(Profile.id, Profile.changed_at)
        if self._synced_at is not None:
            changes = changes.where(Profile.changed_at >= self._synced_at - OVERLAP)
        stamps = {row[0]: row[1] for row in session.execute(changes)}
        ids = [key for key, stamp in stamps.items() if self._seen.get(key) != stamp]
        if self._synced_at is None:
            ids += [key for key in self._seen if key not in stamps]
        if not ids:
            return
        for profile in list_members(session, ids):
            community.put(_member(profile))
            self._seen[profile.id] = profile.changed_at
            ids.remove(profile.id)
        for gone in ids:
            if self._seen.pop(gone, None) is not None:
                community.remove(str(gone))


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


def model_weights() -> dict[str, Any]:
    """Return the weights in force, as plain values."""
    from matchmaker.engine.scoring import DEFAULT_WEIGHTS  # noqa: PLC0415

    return asdict(DEFAULT_WEIGHTS)


def _band(joint: float) -> str:
    from matchmaker.engine.scoring import band  # noqa: PLC0415

    return band(joint)


def _pair(ranked: Any) -> Pair:  # noqa: ANN401  engine.community.Ranked, lazily loaded
    return Pair(
        int(ranked.candidate_id),
        float(ranked.fit_for_me),
        float(ranked.fit_for_them),
        float(ranked.joint),
        _band(ranked.joint),
    )


def _member(profile: Profile) -> Member:
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
