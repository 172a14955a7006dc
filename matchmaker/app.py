"""Composition root: the one function that knows every room."""

import logging
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from jinja2 import StrictUndefined
from sqlalchemy import select, union

from matchmaker import schema
from matchmaker.accounts import mail_change_views, second_factor_views, signed_in
from matchmaker.accounts import views as accounts
from matchmaker.accounts.models import User
from matchmaker.admin import (
    approval_views,
    audit_views,
    audit_watch,
    event_views,
    model_views,
    moderation_views,
    operations_views,
    quality_views,
    report_views,
    review_views,
    rules_views,
    segment_views,
    vocabulary_place_views,
    vocabulary_term_views,
)
from matchmaker.admin import views as admin
from matchmaker.admin.metrics import Metrics
from matchmaker.db import Sessions, make_engine
from matchmaker.errors import SetupError
from matchmaker.events import claim_views as claims
from matchmaker.events import groups
from matchmaker.events import organising_views as organising
from matchmaker.events import result_views as events
from matchmaker.events import service as events_service
from matchmaker.mail import Outbox, folder_transport, smtp_transport
from matchmaker.matching import (
    asking_views,
    introductions,
    outcome_views,
    ties,
    wish_views,
)
from matchmaker.matching import service as matching_service
from matchmaker.matching import views as matching
from matchmaker.matching.bridge import Matcher
from matchmaker.matching.preview import Preview
from matchmaker.matching.previewing import PreviewWork
from matchmaker.messaging import (
    calendar_views,
    conversation_views,
    conversations,
    file_views,
    follow_up_views,
    kept,
    ledger_views,
)
from matchmaker.notices import service as notices_service
from matchmaker.notices import views as notices
from matchmaker.owndata import views as owndata
from matchmaker.profiles import service as profile_service
from matchmaker.profiles import views as profiles
from matchmaker.profiles.models import Profile
from matchmaker.progress import Board
from matchmaker.settings import ROOT, check_settings, load_settings
from matchmaker.trust import blocks
from matchmaker.trust import views as trust
from matchmaker.vocabulary.own import OwnWords
from matchmaker.vocabulary.terms import TermsFileError
from matchmaker.web import assets, errors, i18n, limits, security, session, views
from matchmaker.web.letters import make_renderer

__all__ = ["Site", "create_app", "create_site"]


#: Rooms whose pages need nothing but the site itself.
_PAGES = (
    accounts,
    second_factor_views,
    mail_change_views,
    asking_views,
    outcome_views,
    wish_views,
    kept,
    conversation_views,
    ledger_views,
    follow_up_views,
    file_views,
    calendar_views,
    admin,
    moderation_views,
    review_views,
    audit_views,
    owndata,
    quality_views,
)
LEAST_FREE = 50 * 2**20  # bytes without which no request should be taken


