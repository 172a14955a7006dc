"""Pages of what members are told, how they choose, and the way out of letters."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select

from matchmaker.accounts.models import User
from matchmaker.app import Site
from matchmaker.notices import rules, service
from matchmaker.notices.models import (
    Delivery,
    NoticeChoice,
    NoticeKind,
    NoticeSettings,
    Notification,
    Rhythm,
)
from matchmaker.profiles.models import Profile
from tests.conftest import Visitor, add_introduction, add_member
from tests.notices.tellers import tell

Join = Callable[..., tuple[Visitor, str]]


@pytest.fixture
def member(site: Site, join: Join) -> tuple[Visitor, int]:
    """Give a signed-in member and the number of the account."""
    visitor, _ = join(email="anna@example.org")
    with site.sessions.read() as session:
        user_id = session.scalars(select(User.id)).one()
    return visitor, user_id


def told(site: Site, user_id: int, **context: str) -> str:
    """Tell a member something; return the notice's public id."""
    with site.sessions.write.begin() as session:
        tell(session, session.get_one(User, user_id), **context)
        return service.list_notices(session, user_id)[0].public_id


def settings_of(site: Site, user_id: int) -> NoticeSettings:
    with site.sessions.write.begin() as session:
        found = service.get_settings(session, user_id)
        session.expunge(found)
        return found


# Pages ----------------------------------------------------------------------


def test_the_bell_counts_what_was_not_seen_and_the_page_names_it(
    site: Site, member: tuple[Visitor, int]
) -> None:
    visitor, user_id = member
    assert "Nothing new yet" in visitor.get("/notices").text
    notice = told(site, user_id)
    page = visitor.get("/notices").text
    assert 'aria-label="News: 1 not read"' in page
    assert "<bdi>Wang &lt;b&gt;Wei&lt;/b&gt;</bdi> asks to be introduced" in page
    assert f"/notices/{notice}" in page
    assert 'class="unseen"' in page
    assert visitor.post("/notices/seen").status_code == 303
    page = visitor.get("/notices").text
    assert "not read" not in page
    assert "unseen" not in page


def test_a_notice_leads_to_its_page_and_is_seen_then(
    site: Site, member: tuple[Visitor, int]
) -> None:
    visitor, user_id = member
    answer = visitor.get(f"/notices/{told(site, user_id)}")
    assert answer.status_code == 303
    assert answer.location.endswith("/introductions/x")
    assert "not read" not in visitor.get("/notices").text


def test_opening_the_page_itself_marks_its_notices_as_seen(
    site: Site, member: tuple[Visitor, int]
) -> None:
    visitor, user_id = member
    with site.sessions.write.begin() as session:
        mine = session.scalars(select(Profile)).one()
        opened = add_introduction(session, add_member(session), mine).public_id
    for introduction in (opened, "another"):
        told(site, user_id, introduction=introduction)
    assert "News: 2 not read" in visitor.get("/contacts").text
    assert "News: 1 not read" in visitor.get(f"/messages/{opened}").text
    assert "News: 1 not read" in visitor.get("/contacts").text


def test_a_page_nothing_was_told_about_writes_nothing(
    site: Site, member: tuple[Visitor, int], count_statements: list[str]
) -> None:
    visitor, user_id = member
    told(site, user_id, introduction="another")
    count_statements.clear()
    visitor.get("/messages/nothing/more")
    assert not [one for one in count_statements if one.startswith("UPDATE notif")]


def test_notices_of_others_are_not_there(
    site: Site, member: tuple[Visitor, int], join: Join
) -> None:
    notice = told(site, member[1])
    stranger, _ = join()
    assert stranger.get(f"/notices/{notice}").status_code == 404
    stranger.post("/notices/seen")
    assert "News: 1 not read" in member[0].get("/notices").text


def test_a_notice_of_an_earlier_version_of_the_site_breaks_no_page(
    site: Site, member: tuple[Visitor, int]
) -> None:
    visitor, user_id = member
    with site.sessions.write.begin() as session:
        session.add_all(
            Notification(user_id=user_id, kind=NoticeKind.EVENT, code=c, context={})
            for c in ("gone", "asked")
        )
    page = visitor.get("/notices")
    assert page.status_code == 200
    assert "something new for you" in page.text
    with site.sessions.read() as session:
        ids = [one.public_id for one in service.list_notices(session, user_id)]
    for notice in ids:
        assert visitor.get(f"/notices/{notice}").location.endswith("/home")


