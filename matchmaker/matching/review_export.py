"""Labels of blind review as a test set, and the live model judged by them."""

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy.orm import Session

from matchmaker.engine.members import Member
from matchmaker.matching.bridge import Matcher
from matchmaker.matching.inputs import list_members, make_member
from matchmaker.matching.models import Band
from matchmaker.matching.review_figures import Judged, list_judged, list_pairs
from matchmaker.profiles.models import ProfileStatus

SPLIT: Final = "dev"
DRAWS: Final = 400  # of the bootstrap; each draw sorts all pairs


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: people who look, people to be found, pairs judged."""

    seekers: int
    candidates: int
    judged: int


@dataclass(frozen=True, slots=True)
class Separation:
    """How well the live model's scores tell good pairs from others.

    Attributes
    ----------
    auc
        Chance that a good pair scores above one that is not, of two drawn from the
        whole community; 0.5 is that of a coin. Nothing if all pairs were judged alike.
    low, high
        Its 95 % interval, by bootstrap over pairs.
    bands
        By band as the live model gives it now: pairs judged, and good ones.
    """

    pairs: int
    good: int
    auc: float | None
    low: float | None
    high: float | None
    bands: dict[str, tuple[int, int]]


def list_usable(session: Session) -> list[Judged]:
    """Return the judged pairs both sides of which are still listed."""
    pairs = [
        pair
        for pair in list_pairs(session, people=True)
        if pair.seeker.status is ProfileStatus.ACTIVE
        and pair.candidate.status is ProfileStatus.ACTIVE
    ]
    return list_judged(pairs)


def export(session: Session, folder: Path) -> Exported:
    """Write the judged pairs in the set format that ``matchmaker evaluate`` reads.

    A pair is judged as a whole, so each side is a seeker for whom the other is right,
    or not. Who has no right candidate is no seeker. Names and organisations are left
    out, and ids are drawn anew each time; the texts are as they were written.

    Raises
    ------
    ValueError
        If no pair was called fair or good.
    OSError
        If the folder cannot be written.
    """
    judged = list_usable(session)
    gains = _gains(judged)
    seekers = [one for one, of in gains.items() if any(of.values())]
    if not seekers:
        raise ValueError("no listed pair was called good or fair yet")
    wanted = sorted({other for one in seekers for other in gains[one]} | {*seekers})
    members = {
        int(one.id): one
        for one in (make_member(profile) for profile in list_members(session, wanted))
    }
    ids = _draw_ids(wanted)
    candidates = sorted({other for one in seekers for other in gains[one]})
    seekers.sort(key=ids.__getitem__)
    lines = ["query\tcandidate\tgain"]
    lines.extend(
        f"s{ids[one]}\tc{ids[other]}\t{gain:g}"
        for one in seekers
        for other, gain in sorted(gains[one].items(), key=lambda pair: ids[pair[0]])
    )
    split = folder / SPLIT
    split.mkdir(parents=True, exist_ok=True)
    _write(folder / "set.json", [json.dumps({"name": "reviewed"})])
    _write(
        folder / "candidates.jsonl",
        (_told(members[one], f"c{ids[one]}") for one in _by(candidates, ids)),
    )
    _write(
        split / "queries.jsonl",
        (_told(members[one], f"s{ids[one]}") for one in seekers),
    )
    _write(split / "qrels.tsv", lines)
    return Exported(len(seekers), len(candidates), len(lines) - 1)


def _gains(judged: Sequence[Judged]) -> dict[int, dict[int, float]]:
    """Return what each side gains of the other, over all rounds the mean."""
    words: dict[int, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in judged:
        first, second = one.pair.seeker_id, one.pair.candidate_id
        words[first][second].append(one.gain)
        words[second][first].append(one.gain)
    return {
        seeker: {other: sum(said) / len(said) for other, said in of.items()}
        for seeker, of in words.items()
    }


def _draw_ids(people: Sequence[int]) -> dict[int, str]:
    """Return a number for each, in an order that tells nothing of the members."""
    numbers = [f"{number:05}" for number in range(1, len(people) + 1)]
    secrets.SystemRandom().shuffle(numbers)
    return dict(zip(people, numbers, strict=True))


def _by(people: Iterable[int], ids: dict[int, str]) -> list[int]:
    return sorted(people, key=ids.__getitem__)


def _told(member: Member, identity: str) -> str:
    bare = replace(
        member,
        id=identity,
        name="",
        organisation="",
        offers=tuple(replace(item, id=None) for item in member.offers),
        needs=tuple(replace(item, id=None) for item in member.needs),
    )
    told: dict[str, Any] = {key: value for key, value in asdict(bare).items() if value}
    return json.dumps(told, ensure_ascii=False)


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("\n".join(lines) + "\n", "utf-8", "replace")


def judge_live(session: Session, matcher: Matcher) -> Separation:
    """Return how the live model's scores of today stand to what reviewers said."""
    judged = list_usable(session)
    scores: dict[int, dict[int, tuple[float, str]]] = {}
    for seeker in {one.pair.seeker_id for one in judged}:
        found, _ = matcher.seen_by_others(session, seeker)
        scores[seeker] = {
            other: (pair.joint, pair.band) for other, pair in found.items()
        }
    known = [
        (one, *scores[one.pair.seeker_id][one.pair.candidate_id])
        for one in judged
        if one.pair.candidate_id in scores[one.pair.seeker_id]
    ]
    bands = {band.value: (0, 0) for band in Band}
    for one, _, band in known:
        count, liked = bands[band]
        bands[band] = count + 1, liked + (one.good > 1 / 2)
    # Half good is no word for either side.
    clear = [(one, joint) for one, joint, _ in known if one.good != 1 / 2]
    good = np.array([one.good > 1 / 2 for one, _ in clear], bool)
    weights = np.array([1 / one.pair.chance for one, _ in clear], float)
    auc = _auc(good, np.array([joint for _, joint in clear], float), weights)
    total = sum(count for _, count in bands.values())
    return Separation(len(known), total, *auc, bands)


def _auc(
    good: np.ndarray, joint: np.ndarray, weights: np.ndarray
) -> tuple[float | None, float | None, float | None]:
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415  slow to import

    if good.all() or not good.any():
        return None, None, None
    value = float(roc_auc_score(good, joint, sample_weight=weights))
    rng, drawn = np.random.default_rng(0), [value]
    for _ in range(DRAWS):
        at = rng.integers(0, len(good), len(good))
        if 0 < good[at].sum() < len(good):
            drawn.append(
                float(roc_auc_score(good[at], joint[at], sample_weight=weights[at]))
            )
    low, high = np.percentile(drawn, [2.5, 97.5])
    return value, float(low), float(high)
