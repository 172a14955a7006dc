"""Nasty ids, parameters and forms: read or refused, and never a crash."""

import re
from collections.abc import Callable
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.access_table import TABLE
from tests.conftest import Visitor
from tests.web.pages import assert_refused, is_our_page

Join = Callable[..., tuple[Visitor, str]]
HUGE = str(2**63)
#: What a hostile visitor puts where an id or a word belongs.
NASTY = {
    "beyond 63 bits": HUGE,
    "beyond 64 bits": str(2**64),
    "negative": "-1",
    "4,500 digits": "9" * 4500,
    "NUL": "a%00b",
    "lone surrogate": "%ED%A0%80",
    "broken UTF-8": "%C3%28",
    "10 kB": "x" * 10_000,
    "traversal": "..%2F..%2Fetc%2Fpasswd",
    "SQL": "'%20OR%201=1--",
    "template": "%7B%7B7*7%7D%7D",
    "percent": "%25s%25n",
    "line breaks": "a%0D%0ASet-Cookie:%20x=1",
    "right to left": "%E2%80%AE",
    "full width": "%EF%BC%91",
}


def test_a_nasty_id_leads_to_our_own_page_and_never_to_a_500(join: Join) -> None:
    member, _ = join(offers=(("supply", "Wheat"),))
    token = member.token()
    routes = [one for one in TABLE if "<" in one[0] and "<path:" not in one[0]]
    for place, (rule, method) in enumerate(routes):
        data = {"csrf_token": token} if method == "POST" else None
        for name, value in list(NASTY.items())[place % 3 :: 3]:
            path = re.sub(r"<[^>]+>", value, rule)
            answer = member.client.open(path, method=method, data=data)
            allowed = (303, 400, 404, 409, 410, 414)
            assert answer.status_code in allowed, (rule, name)
            assert answer.status_code == 303 or is_our_page(answer)


def test_a_nasty_parameter_is_read_or_refused(join: Join) -> None:
    member, public_id = join(offers=(("supply", "Wheat"),))
    for name, value in NASTY.items():
        for path in (
            f"/directory?q={value}&page={value}&country={value}&sector={value}",
            f"/directory?{value}=1&offer={value}&language={value}&market={value}",
            f"/directory?request={value}",
            f"/proposals?page={value}",
            f"/people/{public_id}?{value}",
        ):
            answer = member.get(path)
            assert answer.status_code in {200, 302, 400, 414}, (path[:60], name)
            assert answer.status_code < 400 or is_our_page(answer)


FORMS = {
    "/sign-in": ("email", "password", "next"),
    "/register": ("email", "password", "time_zone"),
    "/reset": ("email",),
    "/language": ("locale", "next"),
    "/theme": ("theme", "next"),
    "/settings": ("locale", "time_zone"),
    "/settings/password": ("current", "password"),
    "/me/edit/person": ("full_name", "country", "languages", "city", "version"),
    "/me/edit/organisation": ("organisation", "website", "size", "sectors", "version"),
    "/me/edit/reach": ("markets", "email", "email_visibility", "phone", "version"),
    "/me/items/new/offer": ("collaboration", "text", "valid_until", "form_key"),
    "/welcome/items": ("offer_kind", "offer_text", "request_kind"),
    "/me/pause": ("paused",),
    "/people/x/ask": ("seeker_item", "candidate_item", "note"),
    "/introductions/x/answer": ("answer",),
    "/follow-ups/x/done": ("done",),
}
VALUES = {
    "empty": "",
    "blank": " \t\r\n\u3000",
    "NUL": "a\x00b",
    "huge number": HUGE,
    "10 kB": "y" * 10_000,
    "far date": "9999-12-31",
    "early date": "0001-01-01",
    "no date": "2026-02-31",
    "markup": "<script>alert(1)</script>",
    "template": "{{7*7}}{%raw%}",
    "marks": "e\u0301\u202e\u2066\u200b\ufeff" * 50,
    "astral": "🐎𝔛\U0010ffff",
    "path": "//evil.example/%2e%2e",
}


def test_a_nasty_form_is_read_or_refused(visitor: Visitor, join: Join) -> None:
    member, _ = join(offers=(("supply", "Wheat"),))
    outside = ("/sign-in", "/register", "/reset", "/language", "/theme")
    for browser, forms in ((member, tuple(FORMS)), (visitor, outside)):
        token = browser.token()
        for place, (path, name) in enumerate(product(forms, VALUES)):
            if browser is visitor and place % 2:
                continue  # the same forms again: half of the values will do
            data = dict.fromkeys(FORMS[path], VALUES[name])
            answer = browser.client.post(path, data={"csrf_token": token, **data})
            assert answer.status_code < 500, (path, name)
            target = answer.headers.get("Location", "/")
            assert target.startswith("/"), (path, name)
            assert not target.startswith("//"), (path, name)
            assert "<script>alert" not in answer.text


def test_a_form_that_is_no_text_is_refused(visitor: Visitor, join: Join) -> None:
    member, _ = join()
    bodies = {
        "application/x-www-form-urlencoded": b"email=\xff\xfe&x=\x00",
        "multipart/form-data; boundary=b": b"--b\r\nContent-Disposition: x\r\n\r\n",
        "multipart/form-data": b"no boundary",
        "application/json": b"{not json",
        "text/plain; charset=unknown-8": b"\xff",
    }
    for browser in (member, visitor):
        for kind, body in bodies.items():
            answer = browser.client.post("/reset", data=body, content_type=kind)
            assert_refused(answer, 400)


printable = st.text(max_size=40)
paths = st.one_of(
    # Without migrations in this test the site says rightly that it is not ready.
    st.sampled_from(sorted({rule for rule, _ in TABLE} - {"/readyz"})),
    st.lists(printable, max_size=4).map(lambda parts: "/" + "/".join(parts)),
)


def test_no_request_a_machine_thinks_of_breaks_the_site(join: Join) -> None:
    member, _ = join(offers=(("supply", "Wheat"),))
    token = member.token()

    @settings(
        max_examples=60,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        path=paths,
        word=printable,
        method=st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS", "BREW"]),
        query=st.dictionaries(printable, printable, max_size=3),
        form=st.dictionaries(
            st.sampled_from(sorted({f for fields in FORMS.values() for f in fields})),
            printable,
            max_size=4,
        ),
    )
    def send(
        path: str, word: str, method: str, query: dict[str, str], form: dict[str, str]
    ) -> None:
        filled = re.sub(r"<[^>]+>", lambda _: word.replace("/", ""), path)
        if filled.startswith(("/sign-out", "//")) or "?" in filled:
            return
        answer = member.client.open(
            filled,
            method=method,
            query_string=query,
            data={"csrf_token": token, **form} if method == "POST" else None,
        )
        assert answer.status_code < 500, (method, filled)

    send()
