"""The layout of a conversation: days, the first unread line, links, words."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.messaging.talk import (
    arrange,
    find_spans,
    is_seen,
    split_links,
    word_patterns,
)

ME, THEY = 1, 2


@dataclass(frozen=True)
class Said:
    """A message, as far as its place matters."""

    author_id: int
    sent_at: datetime
    read_at: datetime | None = None


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_days_begin_where_the_reader_is() -> None:
    said = [Said(ME, at(1, 15)), Said(THEY, at(1, 20)), Said(ME, at(2, 3))]
    there = arrange(said, first=1, reader_id=ME, zone="Asia/Almaty")
    assert [line.day for line in there] == [date(2026, 11, 1), date(2026, 11, 2), None]
    here = arrange(said, first=1, reader_id=ME, zone="UTC")
    assert [line.day for line in here] == [date(2026, 11, 1), None, date(2026, 11, 2)]
    after = arrange(said[1:], first=2, reader_id=ME, zone="UTC", before=said[0])
    assert [line.day for line in after] == [None, date(2026, 11, 2)]


def test_only_the_first_unread_line_of_the_other_side_is_marked() -> None:
    said = [
        Said(THEY, at(1, 1), read_at=at(1, 2)),
        Said(ME, at(1, 3)),
        Said(THEY, at(1, 4)),
        Said(THEY, at(1, 5)),
    ]
    lines = arrange(said, first=7, reader_id=ME, zone="UTC")
    assert [(line.number, line.new) for line in lines] == [
        (7, False),
        (8, False),
        (9, True),
        (10, False),
    ]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://a.example/b?c=1#d.", ["https://a.example/b?c=1#d"]),
        ("(https://a.example/x_(y))", ["https://a.example/x_(y)"]),
        ("请看https://a.example/b，谢谢", ["https://a.example/b"]),
        ("请看https://a.example/b谢谢", ["https://a.example/b"]),
        ("«https://пример.рф/путь»", ["https://пример.рф/путь"]),
        ("HTTP://A.EXAMPLE", ["HTTP://A.EXAMPLE"]),
        (
            "http://a.example https://b.example",
            ["http://a.example", "https://b.example"],
        ),
        ("javascript:alert(1) data:text/html,x ftp://a.example", []),
        ("mailto:a@b.example www.a.example file:///etc/passwd", []),
        ("https:// https://... http://?", []),
        ('https://a.example"onclick="x', ["https://a.example"]),
        ("<a href='https://a.example'>", ["https://a.example"]),
    ],
)
def test_only_web_addresses_are_links(text: str, links: list[str]) -> None:
    pieces = split_links(text)
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, is_link in pieces if is_link] == links


@given(st.text(alphabet="htps:/.,?()[]<>\"' a中я\u200f\n", max_size=60))
def test_no_text_is_lost_between_links(text: str) -> None:
    pieces = split_links(text)
    assert "".join(piece for piece, _ in pieces) == text
    for piece, is_link in pieces:
        if is_link:
            assert piece.lower().startswith(("http://", "https://"))
            assert not set(piece) & set("<>\"' \n")


@given(st.text(max_size=40), st.text(max_size=80))
def test_any_query_is_answered_with_places_inside_the_text(
    query: str, text: str
) -> None:
    for start, end in find_spans(text, word_patterns(query)):
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("text", ["\u200d", "\u3164 \u2800", "\u0301", "\u200e\u200f"])
def test_joiners_and_fillers_are_no_message(text: str) -> None:
    assert not any(is_seen(char) for char in text)
    assert any(is_seen(char) for char in text + "👨‍👩‍👧")
