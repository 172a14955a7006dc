"""How often one may try: failures count, successes use nothing up."""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from matchmaker.app import Site
from tests.accounts.conftest import ANNA, is_inside, secret_of_last_letter
from tests.conftest import PASSWORD, Visitor

pytestmark = pytest.mark.usefixtures("cheap_hashes")
NEW = "tall green doors"


def assert_limited(answer: TestResponse) -> None:
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_sign_in_is_limited_for_an_address_and_reset_still_lets_the_owner_in(
    site: Site, anna: int, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    for _ in range(10):
        assert visitor.sign_in(ANNA, NEW).status_code == 422
    assert_limited(visitor.sign_in(ANNA, NEW))
    owner = new_visitor()
    assert_limited(owner.sign_in(" Anna@Example.org "))
    owner.post("/reset", {"email": ANNA})
    link = f"/reset/{secret_of_last_letter(site)}"
    assert owner.post(link, {"password": NEW}).status_code == 303
    assert is_inside(owner)
    assert anna


def test_sign_in_is_limited_for_one_place_that_tries_many_accounts(
    visitor: Visitor,
) -> None:
    for place in range(10):
        assert visitor.sign_in(f"p{place}@example.org").status_code == 422
    answer = visitor.post(
        "/sign-in",
        {"email": "p10@example.org", "password": NEW},
        headers={"X-Forwarded-For": "203.0.113.9"},
    )
    assert_limited(answer)


def test_signing_in_rightly_uses_no_limit_up(
    anna: int, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    for _ in range(12):
        assert new_visitor().sign_in(ANNA).status_code == 303
    for _ in range(10):
        assert visitor.sign_in(ANNA, NEW).status_code == 422
    assert_limited(visitor.sign_in(ANNA))
    assert anna


def test_a_right_password_in_between_gives_no_further_tries(
    anna: int, visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    for _ in range(9):
        assert visitor.sign_in(ANNA, NEW).status_code == 422
    assert new_visitor().sign_in(ANNA).status_code == 303
    assert visitor.sign_in(ANNA, NEW).status_code == 422
    assert_limited(visitor.sign_in(ANNA, NEW))
    assert anna


def test_changing_the_password_counts_wrong_current_ones_only(
    anna: int, visitor: Visitor
) -> None:
    visitor.sign_in(ANNA)
    weak = {"current": PASSWORD, "password": "short"}
    for _ in range(12):
        assert visitor.post("/settings/password", weak).status_code == 422
    wrong = {"current": "wrong one here", "password": NEW}
    for _ in range(10):
        assert visitor.post("/settings/password", wrong).status_code == 422
    assert_limited(visitor.post("/settings/password", wrong))
    assert anna


def test_reset_is_limited_for_each_account_known_or_not(visitor: Visitor) -> None:
    for name in ("a@bücher.example.org", "A@xn--bcher-kva.example.org") * 3:
        answer = visitor.post("/reset", {"email": name})
    assert_limited(answer)
    assert visitor.post("/reset", {"email": ANNA}).status_code == 303


def test_registering_is_limited_for_one_place(visitor: Visitor) -> None:
    for place in range(5):
        form = {"email": f"p{place}@example.org", "password": NEW}
        assert visitor.post("/register", form).status_code == 303
    assert_limited(visitor.post("/register", {**form, "email": "p6@example.org"}))
