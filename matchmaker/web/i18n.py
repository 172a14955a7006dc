"""Languages of the interface: which one, and names and dates in it."""

import unicodedata
from datetime import date, datetime
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel import support
from flask import Flask, g, request, session
from flask_babel import (
    Babel,
    format_date,
    format_decimal,
    format_percent,
    format_time,
    get_locale,
    get_translations,
    to_user_timezone,
)
from flask_login import current_user
from markupsafe import Markup, escape

from matchmaker.clock import now
from matchmaker.vocabulary import collaboration, countries, languages, sectors
from matchmaker.vocabulary.terms import glossary

#: Interface languages by their own names.
OWN_NAMES = {"en": "English", "ru": "Русский", "zh": "中文"}
_PACKAGE_TRANSLATIONS = "translations"
GROUNDS = 3  # common terms named on a card
EXCERPT = 240  # characters quoted of a long text: four lines on a phone


def init_app(app: Flask) -> None:
    """Choose the language of each request and give templates their names."""
    known = app.config["LANGUAGES"]

    def choose_locale() -> str:
        if "locale" in g:
            return str(g.locale)
        if getattr(current_user, "is_authenticated", False):
            return str(current_user.locale)
        chosen = session.get("locale")
        if chosen in known:
            return str(chosen)
        return request.accept_languages.best_match(known) or known[0]

    def choose_zone() -> str | None:
        if getattr(current_user, "is_authenticated", False):
            return str(current_user.time_zone)
        return None

    Babel(
        app,
        default_translation_directories=_PACKAGE_TRANSLATIONS,
        locale_selector=choose_locale,
        timezone_selector=choose_zone,
    )
    # The library looks the catalogue up for every string; a page has hundreds.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalogue().ugettext(text),
        lambda one, many, count: _catalogue().ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.filters.update(
        country=country,
        language=language,
        sector=sector,
        day=day,
        moment=moment,
        percent=percent,
        number=number,
        host=host,
        marked=marked,
        grounds=grounds,
    )
    app.jinja_env.tests["foreign_script"] = is_foreign_script
    app.jinja_env.globals.update(
        locale=locale,
        own_names=OWN_NAMES,
        phrase=phrase,
        type_name=type_name,
        text_direction=languages.direction,
    )


def number(value: float) -> str:
    """Return a number as the reader writes it."""
    return str(format_decimal(value))


def _catalogue() -> support.Translations:
    """Return the catalogue of this moment's language."""
    here = get_locale()
    if g.get("catalogue_of") is not here:
        g.catalogue_of, g.catalogue = here, get_translations()
    found: support.Translations = g.catalogue
    return found


def locale() -> str:
    """Return the language of this request: en, ru or zh."""
    return str(get_locale() or "en")[:2]


def country(code: str) -> str:
    """Return a country's name in the reader's language."""
    return countries.country_name(code, locale())


def language(code: str) -> str:
    """Return a language's name in the reader's language."""
    return languages.language_name(code, locale())


def sector(code: str) -> str:
    """Return a sector's name in the reader's language, or a member's own label."""
    return sectors.sector_name(code, locale()) if sectors.is_sector(code) else code


def grounds(codes: list[str]) -> list[str]:
    """Return the names of common business terms; general words are no ground."""
    terms = glossary()
    named = [terms.name(code, locale()) for code in codes if terms.sector(code)]
    return list(dict.fromkeys(named))[:GROUNDS]


def phrase(side: str, code: str) -> str:
    """Return a collaboration type in plain words: "I look for suppliers"."""
    known: collaboration.Side = "offer" if side == "offer" else "request"
    return collaboration.phrase(known, code, locale()) if code else ""


def type_name(code: str) -> str:
    """Return a collaboration type's name, or an unknown code as it came in."""
    known = code in collaboration.COLLABORATION_TYPES
    return collaboration.type_name(code, locale()) if known else code


def day(value: date | datetime | None) -> str:
    """Return a date in the reader's language, with the year when it is another."""
    if value is None:
        return ""
    if value.year == now().year:
        # Patterns without a year, as each language writes them.
        pattern = {"en": "d MMM", "ru": "d MMMM", "zh": "M月d日"}[locale()]
        return str(format_date(value, pattern))
    return str(format_date(value, "long"))


def percent(value: float) -> str:
    """Return a share as whole percent in the reader's language."""
    return str(format_percent(value))


def moment(value: datetime) -> str:
    """Return date and time in the reader's language and time zone."""
    here = to_user_timezone(value)
    return f"{day(here)}, {format_time(value, 'short')}"


def host(url: str) -> str:
    """Return the host of an address, for the text of a link."""
    return urlsplit(url).hostname or url


def is_foreign_script(name: str) -> bool:
    """Tell whether a name has other letters than Latin ones."""
    return any(
        char.isalpha() and not unicodedata.name(char, "").startswith("LATIN")
        for char in name
    )


def marked(text: str, spans: list[list[int]]) -> Markup:
    """Return an excerpt of ``text``, escaped, with ``spans`` (start, end) marked.

    A long text is cut to the stretch that holds the most marked words.
    """
    spans = sorted(pair for pair in spans if pair[1] <= len(text))
    first, last = _window(text, spans)
    parts: list[Markup] = [Markup("… ")] if first else []
    at = first
    for start, end in spans:
        if start < at or end > last:
            continue
        parts += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end])]
        parts.append(Markup("</mark>"))
        at = end
    parts.append(escape(text[at:last].rstrip()))
    if last < len(text):
        parts.append(Markup(" …"))
    return Markup("").join(parts)


def _window(text: str, spans: list[list[int]]) -> tuple[int, int]:
    if len(text) <= EXCERPT:
        return 0, len(text)
    starts = [max(0, start - EXCERPT // 6) for start, _end in spans] or [0]

    def held(first: int) -> int:
        return sum(first <= s and e <= first + EXCERPT for s, e in spans)

    first = max(starts, key=lambda start: (held(start), -start))
    if first:
        space = text.find(" ", first, first + EXCERPT // 6)
        first = space + 1 if space >= 0 else first
    last = min(len(text), first + EXCERPT)
    if last < len(text):
        space = text.rfind(" ", first + EXCERPT // 2, last)
        last = space if space >= 0 else last
    return first, last


@cache
def time_zones() -> tuple[str, ...]:
    """Return the IANA zones with a region and a city, and UTC."""
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/")
    zones = (zone for zone in available_timezones() if zone.startswith(regions))
    return ("UTC", *sorted(zones))
