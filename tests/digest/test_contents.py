"""What a digest says, and what it leaves out."""

import json
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.accounts.models import User
from matchmaker.app import Site
from matchmaker.clock import now
from matchmaker.matching.models import Introduction, Proposal
from matchmaker.messaging.models import ContactKind, FollowUp, Message
from matchmaker.notices import service as notices
from matchmaker.notices.models import (
    Delivery,
    NoticeKind,
    Notification,
)
from matchmaker.profiles.models import Profile
from matchmaker.trust import blocks
from tests.conftest import add_introduction
from tests.digest.posting import (
    MailServer,
    Posted,
    digests,
    due_now,
    html_of,
    only_digest,
    person,
    tell,
)


def test_the_same_matter_stands_once_and_what_was_seen_stands_nowhere(
    posted: Posted,
) -> None:
    site, _server = posted
    with site.sessions.write.begin() as session:
        user, _profile = person(session)
        for introduction in ("a", "a", "b", "c"):
            tell(session, user, introduction=introduction)
        notices.see_about(session, user.id, "b")
    said = only_digest(site)
    assert [one["values"]["introduction"] for one in said["notices"]] == ["a", "c"]
    with site.sessions.read() as session:
        left = select(Notification).where(Notification.mailed_at.is_(None))
        assert session.scalars(left).all() == []


def test_a_long_list_is_cut_and_the_rest_is_counted(
    posted: Posted,
) -> None:
    site, server = posted
    with site.sessions.write.begin() as session:
        user, _profile = person(session)
        for place in range(40):
            tell(session, user, introduction=str(place), name="Имя " * 60)
    said = only_digest(site)
    assert len(said["notices"]) + said["more_notices"] == 40
    site.outbox.send_due()
    (letter,) = server.letters
    assert "28 more" in html_of(letter)


def test_steps_of_today_are_news_and_overdue_ones_only_once(
    posted: Posted,
) -> None:
    site, _server = posted
    today = now().date()
    with site.sessions.write.begin() as session:
        _user, mine = person(session)
        _other, theirs = person(session, name="Wang Wei", email="w@example.org")
        introduction = add_introduction(session, mine, theirs)
        for days, step in ((0, "Call"), (-3, "Send a sample"), (5, "Visit")):
            follow_up(session, introduction, mine, step, today + timedelta(days=days))
        follow_up(session, introduction, theirs, "Not mine", today)
    due_now(site)
    mine_only = [one for one in digests(site) if one.recipient != "w@example.org"]
    steps = mine_only[0].context["steps"]
    assert [(one["step"], one["today"]) for one in steps] == [
        ("Call", True),
        ("Send a sample", False),
    ]
    assert steps[0]["name"] == "Wang Wei"
    count = len(digests(site))
    due_now(site)
    assert len(digests(site)) == count, "nothing of it is new"


def follow_up(
    session: Session, introduction: Introduction, author: Profile, step: str, due: date
) -> None:
    session.add(
        FollowUp(
            introduction_id=introduction.id,
            author_id=author.id,
            kind=ContactKind.CALL,
            happened_on=due - timedelta(days=9),
            next_step=step,
            due_on=due,
            form_key=step,
        )
    )
    session.flush()


def test_unread_conversations_are_counted_and_never_quoted(
    posted: Posted,
) -> None:
    site, _server = posted
    with site.sessions.write.begin() as session:
        _user, mine = person(session)
        for place, name in enumerate(("Wang Wei", "Boris")):
            _other, theirs = person(session, name=name)
            introduction = add_introduction(session, mine, theirs)
            for n in range(place + 1):
                session.add(
                    Message(
                        introduction_id=introduction.id,
                        author_id=theirs.id,
                        recipient_id=mine.id,
                        text="A secret between us",
                        form_key=str(n),
                    )
                )
            if name == "Boris":
                blocks.block(session, mine.id, theirs.id)
    said = only_digest(site)
    assert said["unread"] == 1, "not that of somebody blocked"
    assert [(one["name"], one["count"]) for one in said["writers"]] == [("Wang Wei", 1)]
    assert "secret" not in json.dumps(said)
    due_now(site)
    assert len(digests(site)) == 1, "the same message is no news the next day"


def test_news_about_somebody_blocked_meanwhile_stands_in_no_digest(
    posted: Posted,
) -> None:
    site, _server = posted
    with site.sessions.write.begin() as session:
        user, mine = person(session)
        _other, theirs = person(session)
        introduction = add_introduction(session, theirs, mine)
        tell(session, user, introduction=introduction.public_id)
        blocks.block(session, mine.id, theirs.id)
    due_now(site)
    assert digests(site) == []


def test_three_new_proposals_come_with_their_reasons_and_others_the_next_day(
    market: tuple[Site, MailServer, str],
) -> None:
    site, _server, email = market

    def named() -> list[list[str]]:
        return [
            [one["name"] for one in letter.context["proposals"]]
            for letter in digests(site)
            if letter.recipient == email
        ]

    for _day in range(3):
        due_now(site)
    first, second = named()
    assert len(first) == 3
    assert len(second) == 2
    assert not set(first) & set(second)
    letter = next(one for one in digests(site) if one.recipient == email)
    reason = letter.context["proposals"][0]["quoted"][0]["evidence"]
    assert reason["need_text"].startswith("Looking for buckwheat")
    assert "Altai" in reason["offer_text"]


def test_a_switched_off_kind_is_left_out(market: tuple[Site, MailServer, str]) -> None:
    site, _server, email = market
    with site.sessions.write.begin() as session:
        user = session.scalars(select(User).where(User.email == email)).one()
        notices.save_choices(session, user.id, {NoticeKind.PROPOSALS: Delivery.NEVER})
        assert session.scalars(select(Proposal.id)).first() is not None
    due_now(site)
    assert email not in {letter.recipient for letter in digests(site)}
