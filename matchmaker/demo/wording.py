"""Fills the slots of the written texts, with the forms a language needs."""

from typing import Literal

from matchmaker.demo.library import LANGUAGES, ArchetypeRecord, City, places
from matchmaker.demo.model import Language

CountryForm = Literal["name", "from", "in", "to"]
_FORMS: tuple[CountryForm, ...] = ("name", "from", "in", "to")


def chosen(texts: list[str] | tuple[str, ...], lang: Language) -> str:
    """Return the text of one language out of English, Russian, Chinese."""
    return texts[LANGUAGES.index(lang)]


def country_name(code: str, lang: Language, *, form: CountryForm = "name") -> str:
    """Return a country's name; Russian bends it and brings its preposition."""
    place = places()[code]
    if lang == "ru":
        return place["ru"].split(";")[_FORMS.index(form)]
    return place[lang]


def country_slots(prefix: str, code: str, lang: Language) -> dict[str, str]:
    """Return the slots of one country: `m1`, `m1_from`, `m1_in`, `m1_to`."""
    slots = {prefix: country_name(code, lang)}
    for form in _FORMS[1:]:
        slots[f"{prefix}_{form}"] = country_name(code, lang, form=form)
    return slots


def city_slots(city: City, lang: Language) -> dict[str, str]:
    """Return the slots of one city: `city`, `city_from`, `city_in`."""
    if lang == "ru":
        return {"city": city.ru, "city_from": city.ru_from, "city_in": city.ru_in}
    return {"city": city.en if lang == "en" else city.zh}


def variant_slots(
    archetype: ArchetypeRecord, variant: int, *, lang: Language
) -> dict[str, str]:
    """Return what one variant of an archetype writes into its own slots."""
    slots: dict[str, str] = {}
    for name, values in archetype["slots"].items():
        parts = values[variant % len(values)].split("|")
        slots[name] = parts[0] if len(parts) == 1 else chosen(parts, lang)
    if lang == "ru":
        return {name: _russian_number(value) for name, value in slots.items()}
    return slots


def _russian_number(value: str) -> str:
    """Write a decimal comma where a bare number has a point."""
    bare = value.replace(".", "", 1).isdigit()
    return value.replace(".", ",") if bare else value


def sentence(text: str) -> str:
    """Return the text with a capital first letter and no space left over."""
    clean = " ".join(text.split())
    return clean[:1].upper() + clean[1:]
