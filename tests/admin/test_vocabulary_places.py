"""A country is called everywhere as the admin says."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.admin import vocabulary_places as places
from matchmaker.app import Site
from matchmaker.errors import DomainError
from matchmaker.profiles.models import Profile
from matchmaker.vocabulary import own
from matchmaker.vocabulary.countries import country_name, use_own_names
from matchmaker.vocabulary.place_names import find_country
from matchmaker.vocabulary.terms import TermsFileError
from tests.conftest import Visitor, add_introduction, add_member

Join = Callable[..., tuple[Visitor, str]]


@pytest.fixture(autouse=True)
def usual_names() -> Iterator[None]:
    """Give countries their usual names again: they are one for the process."""
    yield
    use_own_names({})


def test_a_new_name_is_shown_in_directory_card_letter_and_export(
    site: Site, join: Join
) -> None:
    offers = (("supply", "Cheese, 3 t a month"),)
    chief, chief_id = join(is_admin=True, name="Chief", country="CH", offers=offers)
    with site.sessions.write.begin() as session:
        other = add_member(session, name="Urs", country="CH", offers=offers)
        me = session.scalars(select(Profile).filter_by(public_id=chief_id)).one()
        add_introduction(session, me, other)
        urs = other.public_id
    answer = chief.post("/admin/places/CH", {"en": "Helvetia", "ru": "", "zh": ""})
    assert answer.status_code == 303
    for address in (
        "/directory",
        "/directory?q=helvetia",
        f"/people/{urs}",
        "/contacts.csv",
        "/me",
    ):
        page = chief.get(address).text
        assert "Helvetia" in page, address
        assert "Switzerland" not in page, address
    with site.app.test_request_context():
        # Letters, the digest among them, name countries by this filter.
        assert site.app.jinja_env.filters["country"]("CH") == "Helvetia"
        assert country_name("CH", "ru") == "Швейцария"


def test_the_usual_name_is_still_understood(tmp_path: Path) -> None:
    places.rename(tmp_path, "CH", {"en": "Helvetia"})
    own.OwnWords(tmp_path).follow()
    assert country_name("CH", "en") == "Helvetia"
    assert find_country("Switzerland") == "CH"


def test_an_empty_name_is_the_usual_one_again(tmp_path: Path) -> None:
    words = own.OwnWords(tmp_path)
    places.rename(tmp_path, "CH", {"en": "Helvetia", "zh": "海尔维第"})
    words.follow()
    places.rename(tmp_path, "CH", {"en": "", "zh": "海尔维第"})
    assert words.follow()
    assert country_name("CH", "en") == "Switzerland"
    assert country_name("CH", "zh") == "海尔维第"


def test_two_countries_are_not_called_the_same(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="place-name-taken"):
        places.rename(tmp_path, "CH", {"en": "austria"})
    with pytest.raises(DomainError, match="place-unknown"):
        places.rename(tmp_path, "ZZ", {"en": "Nowhere"})
    assert own.read_places(tmp_path / own.PLACES) == {}


def test_renamed_countries_come_first_and_any_name_finds_one(tmp_path: Path) -> None:
    places.rename(tmp_path, "CH", {"en": "Helvetia"})
    everything = places.list_places(tmp_path, query="", locale="en")
    assert everything[0].code == "CH"
    assert len(everything) > 200
    for query in ("helvet", "Швейцария", "瑞士", "ch"):
        found = places.list_places(tmp_path, query=query, locale="en")
        assert "CH" in [one.code for one in found], query


@pytest.mark.parametrize("text", ["[]", "{", '{"CH": "x"}', '{"CH": {"en": ""}}'])
def test_a_damaged_file_renames_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / own.PLACES).write_text(text, "utf-8")
    try:
        assert own.read_places(tmp_path / own.PLACES) == {}
    except TermsFileError:
        assert text != '{"CH": {"en": ""}}'


def test_the_form_keeps_a_name_that_is_taken(join: Join) -> None:
    chief, _ = join(is_admin=True)
    answer = chief.post("/admin/places/CH", {"en": "Austria"})
    assert answer.status_code == 422
    assert 'value="Austria"' in answer.text
    assert "Another country is called so" in answer.text
