"""Collaboration types and which offer answers which need.

An item stands on a member's side ("offer" or "need") and may carry a type. The pair of
side and type says who wants what:

- offer ``supply`` and need ``purchase`` ("I look for buyers of X") both *have* X;
- need ``supply`` ("I look for a supplier of X") and offer ``purchase`` ("I buy X")
  both *want* X.

So an offer ``purchase`` counts as a need that an offer ``supply`` answers and the other
way round (see :data:`MIRROR`), and two sellers are never complements.
"""

from typing import Final, Literal

from matchmaker.vocabulary.sectors import taxonomy

Side = Literal["offer", "request"]

COLLABORATION_TYPES: Final[tuple[str, ...]] = (
    "supply",
    "purchase",
    "distribution",
    "manufacturing",
    "investment",
    "jointventure",
    "project",
    "technology",
    "logistics",
    "marketing",
    "expertise",
    "mentoring",
    "talent",
)

# A need of the first type is answered by an offer of the second to this degree. The
# same type on both sides answers fully; a pair that is absent answers by
# ``UNRELATED``: the type was stated, and it was another one.
_CROSS: Final[dict[tuple[str, str], float]] = {
    ("supply", "manufacturing"): 0.7,
    ("supply", "distribution"): 0.5,
    ("supply", "technology"): 0.4,
    ("supply", "logistics"): 0.4,
    ("manufacturing", "supply"): 0.6,
    ("manufacturing", "technology"): 0.4,
    ("manufacturing", "jointventure"): 0.5,
    ("distribution", "purchase"): 0.6,
    ("distribution", "marketing"): 0.6,
    ("distribution", "jointventure"): 0.3,
    ("purchase", "distribution"): 0.7,
    ("purchase", "marketing"): 0.4,
    ("investment", "jointventure"): 0.6,
    ("investment", "project"): 0.3,
    ("jointventure", "investment"): 0.5,
    ("jointventure", "project"): 0.6,
    ("jointventure", "manufacturing"): 0.3,
    ("project", "jointventure"): 0.6,
    ("project", "technology"): 0.4,
    ("project", "talent"): 0.3,
    ("technology", "expertise"): 0.4,
    ("technology", "project"): 0.4,
    ("technology", "supply"): 0.5,
    ("logistics", "supply"): 0.3,
    ("logistics", "expertise"): 0.3,
    ("marketing", "distribution"): 0.7,
    ("marketing", "expertise"): 0.3,
    ("expertise", "mentoring"): 0.6,
    ("expertise", "talent"): 0.4,
    ("expertise", "supply"): 0.3,
    ("mentoring", "expertise"): 0.6,
    ("talent", "expertise"): 0.4,
    ("talent", "project"): 0.3,
}
UNRELATED: Final = 0.05

# Two sellers (need "purchase" = I look for buyers, offer "supply" = I sell) and two
# buyers never answer each other. Nor does one who looks for dealers of their goods, or
# for somebody to promote them, find one in whoever sells such goods too.
_SAME_SIDE_OF_THE_COUNTER: Final = frozenset(
    {("supply", "purchase")}
    | {
        (need, offer)
        for need in ("purchase", "distribution", "marketing")
        for offer in ("supply", "manufacturing", "technology")
    }
)

# An item of this side and type says as much as one of the other side and type.
# Offering to buy X is a need for a supplier of X, looking for buyers of X offers X.
MIRROR: Final[dict[tuple[str, str], tuple[str, str]]] = {
    ("offer", "purchase"): ("need", "supply"),
    ("need", "purchase"): ("offer", "supply"),
    ("need", "supply"): ("offer", "purchase"),
    ("offer", "supply"): ("need", "purchase"),
}


def type_name(code: str, locale: str) -> str:
    """Return the name of a collaboration type, for instance "Goods supply"."""
    return taxonomy()[f"collab.{code}"].name(locale)


def phrase(side: Side, code: str, locale: str) -> str:
    """Return the first-person phrase of a type, for instance "I look for suppliers"."""
    prefix = "offer" if side == "offer" else "seek"
    return taxonomy()[f"{prefix}.{code}"].name(locale)


def answers(need_type: str | None, offer_type: str | None) -> float:
    """Return to what degree an offer of one type answers a need of another, in [0, 1].

    An unknown or missing type is uncertainty and never a penalty: it answers fully. The
    one exception is a wish to buy: a need or offer without a type speaks more often of
    a thing that is sold.
    """
    if "purchase" in {need_type, offer_type} - {None} and need_type != offer_type:
        other = offer_type if need_type == "purchase" else need_type
        if other not in COLLABORATION_TYPES:
            return 0.5
    if need_type not in COLLABORATION_TYPES or offer_type not in COLLABORATION_TYPES:
        return 1.0
    if need_type == offer_type:
        return 1.0
    if (need_type, offer_type) in _SAME_SIDE_OF_THE_COUNTER:
        return 0.0
    return _CROSS.get((need_type, offer_type), UNRELATED)
