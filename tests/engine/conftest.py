from collections.abc import Callable

import pytest

from matchmaker.engine.members import Item, Member


def make_member(identity: str, **known: object) -> Member:
    """Return a member; needs and offers may be given as texts or (type, text)."""
    items = {
        side: tuple(
            Item(None, one, None, f"{identity}-{side}-{at}")
            if isinstance(one, str)
            else Item(one[0], one[1], None, f"{identity}-{side}-{at}")
            for at, one in enumerate(known.pop(side, ()))  # type: ignore[arg-type]
        )
        for side in ("needs", "offers")
    }
    return Member(identity, **items, **known)  # type: ignore[arg-type]


@pytest.fixture
def member() -> Callable[..., Member]:
    return make_member
