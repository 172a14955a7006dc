"""Drafts as an import leaves them, and the event they belong to."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.clock import now
from matchmaker.events import invitations
from matchmaker.events.invitations import Pace
from matchmaker.events.models import (
    Attendance,
    Event,
    EventKind,
    EventStaff,
    StaffRole,
)
from matchmaker.events.roster import (
    Basis,
    BatchState,
    ImportBatch,
    ImportRow,
    Seed,
    Verdict,
)
from matchmaker.profiles.models import (
    Opportunity,
    Organisation,
    Profile,
    ProfileStatus,
    Side,
)
from tests.conftest import add_member

KEY = "k" * 40
PACE = Pace(key=KEY, per_hour=6000, days=30)
QUESTION = "Who forwards grain from Kostanay to Xi'an by rail?"


def add_event(
    session: Session, *, slug: str = "spring", **roles: Profile
) -> tuple[Event, Profile]:
    """Add an event with its owner and, by role, other staff; return both."""
    event = Event(
        slug=slug,
        names={"en": f"The {slug} webinar", "ru": f"Вебинар {slug}"},
        kind=EventKind.WEBINAR,
        starts_at=now() - timedelta(days=2),
        ends_at=now() - timedelta(days=2),
    )
    owner = add_member(
        session, name="Olga Owner", organisation="Trade Council", locale="en"
    )
    session.add(event)
    session.flush()
    for role, profile in {"owner": owner, **roles}.items():
        session.add(
            EventStaff(event_id=event.id, user_id=profile.user_id, role=StaffRole(role))
        )
    session.flush()
    return event, owner


def _batch(session: Session, event: Event) -> ImportBatch:
    batch = session.query(ImportBatch).filter_by(event_id=event.id).first()
    if batch is None:
        batch = ImportBatch(
            event_id=event.id,
            file_name=f"{event.slug}.csv",
            file_digest=secrets.token_hex(32),
            basis=Basis.INTEREST,
            state=BatchState.DONE,
            finished_at=now(),
        )
        session.add(batch)
        session.flush()
    return batch


def add_draft(  # noqa: PLR0913  a factory: each by name
    session: Session,
    event: Event,
    *,
    email: str = "draft@example.org",
    name: str = "Динара Оспанова",
    phone: str = "+77015550101",
    organisation: str = "Костанай Зерно",
    country: str = "KZ",
    locale: str = "ru",
    question: str = QUESTION,
    offers: tuple[tuple[str, str], ...] = (),
    city: str = "Kostanay",
) -> Seed:
    """Add somebody as an import does: draft, seed, attendance and the row."""
    batch = _batch(session, event)
    items = [(Side.OFFER, kind, text) for kind, text in offers]
    items += [(Side.REQUEST, "", question)] if question else []
    profile = Profile(
        status=ProfileStatus.DRAFT,
        full_name=name,
        latin_name="Dinara Ospanova" if name == "Динара Оспанова" else "",
        job_title="Director",
        organisation=Organisation(name=organisation) if organisation else None,
        country=country,
        city=city,
        languages=["ru"],
        opportunities=[
            Opportunity(side=side, collaboration=kind, text=text, lang="en", position=n)
            for n, (side, kind, text) in enumerate(items)
        ],
    )
    session.add(profile)
    session.flush()
    seed = Seed(
        profile=profile,
        event=event,
        batch_id=batch.id,
        email=email,
        phone=phone,
        locale=locale,
    )
    number = session.query(ImportRow).filter_by(batch_id=batch.id).count() + 1
    row = ImportRow(
        batch_id=batch.id,
        number=number,
        cells=[name, email, phone],
        person={"full_name": name, "email": email, "phone": phone},
        verdict=Verdict.NEW,
        profile_id=profile.id,
    )
    attendance = Attendance(
        event_id=event.id,
        profile_id=profile.id,
        minutes=57,
        question=question,
        batch_id=batch.id,
    )
    session.add_all([seed, row, attendance])
    session.flush()
    return seed


def invited(session: Session, event: Event, owner: Profile, **values: Any) -> str:
    """Add somebody who has a letter; return the secret of the link."""
    seed = add_draft(session, event, **values)
    send(session, event, owner, seed)
    return invitations.claim_secret(KEY, seed)


def send(session: Session, event: Event, owner: Profile, *seeds: Seed) -> int:
    """Invite people and let the worker write to them."""
    assert owner.user_id is not None
    ids = [seed.profile.public_id for seed in seeds]
    invitations.invite(session, event, ids, by=owner.user_id, key=KEY)
    sent = invitations.send_due_invitations(session, PACE, {})
    session.expire_all()
    return sent
