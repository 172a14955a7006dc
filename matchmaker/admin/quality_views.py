"""The quality page: is the matching any good? Figures of a period, and files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from babel.numbers import format_percent
from flask import Blueprint, Flask, Response, abort, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _

from matchmaker import sheets
from matchmaker.accounts.signed_in import me
from matchmaker.admin import service
from matchmaker.admin.quality_doubts import doubts
from matchmaker.admin.quality_tables import all_tables, week_name
from matchmaker.admin.quality_texts import STEP_TEXTS, value_name
from matchmaker.clock import now
from matchmaker.matching.quality_figures import Share
from matchmaker.matching.quality_report import Period, Report, report
from matchmaker.matching.quality_rules import LEAST
from matchmaker.web.access import admin
from matchmaker.web.i18n import locale
from matchmaker.web.session import get_session, writes

bp = Blueprint("quality", __name__)
LENGTHS = (7, 30, 90)  # days offered in one tap
USUAL = 30
LONGEST = timedelta(days=3653)  # ten years; more is a slip of the finger
#: Steps drawn as small multiples, those that the product has aims for among them.
DRAWN = ("interested", "asked", "answered", "accepted", "followed_up", "good")
FIRST_ROWS = 10  # of a table; the others are folded
MOST_ROWS = 40  # on the page; the file has them all


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; ``wrong`` says in words what cannot be shown."""

    period: Period
    before: Period
    days: int | None
    typed: Mapping[str, str]
    wrong: str = ""


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)


@bp.get("/admin/quality")
@admin
@writes
def page() -> str:
    """Show the figures of a period beside those of another."""
    session, asked = get_session(), _asked()
    service.note_access(session, me().id, "quality")
    found = _report(asked)
    code, _colon, column = request.args.get("sort", "").partition(":")
    tables = [
        one.sorted(column) if one.code == code else one for one in all_tables(found)
    ]
    return render_template(
        "admin/quality.html",
        asked=asked,
        lengths=LENGTHS,
        report=found,
        tables=tables,
        doubts=[asked.wrong] if asked.wrong else doubts(found, now().date()),
        trends=[(STEP_TEXTS[step], _trend(found, step)) for step in DRAWN],
        bands=_whiskers(found, "band", ("strong", "good", "possible")),
        ranks=_whiskers(found, "rank", ("1", "2-3", "4-10", "11+")),
        first_rows=FIRST_ROWS,
        most_rows=MOST_ROWS,
        least=LEAST,
        fine_percent=fine_percent,
        is_share=lambda cell: isinstance(cell, Share),
        address=_address(asked),
        sort=request.args.get("sort", ""),
    )


@bp.get("/admin/quality/<code>.csv")
@admin
@writes
def file(code: str) -> Response:
    """Return one of the tables as a file."""
    session, asked = get_session(), _asked()
    table = next((one for one in all_tables(_report(asked)) if one.code == code), None)
    if table is None:
        abort(404)
    service.note_access(session, me().id, "quality", file=code)
    answer = Response(sheets.csv_file(table.lines()), content_type="text/csv")
    span = f"{asked.period.first}-{asked.period.last}"
    name = f"attachment; filename=quality-{code}-{span}.csv"
    answer.headers["Content-Disposition"] = name
    return answer


def fine_percent(value: float) -> str:
    """Return a share in percent, to a tenth below ten: 0.4 % is not 0 %."""
    exact = round(value, 3 if value < 0.0995 else 2)  # noqa: PLR2004  below ten
    return str(format_percent(exact, locale=get_locale(), decimal_quantization=False))


def _report(asked: Asked) -> Report:
    return report(
        get_session(), asked.period, asked.before, today=now().date(), locale=locale()
    )


def _asked() -> Asked:
    """Read the period from the address; what makes no sense is said and not obeyed."""
    today, typed = now().date(), request.args.to_dict()
    days = (
        int(typed["days"]) if typed.get("days") in {str(n) for n in LENGTHS} else None
    )
    usual = Period(today - timedelta(days=(days or USUAL) - 1), today)
    wrong, period = "", usual
    if days is None and (typed.get("from") or typed.get("to")):
        try:
            first = date.fromisoformat(typed.get("from", ""))
            last = date.fromisoformat(typed.get("to", "") or today.isoformat())
        except ValueError:
            wrong = _("A period needs a first day and a last day, such as 2026-03-31.")
        else:
            wrong, period = _checked(Period(first, last), usual)
    elif days is None:
        days = USUAL
    of_year = typed.get("against") == "year"
    before = period.year_before() if of_year else period.before()
    return Asked(period, before, None if wrong else days, typed, wrong)


def _checked(period: Period, usual: Period) -> tuple[str, Period]:
    """Return what is wrong with a period, and the one to show."""
    if period.last < period.first:
        return _("The last day lies before the first."), usual
    if period.last - period.first > LONGEST or period.first.year < 1990:  # noqa: PLR2004
        return _("A period of more than ten years cannot be shown."), usual
    return "", period


def _address(asked: Asked) -> dict[str, str]:
    """Return what links of the page keep of the address."""
    kept = {
        key: asked.typed[key]
        for key in ("from", "to", "against")
        if asked.typed.get(key)
    }
    if asked.days:
        kept = {key: value for key, value in kept.items() if key == "against"}
        kept["days"] = str(asked.days)
    return kept


def _trend(found: Report, step: str) -> list[tuple[str, Share | None]]:
    return [(week_name(week), counts.share(step)) for week, counts in found.weeks]


def _whiskers(
    found: Report, dimension: str, values: tuple[str, ...]
) -> list[tuple[str, Share | None]]:
    """Return a share of each kind: acceptance by band, requests by place."""
    step = "accepted" if dimension == "band" else "asked"
    return [
        (value_name(dimension, one, {}), found.now.of(dimension, one).share(step))
        for one in values
    ]
