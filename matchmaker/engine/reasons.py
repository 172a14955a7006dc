"""Why a pair was proposed: contributions to the score with the evidence they rest on.

Codes and their evidence (plain JSON; sentences are written in the templates):

``need-offer``
    A want of one side is answered by a text of the other: ``need_id, need_text,
    need_side, need_spans, offer_id, offer_text, offer_side, offer_spans, concepts,
    relation``. The side says where the text stands: ``need``, ``offer`` or ``about``
    (who offers to buy X needs X; who looks for buyers of X offers X); ids are None for
    an about text. Spans are ``[start, end]`` in the text of the same side, ``relation``
    is ``term``, ``concept`` or ``meaning``, whichever carries most; what only the
    encoder sees is ``meaning`` without spans. A side ``label`` is a sector by its name
    or in the member's own words. ``telling`` is false where all that both share is what
    texts of any trade share.
``welcome``
    What the side that can answer owes to the same two texts: ``need_id, need_side,
    offer_id, offer_side``.
``field``
    The same keys, for a side that stated no need: both write about the same field.
``collaboration``
    ``need_type, offer_type``: stated types that complement each other.
``sector``
    ``seeker_sector, candidate_sector``.
``market``
    ``country`` and ``targeted_by``: ``seeker`` or ``candidate``.
``language``
    ``languages`` both speak.
``place``
    ``country, region, city`` as far as they are shared.

Direction ``for_me`` is what the seeker gains. A contribution is what the logit of that
direction loses without the evidence; for ``both`` the mean of the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.facts import CLOSENESS, COMPLEMENTS, SECTORS, sectors_of
from matchmaker.engine.layer import Layer
from matchmaker.engine.members import JSON, Item, Member
from matchmaker.engine.profile import FIELD, Source, haves, labels_of, wants
from matchmaker.engine.scoring import Weights, by_meaning, similarity, text_gains
from matchmaker.engine.table import Row
from matchmaker.engine.vectors import Link, Vectors
from matchmaker.vocabulary.collaboration import COLLABORATION_TYPES

Direction = Literal["for_me", "for_them", "both"]
FloatArray = NDArray[np.float64]

# Pairs of texts listed for each direction, and the least a listed reason contributes.
_MOST_PAIRS: Final = 5
_LEAST: Final = 0.005
_MOST_SPANS: Final = 12
# Least part of the strongest link's weight with which a word is marked.
_TELLING_SHARE: Final = 0.05
_MOST_CONCEPTS: Final = 6


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence and what the score owes to it."""

    code: str
    direction: Direction
    contribution: float
    evidence: dict[str, JSON]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Scores of a pair with their reasons, the strongest first."""

    fit_for_me: float
    fit_for_them: float
    joint: float
    reasons: tuple[Reason, ...]
    interpreter_needed: bool


def text_reasons(
    pair: tuple[Member, Member],
    layers: tuple[Layer, Layer],
    vectors: Vectors,
    weights: Weights,
    direction: Direction,
) -> Iterator[Reason]:
    """Yield the pairs of texts by which a candidate answers what a seeker wants.

    Parameters
    ----------
    pair
        Who wants, and who may answer.
    layers
        The same two, each as a layer of one member.
    """
    seeker, candidate = pair
    wanted, offered = wants(seeker), haves(candidate)
    want_rows, have_rows = layers[0].wants, layers[1].haves
    match = similarity(want_rows, have_rows, weights)
    meant = by_meaning(want_rows, have_rows, weights)
    freed = _freed(match, want_rows.weights, weights)
    gained, welcome = (float(part[0, 0]) for part in text_gains(*layers, weights))
    lost = _loss(gained, freed, weights)
    ranked = np.argsort(-lost, axis=None, kind="stable")[:_MOST_PAIRS]
    for at in ranked:
        need, offer = divmod(int(at), len(offered))
        if lost[need, offer] < _LEAST:
            break
        evidence = _text_evidence(
            (wanted[need], offered[offer]),
            (labels_of(seeker), labels_of(candidate)),
            vectors,
            (want_rows.row(need), have_rows.row(offer)),
            meant=meant[need, offer] > match[need, offer] / 2,
        )
        code = "field" if wanted[need].kind == FIELD else "need-offer"
        yield Reason(code, direction, round(float(lost[need, offer]), 6), evidence)
        if code == "need-offer":
            share = weights.welcome * freed[need, offer]
            glad = round(float(_loss(welcome, share, weights)), 6)
            other: Direction = "for_them" if direction == "for_me" else "for_me"
            kept = ("need_id", "need_side", "offer_id", "offer_side")
            told = {name: evidence[name] for name in kept}
            yield Reason("welcome", other, glad, told)


def _freed(match: FloatArray, shares: FloatArray, weights: Weights) -> FloatArray:
    """Return what the text match loses without each pair, shape of ``match``."""
    powered = match**weights.power
    totals = powered.sum(axis=1, keepdims=True)
    whole = totals ** (1 / weights.power)
    without = np.maximum(totals - powered, 0) ** (1 / weights.power)
    return np.asarray((whole - without) * shares[:, None])


def _loss(gained: float, freed: FloatArray, weights: Weights) -> FloatArray:
    """Return by how much the logit of a side falls if its text gain falls."""
    remaining = np.maximum(gained - freed, 0)
    lost = np.log1p(gained / weights.scale) - np.log1p(remaining / weights.scale)
    return np.asarray(weights.text * lost)


def _text_evidence(
    texts: tuple[Source, Source],
    labels: tuple[list[str], list[str]],
    vectors: Vectors,
    rows: tuple[Row, Row],
    *,
    meant: bool,
) -> dict[str, JSON]:
    """Return what the page tells; a match mostly by ``meant`` marks no words."""
    need, offer = texts
    links = [] if meant else vectors.links(need.text, offer.text, rows)
    telling = meant or any(one.telling for one in links)
    # The strongest come first; what carries next to nothing is not worth a mark, nor
    # is talk of any trade beside a subject.
    links = [one for one in links if one.telling or not telling]
    links = [one for one in links if one.weight >= _TELLING_SHARE * links[0].weight]
    concepts: list[JSON] = []
    concepts.extend(_named(links)[:_MOST_CONCEPTS])
    strength: dict[str, float] = {}
    for link in links:
        strength[link.relation] = strength.get(link.relation, 0.0) + link.weight
    need_text, need_spans = _quoted(need, [link.need for link in links])
    offer_text, offer_spans = _quoted(offer, [link.offer for link in links])
    return {
        "need_id": _id(need.item),
        "need_side": _side(need, need_text, labels[0]),
        "need_text": need_text,
        "need_spans": need_spans,
        "offer_id": _id(offer.item),
        "offer_side": _side(offer, offer_text, labels[1]),
        "offer_text": offer_text,
        "offer_spans": offer_spans,
        "concepts": concepts,
        "telling": telling,
        "relation": max(
            strength,
            key=lambda name: strength[name],
            default="meaning" if meant else "term",
        ),
    }


def _side(source: Source, quoted: str, labels: list[str]) -> str:
    return "label" if source.origin == "about" and quoted in labels else source.origin


def _named(links: list[Link]) -> list[str]:
    """Return the concepts that two texts share, none that is but part of another."""
    found = {link.concept: link.offer for link in links if link.concept}
    places = {place for offer in found.values() for place in offer}

    def stands(start: int, end: int) -> bool:
        return not any(
            a <= start and end <= b and end - start < b - a for a, b in places
        )

    return [
        concept
        for concept, offer in found.items()
        if any(stands(*place) for place in offer)
    ]


def _id(item: Item | None) -> str | None:
    return item.id if item else None


def _quoted(
    source: Source, spans: list[list[tuple[int, int]]]
) -> tuple[str, list[JSON]]:
    """Return the text to quote with the marked places, strongest link first.

    An about text is followed by the labels of its sectors, one on a line; a match that
    lies in a label alone quotes the label.
    """
    flat = list(dict.fromkeys(span for link in spans for span in link))
    if source.item is not None or not flat:
        return source.text, _merged(flat[:_MOST_SPANS])
    start = source.text.rfind("\n", 0, flat[0][0]) + 1
    end = source.text.find("\n", flat[0][0])
    end = len(source.text) if end < 0 else end
    inside = [(s - start, e - start) for s, e in flat if start <= s and e <= end]
    return source.text[start:end], _merged(inside[:_MOST_SPANS])


def _merged(spans: list[tuple[int, int]]) -> list[JSON]:
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(end, merged[-1][1])
        else:
            merged.append([start, end])
    return [[start, end] for start, end in merged]


def fact_reasons(
    seeker: Member,
    candidate: Member,
    evidence: tuple[FloatArray, FloatArray],
    weights: Weights,
) -> Iterator[Reason]:
    """Yield the reasons that rest on facts.

    Parameters
    ----------
    evidence
        Rows ``(len(EVIDENCE),)`` for the seeker and for the candidate.
    """
    mine, theirs = (row * weights.facts() for row in evidence)
    for gain, direction, one, other in (
        (mine[0], "for_me", seeker, candidate),
        (theirs[0], "for_them", candidate, seeker),
    ):
        if gain > 0:
            kind: Direction = "for_me" if direction == "for_me" else "for_them"
            yield Reason(
                "collaboration", kind, round(float(gain), 6), _types(one, other)
            )
    makers = {1: _sectors, 2: _market, 3: _languages, 4: _place}
    for at, make in makers.items():
        gain = (mine[at] + theirs[at]) / 2
        if gain > 0:
            found = make(seeker, candidate)
            code = ("", "sector", "market", "language", "place")[at]
            yield Reason(code, "both", round(float(gain), 6), found)


def _types(one: Member, other: Member) -> dict[str, JSON]:
    number = {code: at for at, code in enumerate(COLLABORATION_TYPES)}
    pairs = product(
        [item.type for item in one.needs if item.type in number],
        [item.type for item in other.offers if item.type in number],
    )
    need, offer = max(
        pairs,
        key=lambda pair: COMPLEMENTS[number[pair[0] or ""], number[pair[1] or ""]],
    )
    return {"need_type": need, "offer_type": offer}


def _sectors(seeker: Member, candidate: Member) -> dict[str, JSON]:
    pairs = product(sectors_of(seeker), sectors_of(candidate))
    mine, theirs = max(pairs, key=lambda pair: CLOSENESS[pair])
    return {"seeker_sector": SECTORS[mine], "candidate_sector": SECTORS[theirs]}


def _market(seeker: Member, candidate: Member) -> dict[str, JSON]:
    if candidate.country in seeker.markets:
        return {"country": candidate.country, "targeted_by": "seeker"}
    return {"country": seeker.country, "targeted_by": "candidate"}


def _languages(seeker: Member, candidate: Member) -> dict[str, JSON]:
    return {
        "languages": [code for code in seeker.languages if code in candidate.languages]
    }


def _place(seeker: Member, candidate: Member) -> dict[str, JSON]:
    found: dict[str, JSON] = {"country": seeker.country}
    for name in ("region", "city"):
        mine, theirs = getattr(seeker, name), getattr(candidate, name)
        found[name] = mine if mine and mine.casefold() == theirs.casefold() else None
    return found


def interpreter_needed(seeker: Member, candidate: Member) -> bool:
    """Tell whether both named their languages and share none."""
    stated = bool(seeker.languages and candidate.languages)
    return stated and not set(seeker.languages) & set(candidate.languages)
