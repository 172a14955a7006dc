"""Kinds of mistakes that unseen exports showed; each keeps its smallest example."""

import base64
import time

import pytest

from matchmaker.events.formats import FormatError, Limits, read
from matchmaker.events.formats.names import is_honorific, tidy_name
from matchmaker.events.formats.screen_names import name_and_job, name_and_original
from matchmaker.events.formats.times import minutes_attended
from tests.events.formats.made import (
    assert_people,
    make_csv,
    make_xlsx,
    people_of,
    reading_of,
    reasons_of,
)

PATIENCE = 10.0  # seconds; the quadratic reader took forty


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("H.E. Mr. John Doe", "John Doe"),
        ("Hr. Jensen Ole", "Jensen Ole"),
        ("Мистер Джон", "Джон"),
        ("1. Ivanov Ivan", "Ivanov Ivan"),
        ("Ivanov Ivan.", "Ivanov Ivan"),
        ("Иванов И. И.", "Иванов И. И."),
        ("Anna_Lee", "Anna Lee"),
        ("VAN DER BERG Anna", "van der Berg Anna"),
        ("Anna VAN DER BERG", "Anna van der Berg"),
        ("NGUYEN VAN AN", "Nguyen Van An"),
        ("SODIQOV O'TKIR", "Sodiqov O'tkir"),
        ("G'AYRAT ALIYEV", "G'ayrat Aliyev"),
        ("O‘TKIR KARIMOV", "O‘tkir Karimov"),
        ("O'BRIEN PAT", "O'Brien Pat"),
        ("ESCAP Webinar Team", "ESCAP Webinar Team"),
        ("ИП Иванов Иван", "ИП Иванов Иван"),
    ],
)
def test_a_name_keeps_its_own_letters_and_loses_what_is_not_its(
    written: str, name: str
) -> None:
    assert tidy_name(written) == name


@pytest.mark.parametrize(
    ("written", "name", "job"),
    [
        ("Ann Lee (director)", "Ann Lee", "director"),
        ("John Smith, CEO", "John Smith", "CEO"),
        ("Иван Петров, директор", "Иван Петров", "директор"),
        ("李明（总经理）", "李明", "总经理"),
        ("Smith, John", "Smith, John", ""),
        ("Gómez, Vicente", "Gómez, Vicente", ""),
        ("Smith, Cooper", "Smith, Cooper", ""),
        ("Sanjar (Tashkent Tech)", "Sanjar (Tashkent Tech)", ""),
    ],
)
def test_a_job_behind_a_name_is_no_given_name(
    written: str, name: str, job: str
) -> None:
    assert name_and_job(written) == (name, job)


def test_a_column_called_title_that_only_addresses_people_is_not_their_job() -> None:
    rows = [
        ["Title", "First name", "Last name", "Position", "E-mail"],
        ["Mr.", "Bo", "Li", "Dean", "bo@example.org"],
        ["Dr", "Ann", "Lee", "Owner", "ann@example.org"],
    ]
    assert [p["title"] for p in people_of(reading_of(make_csv(rows)))] == [
        "Dean",
        "Owner",
    ]
    assert not is_honorific("Manager")


def test_a_note_taker_that_bears_a_persons_name_is_still_a_machine() -> None:
    assert name_and_original("Fred (Fireflies.ai Notetaker)")[0] != "Fred"
    assert name_and_original("Olga (Ольга Ким)") == ("Ольга Ким", "Olga")


def test_a_log_of_joins_and_leaves_on_lines_of_their_own_is_paired() -> None:
    came_and_went = [(0.0, None, None), (None, 600.0, None), (900.0, None, None)]
    assert minutes_attended(came_and_went) == 10
    assert minutes_attended([(0.0, None, None)]) is None


def test_a_local_number_beside_an_unknown_country_is_not_completed_by_the_lists() -> (
    None
):
    rows = [
        ["姓名", "国家", "手机", "邮箱"],
        ["Kim", "Utopia", "010-1234-5678", "kim@example.org"],
    ]
    person = people_of(reading_of(make_csv(rows)))[0]
    assert person["phone"] is None
    assert person["country_raw"] == "Utopia"


def test_of_two_numbers_the_mobile_one_is_taken() -> None:
    rows = [
        ["Name", "Business phone", "Mobile phone", "Country"],
        ["Ann Lee", "020 7946 0958", "07400 123456", "UK"],
    ]
    assert people_of(reading_of(make_csv(rows)))[0]["phone"] == "+447400123456"