def test_the_settings_keep_what_was_chosen(
    site: Site, member: tuple[Visitor, int]
) -> None:
    visitor, user_id = member
    answer = visitor.post(
        "/settings/notices",
        {
            "rhythm": "weekly",
            "weekday": "4",
            "hour": "17",
            "time_zone": "Asia/Shanghai",
            "quiet": "y",
            "quiet_from": "21",
            "quiet_to": "6",
            "kind_request": "never",
            "kind_message": "at_once",
        },
    )
    assert answer.status_code == 303
    kept = settings_of(site, user_id)
    assert (kept.rhythm, kept.weekday, kept.hour) == (Rhythm.WEEKLY, 4, 17)
    assert (kept.quiet_from, kept.quiet_to) == (21, 6)
    assert kept.next_at is not None
    due = kept.next_at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert (due.weekday(), due.hour) == (4, 17)
    with site.sessions.read() as session:
        wanted = service.list_deliveries(session, user_id)
        assert session.get_one(User, user_id).time_zone == "Asia/Shanghai"
    assert wanted[NoticeKind.REQUEST] is Delivery.NEVER
    assert wanted[NoticeKind.MESSAGE] is Delivery.AT_ONCE
    assert wanted[NoticeKind.EVENT] is Delivery.AT_ONCE, "not touched"
    visitor.post("/settings/notices", {"quiet_from": "21"})
    assert settings_of(site, user_id).quiet_from is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind_proposals": "at_once"},
        {"kind_request": "sometimes"},
        {"hour": "24"},
        {"weekday": "-1"},
        {"rhythm": "hourly"},
        {"time_zone": "../../etc/passwd"},
    ],
)
def test_a_choice_that_is_not_offered_is_refused_and_changes_nothing(
    site: Site, member: tuple[Visitor, int], wrong: dict[str, str]
) -> None:
    visitor, user_id = member
    before = settings_of(site, user_id)
    answer = visitor.post("/settings/notices", {"hour": "17", **wrong})
    assert answer.status_code == 422
    assert settings_of(site, user_id).hour == before.hour


# The way out ----------------------------------------------------------------


def way_out(site: Site, user_id: int, what: str) -> str:
    key = site.app.config["SECRET_KEY"]
    token = rules.make_token(key, settings_of(site, user_id).public_id, what)
    return f"/unsubscribe/{token}"


def test_opening_the_link_ends_nothing_because_scanners_open_links(
    site: Site, member: tuple[Visitor, int], visitor: Visitor
) -> None:
    for what in sorted(rules.ENDINGS):
        page = visitor.get(way_out(site, member[1], what))
        assert page.status_code == 200
        assert "Stop them" in page.text
    kept = settings_of(site, member[1])
    assert (kept.stopped_at, kept.rhythm) == (None, Rhythm.DAILY)
    with site.sessions.read() as session:
        assert session.scalars(select(NoticeChoice)).all() == []


@pytest.mark.parametrize("what", sorted(rules.ENDINGS))
def test_a_mail_program_ends_letters_without_a_cookie_and_there_is_a_way_back(
    site: Site, member: tuple[Visitor, int], visitor: Visitor, what: str
) -> None:
    user_id = member[1]
    address = way_out(site, user_id, what)
    one_click = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):  # programs repeat what they are not sure of
        answer = site.app.test_client().post(address, data=one_click)
        assert answer.status_code == 200

    def is_ended() -> bool:
        with site.sessions.read() as session:
            wanted = service.list_deliveries(session, user_id)
        kept = settings_of(site, user_id)
        if what == rules.DIGEST:
            return kept.rhythm is Rhythm.NEVER
        if what == rules.ALL:
            return set(wanted.values()) == {Delivery.NEVER}
        return wanted[NoticeKind(what)] is Delivery.NEVER

    assert is_ended()
    assert visitor.post(f"{address}/back").status_code == 200
    assert not is_ended()


def test_the_page_of_one_kind_can_end_them_all(
    site: Site, member: tuple[Visitor, int], visitor: Visitor
) -> None:
    visitor.post(way_out(site, member[1], "message"), {"what": "all"})
    assert settings_of(site, member[1]).stopped_at is not None


def test_the_way_out_speaks_the_language_of_the_letters(
    site: Site, member: tuple[Visitor, int], visitor: Visitor
) -> None:
    with site.sessions.write.begin() as session:
        session.get_one(User, member[1]).locale = "ru"
    page = visitor.get(way_out(site, member[1], "message"))
    assert '<html lang="ru"' in page.text


def test_a_forged_link_and_one_of_a_closed_account_end_nothing(
    site: Site, member: tuple[Visitor, int], visitor: Visitor
) -> None:
    address = way_out(site, member[1], "all")
    for wrong in ("x", address[13:-1], "nobody." + address[14:]):
        assert site.app.test_client().post(f"/unsubscribe/{wrong}").status_code == 404
    assert settings_of(site, member[1]).stopped_at is None
    with site.sessions.write.begin() as session:
        session.execute(delete(User))
    assert visitor.get(address).status_code == 404
    assert visitor.client.post(address).status_code == 404


def test_the_way_back_needs_the_token_of_a_form(
    site: Site, member: tuple[Visitor, int]
) -> None:
    address = way_out(site, member[1], "all")
    assert site.app.test_client().post(f"{address}/back").status_code == 400
