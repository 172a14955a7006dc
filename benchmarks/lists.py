"""How many first proposals of the demo truly need each other, and what bands mean.

    python benchmarks/lists.py

The demo's members were written with tags of what they offer and look for, which the
engine does not see (``matchmaker/demo/pairing.py``). Counted are pairs of which one
offers what the other looks for, and rivals, who offer what the member offers. A pair
that only a reader would find is none here, so the shares are lower bounds.
"""

from collections import Counter
from datetime import date
from random import Random

from matchmaker.demo.community import SEED, call_members
from matchmaker.demo.pairing import find_pairs
from matchmaker.demo.people import Member as DemoMember
from matchmaker.engine.community import Community
from matchmaker.engine.lists import policy_lists
from matchmaker.engine.members import Item, Member
from matchmaker.engine.scoring import band

TODAY = date(2026, 11, 22)
FIRST, SHOWN = 3, 10


def engine_member(member: DemoMember) -> Member:
    """Return a person of the demo as the engine knows them."""
    who = member.person
    sides: dict[str, list[Item]] = {"offer": [], "request": []}
    for at, item in enumerate(who.opportunities):
        made = Item(item.type, item.text, item.lang, f"{who.key}-{at}")
        sides[item.side].append(made)
    return Member(
        who.key,
        organisation=who.organisation.name if who.organisation else "",
        country=who.country,
        city=who.city,
        languages=tuple(who.languages),
        sectors=tuple(who.sectors),
        markets=tuple(who.markets),
        about=who.about,
        offers=tuple(sides["offer"]),
        needs=tuple(sides["request"]),
    )


def offered(member: DemoMember) -> set[str]:
    """Return the tags of what somebody offers."""
    items = zip(member.tags, member.person.opportunities, strict=True)
    return {tag for tag, item in items if item.side == "offer"}


def main() -> None:
    """Print the counts for each way of making lists, and the shares of the bands."""
    rng = Random(SEED)  # noqa: S311  not a secret
    _, everybody = call_members(TODAY, rng=rng)
    asked = [
        one
        for one in everybody
        if one.person.state != "draft"
        and one.person.opportunities
        and one.person.country
    ]
    known = Community().fit([engine_member(one) for one in asked])
    pairs = {pair.keys for pair in find_pairs(asked)}
    tags = {one.person.key: offered(one) for one in asked}
    told: Counter[tuple[str, bool]] = Counter()
    for policy in ("own", "product", "congestion"):
        count: Counter[str] = Counter()
        for member_id, proposals in policy_lists(known, policy, k=SHOWN):
            for place, one in enumerate(proposals):
                other = one.candidate_id
                is_pair = frozenset((member_id, other)) in pairs
                rival = not is_pair and bool(tags[member_id] & tags[other])
                count["first ten"] += is_pair
                count["first three"] += is_pair and place < FIRST
                count["rivals in the first three"] += rival and place < FIRST
                if policy == "congestion":
                    told[band(one.joint), is_pair] += 1
        print(policy, dict(count))
    for word in ("strong", "good", "possible"):
        size = told[word, True] + told[word, False]
        print(f"{word}: {told[word, True] / max(size, 1):.2f} of {size}")


if __name__ == "__main__":
    main()
