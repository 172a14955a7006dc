"""Which tables hold something of a person, and how it is told and erased.

Every table of the database is named here: a test fails for one that is not. A new
table is one line: what its rows are called in the export and whose they are, and what
erasure does with them.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class By(StrEnum):
    """What of a person the columns of a table hold."""

    USER = "user"
    PROFILE = "profile"
    ADDRESS = "address"


class Fate(StrEnum):
    """What erasure does with the rows of a person."""

    #: The database deletes them with the account or with what they hang on.
    CASCADES = "cascades"
    DELETED = "deleted"
    #: What says something is emptied, the row goes on counting.
    EMPTIED = "emptied"
    #: They say nothing of the person once account and profile are gone.
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data: a file of the export, made of one table.

    Attributes
    ----------
    name
        Of the file; its title is in ``texts.py``.
    table
        Whose rows it lists.
    by
        What the columns in ``whose`` hold.
    whose
        A row is the person's if one of these columns names them.
    via
        ``(column, table, column)``: rows that hang on rows of another table whose
        column in ``whose`` names the person.
    hidden
        Columns left out: secrets, keys of forms, and what only the other side said.
    fate
        What erasure does with the rows.
    emptied
        Column and value, of rows that stay.
    gone_by
        Columns by which rows are deleted too, whatever the fate of the others.
    """

    name: str
    table: str
    by: By
    whose: tuple[str, ...]
    fate: Fate
    via: tuple[str, str, str] | None = None
    hidden: frozenset[str] = frozenset()
    emptied: dict[str, Any] = field(default_factory=dict)
    gone_by: tuple[str, ...] = ()


def _kind(  # noqa: PLR0913  a row of the table below, each by name
    name: str,
    table: str,
    by: By,
    whose: str,
    fate: Fate,
    *,
    hidden: str = "",
    via: tuple[str, str, str] | None = None,
    emptied: dict[str, Any] | None = None,
    gone_by: str = "",
) -> Kind:
    return Kind(
        name,
        table,
        by,
        tuple(whose.split()),
        fate,
        via=via,
        hidden=frozenset(hidden.split()),
        emptied=emptied or {},
        gone_by=tuple(gone_by.split()),
    )


_U, _P, _A = By.USER, By.PROFILE, By.ADDRESS
_CASCADES, _DELETED, _EMPTIED, _STAY = (
    Fate.CASCADES,
    Fate.DELETED,
    Fate.EMPTIED,
    Fate.STAY,
)

