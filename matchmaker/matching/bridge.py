"""Rows to engine inputs and back: the way of this room to the engine.

One `Matcher` lives in each process. It holds the fitted community in memory and
brings it up to date with the profiles that changed since it last looked, so what
it answers is what the database says.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.matching import versions
from matchmaker.matching.inputs import list_members, make_member
from matchmaker.matching.shelf import Reader, Shelf
from matchmaker.profiles.models import Profile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matchmaker.engine.calibration import Bands
    from matchmaker.engine.community import Community, Ranked

    FloatArray = NDArray[np.float64]


#: Two processes' clocks and a commit after its time stamp may differ by this much.
OVERLAP = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Pair:
    """How well a candidate fits a seeker, both ways; each in [0, 1]."""

    candidate_id: int
    fit_for_me: float
    fit_for_them: float
    joint: float
    band: str
    standing: float = 0.0


@dataclass(frozen=True, slots=True)
class SeekerList:
    """A member's list, best first, and where the member stands in the market."""

    seeker_id: int
    pairs: list[Pair]
    hubness: float
    requests: float


@dataclass(frozen=True, slots=True)
class MarketShape:
    """How long lists are and what they aim at; see config.py."""

    shown: int
    kept: int
    fairness: float
    capacity: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a member's place in the market; see ``ListState``."""

    hubness: float
    requests: float


