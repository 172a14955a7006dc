"""One digest a day, at the hour of the member, whatever the clocks and workers do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, delete, select, text, update

from matchmaker.accounts.models import User
from matchmaker.clock import now
from matchmaker.db import Base, Sessions
from matchmaker.digest import jobs
from matchmaker.mail import Letter
from matchmaker.matching.bridge import Matcher
from matchmaker.notices import service as notices
from matchmaker.notices.models import (
    NoticeSettings,
)
from tests.digest.posting import (
    Posted,
    digests,
    html_of,
    person,
    tell,
)

HOUR = timedelta(hours=1)
#: Midnight in UTC, so that nobody's eight o'clock has passed twice.
START = now().replace(hour=0, minute=0, second=0, microsecond=0)


def test_two_members_get_one_digest_each_at_their_hour_in_their_language(
    posted: Posted,
) -> None:
    site, server = posted
    members = {
        "aigerim@example.org": ("ru", "Asia/Almaty"),
        "li@example.org": ("zh", "America/New_York"),
    }
    with site.sessions.write.begin() as session:
        for email, (locale, zone) in members.items():
            user, _profile = person(session, zone, email=email, locale=locale)
            tell(session, user)
    jobs.plan_digests(site.sessions, moment=START)
    received: dict[str, list[int]] = {email: [] for email in members}
    for hours in range(1, 72):
        moment = START + hours * HOUR
        for _ in range(2):  # a second run, or a second worker, changes nothing
            jobs.send_digests(site.sessions, site.matcher, moment=moment)
            jobs.plan_digests(site.sessions, moment=moment)
            site.outbox.send_due()
        for envelope in server.envelopes:
            zone = ZoneInfo(members[envelope.rcpt_tos[0]][1])
            received[envelope.rcpt_tos[0]].append(moment.astimezone(zone).hour)
        for letter in server.letters:
            locale, _zone = members[str(letter["To"])]
            assert f'<html lang="{locale}">' in html_of(letter)
        server.envelopes.clear()
    assert received == {email: [8] for email in members}


def test_every_day_with_news_has_a_digest_and_no_other(
    posted: Posted,
) -> None:
    site, _server = posted
    with site.sessions.write.begin() as session:
        user_id = person(session, "Europe/Berlin")[0].id
    jobs.plan_digests(site.sessions, moment=START)
    days: list[date] = []
    for hours in range(1, 24 * 6):
        moment = START + hours * HOUR
        if hours in {3, 51, 52, 53}:
            with site.sessions.write.begin() as session:
                tell(session, session.get_one(User, user_id), name=f"Number {hours}")
        before = len(digests(site))
        jobs.send_digests(site.sessions, site.matcher, moment=moment)
        days += [moment.date()] * (len(digests(site)) - before)
    first = START.date()
    assert days == [first, first + timedelta(days=2)]


def test_who_moves_to_another_zone_gets_no_second_digest_of_the_day(
    posted: Posted,
) -> None:
    site, _server = posted
    with site.sessions.write.begin() as session:
        user_id = person(session, "Asia/Almaty")[0].id
    jobs.plan_digests(site.sessions, moment=START)
    sent: list[datetime] = []
    for hours in range(1, 49):
        moment = START + hours * HOUR
        with site.sessions.write.begin() as session:
            user = session.get_one(User, user_id)
            tell(session, user, name=f"Number {hours}")
            if hours == 4:  # an hour after the digest in Almaty
                user.time_zone = "Europe/London"
        before = len(digests(site))
        jobs.plan_digests(site.sessions, moment=moment)
        jobs.send_digests(site.sessions, site.matcher, moment=moment)
        sent += [moment] * (len(digests(site)) - before)
    assert sent[0] == START + 3 * HOUR
    assert len(sent) == 2
    assert sent[1].astimezone(ZoneInfo("Europe/London")).hour == 8
    assert sent[1] - sent[0] >= timedelta(hours=20)


def test_a_zone_changed_just_before_the_hour_waits_for_the_hour_there(
    posted: Posted,
) -> None:
    site, _server = posted
    with site.sessions.write.begin() as session:
        user, _profile = person(session, "Asia/Almaty")
        tell(session, user)
    jobs.plan_digests(site.sessions, moment=START)
    with site.sessions.write.begin() as session:
        session.scalars(select(User)).one().time_zone = "Europe/London"
    jobs.send_digests(site.sessions, site.matcher, moment=START + 3 * HOUR)
    assert digests(site) == []
    with site.sessions.read() as session:
        due = session.scalars(select(NoticeSettings.next_at)).one()
    assert due is not None
    assert due.astimezone(ZoneInfo("Europe/London")).hour == 8


def test_workers_that_run_at_once_write_one_digest(
    engine: Engine, tmp_path: Path
) -> None:
    sessions = Sessions(engine)
    try:
        with sessions.write.begin() as session:
            for place in range(6):
                tell(session, person(session, email=f"p{place}@example.org")[0])
        jobs.plan_digests(sessions, moment=START)
        matcher, moment = Matcher(tmp_path), START + 9 * HOUR
        with ThreadPoolExecutor(4) as pool:
            for done in [
                pool.submit(jobs.send_digests, sessions, matcher, moment=moment)
                for _ in range(4)
            ]:
                done.result()
        with sessions.read() as session:
            to = list(session.scalars(select(Letter.recipient)))
        assert sorted(to) == [f"p{place}@example.org" for place in range(6)]
    finally:
        with engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(delete(table))


def test_one_digest_that_cannot_be_written_does_not_hold_up_the_others(
    posted: Posted,
) -> None:
    site, _server = posted
    with site.sessions.write.begin() as session:
        broken, _profile = person(session)
        tell(session, broken)
        tell(session, person(session, email="good@example.org")[0])
        broken_id = broken.id
    jobs.plan_digests(site.sessions)
    with site.sessions.write.begin() as session:
        session.execute(update(NoticeSettings).values(next_at=now()))
        session.execute(
            text("UPDATE notification SET context = '{' WHERE user_id = :user"),
            {"user": broken_id},
        )
    jobs.send_digests(site.sessions, site.matcher)
    assert [letter.recipient for letter in digests(site)] == ["good@example.org"]
    with site.sessions.read() as session:
        again = session.scalars(
            select(NoticeSettings.next_at).where(NoticeSettings.user_id == broken_id)
        ).one()
    assert again is not None
    assert again > now(), "it is tried again later"


@pytest.mark.parametrize("gone", ["disabled", "stopped"])
def test_nobody_gets_a_digest_who_wants_or_may_read_none(
    posted: Posted, gone: str
) -> None:
    site, _server = posted
    with site.sessions.write.begin() as session:
        user, _profile = person(session)
        tell(session, user)
    jobs.plan_digests(site.sessions)
    with site.sessions.write.begin() as session:
        user = session.scalars(select(User)).one()
        if gone == "disabled":
            user.disabled_at = now()
        else:
            notices.get_settings(session, user.id).stopped_at = now()
        session.execute(update(NoticeSettings).values(next_at=now()))
    jobs.send_digests(site.sessions, site.matcher)
    assert digests(site) == []