@pytest.mark.parametrize("mark", ["同上", "то же", '"', "-//-", "ditto"])
def test_a_mark_for_the_same_as_above_repeats_what_stands_above(mark: str) -> None:
    rows = [
        ["Name", "Company", "Country"],
        ["Ann Lee", "Lee Ltd", "Italy"],
        ["Bo Lee", mark, mark],
    ]
    assert_people(
        reading_of(make_csv(rows)),
        {"full_name": "Ann Lee"},
        {"full_name": "Bo Lee", "company": "Lee Ltd", "country": "IT"},
    )


def test_sheets_called_by_a_country_say_where_their_people_are() -> None:
    header = ["ФИО", "Телефон"]
    sheets = {
        "Казахстан": [header, ["Нурлан Ахметов", "8 701 111 22 33"]],
        "Узбекистан": [header, ["Дилшод Каримов", "90 123 45 67"]],
    }
    assert_people(
        reading_of(make_xlsx(sheets), "list.xlsx"),
        {"country": "KZ", "phone": "+77011112233"},
        {"country": "UZ", "phone": "+998901234567"},
    )


def test_lines_in_two_encodings_are_each_read_in_their_own_with_a_warning() -> None:
    data = "ФИО,Email\nПётр Лев,p@example.org\n".encode()
    data += "Иван Кот,i@example.org\n".encode("cp1251")
    reading = reading_of(data)
    assert_people(reading, {"full_name": "Пётр Лев"}, {"full_name": "Иван Кот"})
    assert "encoding_uncertain" in reading.warnings


@pytest.mark.parametrize("name", ["Анна Ли", "Иван Кот", "Олег"])
@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "iso-8859-5", "cp866"])
def test_one_short_russian_name_is_enough_to_know_the_encoding(
    name: str, encoding: str
) -> None:
    reading = reading_of(f"Name,Email\n{name},i@example.org\n", encoding=encoding)
    assert people_of(reading)[0]["full_name"] == name


def _card(*lines: str) -> bytes:
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", "")).encode()


@pytest.mark.parametrize(
    "line", ["X-ABShowAs:COMPANY", "KIND:group", "KIND:org", "kind:location"]
)
def test_a_card_of_a_firm_or_a_group_is_no_person(line: str) -> None:
    data = _card("FN:Holz", "ORG:Holz", "EMAIL:info@example.org", line)
    assert reasons_of(reading_of(data, "c.vcf")) == ["organization"]


def test_a_damaged_quoted_letter_spoils_itself_and_not_the_whole_name() -> None:
    name = "".join(f"={byte:02X}" for byte in "Анна Ли".encode())
    data = _card(
        f"FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{name.replace('=D0', '=50', 1)}",
        "EMAIL:a@example.org",
    )
    assert str(people_of(reading_of(data, "c.vcf"))[0]["full_name"]).endswith("нна Ли")


def test_a_chinese_card_of_an_old_telephone_is_read_in_its_own_letters() -> None:
    quoted = {
        said: "".join(f"={byte:02X}" for byte in said.encode("gb2312"))
        for said in ("黄磊", "苏州丝绸厂", "中国")
    }
    how = "CHARSET=GB2312;ENCODING=QUOTED-PRINTABLE"
    data = _card(
        f"FN;{how}:{quoted['黄磊']}",
        f"ORG;{how}:{quoted['苏州丝绸厂']}",
        f"ADR;WORK;{how}:;;;;;;{quoted['中国']}",
        "TEL;CELL:13812345678",
        f"PHOTO;ENCODING=BASE64;JPEG:{base64.b64encode(bytes(60)).decode()}",
    )
    wanted = {"company": "苏州丝绸厂", "country": "CN", "phone": "+8613812345678"}
    assert_people(reading_of(data, "c.vcf"), {"full_name": "黄磊", **wanted})


def test_a_line_folded_a_million_times_is_read_in_time() -> None:
    data = _card("FN:Ann Lee", "NOTE:" + "x\r\n " * 1_000_000)
    started = time.monotonic()
    assert_people(reading_of(data, "c.vcf"), {"full_name": "Ann Lee"})
    assert time.monotonic() - started < PATIENCE


def test_a_quote_never_closed_does_not_hide_that_there_are_too_many_rows() -> None:
    data = b'Name,Email\n"' + b"x,y\n" * 100_000
    with pytest.raises(FormatError) as caught:
        read(data, "x.csv", limits=Limits(rows=500))
    assert caught.value.code == "too_many_rows"
