"""What members are told, whether by letter, and in which words."""

import ast
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import matchmaker
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.mail import Letter
from matchmaker.notices import rules, service, texts
from matchmaker.notices.models import Delivery, NoticeKind, Notification, Rhythm
from tests.conftest import MakeMember
from tests.notices.tellers import ASKED, tell, user_of


def letters(session: Session) -> list[Letter]:
    return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_the_same_thing_is_told_once(session: Session) -> None:
    user = user_of(session)
    for _ in range(3):
        service.notify(
            session,
            user,
            kind=NoticeKind.REQUEST,
            code="asked",
            context=ASKED,
            once_key="asked:x",
        )
    assert len(service.list_notices(session, user.id)) == 1
    assert len(letters(session)) == 1


@pytest.mark.parametrize(
    ("delivery", "count"),
    [(Delivery.AT_ONCE, 1), (Delivery.DIGEST, 0), (Delivery.NEVER, 0)],
)
def test_a_switch_says_whether_a_letter_leaves_at_once(
    session: Session, delivery: Delivery, count: int
) -> None:
    user = user_of(session)
    service.save_choices(session, user.id, {NoticeKind.REQUEST: delivery})
    tell(session, user)
    (notice,) = service.list_notices(session, user.id)
    assert len(letters(session)) == count
    assert (notice.mailed_at is None) == (delivery is Delivery.DIGEST)


def test_who_stopped_all_letters_still_sees_everything_on_the_site(
    session: Session,
) -> None:
    user = user_of(session)
    service.stop(session, service.get_settings(session, user.id).public_id, rules.ALL)
    for kind in NoticeKind:
        tell(session, user, kind=kind)
    assert letters(session) == []
    assert len(service.list_notices(session, user.id)) == len(NoticeKind)
    assert service.get_settings(session, user.id).next_at is None


def test_a_closed_account_gets_no_letter(session: Session) -> None:
    user = user_of(session)
    user.disabled_at = now()
    tell(session, user)
    assert letters(session) == []


def test_letters_at_once_wait_for_the_end_of_quiet_hours(session: Session) -> None:
    user = user_of(session)
    user.time_zone = "Asia/Almaty"
    here = now().astimezone(ZoneInfo(user.time_zone))
    ends = (here.hour + 2) % 24
    service.save_rhythm(
        session,
        user,
        rhythm=Rhythm.DAILY,
        weekday=0,
        hour=8,
        quiet=(here.hour, ends),
    )
    tell(session, user)
    (letter,) = letters(session)
    leaves = letter.due_at.astimezone(ZoneInfo(user.time_zone))
    assert leaves.hour == ends
    assert leaves.minute == 0
    assert timedelta(0) < letter.due_at - now() <= timedelta(hours=2)


def test_what_gathered_while_nobody_wanted_a_digest_is_in_no_later_one(
    session: Session,
) -> None:
    user = user_of(session)
    who = service.get_settings(session, user.id).public_id
    service.stop(session, who, rules.DIGEST)
    tell(session, user, kind=NoticeKind.MESSAGE, code="message")
    service.resume(session, who, rules.DIGEST)
    (notice,) = service.list_notices(session, user.id)
    session.refresh(notice)
    assert notice.mailed_at is not None
    assert notice.seen_at is None


def test_notices_are_forgotten_after_the_months_they_are_shown(
    session: Session, make_member: MakeMember
) -> None:
    user = make_member().user
    assert user is not None
    tell(session, user)
    tell(session, user, code="accepted")
    assert not service.has_old(session)
    session.execute(
        update(Notification)
        .where(Notification.code == "asked")
        .values(created_at=now() - rules.KEPT - timedelta(days=2))
    )
    assert [one.code for one in service.list_notices(session, user.id)] == ["accepted"]
    assert service.forget_old(session) == 1
    assert not service.has_old(session)


def test_what_was_told_about_an_introduction_can_be_erased_for_everybody(
    session: Session,
) -> None:
    one, other = user_of(session), user_of(session)
    for user in (one, other):
        for introduction in ("a", "b"):
            tell(session, user, introduction=introduction)
    service.forget_about(session, ["a", "unknown"])
    for user in (one, other):
        left = service.list_notices(session, user.id)
        assert [notice.about for notice in left] == ["b"]


# Sentences ------------------------------------------------------------------


def codes_of_the_source() -> set[str]:
    """Return every code that a call of ours tells somebody."""
    found = set()
    for file in Path(matchmaker.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            told = [key.value for key in node.keywords if key.arg == "code"]
            if name in {"tell", "_tell"}:
                told += node.args[1:2]
            if name in {"notify", "tell", "_tell"}:
                found |= {
                    one.value
                    for one in told
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return found


def test_every_code_that_is_told_has_a_sentence() -> None:
    told = codes_of_the_source()
    assert {"asked", "message"} <= told
    assert told <= texts.SENTENCES.keys()


@pytest.mark.parametrize("code", sorted(texts.SENTENCES))
@pytest.mark.parametrize("locale", ["en", "ru", "zh"])
def test_every_sentence_has_a_letter_with_a_way_out(
    site: Site, code: str, locale: str
) -> None:
    context = {
        **ASKED,
        "colleague": "Li Na",
        "on": "2026-12-01",
        "count": 3,
        "event": "e",
        "way_out": ["who", "request"],
    }
    letter = site.outbox.render(code, locale, context)
    assert letter.subject
    assert "http://localhost/" in letter.text
    assert letter.unsubscribe.startswith("http://localhost/unsubscribe/who.request.")
    assert letter.unsubscribe in letter.text
    assert letter.unsubscribe_post
    assert "&lt;" not in letter.subject + letter.text
    assert "%(" not in letter.subject + letter.text
    assert f'<html lang="{locale}"' in letter.html
    assert letter.unsubscribe in letter.html
    assert "%(" not in letter.html


def test_letters_about_the_account_have_no_way_out(site: Site) -> None:
    letter = site.outbox.render("reset", "en", {"token": "t", "hours": 5})
    assert (letter.unsubscribe, letter.unsubscribe_post) == ("", False)
    assert "unsubscribe" not in letter.text
    assert letter.html == ""


def test_every_kind_and_delivery_has_its_words() -> None:
    assert texts.KIND_TEXTS.keys() == set(NoticeKind)
    assert texts.DELIVERY_TEXTS.keys() == set(Delivery)
    assert rules.DEFAULTS.keys() == set(NoticeKind)
