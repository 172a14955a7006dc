"""A known address takes as long as an unknown one, at the real price of a hash."""

import secrets
import time
from collections.abc import Callable

import pytest

from matchmaker.accounts import rules
from matchmaker.app import Site
from tests.conftest import PASSWORD, Visitor, add_member

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
        user = add_member(session, email=ANNA).user
        assert user is not None
        # The hash of the factory may come from a test in which hashes are cheap.
        user.password_hash = rules.hash_password(PASSWORD)
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


@pytest.mark.parametrize("path", ["/reset", "/register"])
def test_asking_for_a_letter_sends_the_same_statements_whoever_is_known(
    site: Site, visitor: Visitor, count_statements: list[str], path: str
) -> None:
    with site.sessions.write.begin() as session:
        add_member(session, email=ANNA)
    token, sent = visitor.token(), []
    for email in (ANNA, "nobody@example.org"):
        count_statements.clear()
        form = {"csrf_token": token, "email": email, "password": "tall green doors"}
        assert visitor.client.post(path, data=form).status_code == 303
        sent.append(list(count_statements))
    assert sent[0] == sent[1]
    assert len(sent[0]) == 1, "one row"
