"""How long somebody stayed: durations in many forms, joins without double counting."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Final

_CLOCK: Final = re.compile(
    r"^(?:(\d+)[.\s]\s*)?(\d{1,4}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?$"
)
_AMOUNT: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]+)\.?")
_ISO: Final = re.compile(
    r"^P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"^\d+(?:[.,]\d+)?$")
_UNITS: Final = (
    (86_400, ("d", "д", "天", "日", "j", "gün", "tag", "kun", "күн")),
    (1, ("s", "с", "秒", "sn", "сон", "초", "sek", "сек")),
    (60, ("m", "м", "分", "dk", "dak", "daq", "хв", "분", "дақ", "мүн")),
    (3_600, ("h", "ч", "小时", "小時", "时", "時", "std", "st", "hr", "heure", "hora")),
    (
        3_600,
        (
            "ora",
            "saat",
            "soat",
            "sa",
            "сағ",
            "год",
            "시간",
            "godz",
            "g",
            "саат",
            "соат",
        ),
    ),
)
_ZONE: Final = re.compile(
    r"(?:gmt|utc)?\s*([+-])(\d{1,2}):?(\d{2})?\s*\)?$|z$", re.IGNORECASE
)
_TIME: Final = re.compile(
    r"(上午|下午|晚上|中午|오전|오후|午前|午後)?\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*"
    r"(a\.?\s?m\.?|p\.?\s?m\.?|öö|ös)?(?![\d:])",
    re.IGNORECASE,
)
_DAY: Final = 86_400
_LONGEST: Final = 80  # characters of a time or a duration
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "янв", "ene", "gen", "oca"),
            ("feb", "фев", "fev", "fév", "şub"),
            ("mar", "мар", "mär"),
            ("apr", "апр", "abr", "avr", "nis"),
            ("may", "май", "мая", "mai", "mag"),
            ("jun", "июн", "juin", "giu", "haz"),
            ("jul", "июл", "juil", "lug", "tem"),
            ("aug", "авг", "ago", "aoû", "ağu"),
            ("sep", "сен", "set", "eyl"),
            ("oct", "окт", "okt", "ott", "eki"),
            ("nov", "ноя", "kas"),
            ("dec", "дек", "dez", "dic", "déc", "ara"),
        ),
        1,
    )
    for name in names
}


@lru_cache(maxsize=20_000)
def parse_duration(text: str) -> float | None:
    """Return seconds, or None if the text is no duration. A bare number is minutes."""
    tidy = text[:_LONGEST].strip().casefold().replace("\xa0", " ")
    if found := _CLOCK.match(tidy):
        days, first, second, third = (int(part or 0) for part in found.groups())
        return float(days * _DAY + first * 3600 + second * 60 + third)
    if _NUMBER.match(tidy):
        number = float(tidy.replace(",", "."))
        # A spreadsheet keeps a duration as a fraction of a day.
        return number * _DAY if 0 < number < 1 else number * 60
    if (found := _ISO.match(tidy)) and any(found.groups()):
        sizes = (_DAY, 3600, 60, 1)
        return sum(
            float(n or 0) * s for n, s in zip(found.groups(), sizes, strict=True)
        )
    if any(char in tidy for char in "@/"):
        return None
    amounts = [(float(n.replace(",", ".")), _unit(u)) for n, u in _AMOUNT.findall(tidy)]
    sound = amounts and all(size for _, size in amounts)
    return sum(n * size for n, size in amounts) if sound else None


def _unit(word: str) -> int:
    """Return the seconds of a unit; the longest beginning that is known decides."""
    best, size = "", 0
    for seconds, beginnings in _UNITS:
        for beginning in beginnings:
            if word.startswith(beginning) and len(beginning) > len(best):
                best, size = beginning, seconds
    return size


@lru_cache(maxsize=20_000)
def parse_moment(text: str) -> float | None:
    """Return a moment in seconds; only moments of one file can be compared.

    A date in digits alone is read month first as the tools write it; the same
    reading for all rows makes that harmless.
    """
    text = text[:_LONGEST]
    found = _TIME.search(text)
    if found is None:
        return None
    hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
    mark = (found[1] or found[5] or "").casefold().replace(" ", "").replace(".", "")
    if mark in {"pm", "下午", "晚上", "오후", "午後", "ös"} and hour < 12:  # noqa: PLR2004
        hour += 12
    elif mark in {"am", "上午", "오전", "午前", "öö"} and hour == 12:  # noqa: PLR2004
        hour = 0
    seconds = hour * 3600 + minute * 60 + second
    return (
        _ordinal(text[: found.start()].casefold()) * _DAY
        + seconds
        - _shift(text[found.end() :].strip())
    )


def _shift(rest: str) -> float:
    zone = _ZONE.search(rest)
    if zone is None or not zone[1]:
        return 0.0
    away = int(zone[2]) * 3600 + int(zone[3] or 0) * 60
    return float(away if zone[1] == "+" else -away)


def _ordinal(text: str) -> int:
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    named = [
        n
        for word in re.findall(r"[^\W\d_]+", text)
        if (n := _MONTHS.get(word[:4], _MONTHS.get(word[:3], 0)))
    ]
    try:
        if named and len(numbers) == 2:  # noqa: PLR2004
            day, year = sorted(numbers)
            return date(_full(year), named[0], day).toordinal()
        first, second, third = numbers[:3]
        if first > 31:  # noqa: PLR2004
            return date(first, second, third).toordinal()
        day_first = "." in text or first > 12  # noqa: PLR2004
        day, month = (first, second) if day_first else (second, first)
        return date(_full(third), month, day).toordinal()
    except (ValueError, OverflowError):
        return 0


def _full(year: int) -> int:
    return year + 2000 if year < 100 else year  # noqa: PLR2004


def minutes_attended(
    joins: Iterable[tuple[float | None, float | None, float | None]],
) -> int | None:
    """Return the minutes of all joins, each given as (joined, left, seconds).

    Two devices at one time count once: what the joins overlap is taken off the sum.
    None when no join tells how long it was.
    """
    stated, spans, known = 0.0, [], False
    for joined, left, seconds in _paired(joins):
        span = None
        if joined is not None and left is not None and left > joined:
            span = (joined, left)
            spans.append(span)
        if seconds is not None:
            stated, known = stated + seconds, True
        elif span is not None:
            stated, known = stated + span[1] - span[0], True
    if not known:
        return None
    union = _union(spans)
    overlap = sum(end - start for start, end in spans) - union
    total = min(stated, union) if overlap >= 60 else stated  # noqa: PLR2004 - a minute
    return int(total / 60 + 0.5)


def _paired(
    joins: Iterable[tuple[float | None, float | None, float | None]],
) -> list[tuple[float | None, float | None, float | None]]:
    """Put together what a log says on two lines: somebody came, somebody left.

    A join without its leave says that they were there, not for how long.
    """
    whole, came, went = [], [], []
    for joined, left, seconds in joins:
        if seconds is None and (joined is None) != (left is None):
            came += [joined] if joined is not None else []
            went += [left] if left is not None else []
        else:
            whole.append((joined, left, seconds))
    for start, following in pairwise([*sorted(came), float("inf")]):
        end = next((moment for moment in sorted(went) if moment >= start), None)
        if end is not None and end <= following:
            whole.append((start, end, None))
    return whole


def _union(spans: list[tuple[float, float]]) -> float:
    total, reach = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reach))
        reach = max(reach, end)
    return total
