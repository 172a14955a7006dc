"""One member's full house, so that every page has something to show."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from matchmaker.accounts import service as accounts
from matchmaker.accounts.models import Purpose
from matchmaker.clock import now
from matchmaker.events import admission
from matchmaker.events.models import (
    Attendance,
    Event,
    EventGroup,
    EventKind,
    EventStaff,
    StaffRole,
)
from matchmaker.matching import introductions
from matchmaker.matching import service as matching
from matchmaker.matching.models import DecisionKind, Introduction, IntroductionState
from matchmaker.messaging import conversations, ledger
from matchmaker.messaging.models import ContactKind, FollowUp
from matchmaker.notices import service as notices
from matchmaker.notices.models import NoticeKind
from matchmaker.notices.rules import make_token
from matchmaker.profiles import service as profiles
from matchmaker.profiles.models import Profile
from matchmaker.trust import blocks, cases, measures, reports, seen
from matchmaker.trust.models import ReportKind, SeenWhere, SignalKind
from tests.browser import people
from tests.browser.served import Served
from tests.conftest import PASSWORD, add_introduction, add_member
from tests.trust.cases import add_moderation

NAMES = ("陈浩", "Анна Ким", "Priya Nair", "Азиз Рахматов", "Farida Rahimi", "王建国")


@dataclass(frozen=True, slots=True)
class World:
    """Addresses of who is there, and the paths of what belongs to them."""

    member: str
    newcomer: str
    chief: str
    paths: dict[str, str]


def build(served: Served) -> World:
    """Fill the house of a member, of a newcomer and of somebody who runs the site."""
    member = served.join(
        email="host@example.org",
        name="Гульнара Сейтова",
        latin_name="Gulnara Seitova",
        organisation="Жетысу Агро",
        languages=("ru", "kk", "en"),
        sectors=("agri.crops", "food.grainmill"),
        markets=("CN", "UZ"),
        about="Выращиваем пшеницу и мелем муку.",
        offers=(
            ("supply", "Пшеница и мука из Казахстана"),
            ("project", "Элеватор на 20 000 тонн ждёт партнёра"),
        ),
        requests=(("logistics", "Железнодорожная перевозка зерна в Китай"),),
        contacts={"phone": {"value": "+7 727 111", "visibility": "connections"}},
    )
    with served.site.sessions.write.begin() as session:
        host = session.get_one(Profile, member.profile_id)
        others = [_named(session, name) for name in NAMES]
        paths = _meet(session, host, others)
        paths["me"] = f"/people/{member.public_id}"
        who = _tell(session, host, others)
        key = served.site.app.config["SECRET_KEY"]
        paths["way out"] = f"/unsubscribe/{make_token(key, who, NoticeKind.ANSWER)}"
        paths["item"] = f"/me/items/{host.opportunities[0].public_id}"
        newcomer = accounts.create_user(
            session, "new@example.org", password=PASSWORD, confirmed=True
        )
        for purpose in Purpose:
            secret = accounts.issue_token(session, newcomer, purpose, seconds=3600)
            paths[purpose.value] = f"/{purpose.value}/{secret}"
        chief = add_member(session, email="chief@example.org", is_admin=True)
        paths |= _moderate(session, host, others)
        paths["event"] = _run_event(session, chief, [host, *others])
        return World(member.email, newcomer.email, "chief@example.org", paths)


def _moderate(session: Session, host: Profile, others: list[Profile]) -> dict[str, str]:
    """Block and report somebody, be warned, appeal, and have a text held."""
    suspect, blocked = (
        add_member(session, name=name, offers=(("supply", f"Flour {name}"),))
        for name in ("Виктор", "Blocked Person")
    )
    blocks.block(session, host.id, blocked.id)
    report = reports.file_report(
        session,
        reporter_id=host.id,
        subject_id=suspect.id,
        kind=ReportKind.FRAUD,
        excerpt="您今天付款，我们明天发货。",
        note="Второй раз за неделю.",
        about="person",
    )
    case = cases.get_case(session, report.case.public_id)
    cases.note_signal(
        session,
        suspect.id,
        kind=SignalKind.ALIKE,
        key="copy",
        figures={"percent": 94},
        other_id=others[0].id,
    )
    between = session.query(Introduction).filter_by(candidate_id=host.id).first()
    assert between is not None
    own = add_moderation(session, host, others[0], between)
    measure = measures.get_measure(session, own["measure_id"])
    measures.appeal(session, measure, "Это были поздравления с праздником.")
    seen.note(session, others[0].id, [host.id], SeenWhere.CARD)
    return {
        "block": f"/people/{suspect.public_id}/block",
        "report": f"/people/{suspect.public_id}/report",
        "decision": f"/settings/decisions/{measure.public_id}",
        "case": f"/admin/moderation/{case.public_id}",
        "appeal": f"/admin/decisions/{measure.public_id}/appeal",
    }


def _named(session: Session, name: str) -> Profile:
    found = session.query(Profile).filter_by(full_name=name).first()
    assert found is not None, f"{name} is not in {people.__name__}"
    return found


def _meet(session: Session, host: Profile, others: list[Profile]) -> dict[str, str]:
    friend, asker, asked, refused, saved, stranger = others
    friend.contacts = {
        "email": {"value": "chen@example.org", "visibility": "connections"},
        "wechat": {"value": "chenhao", "visibility": "members"},
    }
    open_one = add_introduction(session, friend, host)
    open_one.answered_at = now() - timedelta(days=200)
    noted = _talk(session, open_one, host, friend)
    states = IntroductionState
    received = add_introduction(session, asker, host, state=states.PENDING)
    sent = add_introduction(session, host, asked, state=states.PENDING)
    closed = add_introduction(session, host, refused, state=states.DECLINED)
    colleague = add_member(session, name="Дана", offers=(("supply", "Мука"),))
    colleague.organisation = host.organisation
    patient = add_member(session, name="Peter", offers=(("supply", "Flour"),))
    put_off = add_introduction(session, patient, host, state=states.LATER)
    put_off.returns_at = now() + timedelta(days=9)
    put_off.expires_at = now() + timedelta(days=16)
    put_off.original, put_off.original_lang = "Поговорим?", "ru"
    matching.decide(session, host.id, saved.id, kind=DecisionKind.SAVED)
    return {
        "contact": f"/contacts/{open_one.public_id}",
        "note": f"/follow-ups/{noted.public_id}",
        "thread": f"/messages/{open_one.public_id}",
        "received": f"/introductions/{received.public_id}",
        "sent": f"/introductions/{sent.public_id}",
        "declined": f"/introductions/{closed.public_id}",
        "put off": f"/introductions/{put_off.public_id}",
        "deal": f"/introductions/{open_one.public_id}/deal",
        "friend": f"/people/{friend.public_id}",
        "stranger": f"/people/{stranger.public_id}",
    }


def _tell(session: Session, host: Profile, others: list[Profile]) -> str:
    """Tell the member something; return who is named in the links of letters."""
    assert host.user is not None
    for code, other in zip(("asked", "accepted", "message"), others, strict=False):
        context = {
            "name": other.full_name,
            "organisation": other.organisation_name,
            "introduction": "x",
        }
        notices.notify(
            session, host.user, kind=NoticeKind.ANSWER, code=code, context=context
        )
    session.flush()
    notices.see(
        session, host.user.id, notices.list_notices(session, host.user.id)[0].public_id
    )
    return notices.get_settings(session, host.user.id).public_id


def _talk(
    session: Session, introduction: Introduction, host: Profile, friend: Profile
) -> FollowUp:
    today = now().date()
    for author, lang, text in (
        (friend, "zh", "您好！每月需要多少吨？见 https://example.org/price"),
        (host, "ru", "Здравствуйте! Триста тонн.\nЦену пришлю завтра."),
    ):
        conversations.write_message(
            session, introduction, author.id, text=text, lang=lang, form_key=text
        )
    for days, step in ((40, "Прислать образцы"), (10, "Позвонить о цене")):
        noted = ledger.add_follow_up(
            session,
            introduction,
            host.id,
            kind=ContactKind.CALL,
            happened_on=today - timedelta(days=days),
            what="Говорили о пробной партии",
            next_step=step,
            due_on=today - timedelta(days=days - 3),
            shared=days == 10,
            form_key=step,
            # Noted on that day: a step that is overdue now was not then.
            today=today - timedelta(days=days),
        )
    introductions.record_outcome(
        session, introduction, friend.id, stage=1, value="cooperation_possible"
    )
    assert noted is not None
    return noted


def _run_event(session: Session, chief: Profile, people_there: list[Profile]) -> str:
    event = Event(
        slug="spring",
        names={"en": "Spring webinar", "ru": "Весенний вебинар", "zh": "春季网络会议"},
        kind=EventKind.WEBINAR,
        starts_at=now() - timedelta(days=90),
        ends_at=now() - timedelta(days=90),
    )
    session.add(event)
    session.flush()
    assert chief.user_id is not None
    session.add(
        EventStaff(event_id=event.id, user_id=chief.user_id, role=StaffRole.OWNER)
    )
    session.add_all(
        Attendance(event_id=event.id, profile_id=one.id, minutes=57)
        for one in people_there
    )
    session.add_all(
        EventGroup(event_id=event.id, name=name, open_limit=None)
        for name in ("Buyers", "Suppliers of machines and materials")
    )
    session.flush()
    _let_some_wait(session, event, people_there)
    return f"/events/{event.slug}"


def _let_some_wait(session: Session, event: Event, people_there: list[Profile]) -> None:
    """Let an event look before it lists: words of two wait, and so does a person."""
    admission.set_checking(session, event, people=True, items=True)
    for one in people_there[:2]:
        profiles.save_item(
            session,
            one.id,
            one.opportunities[0].public_id,
            side=one.opportunities[0].side,
            collaboration="supply",
            text="Мука высшего сорта",
            lang="ru",
        )
    waits = people_there[-3]  # one whom no other page is about
    waits.held = True
    profiles.bring_in_line(session, waits)
    session.flush()
