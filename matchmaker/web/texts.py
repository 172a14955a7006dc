"""What people read when a rule refuses, or an address leads nowhere."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

_REFUSALS = {
    "form-expired": _l(
        "This form was open for too long or in another sign-in. Go back and copy what "
        "you typed, then reload the page and send it again."
    ),
    "email-invalid": _l("Please enter a full mail address, like name@example.org."),
    "email-taken": _l("There is already an account with this address."),
    "password-short": _l("Use at least 8 characters: three or four words are good."),
    "password-long": _l("Use at most 128 characters."),
    "password-common": _l(
        "This password is among the most used ones or repeats your address. "
        "Choose another: three or four unrelated words are good."
    ),
    "password-wrong": _l("This is not your current password."),
    "password-missing": _l("Please set a password."),
    "email-same": _l("You sign in with this address already."),
    "second-factor-wrong": _l(
        "This code is not right, or it was used already. Wait for the next one in "
        "your app; the clock of your phone should be set automatically."
    ),
    "second-factor-on": _l("Two-step sign-in is set up already."),
    "second-factor-off": _l("Two-step sign-in is not set up."),
    "link-invalid": _l(
        "This link has been used already or is too old. Ask for a new one."
    ),
    "notice-unknown": _l("This piece of news is not here (any more)."),
    "note-long": _l("Your words are too long: 500 characters at most."),
    "session-unknown": _l("This sign-in has ended already."),
    "edited-elsewhere": _l(
        "This was changed in another window meanwhile. Your text is still here; what "
        "is stored now stands beside it. Check both, then save again."
    ),
    "website-invalid": _l("Please enter a web address like https://example.org."),
    "profile-unknown": _l("This person is not listed here (any more)."),
    "profile-held": _l(
        "The organisers of your event check your profile first. As soon as it is "
        "listed, you can ask."
    ),
    "profile-incomplete": _l(
        "First say who you are and what you offer or look for: then others know why "
        "you ask."
    ),
    "items-limit": _l("20 offers and requests are enough. Remove one first."),
    "introduction-unknown": _l("This introduction does not exist (any more)."),
    "introduction-open": _l("You two are already being introduced."),
    "place-unknown": _l("There is no such country."),
    "place-name-taken": _l("Another country is called so already."),
    "term-unknown": _l("This concept is not among your own terms (any more)."),
    "term-wrong": _l("This concept cannot be used as it is written."),
    "terms-many": _l("2,000 concepts are enough here. Add more with a file."),
    "terms-no-draft": _l("There is no draft (any more)."),
    "terms-no-before": _l("There are no terms from before."),
    "terms-changed": _l(
        "The draft was changed meanwhile. Look at what it would do once more."
    ),
    "wish-unknown": _l("Please choose one of the values in the list."),
    "wishes-many": _l("30 wishes are enough. Remove one first."),
    "search-unknown": _l("This search does not exist (any more)."),
    "search-empty": _l("Type a word or choose a filter first: then it can be saved."),
    "searches-many": _l("10 searches are enough. Remove one first."),
    "block-self": _l("You cannot block yourself."),
    "report-self": _l("You cannot report yourself."),
    "case-unknown": _l("This case does not exist (any more)."),
    "case-closed": _l("Another moderator has decided this case meanwhile."),
    "case-own": _l("This is about you: another moderator has to decide."),
    "reason-missing": _l("Please say why: the person reads it."),
    "measure-unknown": _l("This decision does not exist (any more)."),
    "appeal-made": _l("You have appealed already; you get a letter with the answer."),
    "appeal-late": _l("This decision was taken back already."),
    "appeal-none": _l("There is no appeal to answer, or it was answered meanwhile."),
    "appeal-other": _l(
        "You made this decision. Another moderator has to answer the appeal."
    ),
    "review-unknown": _l("This pair is not (any more) there to be judged."),
    "review-drawn": _l("This week's pairs were drawn already."),
    "review-nothing": _l(
        "There are no proposals yet to draw pairs from. They come with the first run "
        "of the model."
    ),
    "review-no-undo": _l("There is no answer to take back."),
    "held-unknown": _l("This text was decided about already."),
    "held-undeliverable": _l(
        "This cannot be sent any more: the request was closed or one side is gone. Do "
        "not send it, and say why."
    ),
    "not-confirmed": _l(
        "Confirm your mail address first: we have sent you a letter with a link."
    ),
    "pace-new": _l(
        "In its first days an account can write to a few new people a day only. Go on "
        "tomorrow; what you typed is still here."
    ),
    "pace-day": _l(
        "That was enough new people for one day. Go on tomorrow; what you typed is "
        "still here."
    ),
    "introduction-self": _l("This is your own profile."),
    "introduction-closed": _l(
        "This request was already answered, withdrawn or has expired. Nothing was "
        "changed."
    ),
    "answer-unknown": _l("Please choose one of the answers."),
    "later-over": _l("Please choose a day after today."),
    "later-far": _l(
        "Please choose a day within the next six months. For later than that, say no "
        "for now: you can ask them yourself at any time."
    ),
    "later-missing": _l("Please choose the day on which it should come back."),
    "colleague-unknown": _l(
        "This colleague cannot get the request (any more). Please choose another."
    ),
    "receiver-full": _l(
        "So many requests wait for this person that yours would come too late. Save "
        "them, and ask in some weeks."
    ),
    "pace-unknown": _l("Please choose one of the numbers."),
    "introduction-recent": _l(
        "You asked this person not long ago. Give it some time before you ask again."
    ),
    "too-many-open": _l(
        "Many of your requests still wait for an answer. Wait for some of them first."
    ),
    "conversation-closed": _l("The conversation opens when both have said yes."),
    "date-far": _l("Please choose a date within the next ten years."),
    "date-over": _l("Please choose today or a later day."),
    "phone-invalid": _l(
        "Please enter a phone number with digits, like +7 700 000 0000."
    ),
    "date-future": _l("Please choose today or a day in the past."),
    "outcome-unknown": _l("Please choose one of the answers."),
    "meeting-not-allowed": _l(
        "The organiser of your event does not let your group ask theirs. Write to the "
        "organiser if you think it should be otherwise."
    ),
    "quota-reached": _l(
        "You have used up the requests that the organiser lets you send to this group."
    ),
    "import-running": _l(
        "This list is being imported right now. Stop it first if you want to change it."
    ),
    "approval-reason": _l("Say why, so that the person knows what to change."),
    "approval-note": _l("Write a sentence to the person: the list has no reason yet."),
    "approval-unknown": _l("This decision was undone already."),
    "group-unknown": _l("This group does not exist (any more)."),
    "group-name-missing": _l("Please give the group a name."),
    "group-name-taken": _l("There is already a group with this name."),
    "groups-too-many": _l("20 groups are enough. Remove one first."),
    "claim-unknown": _l(
        "This link was used already, or part of it is missing. Nothing was changed."
    ),
    "claim-over": _l(
        "The time of this link is over. What was stored about you is being erased; "
        "you need not do anything."
    ),
    "item-long": _l("At most 600 characters for each offer or request, please."),
    "invite-not-allowed": _l(
        "As a helper you see how this event goes; its owner and managers send "
        "invitations."
    ),
    "event-unknown": _l("This event does not exist, or you do not run it."),
    "event-not-allowed": _l(
        "Your role in the team of this event does not allow it. Ask its owner."
    ),
    "event-ends-first": _l("The event ends before it begins: check both times."),
    "team-unknown": _l("No member has confirmed this address. Ask them to register."),
    "team-full": _l("20 people run this event already. Remove somebody first."),
    "team-last-owner": _l(
        "An event needs an owner. Make somebody else one before you leave."
    ),
    "file-unreadable": _l("The file cannot be read."),
    "import-unknown": _l("This import does not exist (any more)."),
    "import-not-allowed": _l(
        "Only the owner and the managers of an event may import. Ask one of them."
    ),
    "import-closed": _l("This import is over. Start a new one with the file."),
    "import-not-ready": _l("The file is not read to its end yet. Go on reading first."),
    "import-nobody": _l(
        "No column tells who it is about. Choose the column with the name, the mail "
        "address or the phone."
    ),
    "export-unknown": _l(
        "This copy is no longer here: it lies ready for a day. Make a new one."
    ),
    "erase-last-owner": _l(
        "You are the only owner of an event. Make somebody else its owner first."
    ),
    "erase-last-admin": _l(
        "You are the only admin of this site. Make somebody else an admin first."
    ),
    "member-gone": _l(
        "This member has deleted their account. Nobody would read your message."
    ),
    "import-not-done": _l("There is nothing to take back: nothing was imported."),
    "import-claimed": _l(
        "Somebody of this import has claimed the profile meanwhile. It can no longer "
        "be taken back as a whole."
    ),
    "import-edited": _l(
        "A profile of this import was changed meanwhile. It can no longer be taken "
        "back as a whole."
    ),
    "model-unknown": _l("There is no version of the model with this name."),
    "report-unknown": _l("This report does not exist."),
    "model-live": _l("This version is in force already."),
    "model-same": _l("A version cannot be compared with itself. Choose another one."),
    "model-damaged": _l(
        "The weights of this version are not those it was kept with: its hash does "
        "not fit. It can be neither judged nor put in force."
    ),
    "model-not-passed": _l(
        "No report lets this version replace the one in force. Compare the two first, "
        "or give a reason of at least 10 characters: it is kept on the card."
    ),
    "model-nothing-said": _l(
        "There is nothing to learn from yet: no listed pair was shown or asked in "
        "this time."
    ),
    "model-work-failed": _l("The work broke off. What went wrong stands in the log."),
    "model-name": _l(
        "A name has letters, digits, dots, hyphens and underscores, 60 at most."
    ),
    "model-day": _l("That is no day. Write it as 2026-11-22."),
    "model-weight": _l("A weight is a number from 0 to 100."),
    "dial-range": _l("The dial goes from 0 to 1."),
    "import-built-on": _l(
        "A later import added to people of this one. Take that one back first."
    ),
}
_ERRORS = {
    400: _l("The request could not be read. Go back and try again."),
    403: _l("You may not do this."),
    404: _l("There is nothing at this address, or it is not meant for you."),
    405: _l("This address cannot be used like that. Start from the front page."),
    410: _l("This is no longer here."),
    413: _l("That is too large. A file may have 5 MB at most; send less at a time."),
    414: _l("The address is too long."),
    429: _l("That was too many times in a short while. Wait a little, then try again."),
    500: _l(
        "Something broke on our side. It has been noted; please try again. If you "
        "write to us, mention the number below."
    ),
    503: _l("The site is catching its breath. Please try again in a minute."),
}


def refusal_text(code: str) -> str:
    """Return the sentence for a refusal of the domain."""
    return str(_REFUSALS.get(code) or gettext("This cannot be done."))


def error_text(status: int) -> str:
    """Return the sentence for an HTTP status."""
    return str(_ERRORS.get(status) or _ERRORS[400 if status < 500 else 500])  # noqa: PLR2004


def known_refusals() -> frozenset[str]:
    """Return every code that has a text, for tests."""
    return frozenset(_REFUSALS)
