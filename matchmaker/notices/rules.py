"""When letters may come. Plain values only; hours are those of the member's clock."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from matchmaker.notices.models import Delivery, NoticeKind, Rhythm

#: Less than a day, so that the day on which clocks go forward has its digest; more
#: than half a day, so that a member who flies across zones gets no second one.
BETWEEN_DIGESTS = timedelta(hours=20)
KEPT = timedelta(days=90)  # how long notices stand in the site

#: What happens where a member chose nothing.
DEFAULTS = {
    NoticeKind.REQUEST: Delivery.AT_ONCE,
    NoticeKind.ANSWER: Delivery.AT_ONCE,
    NoticeKind.MESSAGE: Delivery.DIGEST,
    NoticeKind.FOLLOW_UP: Delivery.DIGEST,
    NoticeKind.PROPOSALS: Delivery.DIGEST,
    NoticeKind.SEARCH: Delivery.DIGEST,
    NoticeKind.EVENT: Delivery.AT_ONCE,
}
#: Kinds that gather over a day: a letter for each would be a nuisance.
GATHERED = frozenset({NoticeKind.FOLLOW_UP, NoticeKind.PROPOSALS, NoticeKind.SEARCH})

#: What a link in a letter can end, beside a single kind.
ALL, DIGEST = "all", "digest"
ENDINGS = frozenset({ALL, DIGEST, *(kind.value for kind in NoticeKind)})
_MAC_BYTES = 15


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone; UTC for a name that no longer exists."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def next_digest(  # noqa: PLR0913  each by name
    after: datetime,
    *,
    zone: str,
    rhythm: Rhythm,
    weekday: int,
    hour: int,
    sent_at: datetime | None,
) -> datetime | None:
    """Return the first moment after ``after`` at which a digest is due.

    An hour that the clock skips comes when it jumps; one that comes twice counts the
    first time.
    """
    if rhythm is Rhythm.NEVER:
        return None
    here = zone_of(zone)
    first = after.astimezone(here).date()
    earliest = after if sent_at is None else max(after, sent_at + BETWEEN_DIGESTS)
    for days in range(16):
        day = first + timedelta(days=days)
        if rhythm is Rhythm.WEEKLY and day.weekday() != weekday:
            continue
        due = datetime.combine(day, time(hour), tzinfo=here).astimezone(UTC)
        if due > after and due >= earliest:
            return due
    raise AssertionError("a fortnight has every day of the week")


def quiet_until(
    moment: datetime, *, zone: str, quiet_from: int | None, quiet_to: int | None
) -> datetime:
    """Return when a letter wanted at ``moment`` may leave."""
    if quiet_from is None or quiet_to is None or quiet_from == quiet_to:
        return moment
    local = moment.astimezone(zone_of(zone))
    if quiet_from < quiet_to:
        quiet = quiet_from <= local.hour < quiet_to
    else:
        quiet = local.hour >= quiet_from or local.hour < quiet_to
    if not quiet:
        return moment
    day = local.date() + timedelta(days=local.hour >= quiet_to)
    ends = datetime.combine(day, time(quiet_to), tzinfo=local.tzinfo)
    return max(moment, ends.astimezone(UTC))


def make_token(key: str, who: str, what: str) -> str:
    """Return what a link carries that ends ``what`` for ``who``.

    It is signed, not stored: links in old letters work as long as the account lives.
    """
    said = f"{who}.{what}"
    return f"{said}.{_mac(key, said)}"


def read_token(key: str, token: str) -> tuple[str, str] | None:
    """Return whom and what a link is for, if it is one of ours."""
    said, _, mac = token.rpartition(".")
    who, _, what = said.partition(".")
    if not hmac.compare_digest(mac.encode(), _mac(key, said).encode()):
        return None
    return (who, what) if what in ENDINGS else None


def _mac(key: str, said: str) -> str:
    # The prefix keeps these apart from everything else that the key signs.
    digest = hmac.digest(key.encode(), b"end-letters:" + said.encode(), hashlib.sha256)
    return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()
