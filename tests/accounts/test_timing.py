"""A known address takes as long as an unknown one, at the real price of a hash."""

import secrets
import time
from collections.abc import Callable

import pytest

from matchmaker.app import Site
from tests.conftest import Visitor, add_member

ANNA = "anna@example.org"
TRIES = 4
#: How far two medians of processor time may lie apart on a busy machine. Without
#: the hash an answer takes a tenth of it.
TOLERANCE = 1.7


@pytest.mark.parametrize("path", ["/sign-in", "/register"])
def test_an_answer_costs_the_same_whoever_is_known(
    site: Site, visitor: Visitor, path: str
) -> None:
    for limit in ("SIGN_IN_LIMIT", "REGISTER_LIMIT"):
        site.app.config[limit] = "1000 per hour"
    with site.sessions.write.begin() as session:
        add_member(session, email=ANNA)
    token = visitor.token()

    def measure(address: Callable[[], str]) -> float:
        costs = []
        for _ in range(TRIES):
            form = {"email": address(), "password": "tall green doors"}
            began = time.process_time()
            visitor.client.post(path, data={"csrf_token": token, **form})
            costs.append(time.process_time() - began)
        return min(costs)

    measure(lambda: ANNA)  # imports, the decoy hash, the list of passwords
    known = measure(lambda: ANNA)
    unknown = measure(lambda: f"{secrets.token_hex(4)}@example.org")
    assert max(known, unknown) / min(known, unknown) < TOLERANCE
