"""Russian and Chinese are complete, and say what the English says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
LOCALES = ("ru", "zh")


def catalogue(path: Path, locale: str | None = None) -> Catalog:
    with path.open("rb") as lines:
        return read_po(lines, locale=locale)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Give the strings of today's source."""
    path = tmp_path_factory.mktemp("pot") / "messages.pot"
    subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "-m", "babel.messages.frontend", "-q"),
            *("extract", "-F", "pyproject.toml", "-k", "_l", "-k", "lazy_gettext"),
            *("-o", str(path), "matchmaker", "templates"),
        ],
        cwd=ROOT,
        check=True,
    )
    return catalogue(path)


def translated(locale: str) -> Catalog:
    folder = ROOT / "matchmaker" / "translations" / locale / "LC_MESSAGES"
    return catalogue(folder / "messages.po", locale)


def forms(text: object) -> list[str]:
    return (
        [str(form) for form in text] if isinstance(text, tuple | list) else [str(text)]
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_every_string_is_translated(template: Catalog, locale: str) -> None:
    known = translated(locale)
    missing = []
    for message in template:
        if not message.id:
            continue
        found = known.get(message.id)
        if found is None or found.fuzzy or not all(forms(found.string)):
            missing.append(message.id)
    assert missing == []


@pytest.mark.parametrize("locale", LOCALES)
def test_placeholders_survive_translation(locale: str) -> None:
    for message in translated(locale):
        if not message.id:
            continue
        wanted = {
            name for form in forms(message.id) for name in PLACEHOLDER.findall(form)
        }
        for form in forms(message.string):
            assert set(PLACEHOLDER.findall(form)) <= wanted, message.id
        said = {
            name for form in forms(message.string) for name in PLACEHOLDER.findall(form)
        }
        assert said == wanted, message.id


def test_russian_has_three_plural_forms_and_chinese_one() -> None:
    for locale, count in (("ru", 3), ("zh", 1)):
        plurals = [m for m in translated(locale) if m.id and m.pluralizable]
        assert plurals
        assert {len(forms(m.string)) for m in plurals} == {count}


def test_chinese_uses_full_width_punctuation_and_no_italics() -> None:
    for message in translated("zh"):
        for form in forms(message.string) if message.id else []:
            assert not re.search(r"[\u4e00-\u9fff][,;!?](?!\w)", form), form