class Matcher:
    """The fitted community of this process. Safe to use from several threads.

    Parameters
    ----------
    folder
        Where the fitted community is kept between starts, so that the next one, or
        the next process, reads it instead of fitting; None keeps nothing.
    encoder
        The local sentence encoder of config.py; empty for none.
    """

    def __init__(self, folder: Path | None = None, *, encoder: str = "") -> None:
        self._shelf = Shelf(folder) if folder else None
        self._reader = Reader(folder, encoder)
        self._lock = threading.RLock()
        self._community: Community | None = None
        self._seen: dict[int, datetime] = {}
        self._synced_at: datetime | None = None
        self._bands: Bands | None = None

    def sync(self, session: Session) -> Community:
        """Bring the community in line with the database and return it."""
        with self._lock:
            moment = now()
            community = self._renewed(session) or self._community
            if community is None:
                community, self._seen, self._bands = _fitted(session, self._reader)
            else:
                self._follow(session, community)
            self._community, self._synced_at = community, moment
            return community

    def refit(self, session: Session) -> Community:
        """Fit anew, with today's words and their rarity, and keep the result."""
        # Pages are answered with the old one until the new one is ready.
        moment = now()
        community, seen, bands = _fitted(session, self._reader)
        if self._shelf is not None:
            self._shelf.write(community, seen)
            # Read back, its numbers lie in the file, shared between processes.
            found = self._shelf.read(self._reader)
            community = found.community if found else community
        with self._lock:
            self._community, self._seen, self._bands = community, seen, bands
            self._synced_at = moment
            return community

    def has_old_terms(self) -> bool:
        """Tell whether what is kept was made with another glossary."""
        return self._shelf is not None and self._shelf.has_old_terms()

    def is_behind_terms(self) -> bool:
        """Tell whether a community is kept, and that with another glossary."""
        return self.has_old_terms() and self.state() != "none"

    def state(self) -> str:
        """Say whether this process has a fitted community, or could read one."""
        if self._community is not None:
            return "serving"
        return "kept" if self._shelf and self._shelf.exists() else "none"

    def damage(self) -> str | None:
        """Say what is wrong with the fitted community that is kept, if anything is."""
        return self._shelf.damage(self._reader) if self._shelf is not None else None

    def warm_up(self, session: Session) -> None:
        """Do once what the first question of a process would have to wait for."""
        with self._lock:
            ids = self.sync(session).ids
            if len(ids) > 1:
                self.explain(session, int(ids[0]), [int(ids[1])])

    def own_list(
        self,
        session: Session,
        profile_id: int,
        *,
        k: int,
        forbidden: Collection[int],
        market: Mapping[int, Standing],
    ) -> SeekerList | None:
        """Return the list of one listed member, the others' being as they are.

        Parameters
        ----------
        market
            Every member's standing; who has none yet counts as the average one.
        """
        import numpy as np  # noqa: PLC0415

        from matchmaker.engine import lists  # noqa: PLC0415

        with self._lock:
            community = self.sync(session)
            if profile_id not in self._seen:
                return None
            ids = [int(member_id) for member_id in community.ids]
            scores = community.score(str(profile_id))
            banned = {profile_id, *forbidden}
            allowed = np.array([one not in banned for one in ids], bool)
            hubness, requests = _market(ids, market)
            found = lists.own_list(community, scores, allowed, (hubness, requests), k=k)
            own = ids.index(profile_id)
            pairs = [
                Pair(
                    ids[at],
                    float(scores.fit_for_me[at]),
                    float(scores.fit_for_them[at]),
                    float(scores.joint[at]),
                    self._words().word(float(scores.joint[at])),
                    float(standing),
                )
                for at, standing in zip(found.places, found.standing, strict=True)
            ]
            nearest = lists.nearest_mean(scores.joint, own)
            return SeekerList(profile_id, pairs, nearest, float(requests[own]))

    def market(  # noqa: PLR0913  each by name
        self,
        session: Session,
        shape: MarketShape,
        *,
        forbidden: dict[int, set[int]],
        waiting: Mapping[int, int],
        cluster: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[SeekerList]:
        """Yield every listed member's list, made for the whole market at once.

        Parameters
        ----------
        waiting
            Unanswered requests that each member has.
        cluster
            Address of a Dask cluster that compares the members, or ``local:N``; empty
            does it here. Both give the same lists to the last bit.
        progress
            Called with the pairs, or blocks of pairs, done and to do.
        """
        from matchmaker.engine import lists  # noqa: PLC0415
        from matchmaker.engine.scoring import DECIMALS  # noqa: PLC0415

        def unwanted(member_id: str) -> set[str]:
            return {str(number) for number in forbidden.get(int(member_id), ())}

        with self._lock:
            # Pages are answered meanwhile: the rest works on what is now.
            community, bands = self.sync(session).snapshot(), self._words()
        if cluster and self._shelf is not None:
            found = self._shelf.cluster_candidates(
                community, cluster, k=shape.kept, forbidden=unwanted, progress=progress
            )
        else:
            found = community.candidates(
                k=shape.kept, forbidden=unwanted, progress=progress
            )
        asked = {str(one): count for one, count in waiting.items()}
        bounds = lists.site_bounds(community, asked, shape.capacity)
        made = lists.market_lists(
            community, found, k=shape.shown, fairness=shape.fairness, bounds=bounds
        )
        hubness = dict(zip(made.ids, found.hubness.tolist(), strict=True))
        for at, member_id in enumerate(made.ids):
            pairs = [
                _pair(
                    one,
                    bands,
                    round(one.joint - hubness[one.candidate_id] / 2, DECIMALS),
                )
                for one in lists.ranked(made, at)
            ]
            requests = float(made.requests[at])
            yield SeekerList(int(member_id), pairs, hubness[member_id], requests)

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
        return Pair(candidate_id, *fits, self._words().word(told.joint)), {
            "interpreter": told.interpreter_needed,
            "reasons": [asdict(reason) for reason in told.reasons],
        }

    def seen_by_others(
        self, session: Session, profile_id: int
    ) -> tuple[dict[int, Pair], float]:
        """Return how a member looks to each other one, and the member's hubness.

        Returns
        -------
        tuple
            By the other's id the pair as that one sees it, standing included. Nothing
            for a member who is not listed.
        """
        from matchmaker.engine import lists  # noqa: PLC0415

        with self._lock:
            community = self.sync(session)
            if profile_id not in self._seen:
                return {}, 0.0
            scores = community.score(str(profile_id))
            own = community.ids.index(str(profile_id))
            bands = self._words()
            hubness = lists.nearest_mean(scores.joint, own)
            standing = lists.standing_of(scores.joint, hubness)
            ids = community.ids
        columns = (scores.fit_for_them, scores.fit_for_me, scores.joint, standing)
        rows = zip(ids, *(column.tolist() for column in columns), strict=True)
        return {
            int(other): Pair(profile_id, mine, theirs, joint, bands.word(joint), stands)
            for other, mine, theirs, joint, stands in rows
            if int(other) != profile_id
        }, hubness

    def _words(self) -> Bands:
        """Return what scores mean in words, of the model this process serves."""
        from matchmaker.engine.calibration import Bands  # noqa: PLC0415

        return self._bands or Bands()

    def _renewed(self, session: Session) -> Community | None:
        """Return the kept community if another process wrote it since, or at first.

        A damaged one is looked at once: whatever this process has goes on serving.
        """
        if self._shelf is None or not self._shelf.is_new():
            return None
        found = self._shelf.read(self._reader)
        if found is None:
            return None
        self._seen = found.seen
        self._synced_at = None  # what changed since it was written is unknown
        self._bands = versions.bands(session)
        return found.community

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
            community.put(make_member(profile))
            self._seen[profile.id] = profile.changed_at
            ids.remove(profile.id)
        for gone in ids:
            if self._seen.pop(gone, None) is not None:
                community.remove(str(gone))


def _fitted(
    session: Session, reader: Reader
) -> tuple[Community, dict[int, datetime], Bands]:
    """Return a community fitted to the listed members, with the live model."""
    from matchmaker.engine.community import Community  # noqa: PLC0415

    profiles = list_members(session)
    model = versions.live_model(session)
    members = [make_member(one) for one in profiles]
    community = Community(model.weights, encoder=reader.open()).fit(members)
    reader.forget_others(members)
    seen = {profile.id: profile.changed_at for profile in profiles}
    return community, seen, model.calibration.bands()


def _pair(ranked: Ranked, bands: Bands, standing: float) -> Pair:
    fits = ranked.fit_for_me, ranked.fit_for_them, ranked.joint
    return Pair(int(ranked.candidate_id), *fits, bands.word(ranked.joint), standing)


def _market(
    ids: list[int], market: Mapping[int, Standing]
) -> tuple[FloatArray, FloatArray]:
    """Return hubness and expected requests in the order of the members."""
    import numpy as np  # noqa: PLC0415

    known = market.values()
    count = max(len(market), 1)
    usual = Standing(
        sum(one.hubness for one in known) / count,
        sum(one.requests for one in known) / count,
    )
    found = [market.get(one, usual) for one in ids]
    return (
        np.array([one.hubness for one in found], float),
        np.array([one.requests for one in found], float),
    )
