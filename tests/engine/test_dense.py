from pathlib import Path

import numpy as np
import pytest

from matchmaker.engine import approximate as limits
from matchmaker.engine.approximate import approximate_candidates
from matchmaker.engine.artefact import ArtefactError, write_artefact
from matchmaker.engine.candidates import two_way_top
from matchmaker.engine.community import Community
from matchmaker.engine.dense import (
    TwoWayVectors,
    load_vectors,
    save_vectors,
    two_way_vectors,
)
from matchmaker.engine.members import Item, Member
from matchmaker.engine.pairing import Candidates, PairScores

WORDS = ("steel", "pipe", "cotton", "yarn", "freight", "rail", "software", "wheat")
SIZE = 250


@pytest.fixture(scope="module")
def community() -> Community:
    rng = np.random.default_rng(0)
    drawn = rng.choice(WORDS, (SIZE, 4)).tolist()
    return Community().fit(
        [
            Member(
                f"m{at:04}",
                country=("KZ", "CN", "DE")[at % 3],
                needs=(Item(None, f"{one} {two}"),),
                offers=(Item("supply", f"{three} {four}"),),
            )
            for at, (one, two, three, four) in enumerate(drawn)
        ]
    )


def approximate(community: Community, **chosen: object) -> Candidates:
    return approximate_candidates(
        community.base_,
        community.ids,
        community.weights,
        k=10,
        **chosen,  # type: ignore[arg-type]
    )


def test_the_product_of_two_vectors_is_near_to_the_joint_score(
    community: Community,
) -> None:
    found = two_way_vectors(
        PairScores(community.base_, community.ids, community.weights)
    )
    everybody = slice(0, SIZE)
    (scores,) = found(everybody, everybody)
    exact = np.array([community.score(one).joint for one in community.ids])
    assert found.vectors.shape[1] <= 256
    assert np.abs(scores - exact).max() < 0.02
    assert np.allclose(scores, scores.T, atol=1e-5)


def test_scores_of_approximate_candidates_are_the_true_ones_best_first(
    community: Community,
) -> None:
    found = approximate(community, spread=False)
    for at in range(0, SIZE, 25):
        scores = community.score(community.ids[at])
        assert np.allclose(found.joint[at], scores.joint[found.places[at]], atol=1e-9)
        assert np.allclose(found.for_me[at], scores.fit_for_me[found.places[at]])
        assert (np.diff(found.joint[at]) <= 0).all()


@pytest.mark.parametrize("spread", [True, False])
def test_approximate_candidates_of_a_small_community_are_nearly_the_exact_ones(
    community: Community, *, spread: bool
) -> None:
    found, exact = (
        approximate(community, spread=spread),
        community.candidates(k=10, spread=spread),
    )
    # By value: with eight words many candidates are equals.
    assert found.joint.mean() >= 0.999 * exact.joint.mean()


def test_nobody_is_a_candidate_of_their_own_or_where_forbidden(
    community: Community,
) -> None:
    open_to = approximate(community).places
    banned = community.ids[int(open_to[0, 0])]
    found = approximate(
        community, forbidden=lambda one: [banned] if one == "m0000" else []
    )
    assert not (found.places == np.arange(SIZE)[:, None]).any()
    assert int(open_to[0, 0]) not in found.places[0]
    assert len(np.unique(found.places[0])) == 10


def test_lowered_vectors_score_less_by_half_of_both_sides() -> None:
    rng = np.random.default_rng(0)
    drawn, mean = rng.normal(size=(50, 8)).astype(np.float32), rng.random(50)
    vectors, part = (
        TwoWayVectors(drawn, np.repeat(np.float32([1, -1]), 4)),
        slice(0, 50),
    )
    expected = vectors(part, part)[0] - (mean[:, None] + mean[None, :]) / 2
    assert np.allclose(vectors.lowered(mean)(part, part)[0], expected, atol=1e-5)


def test_saved_vectors_come_back_mapped_and_make_the_same_lists(
    tmp_path: Path,
) -> None:
    drawn = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    vectors = TwoWayVectors(drawn, np.repeat(np.float32([1, -1]), 4))
    save_vectors(tmp_path / "vectors.npz", vectors)
    found = load_vectors(tmp_path / "vectors.npz")
    assert not found.vectors.flags.writeable
    same = [two_way_top(300, one, k=5).sorted()[0] for one in (found, vectors)]
    assert np.array_equal(*same)


def test_a_file_that_holds_no_vectors_is_refused_by_name(tmp_path: Path) -> None:
    write_artefact(tmp_path / "other.npz", {}, {"else": np.zeros(3)})
    with pytest.raises(ArtefactError, match=r"other\.npz: no two-way vectors"):
        load_vectors(tmp_path / "other.npz")


@pytest.mark.parametrize("size", [0, 1, 2])
def test_the_smallest_communities_have_approximate_candidates(size: int) -> None:
    members = [Member(f"m{at}", about="steel pipes") for at in range(size)]
    found = approximate(Community().fit(members))
    assert len(found.places) == size
    assert (found.places >= 0).sum() == (2 if size > 1 else 0)


def test_a_community_too_large_for_all_pairs_is_searched_by_vectors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = Community().fit(
        [
            Member(f"m{at:03}", about=f"{'steel' if at % 2 else 'wheat'} {at % 7}")
            for at in range(120)
        ]
    )
    exact = known.candidates(k=5)
    monkeypatch.setattr(limits, "EXACT_UP_TO", 100)
    found = known.candidates(k=5)
    assert found.places.shape == exact.places.shape
    at = np.arange(120)[:, None]
    assert (found.places != at).all()
    # The lists hold scores that are exact; few of the best are missed.
    assert found.joint.sum() >= 0.95 * exact.joint.sum()
