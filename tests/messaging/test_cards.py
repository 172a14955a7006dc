"""vCards: read back by another program, whatever stands in them."""

from typing import Any

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.events.formats.model import Limits
from matchmaker.events.formats.vcards import read_vcards
from matchmaker.messaging.cards import Card, vcard_file

CARD = Card(
    uid="abc@contact.matchmaker",
    full_name="刘洋",
    latin_name="Liu Yang",
    organisation="Шёлк, путь; и\\Ко",
    job_title="Директор\nпо логистике",
    city="Xi'an",
    country="China",
    website="https://example.org/?a=1;b=2",
    contacts={
        "email": "liu@example.org",
        "phone": "+86 138 0013 8000",
        "wechat": "liuyang",
        "telegram": "@liu",
        "whatsapp": "+86 138 0013 8001",
    },
)


def read(made: bytes) -> list[Any]:
    return list(vobject.readComponents(made.decode()))


def test_a_card_says_to_a_telephone_what_the_profile_says() -> None:
    (card,) = read(vcard_file([CARD]))
    assert card.version.value == "3.0"
    assert card.fn.value == CARD.full_name
    assert card.nickname.value == "Liu Yang"
    assert card.org.value == [CARD.organisation]
    assert card.title.value == CARD.job_title
    assert (card.adr.value.city, card.adr.value.country) == ("Xi'an", "China")
    assert card.email.value == "liu@example.org"
    assert {one.value for one in card.tel_list} == {
        "+86 138 0013 8000",
        "+86 138 0013 8001",
    }


def test_our_own_import_reads_our_cards() -> None:
    limits = Limits()
    sheet = read_vcards(vcard_file([CARD, CARD]).decode(), "utf-8", limits)
    assert len([row for row in sheet.rows if CARD.full_name in row]) == 2


@given(
    name=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1
    )
)
def test_no_line_is_longer_than_75_octets_and_no_text_is_lost(name: str) -> None:
    made = vcard_file([Card(uid="u", full_name=name, organisation=name * 3)])
    lines = made.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no character is cut in two
    (card,) = read(made)
    assert card.fn.value == name


@pytest.mark.parametrize("text", ["a\r\nBEGIN:VCARD", "a\nEMAIL:evil@example.org"])
def test_a_line_break_in_a_text_begins_no_new_field(text: str) -> None:
    made = vcard_file([Card(uid="u", full_name=text, job_title=text)])
    assert made.split(b"\r\n").count(b"BEGIN:VCARD") == 1
    assert b"\r\nEMAIL" not in made
