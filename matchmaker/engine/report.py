"""A ranker beside its baselines on one evaluation set, as plain JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.evaluation import (
    Estimate,
    measure,
    paired_differences,
    slices,
    summary,
    top_places,
)
from matchmaker.engine.evaluation_set import EvaluationSet
from matchmaker.engine.exposure import exposure_figures
from matchmaker.engine.lexicon import language_of
from matchmaker.engine.members import JSON, Member
from matchmaker.engine.reliability import reliability
from matchmaker.vocabulary.sectors import match_label

FloatArray = NDArray[np.float64]
Tables = Mapping[str, FloatArray]

ENGINE: Final = "engine"
#: What a slice is compared with.
PEER: Final = "bm25"
_SHOWN: Final = 10


def comparison(found: EvaluationSet, scores: Tables, ids: Sequence[str]) -> Tables:
    """Return the metrics of each seeker for each ranker.

    Parameters
    ----------
    scores
        ``(seekers, candidates)`` by ranker; :data:`ENGINE` is the one to be judged.
    ids
        Of the candidates, in the order of the columns.
    """
    gains = [found.gains[seeker.id] for seeker in found.seekers]
    return {name: measure(table, ids, gains) for name, table in scores.items()}


def headline(measured: Tables) -> dict[str, JSON]:
    """Return ``metrics``, ``baselines`` and ``differences`` of all seekers."""
    baselines = {name: table for name, table in measured.items() if name != ENGINE}
    return {
        "metrics": _told(summary(measured[ENGINE])),
        "baselines": {name: _told(summary(table)) for name, table in baselines.items()},
        "differences": {
            name: _told(paired_differences(measured[ENGINE], table))
            for name, table in baselines.items()
        },
    }


def _told(found: Mapping[str, Estimate]) -> dict[str, JSON]:
    return {name: asdict(one) for name, one in found.items()}


def sliced(found: EvaluationSet, measured: Tables) -> dict[str, JSON]:
    """Return the figures by country, language and sector of the seekers.

    With earlier deals also by history: a seeker is "old" if they made such a deal, and
    wants "old" candidates if all who are relevant made one. Of twenty slices without
    any difference one is expected to differ.
    """
    labels: dict[str, list[tuple[str, ...]]] = {
        "country": [(one.country,) if one.country else () for one in found.seekers],
        "language": [_languages(one) for one in found.seekers],
        "sector": [_top_sectors(one) for one in found.seekers],
    }
    if found.deals:
        labels["history"] = _histories(found)
    return {
        kind: [_slice(name, measured, rows) for name, rows in slices(own).items()]
        for kind, own in labels.items()
    }


def _slice(name: str, measured: Tables, rows: NDArray[np.int64]) -> JSON:
    ours, theirs = measured[ENGINE][rows], measured[PEER][rows]
    return {
        "name": name,
        "seekers": len(rows),
        "metrics": _told(summary(ours)),
        "differences": {PEER: _told(paired_differences(ours, theirs))},
    }


def _languages(member: Member) -> tuple[str, ...]:
    """Return the languages a seeker states, else those their needs are written in."""
    if member.languages:
        return member.languages
    texts = [item for item in member.needs if item.text]
    return tuple(item.lang or language_of(item.text) for item in texts)


def _top_sectors(member: Member) -> tuple[str, ...]:
    """Return the sectors at the top of the tree; a free label that is none as it is."""
    return tuple(
        code.split(".")[0] if (code := match_label(label)) else label
        for label in member.sectors
    )


def _histories(found: EvaluationSet) -> list[tuple[str, ...]]:
    sought = {deal.seeker.id for deal in found.deals}
    took = {deal.candidate_id for deal in found.deals}
    told: list[tuple[str, ...]] = []
    for seeker in found.seekers:
        gains = found.gains[seeker.id]
        relevant = {one for one, gain in gains.items() if gain > 0}
        told.append(
            (
                "old seeker" if seeker.id in sought else "new seeker",
                "wants old candidates" if relevant <= took else "wants new candidates",
            )
        )
    return told


def shown(found: EvaluationSet, scores: Tables, ids: Sequence[str]) -> dict[str, JSON]:
    """Return what the first ten of every list do: ``exposure`` and ``reliability``.

    Exposure counts a place as nDCG does. Reliability compares the engine's scores with
    what is known to be relevant among the ten; who was never judged counts as wrong, so
    it can be trusted on sets only where everybody was judged.
    """
    places = {name: top_places(table, ids, _SHOWN) for name, table in scores.items()}
    attention = 1 / np.log2(np.arange(2, _SHOWN + 2))
    ours = places[ENGINE]
    said = np.take_along_axis(scores[ENGINE], ours, axis=1)
    came = [
        [found.gains[seeker.id].get(ids[at], 0.0) > 0 for at in own]
        for seeker, own in zip(found.seekers, ours.tolist(), strict=True)
    ]
    judged = reliability(said.ravel(), np.array(came, float).ravel())
    return {
        "exposure": {
            name: asdict(exposure_figures(own, len(ids), attention[: own.shape[1]]))
            for name, own in places.items()
        },
        "reliability": {
            "brier": judged.brier,
            "error": judged.error,
            "table": [asdict(one) for one in judged.table],
        },
    }