@dataclass(frozen=True, slots=True)
class Site:
    """The pieces that commands need: the same ones a request uses."""

    app: Flask
    sessions: Sessions
    matcher: Matcher
    outbox: Outbox
    preview: Preview
    board: Board
    previewing: PreviewWork
    own_words: OwnWords


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Build the site: defaults from config.py, then environment, then overrides."""
    return create_site(overrides).app


def create_site(overrides: Mapping[str, Any] | None = None) -> Site:
    """Build the site and keep hold of its pieces.

    Raises
    ------
    SetupError
        When a setting is missing or unsafe.
    """
    settings = load_settings(overrides)
    check_settings(settings)
    own_words = OwnWords(Path(settings["INSTANCE"]))
    try:
        own_words.follow()
    except TermsFileError as error:
        raise SetupError(str(error)) from error
    _set_up_log(settings["LOG_LEVEL"])
    app = Flask(
        "matchmaker",
        root_path=str(Path(__file__).parent),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.jinja_options["undefined"] = StrictUndefined
    # Folding would write "CN"|country once, in the first reader's language.
    app.jinja_options["optimized"] = False
    app.jinja_options["extensions"] = ["jinja2.ext.i18n", "jinja2.ext.do"]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config.update(settings)
    sessions = Sessions(make_engine(settings["DATABASE_URL"]))
    matcher = Matcher(Path(settings["INSTANCE"]) / "model", encoder=settings["ENCODER"])
    security.init_app(app)
    session.init_app(app, sessions)
    limits.init_app(app)
    assets.init_app(app)
    signed_in.init_app(
        app,
        sessions,
        extras=_extras(),
        welcome=lambda user_id: _new_profile(sessions, user_id),
    )
    i18n.init_app(app)
    errors.init_app(app)
    views.init_app(
        app,
        ready=lambda: _ready(sessions, matcher, Path(settings["INSTANCE"])),
        home="matching.proposals",
    )
    notices.init_app(app, sessions)
    profiles.init_app(app, hidden_from=_hidden_from)
    matching.init_app(app, matcher)
    trust.init_app(app, ties)
    board = Board(Path(settings["INSTANCE"]) / "progress")
    revision = schema.head_revision(sessions.engine)
    operations_views.init_app(app, Metrics(), revision=revision)
    for pages in _PAGES:
        pages.init_app(app)
    outbox = _outbox(app, sessions)
    preview = Preview(Path(settings["INSTANCE"]) / "model")
    previewing = PreviewWork(preview)
    event_views.init_app(app, preview, previewing, outbox.render)
    segment_views.init_app(app, outbox.render)
    _add_event_pages(app, board)
    _add_vocabulary(app, own_words, matcher)
    audit_watch.init_app(app)
    return Site(app, sessions, matcher, outbox, preview, board, previewing, own_words)


def _add_vocabulary(app: Flask, own_words: OwnWords, matcher: Matcher) -> None:
    """Add the pages of own terms and names, and follow them at each request."""

    @app.before_request
    def take_up() -> None:
        try:
            own_words.follow()
        except TermsFileError as error:
            # Pages go on with the words known so far; a start would be refused.
            structlog.get_logger().error("own-words-unreadable", detail=str(error))

    vocabulary_place_views.init_app(app, Path(app.config["INSTANCE"]))
    vocabulary_term_views.init_app(app, is_behind=matcher.is_behind_terms)


def _add_event_pages(app: Flask, board: Board) -> None:
    for room in (organising, claims, rules_views, approval_views, report_views):
        room.init_app(app)
    events.init_app(app, board)
    model_views.init_app(app, board)


def _new_profile(sessions: Sessions, user_id: int) -> dict[str, Any]:
    """Give somebody who is here for the first time a profile to fill in."""
    with sessions.write.begin() as database:
        profile = profile_service.create_profile(database, user_id=user_id)
        return {"profile_id": profile.id, "profile_status": profile.status}


def _ready(sessions: Sessions, matcher: Matcher, folder: Path) -> dict[str, str]:
    """Return how the parts are that a request needs; refuse without one of them."""
    schema.check_revision(sessions.engine)
    if shutil.disk_usage(folder).free < LEAST_FREE:
        raise SetupError("The disk is full.")
    # Without a fitted community the pages work, and proposals say so.
    return {"database": "ok", "disk": "ok", "model": matcher.state()}


def _hidden_from(profile_id: int) -> Any:  # noqa: ANN401  an SQL expression
    """Return whom a member is not to find: by a block, or by the rules of an event."""
    return union(groups.apart_from(profile_id), blocks.hidden_from(profile_id))


def _extras() -> dict[str, Callable[[Any], Any]]:
    """Return what pages need to know of the signed-in person, as subqueries."""

    def of_profile(column: Any) -> Callable[[Any], Any]:  # noqa: ANN401
        return lambda user_id: (
            select(column)
            .where(Profile.user_id == user_id)
            .correlate(User)
            .scalar_subquery()
        )

    def via_profile(count: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda user_id: count(of_profile(Profile.id)(user_id))

    return {
        "profile_id": of_profile(Profile.id),
        "profile_status": of_profile(Profile.status),
        "list_stale": of_profile(Profile.list_stale_since.is_not(None)),
        "events": events_service.count_run,
        "notices": notices_service.count_unseen,
        "waiting": via_profile(introductions.count_waiting),
        "unread": via_profile(conversations.count_unread),
        "token_blocks": via_profile(blocks.token),
        **{
            name: via_profile(token)
            for name, token in matching_service.list_tokens().items()
        },
        **{
            name: via_profile(token)
            for name, token in conversations.list_tokens().items()
        },
    }


def _outbox(app: Flask, sessions: Sessions) -> Outbox:
    settings = app.config

    if settings["SMTP_URL"]:
        transport = smtp_transport(settings["SMTP_URL"])
    else:
        transport = folder_transport(Path(settings["INSTANCE"]) / "letters")
    return Outbox(
        sessions,
        render=make_renderer(app, notices.way_out(settings["SECRET_KEY"])),
        transport=transport,
        sender=settings["MAIL_FROM"],
        lease=settings["OUTBOX_LEASE"],
        first_retry=settings["OUTBOX_FIRST_RETRY"],
        give_up=settings["OUTBOX_GIVE_UP"],
    )


def _set_up_log(level: str) -> None:
    """Write JSON lines to standard error; control characters come out escaped."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
        ),
        # Asked for at each line: tests and daemons replace the stream.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
