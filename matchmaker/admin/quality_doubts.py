"""What the figures of a period cannot tell yet, in words."""

from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _

from matchmaker.matching.quality_figures import Counts
from matchmaker.matching.quality_report import Report
from matchmaker.matching.quality_rules import LEAST


def doubts(report: Report, today: date) -> list[str]:
    """Return what is missing, and from when on the figures mean something."""
    period, whole = report.now.period, report.now.whole
    if period.first > today:
        return [_("This period has not begun yet.")]
    if report.since is None:
        return [_("Nothing was shown to anybody yet.")]
    since = format_date(report.since, "long")
    if period.last < report.since:
        return [_("Nothing is counted before %(day)s.", day=since)]
    told = []
    if report.before.period.first < report.since:
        told.append(
            _(
                "The other period is not counted whole: counts begin on %(day)s.",
                day=since,
            )
        )
    told += _few(whole)
    if whole["answered"] and whole["accepted"] in {0, whole["answered"]}:
        told.append(
            _("All answers are alike, so they tell nothing about bands and reasons.")
        )
    return told


def _few(whole: Counts) -> list[str]:
    """Return which shares have too few cases, the first of a chain only."""
    requests, answers, contacts = (
        whole[step] for step in ("due", "answered", "accepted")
    )
    if requests < LEAST:
        said = _(
            "Shares of answers mean something from %(least)s requests on whose time "
            "is over; there are %(count)s.",
            least=LEAST,
            count=requests,
        )
    elif answers < LEAST:
        said = _(
            "Shares of acceptance mean something from %(least)s answers on; there are "
            "%(count)s.",
            least=LEAST,
            count=answers,
        )
    elif contacts < LEAST:
        said = _(
            "Shares of outcomes mean something from %(least)s contacts on; there are "
            "%(count)s.",
            least=LEAST,
            count=contacts,
        )
    else:
        return []
    return [said]