KINDS: Final[tuple[Kind, ...]] = (
    # Account
    _kind("account", "user", _U, "id", _DELETED, hidden="password_hash"),
    _kind("sessions", "user_session", _U, "user_id", _CASCADES, hidden="digest"),
    _kind("links", "token", _U, "user_id", _CASCADES, hidden="digest browser"),
    _kind(
        "second_factor",
        "second_factor",
        _U,
        "user_id",
        _CASCADES,
        hidden="secret last_step",
    ),
    _kind(
        "recovery_codes",
        "recovery_code",
        _U,
        "user_id",
        _CASCADES,
        hidden="selector code_hash",
    ),
    _kind(
        "sign_ins_begun", "pending_sign_in", _U, "user_id", _CASCADES, hidden="digest"
    ),
    _kind(
        "address_changes",
        "mail_change",
        _U,
        "user_id",
        _CASCADES,
        hidden="digest undo_digest",
    ),
    _kind(
        "registrations",
        "registration",
        _A,
        "email",
        _DELETED,
        hidden="password_hash browser",
    ),
    _kind("password_requests", "reset_request", _A, "email", _DELETED),
    _kind(
        "letters",
        "letter",
        _A,
        "recipient",
        _DELETED,
        hidden="context message_id leased_until",
    ),
    _kind(
        "data_requests",
        "data_request",
        _U,
        "user_id",
        _CASCADES,
        hidden="open_key file_name",
    ),
    _kind("actions_as_staff", "audit_entry", _U, "user_id", _STAY),
    # Profile
    _kind("profile", "profile", _P, "id", _EMPTIED),
    _kind("offers_and_requests", "opportunity", _P, "profile_id", _DELETED),
    _kind("history_of_items", "revision", _P, "profile_id", _DELETED),
    _kind("search_keys", "search_entry", _P, "profile_id", _DELETED),
    _kind(
        "profile_sketch", "profile_sketch", _P, "profile_id", _DELETED, hidden="sketch"
    ),
    # Events
    _kind(
        "events",
        "attendance",
        _P,
        "profile_id",
        _EMPTIED,
        emptied={
            "question": "",
            "minutes": None,
            "batch_id": None,
            "approval_id": None,
        },
    ),
    _kind("events_run", "event_staff", _U, "user_id", _CASCADES),
    _kind("decisions_on_people", "approval", _U, "user_id", _STAY),
    _kind("brought_in_by", "seed", _P, "profile_id", _DELETED, hidden="digest"),
    _kind(
        "imported_rows",
        "import_row",
        _P,
        "profile_id like_id",
        _EMPTIED,
        hidden="before choice",
    ),
    _kind(
        "imports", "import_batch", _U, "author_id", _STAY, hidden="content file_digest"
    ),
    _kind("column_choices", "saved_mapping", _U, "user_id", _CASCADES),
    # Matching
    _kind("proposals", "proposal", _P, "seeker_id", _DELETED, gone_by="candidate_id"),
    _kind(
        "shown_to_you", "impression", _P, "seeker_id", _DELETED, gone_by="candidate_id"
    ),
    _kind("standing", "list_state", _P, "profile_id", _DELETED),
    _kind("weeks", "member_week", _P, "profile_id", _DELETED),
    _kind("decisions", "decision", _P, "seeker_id", _DELETED, gone_by="candidate_id"),
    _kind("wishes", "wish", _P, "profile_id", _DELETED),
    _kind("saved_searches", "saved_search", _P, "profile_id", _DELETED),
    _kind(
        "found_by_searches",
        "search_hit",
        _P,
        "profile_id",
        _DELETED,
        via=("search_id", "saved_search", "id"),
        gone_by="profile_id",
    ),
    _kind(
        "reviewed_pairs",
        "review_pair",
        _P,
        "seeker_id candidate_id",
        _DELETED,
        hidden="source band joint chance swapped",
    ),
    _kind(
        "judged_pairs",
        "review_label",
        _U,
        "reviewer_id",
        _EMPTIED,
        hidden="settles",
        emptied={"note": "", "reviewer_id": None},
    ),
    _kind(
        "named_in_digests",
        "digest_mention",
        _P,
        "seeker_id",
        _DELETED,
        gone_by="candidate_id",
    ),
    # Introductions and what followed
    _kind(
        "introductions",
        "introduction",
        _P,
        "seeker_id candidate_id",
        _EMPTIED,
        hidden="pair_key form_key reminded_at",
    ),
    _kind("outcomes", "outcome", _P, "author_id", _STAY),
    _kind("results", "deal", _P, "author_id", _STAY),
    _kind(
        "messages",
        "message",
        _P,
        "author_id recipient_id",
        _EMPTIED,
        hidden="form_key",
    ),
    _kind("drafts", "message_draft", _P, "author_id", _DELETED, hidden="form_key"),
    _kind(
        "follow_ups",
        "follow_up",
        _P,
        "author_id",
        _EMPTIED,
        hidden="form_key",
        emptied={
            "what": "",
            "next_step": "",
            "due_on": None,
            "shared": False,
        },
    ),
    _kind("contact_choices", "contact_choice", _P, "profile_id", _DELETED),
    _kind("calendar", "calendar_feed", _P, "profile_id", _DELETED, hidden="digest"),
    _kind("cancelled_steps", "cancelled_step", _P, "author_id", _DELETED),
    # Notices
    _kind("notices", "notification", _U, "user_id", _CASCADES, hidden="once_key"),
    _kind("notice_choices", "notice_choice", _U, "user_id", _CASCADES),
    _kind("notice_settings", "notice_settings", _U, "user_id", _CASCADES),
    # Trust
    _kind("blocks", "block", _P, "blocker_id", _DELETED),
    _kind(
        "contact_views",
        "contact_view",
        _P,
        "viewed_id viewer_id",
        _EMPTIED,
        gone_by="viewed_id",
    ),
    _kind(
        "reports_filed",
        "report",
        _P,
        "reporter_id",
        _EMPTIED,
        emptied={"note": "", "reporter_id": None},
    ),
    _kind(
        "decisions_about_you",
        "measure",
        _P,
        "subject_id",
        _CASCADES,
        via=("case_id", "moderation_case", "id"),
        hidden="digest moderator_id answered_by_id",
    ),
    _kind(
        "restraints", "restraint", _P, "profile_id", _DELETED, hidden="status_before"
    ),
    _kind("texts_sent", "sent_text", _P, "author_id", _DELETED, hidden="sketch"),
    _kind(
        "texts_held",
        "held_text",
        _P,
        "author_id",
        _DELETED,
        hidden="rest moderator_id recipients",
        gone_by="recipient_id",
    ),
)

#: Tables of which nothing is exported, and why. Where rows hang on a person all the
#: same, the reason says what erasure does with them.
NOT_EXPORTED: Final[dict[str, str]] = {
    "event": "of the community; who was there is in attendance",
    "event_group": "of an event",
    "meeting_rule": "of an event",
    "organisation": "told with the profile; deleted with the last person in it",
    "model_version": "weights for all, nobody's",
    "review_round": "how a week's pairs were drawn, for all",
    "model_task": "work on the model; who asked is a number, not a name",
    "promotion": "history of the model; who did it is a number, not a name",
    "promotion_report": "history of the model; who asked is a number, not a name",
    "dial": "a number of the policy; who set it is a number, not a name",
    "match_run": "counts of a computation for all",
    "funnel_cell": "counts of a day, without anybody's name",
    "funnel_day": "what those counts were made from: numbers and a hash",
    "answer_time": "counts of a day, without anybody's name",
    "job_state": "of the machine",
    "moderation_case": "would betray who reported; decisions are exported; deleted",
    "signal": "what moderators are to look at; decisions are exported; deleted",
    "never": "a hash that names nobody and must outlive erasure",
    "erasure": "a hash that names nobody and must outlive erasure",
}


def tables_told() -> set[str]:
    """Return every table that is declared here."""
    return {kind.table for kind in KINDS} | NOT_EXPORTED.keys()
