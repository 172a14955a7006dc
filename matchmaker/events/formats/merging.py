"""Rows of one person put together: rejoins, second registrations, shared addresses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from matchmaker.events.formats.mails import is_desk
from matchmaker.events.formats.model import Skipped
from matchmaker.events.formats.names import belongs_to, is_same_person, name_key
from matchmaker.events.formats.rows import Draft
from matchmaker.events.formats.tools import Tool


@dataclass(slots=True)
class Group:
    """The rows of one person, the fullest first."""

    drafts: list[Draft] = field(default_factory=list)

    @property
    def first(self) -> Draft:
        """The row whose values win."""
        return self.drafts[0]


_BUYERS_MAIL: Final = "buyers_email"


def settle_orders(drafts: Sequence[Draft]) -> None:
    """Give the buyer's address and phone of an order to whom they belong.

    An order's address is the buyer's. It is an attendee's only when he stands alone
    in the order and it is no desk's, or when it is made of his name.
    """
    orders: dict[str, list[Draft]] = {}
    for draft in drafts:
        key = draft.cells.get("order_id", f"\0{draft.row}")
        orders.setdefault(key, []).append(draft)
    for group in orders.values():
        for at, draft in enumerate(group):
            _settle_one(draft, alone=len(group) == 1, first=at == 0)


def _settle_one(draft: Draft, *, alone: bool, first: bool) -> None:
    order_mail = draft.cells.get("order_email", "").lower()
    if draft.email is None and "@" in order_mail and "bad_email" not in draft.problems:
        own = belongs_to(order_mail, draft.name) or (alone and not is_desk(order_mail))
        if own:
            draft.email = order_mail
        else:
            draft.note = f"{_BUYERS_MAIL}:{order_mail}"
    buyer = first or draft.email == order_mail
    if not buyer and "order_phone" in draft.cells and "phone" not in draft.cells:
        draft.phone = None


def merge(drafts: Sequence[Draft], tool: Tool) -> tuple[list[Group], list[Skipped]]:
    """Return the people behind the rows and the rows that cannot be told apart."""
    by_mail: dict[str, Group] = {}
    groups: list[Group] = []
    nameless: list[Draft] = []
    skipped: list[Skipped] = []
    for draft in drafts:
        if draft.email is None:
            nameless.append(draft)
            continue
        group = by_mail.get(draft.email)
        if group is None:
            by_mail[draft.email] = group = Group([draft])
            groups.append(group)
        elif tool.attendance or _is_one(group.first, draft):
            group.drafts.append(draft)
        else:
            skipped.append(_shared(group, draft))
    groups += _without_mail(nameless, groups, tool)
    groups.sort(key=lambda group: group.drafts[0].row)
    return groups, skipped


def _is_one(first: Draft, other: Draft) -> bool:
    return is_same_person(first.name, other.name)


def _shared(group: Group, draft: Draft) -> Skipped:
    """Report one of two people under one address: the one it is not made of."""
    first, mail = group.first, draft.email or ""
    if not belongs_to(mail, first.name) and belongs_to(mail, draft.name):
        group.drafts[0], draft = draft, first
    return Skipped(draft.row, "shared_email", draft.name or mail, draft.sheet)


def _without_mail(
    drafts: Iterable[Draft], groups: Sequence[Group], tool: Tool
) -> list[Group]:
    """Group rows without an address by name, where that is safe.

    Two namesakes in a list stay two people unless they share a phone or an employer;
    in a report of joins one name is one person who came back.
    """
    known: dict[str, list[Group]] = {}
    for group in groups if tool.attendance else ():
        known.setdefault(name_key(group.first.name), []).append(group)
    found: list[Group] = []
    for draft in drafts:
        key = name_key(draft.name) or draft.phone or f"\0{draft.row}"
        same = [
            g for g in known.get(key, ()) if tool.attendance or _agree(g.first, draft)
        ]
        if len(same) == 1:
            same[0].drafts.append(draft)
            continue
        group = Group([draft])
        known.setdefault(key, []).append(group)
        found.append(group)
    return found


def _agree(one: Draft, other: Draft) -> bool:
    if one.phone and other.phone:
        return one.phone == other.phone
    company, again = one.cells.get("company"), other.cells.get("company")
    if company and again:
        return company == again and one.country == other.country
    return not (one.phone or other.phone) and one.cells == other.cells
