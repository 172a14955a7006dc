"""Who may do what: the declared answer of every route and method."""

ROLES = (
    "anonymous",
    "disabled",
    "member",
    "other member",
    "organiser of A",
    "organiser of B",
    "admin",
)
OUTSIDE = {"anonymous", "disabled"}
#: Where people are sent who must sign in first.
SIGN_IN = "sign in"

Expected = dict[str, int | str]


def everybody(status: int, *, signed_in: int | None = None) -> Expected:
    """Expect one answer for all, or another one for people who are signed in."""
    inside = status if signed_in is None else signed_in
    return {role: status if role in OUTSIDE else inside for role in ROLES}


def only(status: int, *allowed: str) -> Expected:
    """Expect an answer for some roles; for all others inside there is nothing."""
    return {
        role: SIGN_IN if role in OUTSIDE else status if role in allowed else 404
        for role in ROLES
    }


def members(status: int) -> Expected:
    """Expect one answer for all who are signed in."""
    return only(status, *ROLES)


#: Who runs the event whose things stand in the addresses.
RUNNER = "organiser of A"
RUNS = only(200, RUNNER)
MAKERS = ("organiser of A", "organiser of B", "admin")
ITEM = {"collaboration": "supply", "text": "Millet, 20 t a month"}
STEP = "<any(person, organisation, items, reach):step>"
EDIT = "<any(person, organisation, reach):step>"
#: (rule, method): the form that is sent, and what each role gets. The ids in the
#: addresses are those of ``member``; ``profile_id`` is somebody listed.
TABLE: dict[tuple[str, str], tuple[dict[str, str], Expected]] = {
    ("/", "GET"): ({}, everybody(200, signed_in=302)),
    ("/address/<token>", "GET"): ({}, everybody(410)),
    ("/address/<token>", "POST"): ({}, everybody(410)),
    ("/address/undo/<token>", "GET"): ({}, everybody(410)),
    ("/address/undo/<token>", "POST"): ({}, everybody(410)),
    ("/admin", "GET"): ({}, only(200, "admin")),
    ("/admin/operations", "GET"): ({}, only(200, "admin")),
    ("/admin/operations/letters", "POST"): ({}, only(303, "admin")),
    ("/metrics", "GET"): ({}, everybody(404)),
    ("/bootstrap/static/<path:filename>", "GET"): ({}, everybody(200)),
    ("/claim/<secret>", "GET"): ({}, everybody(200)),
    ("/claim/<secret>/confirm", "GET"): ({}, everybody(200, signed_in=303)),
    ("/claim/<secret>/confirm", "POST"): ({}, everybody(422, signed_in=303)),
    ("/claim/<secret>/correct", "GET"): ({}, everybody(200)),
    ("/claim/<secret>/correct", "POST"): ({"full_name": "Ann"}, everybody(303)),
    ("/claim/<secret>/erase", "GET"): ({}, everybody(200)),
    ("/claim/<secret>/erase", "POST"): ({}, everybody(303)),
    ("/claim/<secret>/join", "GET"): ({}, everybody(303, signed_in=200)),
    ("/claim/<secret>/join", "POST"): ({}, everybody(303)),
    ("/claim/<secret>/out", "GET"): ({}, everybody(303)),
    ("/claim/<secret>/out", "POST"): (
        {"List-Unsubscribe": "One-Click"},
        everybody(204),
    ),
    ("/claim/<secret>/never", "GET"): ({}, everybody(200)),
    ("/claim/<secret>/never", "POST"): ({}, everybody(303)),
    ("/claim/done", "GET"): ({}, everybody(302)),
    ("/claim/mine", "GET"): ({}, only(200, "member")),
    ("/claim/mine", "POST"): ({}, only(303, "member")),
    ("/confirm/<token>", "GET"): ({}, everybody(200)),
    ("/confirm/<token>", "POST"): ({"password": "tall green doors"}, everybody(303)),
    ("/contacts", "GET"): ({}, members(200)),
    ("/contacts/<introduction_id>", "GET"): ({}, only(200, "member")),
    ("/contacts.<any(csv, xlsx, vcf):ending>", "GET"): ({}, members(200)),
    ("/contacts/print", "GET"): ({}, members(200)),
    ("/contacts/<introduction_id>/card.vcf", "GET"): ({}, only(200, "member")),
    ("/contacts/<introduction_id>/quiet", "POST"): (
        {"quiet": "1"},
        only(303, "member"),
    ),
    ("/contacts/<introduction_id>/step", "POST"): (
        {"plan-next_step": "Send a price", "plan-owner": "me"},
        only(303, "member"),
    ),
    ("/contacts/<introduction_id>/follow-ups", "POST"): (
        {"kind": "call", "owner": "me", "when": "today"},
        only(303, "member"),
    ),
    ("/directory", "GET"): ({}, members(200)),
    ("/events", "GET"): ({}, only(200, "organiser of A", "organiser of B")),
    ("/events/<slug>", "GET"): ({}, only(200, "organiser of A")),
    ("/events/<slug>/groups", "POST"): (
        {"name": "Buyers"},
        only(303, "organiser of A"),
    ),
    ("/events/<slug>/groups/people", "GET"): ({}, only(200, "organiser of A")),
    ("/events/<slug>/groups/people", "POST"): ({}, only(303, "organiser of A")),
    ("/events/<slug>/invite", "GET"): ({}, only(200, "organiser of A")),
    ("/events/<slug>/invite/preview", "POST"): ({}, only(303, "organiser of A")),
    ("/events/<slug>/invite/send", "POST"): ({}, only(303, "organiser of A")),
    ("/events/<slug>/invite/stop", "POST"): ({}, only(303, "organiser of A")),
    ("/events/<slug>/preview-matches", "GET"): ({}, only(200, "organiser of A")),
    ("/events/<slug>/report", "GET"): ({}, only(200, "organiser of A")),
    ("/events/<slug>/report.<ending>", "GET"): ({}, only(200, "organiser of A")),
    ("/events/<slug>/rules", "GET"): ({}, only(200, "organiser of A")),
    ("/events/<slug>/rules", "POST"): (
        {"act": "save"},
        only(303, "organiser of A"),
    ),
    ("/events/<slug>/approval", "GET"): ({}, RUNS),
    ("/events/<slug>/approval", "POST"): ({}, only(303, RUNNER)),
    ("/events/<slug>/approval/settings", "POST"): ({}, only(303, RUNNER)),
    ("/events/<slug>/approval/<approval_id>/undo", "POST"): ({}, only(303, RUNNER)),
    ("/events/<slug>/write", "GET"): ({}, RUNS),
    ("/events/<slug>/write", "POST"): (
        {"segment": "event_pending"},
        only(303, RUNNER),
    ),
    ("/events/<slug>/edit", "GET"): ({}, RUNS),
    ("/events/<slug>/edit", "POST"): ({}, only(422, RUNNER)),
    ("/events/<slug>/team", "GET"): ({}, RUNS),
    ("/events/<slug>/team", "POST"): ({}, only(422, RUNNER)),
    ("/events/<slug>/team/remove", "POST"): (
        {"email": "nobody@example.org"},
        only(303, RUNNER),
    ),
    ("/events/new", "GET"): ({}, only(200, *MAKERS)),
    ("/events/new", "POST"): ({}, only(422, *MAKERS)),
    ("/events/<slug>/import", "GET"): ({}, RUNS),
    ("/events/<slug>/import", "POST"): ({"basis": "consent"}, only(422, RUNNER)),
    ("/calendar/<secret>.ics", "GET"): ({}, everybody(404)),
    ("/follow-ups/<follow_up_id>", "GET"): ({}, only(200, "member")),
    ("/follow-ups/<follow_up_id>", "POST"): ({}, only(422, "member")),
    ("/follow-ups/<follow_up_id>/done", "POST"): ({}, only(303, "member")),
    ("/follow-ups/<follow_up_id>/move", "POST"): (
        {"version": "1", "by": "day"},
        only(303, "member"),
    ),
    ("/follow-ups/<follow_up_id>/remove", "POST"): ({}, only(303, "member")),
    ("/follow-ups/<follow_up_id>/reopen", "POST"): ({}, only(303, "member")),
    ("/healthz", "GET"): ({}, everybody(200)),
    ("/home", "GET"): ({}, members(302)),
    ("/how-it-works", "GET"): ({}, everybody(200)),
    ("/imports/<batch_id>", "GET"): ({}, only(303, RUNNER)),
    ("/imports/<batch_id>/columns", "GET"): ({}, RUNS),
    ("/imports/<batch_id>/columns", "POST"): ({}, only(303, RUNNER)),
    ("/imports/<batch_id>/commit", "POST"): ({}, only(409, RUNNER)),
    ("/imports/<batch_id>/decide", "POST"): (
        {"row-2": "leave_out"},
        only(303, RUNNER),
    ),
    ("/imports/<batch_id>/give-up", "POST"): ({}, only(303, RUNNER)),
    ("/imports/<batch_id>/preview", "GET"): ({}, RUNS),
    ("/imports/<batch_id>/read", "POST"): ({}, only(303, RUNNER)),
    ("/imports/<batch_id>/rejected.<any(csv, xlsx):kind>", "GET"): ({}, RUNS),
    ("/imports/<batch_id>/stop", "POST"): ({}, only(303, RUNNER)),
    ("/imports/<batch_id>/table", "GET"): ({}, RUNS),
    ("/imports/<batch_id>/table", "POST"): (
        {"format": "generic_table", "encoding": "utf-8", "delimiter": ","},
        only(303, RUNNER),
    ),
    ("/imports/<batch_id>/undo", "POST"): ({}, only(409, RUNNER)),
    ("/introductions/<introduction_id>", "GET"): ({}, only(302, "member")),
    ("/introductions/<introduction_id>/answer", "POST"): (
        {"answer": "yes"},
        only(303, "member"),
    ),
    ("/introductions/<introduction_id>/deal", "GET"): ({}, only(200, "member")),
    ("/introductions/<introduction_id>/deal", "POST"): (
        {"kinds": "order", "value": "unsaid"},
        only(303, "member"),
    ),
    ("/introductions/<introduction_id>/outcome", "POST"): (
        {"stage": "1", "value": "informative"},
        only(303, "member"),
    ),
    ("/introductions/<introduction_id>/withdraw", "POST"): ({}, only(303, "member")),
    ("/language", "POST"): ({"locale": "ru"}, everybody(303)),
    ("/letters", "GET"): ({}, everybody(404)),
    ("/me", "GET"): ({}, members(200)),
    (f"/me/edit/{EDIT}", "GET"): ({}, members(200)),
    (f"/me/edit/{EDIT}", "POST"): ({"version": "2"}, members(303)),
    ("/me/items/<item_id>", "GET"): ({}, only(200, "member")),
    ("/me/items/<item_id>", "POST"): ({**ITEM, "version": "2"}, only(303, "member")),
    ("/me/items/<item_id>/remove", "POST"): ({}, only(303, "member")),
    ("/me/items/new/<any(offer, request):side>", "GET"): ({}, members(200)),
    ("/me/items/new/<any(offer, request):side>", "POST"): (ITEM, members(303)),
    ("/me/pace", "POST"): ({"pace": "3"}, members(303)),
    ("/me/pause", "POST"): ({"paused": "1"}, members(303)),
    ("/messages", "GET"): ({}, members(200)),
    ("/messages/<introduction_id>", "GET"): ({}, only(200, "member")),
    ("/messages/<introduction_id>", "POST"): ({"text": "Hello"}, only(303, "member")),
    ("/messages/<introduction_id>/draft", "POST"): (
        {"text": "Hello"},
        only(303, "member"),
    ),
    ("/messages/<introduction_id>/more", "GET"): ({}, only(204, "member")),
    ("/messages/<introduction_id>/report", "GET"): ({}, only(200, "member")),
    ("/messages/<introduction_id>/report", "POST"): (
        {"kind": "spam"},
        only(303, "member"),
    ),
    ("/messages/unread", "GET"): ({}, members(204)),
    ("/notices", "GET"): ({}, members(200)),
    ("/notices/<notice_id>", "GET"): ({}, only(303, "member")),
    ("/notices/seen", "POST"): ({}, members(303)),
    ("/people/<profile_id>", "GET"): ({}, members(200)),
    ("/people/<profile_id>/ask", "GET"): ({}, members(200)),
    ("/people/<profile_id>/ask", "POST"): (
        {"seeker_item": "", "candidate_item": "", "note": "Shall we talk?"},
        members(303),
    ),
    ("/people/<profile_id>/not-for-me", "GET"): ({}, members(200)),
    ("/people/<profile_id>/not-for-me", "POST"): (
        {"reason": "not_now"},
        members(303),
    ),
    ("/people/<profile_id>/save", "POST"): ({}, members(303)),
    ("/people/<profile_id>/undo", "POST"): ({}, members(303)),
    ("/directory/searches", "GET"): ({}, members(200)),
    ("/directory/searches/<search_id>/remove", "POST"): ({}, only(303, "member")),
    ("/directory/searches/new", "GET"): ({}, members(200)),
    ("/directory/searches/new", "POST"): ({"name": "Wheat"}, members(422)),
    ("/people/<profile_id>/interested", "POST"): ({}, members(303)),
    ("/people/<profile_id>/skip", "POST"): ({}, members(303)),
    ("/proposals/wishes", "GET"): ({}, members(200)),
    ("/proposals/wishes", "POST"): (
        {"what": "country:KZ", "strength": "prefer"},
        members(303),
    ),
    ("/proposals/wishes/change", "POST"): (
        {"attribute": "country", "value": "KZ", "strength": "must"},
        members(303),
    ),
    ("/proposals/wishes/forget", "POST"): ({}, members(303)),
    ("/proposals", "GET"): ({}, members(200)),
    ("/readyz", "GET"): ({}, everybody(200)),
    ("/register", "GET"): ({}, everybody(200)),
    ("/register", "POST"): ({}, everybody(422)),
    ("/reset", "GET"): ({}, everybody(200)),
    ("/reset", "POST"): ({}, everybody(422)),
    ("/reset/<token>", "GET"): ({}, everybody(200)),
    ("/reset/<token>", "POST"): ({"password": "tall green doors"}, everybody(303)),
    ("/sent", "GET"): ({}, everybody(200)),
    ("/settings", "GET"): ({}, members(200)),
    ("/settings", "POST"): ({"locale": "ru", "time_zone": "UTC"}, members(303)),
    ("/settings/address", "GET"): ({}, members(200)),
    ("/settings/address", "POST"): ({"email": "no address"}, members(422)),
    ("/erased", "GET"): ({}, everybody(200)),
    ("/settings/data", "GET"): ({}, members(200)),
    ("/settings/data", "POST"): ({}, members(303)),
    ("/settings/data/<export_id>/file", "GET"): ({}, only(200, "member")),
    ("/settings/data/erase", "GET"): ({}, members(200)),
    ("/settings/data/erase", "POST"): ({}, members(422)),
    ("/settings/notices", "GET"): ({}, members(200)),
    ("/settings/notices", "POST"): ({}, members(303)),
    ("/settings/password", "POST"): ({}, members(422)),
    ("/settings/second-factor", "GET"): ({}, members(200)),
    ("/settings/second-factor", "POST"): ({}, members(422)),
    ("/settings/second-factor/begin", "POST"): ({}, members(303)),
    ("/settings/second-factor/codes", "POST"): ({}, members(409)),
    ("/settings/second-factor/codes.txt", "POST"): (
        {"code": "K7QX-M2PD-8HJW"},
        members(200),
    ),
    ("/settings/second-factor/off", "POST"): ({}, members(422)),
    ("/settings/calendar", "GET"): ({}, members(200)),
    ("/settings/calendar/close", "POST"): ({}, members(303)),
    ("/settings/calendar/notes", "POST"): ({}, members(303)),
    ("/settings/calendar/renew", "POST"): ({}, members(303)),
    ("/settings/sessions/<session_id>/end", "POST"): ({}, only(303, "member")),
    ("/settings/sessions/end", "POST"): ({}, members(303)),
    ("/sign-in", "GET"): ({}, everybody(200, signed_in=302)),
    ("/sign-in", "POST"): ({}, everybody(422, signed_in=302)),
    ("/sign-in/again", "GET"): ({}, members(200)),
    ("/sign-in/again", "POST"): ({}, members(422)),
    ("/sign-in/code", "GET"): ({}, dict.fromkeys(ROLES, SIGN_IN)),
    ("/sign-in/code", "POST"): ({}, dict.fromkeys(ROLES, SIGN_IN)),
    ("/sign-out", "POST"): ({}, everybody(303)),
    ("/static/<path:filename>", "GET"): ({}, everybody(200)),
    ("/theme", "POST"): ({"theme": "dark"}, everybody(303)),
    ("/unsubscribe/<token>", "GET"): ({}, everybody(200)),
    ("/unsubscribe/<token>", "POST"): ({}, everybody(200)),
    ("/unsubscribe/<token>/back", "POST"): ({}, everybody(200)),
    (f"/welcome/{STEP}", "GET"): ({}, members(200)),
    (f"/welcome/{STEP}", "POST"): ({"full_name": ""}, members(422)),
    ("/admin/moderation", "GET"): ({}, only(200, "admin")),
    ("/admin/moderation/<case_id>", "GET"): ({}, only(200, "admin")),
    ("/admin/moderation/<case_id>/decide", "POST"): (
        {"kind": "dismissed"},
        only(303, "admin"),
    ),
    ("/admin/decisions/<measure_id>/lift", "POST"): ({}, only(303, "admin")),
    ("/admin/decisions/<measure_id>/appeal", "GET"): ({}, only(200, "admin")),
    ("/admin/decisions/<measure_id>/appeal", "POST"): ({}, only(422, "admin")),
    ("/admin/texts/<text_id>/release", "POST"): ({}, only(303, "admin")),
    ("/admin/texts/<text_id>/refuse", "POST"): (
        {"reason": "Advertising"},
        only(303, "admin"),
    ),
    ("/appeal/<secret>", "GET"): ({}, everybody(200)),
    ("/appeal/<secret>", "POST"): ({"words": "It was not me"}, everybody(303)),
    ("/people/<profile_id>/block", "GET"): ({}, members(200)),
    ("/people/<profile_id>/block", "POST"): ({}, members(303)),
    ("/people/<profile_id>/report", "GET"): ({}, members(200)),
    ("/people/<profile_id>/report", "POST"): ({"kind": "spam"}, members(303)),
    ("/settings/blocked/<blocked_id>/remove", "POST"): ({}, members(303)),
    ("/settings/contact-views", "GET"): ({}, members(200)),
    ("/settings/decisions/<measure_id>", "GET"): ({}, only(200, "member")),
    ("/settings/decisions/<measure_id>", "POST"): (
        {"words": "It was not me"},
        only(303, "member"),
    ),
    ("/settings/safety", "GET"): ({}, members(200)),
}
