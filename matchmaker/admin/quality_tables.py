"""The tables of the quality page, the same for the page and for files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.admin.quality_texts import (
    DIMENSION_TEXTS,
    STEP_TEXTS,
    reason_name,
    value_name,
)
from matchmaker.matching.quality_figures import (
    AnswerTimes,
    Counts,
    Effect,
    Share,
    Spread,
    change,
)
from matchmaker.matching.quality_report import Report
from matchmaker.matching.quality_rules import BASES
from matchmaker.web.i18n import day

#: How the kinds of a dimension stand in their table; others by how many were shown.
_ORDERS = {
    "rank": ("1", "2-3", "4-10", "11+"),
    "band": ("strong", "good", "possible"),
    "score": tuple("9876543210"),
}
STEPS = tuple(BASES)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its code in addresses, its name, and what is counted."""

    code: str
    title: Any
    told: Any = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; a cell is a text, a number, a `Share` or None.

    Attributes
    ----------
    told
        What the table tells, in a sentence.
    changes
        By row and column: ``up`` or ``down`` where a share surely changed.
    """

    code: str
    title: Any
    told: Any
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    changes: dict[tuple[int, int], str] = field(default_factory=dict)

    def sorted(self, code: str) -> "Table":
        """Return the table with the greatest of a column first; texts from A."""
        at = next((n for n, one in enumerate(self.columns) if one.code == code), None)
        if at is None:
            return self
        order = sorted(range(len(self.rows)), key=lambda n: _key(self.rows[n][at]))
        place = {old: new for new, old in enumerate(order)}
        return replace(
            self,
            rows=[self.rows[n] for n in order],
            changes={(place[r], c): word for (r, c), word in self.changes.items()},
        )

    def lines(self) -> Iterator[list[str]]:
        """Yield the table as lines of a file: a share is four cells."""
        head: list[str] = []
        under: list[str] = []
        for at, column in enumerate(self.columns):
            title = str(column.title)
            if any(isinstance(row[at], Share) for row in self.rows):
                low, high = _("low end (95 %)"), _("high end (95 %)")
                parts = (_("count"), _("of"), _("share"), low, high)
                head += [f"{title}: {part}" for part in parts]
                under += [str(column.told), "", "", "", ""]
            else:
                head.append(title)
                under.append(str(column.told))
        yield head
        yield under
        wide = [
            any(isinstance(row[at], Share) for row in self.rows)
            for at in range(len(self.columns))
        ]
        for row in self.rows:
            yield [cell for at, one in enumerate(row) for cell in _cells(one, wide[at])]


def _key(cell: Any) -> tuple[int, float, str]:  # noqa: ANN401  any cell
    if isinstance(cell, Share):
        return (0, -cell.value, "") if cell.value is not None else (1, 0.0, "")
    if cell is None:
        return 1, 0.0, ""
    if isinstance(cell, str):
        return 0, 0.0, cell.casefold()
    return 0, -float(cell), ""


def _cells(cell: Any, wide: bool) -> list[str]:  # noqa: ANN401, FBT001
    if isinstance(cell, Share):
        known = (cell.value, *(cell.interval or (None, None)))
        return [
            str(cell.count),
            str(cell.of),
            *("" if one is None else f"{one:.4f}" for one in known),
        ]
    if cell is None:
        return [""] * (5 if wide else 1)
    return [f"{cell:.4f}" if isinstance(cell, float) else str(cell)]


def all_tables(report: Report) -> list[Table]:
    """Return every table of the page, in its order."""
    return [
        chain_table(report),
        weeks_table(report),
        answers_table(report),
        members_table(report),
        *(dimension_table(report, one) for one in DIMENSION_TEXTS),
        reasons_table(report),
    ]


def chain_table(report: Report) -> Table:
    """Return the chain, with the period it is compared with."""
    rows: list[list[Any]] = []
    changes: dict[tuple[int, int], str] = {}
    for at, step in enumerate(STEPS):
        now, before = (side.whole for side in (report.now, report.before))
        one, other = now.share(step), before.share(step)
        name, told = STEP_TEXTS[step]
        rows.append([str(name), now[step], one, before[step], other, str(told)])
        if one is not None and other is not None:
            changes[at, 2] = change(one, other)
    rows.append(_beside(report))
    columns = [
        Column("step", _l("Step")),
        Column("count", _l("Count")),
        Column("share", _l("Share")),
        Column("count_before", _l("Count before")),
        Column("share_before", _l("Share before")),
        Column("told", _l("What is counted")),
    ]
    told = _l("How far proposals came that were first seen in this period.")
    return Table(
        "chain", _l("From proposal to agreement"), told, columns, rows, changes
    )


def _beside(report: Report) -> list[Any]:
    now, before = report.now.beside, report.before.beside
    return [
        _("Asked without a proposal"),
        now["asked"],
        None,
        before["asked"],
        None,
        _(
            "requests to people who had not been shown, found in the directory or "
            "known; by the day of asking, in no share above"
        ),
    ]


def _step_columns() -> list[Column]:
    return [Column(step, STEP_TEXTS[step][0], STEP_TEXTS[step][1]) for step in STEPS]


def _step_cells(counts: Counts) -> list[Any]:
    return [counts.share(step) or counts[step] for step in STEPS]


def dimension_table(report: Report, dimension: str) -> Table:
    """Return the chain by the kinds of one dimension."""
    title, first, told = DIMENSION_TEXTS[dimension]
    names = dict(report.names.get(dimension, {}))
    found = report.now.cells.get(dimension, {})
    order = [one for one in _ORDERS.get(dimension, ()) if one in found]
    order += sorted(
        set(found) - set(order), key=lambda one: (-found[one]["shown"], one)
    )
    if dimension == "model":  # a version that was never in force is named too
        order += [one for one in names if one not in found]
    rows = [
        [
            value_name(dimension, value, names),
            *_step_cells(report.now.of(dimension, value)),
        ]
        for value in order
    ]
    changes = {
        (at, 1 + n): _changed(report, dimension, value, step)
        for at, value in enumerate(order)
        for n, step in enumerate(STEPS)
    }
    columns = [Column("kind", first), *_step_columns()]
    return Table(dimension, title, told, columns, rows, changes)


def _changed(report: Report, dimension: str, value: str, step: str) -> str:
    one, other = (
        side.of(dimension, value).share(step) for side in (report.now, report.before)
    )
    return change(one, other) if one is not None and other is not None else ""


def weeks_table(report: Report) -> Table:
    """Return the chain week by week, the latest first."""
    rows = [
        [week_name(week), *_step_cells(counts)]
        for week, counts in reversed(report.weeks)
    ]
    return Table(
        "weeks",
        _l("Week by week"),
        _l("By the Monday of the week in which proposals were first seen."),
        [Column("week", _l("Week of")), *_step_columns()],
        rows,
    )


def week_name(week: date) -> str:
    """Return a week by its Monday, short."""
    return day(week)


def answers_table(report: Report) -> Table:
    """Return how soon requests were answered."""
    sides = (report.now.answers, report.before.answers)
    lines = (
        (_("Requests"), _("asked in the period; withdrawn ones do not count"), "r"),
        (
            _("Answered within 7 days"),
            _("of the requests that are at least 7 days old; the aim is 60 %"),
            "t",
        ),
        (_("Median, hours"), _("half of the answers came within so many hours"), "m"),
        (_("90 %, hours"), _("nine of ten answers came within so many hours"), "p"),
    )
    rows = [
        [name, *(_answer_cell(one, which) for one in sides), told]
        for name, told, which in lines
    ]
    return Table(
        "answers",
        _l("Answer times"),
        _l("By the day of asking, from when the request came before the receiver."),
        _figure_columns(),
        rows,
    )


def _answer_cell(times: AnswerTimes, which: str) -> Any:  # noqa: ANN401  any cell
    return {
        "r": times.requests,
        "t": times.in_time,
        "m": times.median,
        "p": times.p90,
    }[which]


def members_table(report: Report) -> Table:
    """Return how attention is shared out, and who has nothing."""
    now, before = report.now, report.before
    rows: list[list[Any]] = [
        [
            _("Members without proposals"),
            report.without_list,
            None,
            _("listed members whose list is empty today"),
        ],
        [
            _("Never shown"),
            now.shown.none,
            before.shown.none,
            _("of today's members, who were on no page that anybody saw"),
        ],
        [
            _("Never asked"),
            now.asked.none,
            before.asked.none,
            _("of today's members, who received no request"),
        ],
        *_spread_rows(_("Times shown"), now.shown, before.shown),
        *_spread_rows(_("Requests received"), now.asked, before.asked),
    ]
    return Table(
        "members",
        _l("Who gets something"),
        _l(
            "By whole weeks that the period touches. Every time that a candidate was "
            "on a page counts, not only the first."
        ),
        _figure_columns(),
        rows,
    )


def _spread_rows(name: str, now: Spread, before: Spread) -> list[list[Any]]:
    gini = _("0: all alike; towards 1: one member has everything (Gini)")
    top = _("part of all that goes to the 5 % who have most; of requests 20 % at most")
    return [
        [name, now.total, before.total, _("in these weeks")],
        [_("%(what)s: inequality", what=name), now.gini, before.gini, gini],
        [_("%(what)s: top 5 %%", what=name), now.top, before.top, top],
    ]


def _figure_columns() -> list[Column]:
    return [
        Column("figure", _l("Figure")),
        Column("now", _l("This period")),
        Column("before", _l("Before")),
        Column("told", _l("What is counted")),
    ]


def reasons_table(report: Report) -> Table:
    """Return which reasons led to a yes, as far as that can be told."""
    return Table(
        "reasons",
        _l("Reasons that lead to a yes"),
        _l(
            "Accepted, of answered requests, by whether the reason stood beside the "
            "proposal. The odds ratio says how the odds of a yes differ; below 1 it "
            "lowers them. It shows what goes together, not what is the cause."
        ),
        [
            Column("reason", _l("Reason")),
            Column("beside", _l("With it")),
            Column("without", _l("Without it")),
            Column("odds", _l("Odds ratio")),
            Column("low", _l("low end (95 %)")),
            Column("high", _l("high end (95 %)")),
        ],
        [_reason_row(one) for one in report.now.reasons],
    )


def _reason_row(one: Effect) -> list[Any]:
    odds = one.odds or (None, None, None)
    return [reason_name(one.kind), one.beside, one.without, *odds]
