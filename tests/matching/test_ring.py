"""Twenty fresh accounts that praise each other, in the demo community of 300."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.db import Base, Sessions, make_engine
from matchmaker.demo import load as demo
from matchmaker.engine.community import Community
from matchmaker.engine.lists import nearest_mean, standing_of
from matchmaker.engine.scoring import DEFAULT_WEIGHTS, Weights
from matchmaker.matching import learning, lists, versions
from matchmaker.matching.bridge import Matcher
from matchmaker.matching.inputs import list_members, make_member
from matchmaker.matching.models import Impression, MatchRun, Outcome
from matchmaker.matching.views import make_policy
from matchmaker.profiles.models import Profile, ProfileStatus, Side
from tests.conftest import add_introduction, add_member

pytestmark = pytest.mark.slow
SIZE = 20
PLACES = 2  # that a ring may move its rank for outsiders


@dataclass(slots=True)
class Ring:
    """A community with a ring of accounts in it."""

    sessions: Sessions
    members: list[int]

    def praise(self, *, outsiders: int = 0) -> None:
        """Let all introduce each other, agree, and be told so by some outsiders."""
        with self.sessions.write.begin() as session:
            people = [session.get_one(Profile, one) for one in self.members]
            run = MatchRun(
                model_version_id=versions.live_version(session).id, kind="full", seed=1
            )
            session.add(run)
            session.flush()
            for at, one in enumerate(people):
                for other in people[at + 1 :]:
                    _agree(session, run, one, other)
            known = _established(session, self.members)
            for at, one in enumerate(people[:outsiders]):
                add_introduction(session, known[at], one)

    def weights(self) -> Weights:
        """Return what is learned from everything that was said."""
        with self.sessions.read() as session:
            community = _community(session, DEFAULT_WEIGHTS)
            return learning.train(
                learning.training_set(session, community)
            ).fitted.weights

    def ranks(self, weights: Weights) -> np.ndarray:
        """Return how many outsiders stand before each of the ring, by outsider."""
        with self.sessions.read() as session:
            community = _community(session, weights)
        ids = [int(one) for one in community.ids]
        inside = np.isin(ids, self.members)
        scores = [np.asarray(community.score(str(one)).joint) for one in ids]
        near = np.array([nearest_mean(row, at) for at, row in enumerate(scores)])
        found = []
        for at in np.flatnonzero(~inside):
            standing = standing_of(scores[at], near)
            standing[at] = -np.inf
            others = np.sort(standing[~inside])
            above = len(others) - np.searchsorted(others, standing[inside], "right")
            found.append(above)
        return np.array(found)

    def places(self, site: Site) -> dict[tuple[int, int], int]:
        """Return the place of each of the ring in the list of each outsider."""
        policy = make_policy(site.app.config)
        with self.sessions.read() as session:
            matcher = Matcher()
            matcher.refit(session)
            made = matcher.market(
                session,
                policy.shape,
                forbidden=lists.list_forbidden(session, policy),
                waiting=lists.count_waiting(session),
            )
            return {
                (one.seeker_id, pair.candidate_id): place
                for one in made
                if one.seeker_id not in self.members
                for place, pair in enumerate(one.pairs)
                if pair.candidate_id in self.members
            }


def _agree(session: Session, run: MatchRun, one: Profile, other: Profile) -> None:
    met = add_introduction(session, one, other)
    for seeker, candidate in ((one, other), (other, one)):
        session.add_all(
            [
                Outcome(
                    introduction_id=met.id,
                    author_id=seeker.id,
                    stage=2,
                    value="agreement",
                ),
                Impression(
                    run_id=run.id,
                    seeker_id=seeker.id,
                    candidate_id=candidate.id,
                    position=1,
                    propensity=0.05,
                    joint=0.3,
                    shown_on=now().date() - timedelta(days=5),
                ),
            ]
        )


def _community(session: Session, weights: Weights) -> Community:
    return Community(weights).fit([make_member(one) for one in list_members(session)])


def _established(session: Session, ring: list[int]) -> list[Profile]:
    listed = select(Profile).where(
        Profile.status == ProfileStatus.ACTIVE, Profile.id.not_in(ring)
    )
    return list(session.scalars(listed.order_by(Profile.id)))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Store the demo community with a ring that has copied attractive profiles."""
    path = tmp_path_factory.mktemp("ring") / "ring.db"
    engine = make_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    sessions = Sessions(engine)
    demo.load(sessions, today=now().date(), progress=lambda _done, _all: None)
    with sessions.write.begin() as session:
        for model in _established(session, [])[: 7 * SIZE : 7]:
            texts = {
                side: tuple(
                    (item.collaboration, f"{item.text} reliable")
                    for item in model.opportunities
                    if item.side is side
                )
                for side in Side
            }
            add_member(
                session,
                name="Ring",
                organisation=f"Ring {model.id}",
                country=model.country,
                city=model.city,
                languages=tuple(model.languages),
                sectors=tuple(model.sectors),
                markets=tuple(model.markets),
                about=model.about,
                offers=texts[Side.OFFER] or (("supply", "Wheat"),),
                requests=texts[Side.REQUEST] or (("supply", "Buyers of wheat"),),
            )
    engine.dispose()
    return path


@pytest.fixture
def ring(loaded: Path, tmp_path: Path) -> Iterator[Ring]:
    """Give a copy of the community, so that each test praises anew."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(loaded.read_bytes())
    engine = make_engine(f"sqlite:///{copy}")
    sessions = Sessions(engine)
    with sessions.read() as session:
        named = select(Profile.id).where(Profile.full_name == "Ring")
        members = list(session.scalars(named.order_by(Profile.id)))
    assert len(members) == SIZE
    yield Ring(sessions, members)
    engine.dispose()


@pytest.mark.parametrize("outsiders", [0, SIZE])
def test_what_a_ring_says_of_itself_teaches_the_model_nothing(
    ring: Ring, outsiders: int
) -> None:
    before = ring.ranks(ring.weights())
    ring.praise(outsiders=outsiders)
    after = ring.ranks(ring.weights())
    gained = (before - after)[np.minimum(before, after) < 60]
    assert gained.size > 100, "the ring must stand on some lists to gain anything"
    assert gained.max() <= PLACES


def test_introducing_each_other_lifts_a_ring_on_no_list(ring: Ring, site: Site) -> None:
    kept = make_policy(site.app.config).shape.kept
    before = ring.places(site)
    ring.praise()
    after = ring.places(site)
    gained = np.array(
        [
            before.get(pair, kept) - after.get(pair, kept)
            for pair in before.keys() | after.keys()
        ]
    )
    assert gained.size > 100
    # The order of first pages is an equilibrium: whoever stops looking at each other
    # looks at others, and a few places change hands whatever one does about it.
    assert gained.mean() <= PLACES / 2
    assert np.quantile(gained, 0.9) <= PLACES
