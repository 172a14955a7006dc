"""The people, events and things that the table of access asks for."""

from datetime import timedelta

from sqlalchemy.orm import Session

from matchmaker.accounts import service as accounts
from matchmaker.accounts.models import Purpose, User, UserSession
from matchmaker.clock import now
from matchmaker.events import imports
from matchmaker.events.models import (
    Approval,
    Attendance,
    Event,
    EventKind,
    EventStaff,
    Outcome,
    StaffRole,
)
from matchmaker.events.roster import Basis
from matchmaker.matching import promotion, versions
from matchmaker.matching.models import IntroductionState
from matchmaker.matching.wish_models import SavedSearch
from matchmaker.messaging.models import ContactKind, FollowUp
from matchmaker.notices import service as notices
from matchmaker.notices.models import NoticeKind
from matchmaker.notices.rules import make_token
from matchmaker.owndata.models import DataRequest, RequestState
from matchmaker.profiles.models import Profile, ProfileStatus
from tests.access_table import ROLES
from tests.conftest import add_introduction, add_member
from tests.events.rosters import invited
from tests.matching.reviewing import add_pair, add_round
from tests.trust.cases import add_moderation

PHONE = "+7 701 555 01 01"


def build(session: Session) -> tuple[dict[str, str], dict[str, Profile]]:
    """Store one of each role, and the things of the member."""
    offers = (("supply", "Buckwheat, 50 t a month"),)
    people = {
        role: add_member(
            session,
            name=f"Person {place}",
            offers=offers,
            is_admin=role == "admin",
            email=f"person{place}@example.org",
            contacts={"phone": {"value": PHONE, "visibility": "connections"}}
            if role == "member"
            else {},
        )
        for place, role in enumerate(ROLES)
        if role != "anonymous"
    }
    boris, carla, emil, zarina, hidden = (
        add_member(session, name=name, offers=offers)
        for name in ("Boris", "Carla", "Emil", "Zarina", "Hidden")
    )
    hidden.status = ProfileStatus.PAUSED
    member, user = people["member"], people["member"].user
    assert user is not None
    accepted = add_introduction(session, member, boris)
    pending = IntroductionState.PENDING
    received = add_introduction(session, carla, member, state=pending)
    sent = add_introduction(session, member, emil, state=pending)
    follow_up = FollowUp(
        introduction_id=accepted.id,
        author_id=member.id,
        kind=ContactKind.CALL,
        happened_on=now().date(),
        what="A secret of mine",
        next_step="Send a sample",
        form_key="k",
    )
    session.add(follow_up)
    other_browser = UserSession(digest="d", user_id=user.id, device="Firefox")
    session.add(other_browser)
    batches: list[str] = []
    for letter in "ab":
        event = Event(
            slug=f"event-{letter}",
            names={"en": f"Meeting {letter.upper()}"},
            kind=EventKind.MEETING,
            starts_at=now() - timedelta(days=2),
            ends_at=now() - timedelta(days=1),
        )
        session.add(event)
        session.flush()
        runner = people[f"organiser of {letter.upper()}"]
        guest = member if letter == "a" else zarina
        session.add_all(
            [
                EventStaff(
                    event_id=event.id, user_id=runner.user_id, role=StaffRole.OWNER
                ),
                Attendance(event_id=event.id, profile_id=guest.id),
            ]
        )
        session.flush()
        if letter == "a":
            secret = invited(session, event, runner, email="draft@example.org")
            invited(session, event, runner, email=user.email, name="The same")
        batch = imports.stage(
            session,
            event,
            author_id=runner.user_id,
            file_name=f"list-{letter}.csv",
            data=f"Name,Email\nAnn {letter},{letter}@example.org\n".encode(),
            basis=Basis.CONSENT,
        )
        batches.append(batch.public_id)
        if letter == "a":
            decision = Approval(
                event_id=event.id, user_id=runner.user_id, outcome=Outcome.APPROVED
            )
            session.add(decision)
    search = SavedSearch(profile_id=member.id, name="Wheat", query="wheat", facets={})
    session.add(search)
    session.flush()
    ids = {
        "country": "CH",
        "concept": "own-kefir",
        "filename": "css/bootstrap.min.css",
        "static<path:filename> filename": "css/site.css",
        "token": accounts.issue_token(session, user, Purpose.CONFIRM, seconds=900),
        "reset<token> token": accounts.issue_token(
            session, user, Purpose.RESET, seconds=900
        ),
        **told(session, user),
        "introduction_id": accepted.public_id,
        "introductionsanswer introduction_id": received.public_id,
        "introductionswithdraw introduction_id": sent.public_id,
        "follow_up_id": follow_up.public_id,
        "item_id": member.opportunities[0].public_id,
        "profile_id": zarina.public_id,
        "member_id": member.public_id,
        "hidden": hidden.public_id,
        "session_id": other_browser.public_id,
        "slug": "event-a",
        "batch_id": batches[0],
        "ending": "csv",
        "code": "chain",
        "approval_id": decision.public_id,
        "secret": secret,
        **add_moderation(session, member, boris, accepted),
        "name": versions.live_version(session).name,
        "report_id": add_report(session),
        "pair_id": add_pair(session, add_round(session), boris, carla).public_id,
        "export_id": add_copy(session, user),
        "search_id": search.public_id,
    }
    return ids, people


def add_copy(session: Session, user: User) -> str:
    """Add a copy of somebody's data that lies ready; return its id."""
    asked = DataRequest(
        user_id=user.id,
        open_key=user.id,
        state=RequestState.READY,
        file_name="copy.zip",
        ready_at=now(),
    )
    session.add(asked)
    session.flush()
    return asked.public_id


def add_report(session: Session) -> str:
    """Add a report on a model beside itself; return its id."""
    live = versions.live_version(session)
    later = {"word": "too few", "cut": None}
    lists = [
        {
            "members": 2,
            "gini": 0.1,
            "top_share": 0.1,
            "unseen": 0.0,
            "without_list": 0.0,
        }
    ] * 2
    found = {
        "statements": 0,
        "later": later,
        "recipe": None,
        "replay": {"word": "too few data", "impressions": 0},
        "lists": lists,
        "sample": [],
        "window": None,
        "digest": "d",
    }
    digests = live.digest, live.digest
    report = promotion.keep_report(session, (live, live), digests, found, author="a")
    return report.public_id


def told(session: Session, user: User) -> dict[str, str]:
    """Tell somebody something; return the ids of it and of the way out."""
    notices.notify(session, user, kind=NoticeKind.EVENT, code="news", context={})
    session.flush()
    who = notices.get_settings(session, user.id).public_id
    token = make_token("k" * 40, who, NoticeKind.EVENT)
    return {
        "notice_id": notices.list_notices(session, user.id)[0].public_id,
        "unsubscribe<token> token": token,
        "unsubscribeback token": token,
    }
