"""From a member to rows: what they want and what they have, text by text.

Stated needs and offers are joined by what they imply: who offers to buy X needs a
supplier of X, who looks for buyers of X has X (``vocabulary.collaboration.MIRROR``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.members import Item, Member
from matchmaker.vocabulary.collaboration import COLLABORATION_TYPES, MIRROR, answers
from matchmaker.vocabulary.sectors import is_sector, says_nothing, sector_name

Origin = Literal["need", "offer", "about"]

# Kinds of rows: the collaboration types, then these. An implied row was not stated as
# such and is compared only with rows whose type was stated.
UNTYPED: Final = len(COLLABORATION_TYPES)
IMPLIED_BUYING: Final = UNTYPED + 1
IMPLIED_SELLING: Final = UNTYPED + 2
FIELD: Final = UNTYPED + 3
ABOUT: Final = UNTYPED + 4
KINDS: Final = ABOUT + 1

# A seller seeks buyers without having said so; much less than a stated need, for they
# are also glad of whoever needs their goods, as everybody is (``Weights.welcome``).
_SELLER_SEEKS_BUYERS: Final = 0.25
# A member who stated no need is still interested in their own field.
_FIELD_INTEREST: Final = 0.5
# Who states what they offer looks for who needs it (``Weights.welcome``); others of the
# same field are rivals rather.
_FIELD_OF_A_PROVIDER: Final = 0.1
# A profile describes, an offer commits: to a need of a stated type the text about
# oneself is less of an answer. With 1 the direct competitor often came first, who
# writes of the same things. Still less where a need names the seeker's own goods: who
# writes of these too is more often another seller than a dealer or an investor.
_ABOUT_ANSWERS: Final = 0.3
_ABOUT_OWN_GOODS: Final = 0.1
_NAME_OWN_GOODS: Final = ("purchase", "distribution", "marketing", "investment")
# "I look for buyers of X among furniture makers" names the goods and the buyers: it is
# half the answer of an offer, which most who write so state as well.
_WISH_TO_SELL: Final = 0.5
# A need of which only the type is known is looked for in the member's own field.
_NEED_WITHOUT_TEXT: Final = 0.3
_KIND: Final = {code: number for number, code in enumerate(COLLABORATION_TYPES)}


@dataclass(frozen=True, slots=True)
class Source:
    """A text of a member with the role it plays, before it becomes a vector."""

    text: str
    kind: int
    weight: float
    origin: Origin
    item: Item | None = None


# Who looks for a partner in a project names its subject, which is their own.
_OF_ONE_SUBJECT: Final = frozenset({*_NAME_OWN_GOODS, "project", "jointventure"})


def lacks_other_things(source: Source) -> bool:
    """Tell whether a stated need asks for things that the seeker has not themselves."""
    if source.item is None or source.origin != "need":
        return False
    return source.kind < UNTYPED and source.item.type not in _OF_ONE_SUBJECT


def kind_of(code: str | None) -> int:
    """Return the kind of a stated collaboration type; unknown types are untyped."""
    return _KIND.get(code or "", UNTYPED)


def field_text(member: Member) -> str:
    """Return what a member writes about themselves: about text and sector labels."""
    return "\n".join(part for part in (member.about, *labels_of(member)) if part)


def labels_of(member: Member) -> list[str]:
    """Return the names of a member's sectors; labels that say nothing are left out."""
    return [
        sector_name(label, "en") if is_sector(label) else label
        for label in member.sectors
        if not says_nothing(label)
    ]


def wants(member: Member) -> list[Source]:
    """Return what a member looks for; at least one source, maybe without text."""
    found = [*_stated_wants(member), *_mirrored_wants(member)]
    if not found:
        own = [field_text(member)]
        own.extend(item.text for item in member.offers if kind_of(item.type) == UNTYPED)
        text = "\n".join(part for part in own if part)
        provides = any(item.type in _KIND and item.text for item in member.offers)
        weight = _FIELD_OF_A_PROVIDER if provides else _FIELD_INTEREST
        found.append(Source(text, FIELD, weight, "about"))
    return found


def _stated_wants(member: Member) -> Iterator[Source]:
    for item in member.needs:
        if item.text.strip():
            yield Source(item.text, kind_of(item.type), 1.0, "need", item)
        else:
            text = field_text(member)
            yield Source(text, kind_of(item.type), _NEED_WITHOUT_TEXT, "need", item)


def _mirrored_wants(member: Member) -> Iterator[Source]:
    for item in member.offers:
        side, code = MIRROR.get(("offer", item.type or ""), ("", ""))
        if side == "need" and item.text.strip():
            implied = code == "purchase"
            kind = IMPLIED_BUYING if implied else kind_of(code)
            weight = _SELLER_SEEKS_BUYERS if implied else 1.0
            yield Source(item.text, kind, weight, "offer", item)


def haves(member: Member) -> list[Source]:
    """Return what a member can answer a need with; the first is the profile itself."""
    found = [Source(field_text(member), ABOUT, 1.0, "about")]
    found.extend(
        Source(item.text, kind_of(item.type), 1.0, "offer", item)
        for item in member.offers
        if item.text.strip()
    )
    for item in member.needs:
        side, code = MIRROR.get(("need", item.type or ""), ("", ""))
        if side == "offer" and item.text.strip():
            kind = IMPLIED_BUYING if code == "purchase" else IMPLIED_SELLING
            found.append(Source(item.text, kind, 1.0, "need", item))
    return found


def _answer_table() -> NDArray[np.float64]:
    """Return how well rows of one kind answer wants of another, ``(KINDS, KINDS)``."""
    stated: list[str | None] = [*COLLABORATION_TYPES, None]
    types = [*stated, "purchase", "supply", None, None]
    table = np.array([[answers(need, offer) for offer in types] for need in types])
    table[IMPLIED_BUYING, [UNTYPED, ABOUT]] = 0.0
    table[[UNTYPED, FIELD], IMPLIED_BUYING] = 0.0
    table[:, IMPLIED_SELLING] *= _WISH_TO_SELL
    table[:UNTYPED, ABOUT] = _ABOUT_ANSWERS
    table[[_KIND[code] for code in _NAME_OWN_GOODS], ABOUT] = _ABOUT_OWN_GOODS
    return table


ANSWERS: Final = _answer_table()


def type_profile(items: tuple[Item, ...]) -> NDArray[np.bool_]:
    """Return which collaboration types a member states, shape ``(types,)``."""
    stated = np.zeros(len(COLLABORATION_TYPES), bool)
    for item in items:
        if item.type in _KIND:
            stated[_KIND[item.type]] = True
    return stated
