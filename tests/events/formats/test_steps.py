"""The steps a wizard goes through, each of which a person may correct."""

from pathlib import Path

import pytest

from matchmaker.events.formats import (
    Choices,
    FormatError,
    apply_mapping,
    find_table,
    guess_mapping,
    open_tables,
    read,
    read_people,
    with_field,
)
from tests.events.formats.made import make_csv, make_xlsx, people_of

LIST = make_csv(
    [
        ["Guests of honour"],
        ["Who", "Wherefrom", "E-mail", "IP address"],
        ["Ann Lee", "Lee Ltd", "ann@example.org", "203.0.113.1"],
        ["Bo Li", "Li Inc", "bo@example.org", "203.0.113.2"],
    ]
).encode()


def test_the_steps_one_by_one_give_what_reading_at_once_gives() -> None:
    opened = open_tables(LIST, "x.csv")
    assert (opened.kind, opened.encoding, opened.delimiter) == (
        "delimited",
        "utf-8",
        ",",
    )
    table, _ = find_table(opened, "x.csv")
    assert (table.sections[0].header_row, table.preamble) == (2, ("Guests of honour",))
    columns = guess_mapping(table)
    people, skipped, _ = read_people(table, columns)
    at_once = read(LIST, "x.csv")
    assert (people, skipped) == (at_once.people, at_once.skipped)


def test_a_column_shows_three_values_and_how_sure_its_guess_is() -> None:
    columns = read(LIST, "x.csv").columns
    told = [(c.header, c.field, c.samples) for c in columns]
    assert told[2] == ("E-mail", "email", ("ann@example.org", "bo@example.org"))
    assert told[3] == ("IP address", "never", ())
    assert columns[2].certainty > columns[0].certainty


def test_a_person_says_what_a_column_is() -> None:
    reading = read(LIST, "x.csv")
    chosen = with_field(with_field(reading.columns, 0, "name"), 1, "company")
    again = read(LIST, "x.csv", mapping=chosen)
    assert [(p["full_name"], p["company"]) for p in people_of(again)] == [
        ("Ann Lee", "Lee Ltd"),
        ("Bo Li", "Li Inc"),
    ]
    assert again.shape_key == reading.shape_key


def test_nobody_can_map_a_column_that_must_not_be_kept() -> None:
    reading = read(LIST, "x.csv")
    again = read(LIST, "x.csv", mapping=with_field(reading.columns, 3, "company"))
    assert "203.0.113" not in str(again.people)


def test_files_of_one_shape_share_a_key_and_others_do_not() -> None:
    longer = LIST + b"Cy Roy,Roy LLC,cy@example.org,203.0.113.3\r\n"
    other = LIST.replace(b"Wherefrom", b"Firm")
    keys = [read(data, "x.csv").shape_key for data in (LIST, longer, other)]
    assert keys[0] == keys[1] != keys[2]


def test_a_mapping_reaches_the_other_sections_by_the_words_of_their_headers() -> None:
    content = (
        b"Part one\nGuest of ours,E-mail,Firm,City\nAnn Lee,ann@example.org,A,Rome\n\n"
        b"Part two\nE-mail,Guest of ours,Firm\nbo@example.org,Bo Li,B\n"
    )
    table, _ = find_table(open_tables(content, "x.csv"), "x.csv")
    widest = max(guess_mapping(table), key=len)
    chosen = with_field(widest, 0, "name")
    people, _, _ = read_people(table, apply_mapping(table, chosen))
    assert [person.full_name for person in people] == ["Ann Lee", "Bo Li"]


def test_a_person_points_at_the_header_the_sheet_and_the_format() -> None:
    rows = [
        ["Name", "E-mail"],
        ["old", "list"],
        ["E-mail", "Name"],
        ["ann@example.org", "Ann Lee"],
    ]
    data = make_xlsx(
        {"A": rows, "B": [["Name", "E-mail"], ["Bo Li", "bo@example.org"]]}
    )
    choices = Choices(sheet="A", header_row=3, format="luma")
    reading = read(data, "x.xlsx", choices=choices)
    assert (reading.format, reading.sheet, reading.header_row) == ("luma", "A", 3)
    assert [p["full_name"] for p in people_of(reading)] == ["Ann Lee"]
    assert [
        p["full_name"]
        for p in people_of(read(data, "x.xlsx", choices=Choices(sheet="B")))
    ] == ["Bo Li"]


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        (Choices(sheet="C"), "no_such_sheet"),
        (Choices(header_row=99), "no_such_row"),
        (Choices(format="carrier pigeon"), "no_such_format"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(choices: Choices, code: str) -> None:
    data = make_xlsx({"A": [["Name", "E-mail"], ["Ann Lee", "ann@example.org"]]})
    with pytest.raises(FormatError, match=code):
        read(data, "x.xlsx", choices=choices)


def test_an_old_workbook_is_read_in_a_process_of_its_own() -> None:
    data = (Path(__file__).parent / "samples" / "list.xls").read_bytes()
    reading = read(data, "list.xls")
    assert [(p["full_name"], p["phone"]) for p in people_of(reading)] == [
        ("Петров П.П.", "+79160000151"),
        ("Ким Ольга", None),
    ]
    assert reading.header_row == 2
    for at in range(600, len(data), 97):
        hurt = data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :]
        try:
            read(hurt, "list.xls")
        except FormatError as error:
            assert error.code in {"damaged_workbook", "empty", "no_table", "encrypted"}  # noqa: PT017
