"""Two people, one of whom blocked the other, on every page there is."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import delete, select

from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.mail import Letter
from matchmaker.matching import jobs, lists
from matchmaker.matching.models import (
    Decision,
    DecisionKind,
    Introduction,
    IntroductionState,
)
from matchmaker.matching.views import make_policy
from matchmaker.messaging.models import ContactKind, FollowUp, Message
from matchmaker.notices.models import NoticeKind
from matchmaker.notices.service import notify
from matchmaker.profiles.models import Profile
from tests.conftest import Visitor, add_introduction, add_member

#: Words that stand on a page only if it shows the person.
MARKS = {"anna": ("Zanna", "Zannaco"), "boris": ("Zboris", "Zborisco")}
FIELD = {
    "country": "KZ",
    "sectors": ("agrifood.grain",),
    "offers": (("supply", "Buckwheat and wheat by the wagon"),),
    "requests": (("supply", "Grain buyers with a warehouse in Almaty"),),
}
#: Variables of addresses that name a person or something between two people.
ABOUT_PEOPLE = {"profile_id", "introduction_id", "blocked_id"}
#: What else stands in addresses, and cannot name the other side.
OTHERS = {
    "approval_id",
    "batch_id",
    "case_id",
    "code",
    "concept",
    "country",
    "ending",
    "export_id",
    "filename",
    "follow_up_id",
    "item_id",
    "kind",
    "measure_id",
    "name",
    "notice_id",
    "pair_id",
    "report_id",
    "search_id",
    "secret",
    "session_id",
    "side",
    "slug",
    "step",
    "text_id",
    "token",
}
#: Who may press what: undoing finds nothing, unblocking is for who blocked.
NEUTRAL = {"/people/<profile_id>/undo", "/settings/blocked/<blocked_id>/remove"}


@dataclass(slots=True)
class Pair:
    """Two people who know each other, each with a browser."""

    site: Site
    browsers: dict[str, Visitor]
    people: dict[str, str]
    introduction: str

    def block(self) -> None:
        """Let Anna block Boris, by the page that says what it does."""
        answer = self.browsers["anna"].post(f"/people/{self.people['boris']}/block")
        assert answer.status_code == 303
        # The note that it is done is shown once.
        assert MARKS["boris"][0] in self.browsers["anna"].get("/settings/safety").text

    def pages(self, who: str) -> Iterator[tuple[str, str]]:
        """Yield the address and the content of every page without a variable."""
        for rule in self.site.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.arguments:
                answer = self.browsers[who].get(rule.rule, follow_redirects=True)
                yield rule.rule, answer.text

    def about(self, who: str) -> Iterator[tuple[str, str, Any, Any]]:
        """Yield what each address about the other answers, and an unknown one."""
        other = "boris" if who == "anna" else "anna"
        real = {"introduction_id": self.introduction}
        for rule in self.site.app.url_map.iter_rules():
            if not set(rule.arguments) & ABOUT_PEOPLE or rule.rule in NEUTRAL:
                continue
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                answers = [
                    self._send(who, method, re.sub(r"<(\w+)>", fill, rule.rule))
                    for fill in (
                        lambda found: real.get(found.group(1), self.people[other]),
                        lambda _found: "nobodynobody",
                    )
                ]
                yield rule.rule, method, *answers

    def _send(self, who: str, method: str, address: str) -> Any:
        browser = self.browsers[who]
        return browser.get(address) if method == "GET" else browser.post(address)


@pytest.fixture
def pair(
    request: pytest.FixtureRequest, site: Site, new_visitor: Callable[[], Visitor]
) -> Pair:
    """Give two people with everything that can be between two people."""
    state, asker = getattr(request, "param", (IntroductionState.ACCEPTED, "anna"))
    with site.sessions.write.begin() as session:
        people = {
            who: add_member(session, name=name, organisation=work, **FIELD)
            for who, (name, work) in MARKS.items()
        }
        for number in range(3):
            add_member(session, name=f"Other {number}", organisation="", **FIELD)
        asked = "boris" if asker == "anna" else "anna"
        between = add_introduction(session, people[asker], people[asked], state=state)
        _fill(session, people, between)
        emails = {who: one.user.email for who, one in people.items() if one.user}
        ids = {who: one.public_id for who, one in people.items()}
        introduction = between.public_id
    browsers = {who: new_visitor() for who in MARKS}
    for who, email in emails.items():
        assert browsers[who].sign_in(email).status_code == 303
    return Pair(site, browsers, ids, introduction)


def _fill(session: Any, people: dict[str, Profile], between: Introduction) -> None:
    """Let both save each other, write, note follow-ups, be told."""
    for who, other in (("anna", "boris"), ("boris", "anna")):
        one, two = people[who], people[other]
        session.add_all(
            [
                Decision(
                    seeker_id=one.id, candidate_id=two.id, kind=DecisionKind.SAVED
                ),
                Message(
                    introduction_id=between.id,
                    author_id=one.id,
                    recipient_id=two.id,
                    text=f"Greetings from {one.full_name}",
                    form_key=who,
                ),
                FollowUp(
                    introduction_id=between.id,
                    author_id=one.id,
                    kind=ContactKind.CALL,
                    happened_on=now().date(),
                    what=f"A call with {two.full_name}",
                    next_step=f"Send {two.full_name} a sample",
                    due_on=now().date(),
                    shared=True,
                    form_key=who,
                ),
            ]
        )
        notify(
            session,
            one.user,
            kind=NoticeKind.REQUEST,
            code="asked",
            context={
                "name": two.full_name,
                "organisation": two.organisation_name,
                "introduction": between.public_id,
            },
        )
    session.flush()


def _compute(site: Site) -> None:
    policy = make_policy(site.app.config)
    while jobs.refresh_stale(site.sessions, site.matcher, policy):
        pass


def test_before_the_block_they_see_each_other(pair: Pair) -> None:
    for who, other in (("anna", "boris"), ("boris", "anna")):
        seen = {rule for rule, page in pair.pages(who) if MARKS[other][0] in page}
        assert {"/directory", "/contacts", "/messages", "/notices"} <= seen


PENDING = IntroductionState.PENDING


@pytest.mark.parametrize(
    "pair",
    [(IntroductionState.ACCEPTED, "anna"), (PENDING, "anna"), (PENDING, "boris")],
    indirect=True,
)
def test_after_a_block_neither_is_on_any_page_of_the_other(pair: Pair) -> None:
    pair.block()
    _compute(pair.site)
    for who, other in (("anna", "boris"), ("boris", "anna")):
        shown = {
            rule
            for rule, page in pair.pages(who)
            if any(mark in page for mark in MARKS[other])
        }
        # Who blocked finds the list of the people they blocked, and nothing else.
        assert shown == ({"/settings/safety"} if who == "anna" else set())


def test_what_names_the_blocked_side_answers_as_if_there_were_nobody(
    pair: Pair,
) -> None:
    pair.block()
    variables = {
        name for rule in pair.site.app.url_map.iter_rules() for name in rule.arguments
    }
    assert variables - ABOUT_PEOPLE - OTHERS == set(), "say what they are about"
    tried = 0
    for who in ("anna", "boris"):
        for rule, method, real, unknown in pair.about(who):
            if who == "anna" and rule == "/people/<profile_id>/block":
                continue  # shows the own list: it is done already
            tried += 1
            told = (rule, method, who)
            assert real.status_code == unknown.status_code, told
            assert real.status_code in {404, 400}, told
            assert _content(real) == _content(unknown), told
    assert tried > 30


def _content(answer: Any) -> str:
    """Return the page without what differs on any two: tokens, numbers, addresses."""
    main = re.search(r"<main.*?</main>", answer.text, re.DOTALL)
    text = main.group(0) if main else answer.text
    return re.sub(r'(value|href|action)="[^"]*"|[0-9a-f]{8,}', "", text)


def test_the_proposals_of_both_change_at_once(pair: Pair) -> None:
    policy = make_policy(pair.site.app.config)
    with pair.site.sessions.write.begin() as session:
        for table in (Message, FollowUp, Introduction, Decision):
            session.execute(delete(table))
        for profile in session.scalars(select(Profile)):
            lists.refresh_member(session, pair.site.matcher, policy, profile.id)
    assert MARKS["anna"][0] in pair.browsers["boris"].get("/proposals").text
    pair.block()
    assert MARKS["anna"][0] not in pair.browsers["boris"].get("/proposals").text
    assert MARKS["boris"][0] not in pair.browsers["anna"].get("/proposals").text


def test_nothing_is_counted_that_cannot_be_opened(pair: Pair) -> None:
    frame = pair.browsers["boris"].get("/me").text
    assert 'class="count num"' in frame
    pair.block()
    frame = pair.browsers["boris"].get("/me").text
    assert 'class="count num"' not in frame


def test_a_letter_that_has_not_left_is_not_sent_any_more(pair: Pair) -> None:
    def waiting() -> list[str]:
        with pair.site.sessions.read() as session:
            letters = session.scalars(select(Letter)).all()
            return [str(letter.context) for letter in letters]

    assert any(MARKS["boris"][0] in context for context in waiting())
    pair.block()
    assert not any(MARKS["boris"][0] in context for context in waiting())
    assert not any(MARKS["anna"][0] in context for context in waiting())


def test_after_an_unblock_the_conversation_is_there_again(pair: Pair) -> None:
    pair.block()
    address = f"/messages/{pair.introduction}"
    assert pair.browsers["boris"].get(address).status_code == 404
    undone = pair.browsers["anna"].post(
        f"/settings/blocked/{pair.people['boris']}/remove"
    )
    assert undone.status_code == 303
    for who in ("anna", "boris"):
        page = pair.browsers[who].get(address)
        assert page.status_code == 200
        assert "Greetings from Zanna" in page.text


@pytest.mark.parametrize("pair", [(PENDING, "anna"), (PENDING, "boris")], indirect=True)
def test_a_request_ends_by_a_block_as_if_nobody_had_answered(pair: Pair) -> None:
    pair.block()
    with pair.site.sessions.read() as session:
        (between,) = session.scalars(select(Introduction))
    assert between.state is IntroductionState.EXPIRED
    assert between.pair_key is None


def test_blocking_twice_and_both_ways_is_harmless(pair: Pair) -> None:
    pair.block()
    pair.block()
    page = pair.browsers["anna"].get("/settings/safety").text
    assert page.count("/remove") == 1
    answer = pair.browsers["boris"].post(f"/people/{pair.people['anna']}/block")
    assert answer.status_code == 404


def test_one_cannot_block_oneself(pair: Pair) -> None:
    address = f"/people/{pair.people['anna']}/block"
    assert pair.browsers["anna"].get(address).status_code == 404
