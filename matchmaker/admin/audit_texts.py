"""The actions of the audit log in words, and what their subjects are called."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from matchmaker.admin.audit_watch import SEEN

_PAGES = {
    "overview": _l("saw the page Quality"),
    "operations": _l("saw the page Operations"),
    "moderation": _l("saw the queue of moderation"),
    "audit": _l("searched the audit log"),
    "audit-file": _l("took the audit log as a file"),
    "terms": _l("saw the glossary"),
    "places": _l("saw the names of countries"),
    "quality": _l("saw the figures of matching"),
    "models": _l("saw the versions of the model"),
    "model": _l("saw the card of a model"),
    "model-report": _l("read a report about a model"),
    "review": _l("saw the blind review"),
    "review-read": _l("read a pair under review"),
    "event": _l("saw an event and its people"),
    "segments": _l("saw whom a letter would reach"),
    "approval": _l("saw who waits for approval"),
    "report": _l("saw the report of an event"),
    "invite": _l("saw whom to invite"),
    "preview-matches": _l("saw the preview of matches"),
    "case-read": _l("read a case"),
    "appeal-read": _l("read an appeal"),
    "organising.edit" + SEEN: _l("saw the settings of an event"),
    "organising.team" + SEEN: _l("saw the team of an event"),
    "rules.matrix" + SEEN: _l("saw the rules of an event"),
    "rules.people" + SEEN: _l("saw who is in which group"),
    "events.upload" + SEEN: _l("saw the imports of an event"),
    "events.table" + SEEN: _l("saw the table of an import"),
    "events.columns" + SEEN: _l("saw the columns of an import"),
    "events.preview" + SEEN: _l("saw the preview of an import"),
    "events.rejected_rows" + SEEN: _l("took the rejected rows of an import"),
}
_CHANGES = {
    "model-promoted": _l("put a model in force by its report"),
    "model-override": _l("put a model in force without a passing report"),
    "model-rollback": _l("went back to an earlier model"),
    "model-fit": _l("had a model learned"),
    "model-by_hand": _l("had a model made by hand"),
    "model-judge": _l("had a model judged"),
    "model-dial": _l("set the fairness of lists"),
    "fairness-dial": _l("set the fairness of lists"),
    "review-draw": _l("drew pairs for review"),
    "reviews.draw": _l("asked for pairs to review"),
    "review-judge": _l("judged a pair"),
    "review-undo": _l("took a judgement back"),
    "letters-sent-again": _l("tried waiting letters again"),
    "case-dismissed": _l("dismissed a case"),
    "case-warned": _l("warned somebody"),
    "case-texts_held": _l("held somebody's texts"),
    "case-suspended": _l("suspended somebody"),
    "measure-lifted": _l("took a decision back"),
    "appeal-answered": _l("answered an appeal"),
    "text-released": _l("sent a held text on"),
    "text-refused": _l("did not send a held text"),
    "segment-write": _l("wrote to people of an event"),
    "segments.write": _l("looked at a letter to people of an event"),
    "approval-approved": _l("let people or texts in"),
    "approval-refused": _l("refused people or texts"),
    "approval-undo": _l("took an approval back"),
    "approval-rule": _l("changed what is checked first"),
    "approval.decide": _l("decided about who waits"),
    "rules": _l("changed the rules of an event"),
    "rules.save_matrix": _l("counted what rules would do"),
    "rules.save_group": _l("changed a group"),
    "rules.assign": _l("put people into groups"),
    "invite-send": _l("sent invitations"),
    "invite-stop": _l("stopped invitations"),
    "event_people.preview_letters": _l("looked at the letters to invited people"),
    "organising.new": _l("made an event"),
    "organising.edit": _l("changed an event"),
    "organising.team": _l("added somebody to a team"),
    "organising.remove": _l("removed somebody from a team"),
    "events.upload": _l("brought a list in"),
    "events.table": _l("chose how a file is read"),
    "events.columns": _l("chose the columns of an import"),
    "events.read": _l("had a file read again"),
    "events.decide": _l("decided about rows of an import"),
    "events.commit": _l("wrote an import"),
    "events.stop": _l("stopped an import"),
    "events.undo": _l("took an import back"),
    "events.give_up": _l("gave an import up"),
    "terms-drafted": _l("changed the draft of the glossary"),
    "terms-live": _l("put a glossary in force"),
    "terms-back": _l("went back to the glossary before"),
    "terms-dropped": _l("dropped the draft of the glossary"),
    "place-named": _l("renamed a country"),
    "place-reset": _l("gave a country its usual name again"),
}
ACTIONS = {**_PAGES, **_CHANGES}
SUBJECTS = {
    "event": _l("event"),
    "case": _l("case"),
    "measure": _l("decision"),
    "decision": _l("decision"),
    "text": _l("text"),
    "import": _l("import"),
    "file": _l("file"),
    "letters": _l("letters"),
    "people": _l("people"),
    "count": _l("count"),
    "segment": _l("group of people"),
    "granted": _l("granted"),
    "checks": _l("checked first"),
    "profile": _l("profile"),
    "concept": _l("concept"),
    "country": _l("country"),
    "language": _l("language"),
    "rows": _l("rows"),
}


def action_text(code: str) -> str:
    """Return an action in words; its code if an older site wrote it."""
    return str(ACTIONS.get(code, code))


def told(subject: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what an entry is about: what it is, and its ids or its count."""
    for key, value in subject.items():
        parts = value if isinstance(value, list) else [value]
        words = ", ".join(str(one) for one in parts if one not in (None, ""))
        if words:
            yield str(SUBJECTS.get(key, key)), words
