# ruff: noqa: E501 - the rows of exports are as long as the tools write them
"""Decision tables for what stands in single cells."""

import pytest

from matchmaker.events.formats.cells import text, yes_or_no
from matchmaker.events.formats.choices import ChoiceColumn
from matchmaker.events.formats.contacts import read_contacts
from matchmaker.events.formats.headers import match_header
from matchmaker.events.formats.mails import is_desk, parse_mail
from matchmaker.events.formats.names import is_same_person, tidy_name
from matchmaker.events.formats.phones import parse_phone
from matchmaker.events.formats.signs import is_total, machine, read_role, read_status
from matchmaker.events.formats.times import (
    minutes_attended,
    parse_duration,
    parse_moment,
)
from matchmaker.vocabulary.place_names import find_country

# A row of a table stands on one line.
# fmt: off


MAILS = {
    "Ann@Example.ORG": "ann@example.org",
    " mailto:ann@example.org ": "ann@example.org",
    "Ann Lee <ann@example.org>": "ann@example.org",
    "ann@example.org.": "ann@example.org",
    "ann@example.org;": "ann@example.org",
    "'ann@example.org": "ann@example.org",
    "ann @ example.org": "ann@example.org",
    "ann＠example。org": "ann@example.org",
    "ann@example,org": "ann@example.org",
    "ann@@example.org": "ann@example.org",
    "ann@example..org": "ann@example.org",
    "ann(at)example.org": "ann@example.org",
    "ann [at] example [dot] org": "ann@example.org",
    "аnn@example.org": "ann@example.org",  # the first letter is Cyrillic
    "ann@example.org, bo@example.org": "ann@example.org",
    "почта: ann@example.org": "ann@example.org",
    "o'neil+x@mail.example.co.uk": "o'neil+x@mail.example.co.uk",
    "анна@example.org": None,
    "ann@example": None,
    "ann.example.org": None,
    "not-an-email": None,
    "@example.org": None,
    "a" * 300 + "@example.org": None,
}


@pytest.mark.parametrize("said", MAILS)
def test_an_address_is_repaired_in_one_way_only_or_refused(said: str) -> None:
    assert parse_mail(said.strip())[0] == MAILS[said]


PHONES = [
    ("+7 916 000-00-15", None, "+79160000015"),
    ("8 (916) 000-00-15", "RU", "+79160000015"),
    ("89160000015", None, "+79160000015"),
    ("8 701 000 00 15", "KZ", "+77010000015"),
    ("79160000015.0", "RU", "+79160000015"),
    ("7.9160000015E10", "RU", "+79160000015"),
    ("7.916E+10", "RU", None),  # rounded: the number is lost
    ("13800000015", "CN", "+8613800000015"),
    ("00998900000016", None, "+998900000016"),
    ("998 90 000 00 16", "UZ", "+998900000016"),
    ("90 000 00 16", "UZ", "+998900000016"),
    ("+998 (90) 000-00-16, доб. 12", None, "+998900000016"),
    ("моб. +992 90 000 00 23", "TJ", "+992900000023"),
    ("+49 30 0000012; +49 30 0000013", "DE", "+49300000012"),
    ("030 0000012", "DE", "+49300000012"),
    ("＋8613800000015", None, "+8613800000015"),
    ("555-0100", None, None),
    ("12345", "RU", None),
    ("see mail", "RU", None),
    ("1" * 40, "RU", None),
]


@pytest.mark.parametrize(("said", "country", "expected"), PHONES)
def test_a_phone_is_completed_by_the_country_of_its_row(
    said: str, country: str | None, expected: str | None
) -> None:
    assert parse_phone(said, country) == expected


NAMES = {
    "Ann Lee": "Ann Lee",
    "CHEN Jie": "Chen Jie",
    "LI Na": "Li Na",
    "ivan petrov": "Ivan Petrov",
    "ПЕТРОВ ИВАН": "Петров Иван",
    "Петров П.П.": "Петров П.П.",
    "SADYKOVA, Aigerim": "Aigerim Sadykova",
    "Bekov, Timur (Guest)": "Timur Bekov",
    "Анна (Непроверенный)": "Анна",
    "John Smith, PhD": "John Smith",
    "Martin King, Jr.": "Martin King Jr.",
    "Mr. John Smith": "John Smith",
    "Prof. Dr. Eva Lang": "Eva Lang",
    "Dr Wang Lei": "Wang Lei",
    "г-н Петров Иван": "Петров Иван",
    "д-р Анна Ким": "Анна Ким",
    "张伟先生": "张伟",
    "李娜 女士": "李娜",
    "王教授": "王教授",
    "O'NEIL Kate": "O'Neil Kate",
    "МАМИН-СИБИРЯК Дмитрий": "Мамин-Сибиряк Дмитрий",
    "Ludwig van Beethoven": "Ludwig van Beethoven",
    "TJ Miller": "TJ Miller",
    "Bat-Erdene": "Bat-Erdene",
    "Drew Prost": "Drew Prost",
}


@pytest.mark.parametrize("said", NAMES)
def test_a_name_loses_titles_and_capitals_and_keeps_its_order(said: str) -> None:
    assert tidy_name(said) == NAMES[said]


SAME = [
    ("Aigerim S.", "Aigerim Sadykova", True),
    ("Chen Jie", "Jie CHEN", True),
    ("Дилноза Рахимова", "Dilnoza Rakhimova", True),
    ("李娜", "Li Na", True),
    ("Rosa Delgado", "Jonas Keller", False),
    ("Anna Petrova", "Ivan Petrov", False),
]


def test_two_names_under_one_address_are_compared_across_scripts() -> None:
    for one, other, expected in SAME:
        assert is_same_person(one, other) is expected, (one, other)


DURATIONS = {
    "65": 65,
    "65 min": 65,
    "1:05:30": 65.5,
    "1h 5m 30s": 65.5,
    "1 h 5 min": 65,
    "1 ч 5 мин 30 с": 65.5,
    "1 час 5 минут": 65,
    "65分钟": 65,
    "1小时5分钟30秒": 65.5,
    "1 Std. 5 Min.": 65,
    "1 saat 5 dk": 65,
    "1 soat 5 daqiqa": 65,
    "PT1H5M30S": 65.5,
    "45s": 0.75,
    "95秒": 95 / 60,
    "0,5": 720,
    "2 hours": 120,
    "1시간 5분": 65,
    "--": None,
    "long": None,
    "Apr 23, 2026 14:45": None,
}


@pytest.mark.parametrize("said", DURATIONS)
def test_a_duration_is_read_in_many_forms(said: str) -> None:
    expected = DURATIONS[said]
    seconds = parse_duration(said)
    assert seconds == (None if expected is None else pytest.approx(expected * 60))


def test_moments_of_one_file_are_comparable_whatever_their_form() -> None:
    for first, second in [
        ("Apr 23, 2026 14:45:10", "Apr 23, 2026 15:45:10"),
        ("04/23/2026 02:45:10 PM", "04/23/2026 03:45:10 PM"),
        ("4/23/26, 11:45:10 AM", "4/23/26, 12:45:10 PM"),
        ("23.04.2026 23:30", "24.04.2026 00:30"),
        ("2026-04-23 15:00:00+03:00", "2026-04-23 18:00:00+05:00"),
        ("23 апр. 2026 г. 15:00:00", "23 апр. 2026 г. 16:00:00"),
        ("2026/4/23 上午11:30", "2026/4/23 下午12:30"),
        ("2026-04-23T09:00:00.000Z", "2026-04-23T10:00:00.000Z"),
    ]:
        start, end = parse_moment(first), parse_moment(second)
        assert start is not None
        assert end is not None
        assert end - start == 3600, (first, second)


def test_overlapping_joins_count_once_and_stated_minutes_are_believed() -> None:
    assert minutes_attended([(0, 3600, 3600), (1800, 5400, 3600)]) == 90
    assert minutes_attended([(0, 3600, 1800), (7200, 9000, 1800)]) == 60
    assert minutes_attended([(0, 3600, None), (3600, 5400, None)]) == 90
    assert minutes_attended([(None, None, 90), (None, None, 60)]) == 3
    assert minutes_attended([(None, None, None)]) is None


COUNTRIES = {
    "Russian Federation": "RU",
    "РФ": "RU",
    "Кыргызская Республика": "KG",
    "Белоруссия": "BY",
    "Turkey": "TR",
    "Korea, Republic of": "KR",
    "Taiwan, Province of China": "TW",
    "Czech Republic": "CZ",
    "Burma": "MM",
    "Kasachstan": "KZ",
    "Ўзбекистон": "UZ",
    "Oʻzbekiston": "UZ",
    "哈萨克斯坦": "KZ",
    "中国香港": "HK",
    "KAZ": "KZ",
    "uz": "UZ",
    "+998": "UZ",
    "+7": None,
    "🇰🇿": "KZ",
    "Алматы, Казахстан": "KZ",
    "Tashkent (Uzbekistan)": "UZ",
    "Kazakhstan - Almaty": "KZ",
    "Москва": "RU",
    "San Jose, CA": None,
    "Atlanta, Georgia, USA": "US",
    "Kazahstan": "KZ",
    "Austria": "AT",
    "Australia": "AU",
    "Niger": "NE",
    "Europe": None,
    "Узбекистан / Казахстан": None,
    "Deutschland": "DE",
    "España": "ES",
    "المملكة العربية السعودية": "SA",
    "x" * 500: None,
}


@pytest.mark.parametrize("said", COUNTRIES)
def test_a_country_is_known_by_its_old_short_and_foreign_names(said: str) -> None:
    assert find_country(said) == COUNTRIES[said]


def test_words_for_nothing_are_nothing() -> None:
    for said in [
        "--",
        "n/a",
        "N/A",
        "нет",
        "无",
        "(空)",
        "（跳过）",
        "не указано",
        "#N/A",
        "None",
        " ",
        "\u200b",
    ]:
        assert text(said) == "", said
    assert text("'+7 900") == "+7 900"
    assert text('="007"') == "007"
    assert text("a\u00a0\u200b  b") == "a b"


def test_yes_and_no_are_said_in_many_ways() -> None:
    for said in ["Yes", "да", "是", "Ja", "x", "I agree to everything", "Согласен(на)", "同意"]:
        assert yes_or_no(said) is True, said
    for said in ["No", "нет", "否", "Nein", "0", "Не согласен", "不同意"]:
        assert yes_or_no(said) is False, said
    assert yes_or_no("perhaps") is None


def test_desks_machines_and_sums_are_told_from_people() -> None:
    for mail in ["info@example.org", "sales2@example.org", "no-reply@example.org"]:
        assert is_desk(mail), mail
    assert not is_desk("ann@example.org")
    for name in ["iPhone", "iPhone 13 Pro", "Samsung SM-A515F", "Galaxy S21 Ultra", "DESKTOP-1A2B3C", "Zoom Room 3", "Conference Room A", "переговорная 2", "会议室", "Redmi Note 9", "Call-In User_1", "+1 650***1234", "用户12345", "vivo 1906", "HUAWEI P30 lite"]:
        assert machine(name) == "device", name
    for name in ["Otter.ai", "Fireflies.ai Notetaker", "read.ai meeting notes", "Anna's Notetaker", "会议助手"]:
        assert machine(name) == "bot", name
    for name in ["Ann Lee", "Honor Harris", "Pixel Jones", "Ольга Телефонова", "Roman Roomov", "王伟", "Viv O'Brien", "Test Pilotov", "Mi Li", "Abbott Boteva"]:
        assert machine(name) == "", name
    for said in ["Итого: 3 человека", "Total", "Total: 5", "合计", "共 3 人", "Всего участников: 5"]:
        assert is_total(said), said
    for said in ["Total Energies", "Suma Patel", "Итогов Иван"]:
        assert not is_total(said), said


STATUSES = {"approved": ("", "", None), "cancelled by self": ("cancelled", "", None), "denied": ("denied", "", None), "pending_approval": ("", "pending", None), "Not Attending": ("declined", "", None), "Attending": ("", "", None), "Checked In": ("", "", True), "No-show": ("", "", False), "отменено": ("cancelled", "", None), "не подтверждён": ("", "pending", None), "已取消": ("cancelled", "", None), "待审核": ("", "pending", None), "已签到": ("", "", True), "bezahlt": ("", "", None), "waitlist": ("", "waitlist", None)}


@pytest.mark.parametrize("said", STATUSES)
def test_a_status_refuses_leaves_open_or_tells_who_came(said: str) -> None:
    assert read_status(said) == STATUSES[said]


def test_roles_are_read_in_three_languages() -> None:
    for said, role in [
        ("Organizer", "organizer"),
        ("Выступающий", "presenter"),
        ("主持人", "host"),
        ("联席主持人", "cohost"),
        ("Co-host", "cohost"),
        ("спикер", "speaker"),
        ("普通参会者", ""),
        ("Attendee", ""),
        ("Участник", ""),
        ("волонтёр", "staff"),
    ]:
        assert read_role(said) == role, said


CONTACTS = [
    (
        "тел. 8-916-000-00-22, petrov@example.org",
        "RU",
        ("petrov@example.org", "+79160000022", {}),
    ),
    (
        "dana@example.org; Telegram @dana_kz",
        "KZ",
        ("dana@example.org", None, {"telegram": "dana_kz"}),
    ),
    (
        "WhatsApp: +992 90 000 00 23",
        "TJ",
        (None, "+992900000023", {"whatsapp": "+992900000023"}),
    ),
    ("WeChat: chenjie_hz", "CN", (None, None, {"wechat": "chenjie_hz"})),
    (
        "微信：sunli_88，13900000092",
        "CN",
        (None, "+8613900000092", {"wechat": "sunli_88"}),
    ),
    (
        "WhatsApp/Telegram: +998 90 000 00 05",
        "UZ",
        (
            None,
            "+998900000005",
            {"whatsapp": "+998900000005", "telegram": "+998900000005"},
        ),
    ),
    ("https://t.me/anna_k", "RU", (None, None, {"telegram": "anna_k"})),
    (
        "моб.: +7 (916) 000-00-22\nраб.: +7 495 000-00-22",
        "RU",
        (None, "+79160000022", {}),
    ),
    ("ask my secretary", "RU", (None, None, {})),
]


@pytest.mark.parametrize(("said", "country", "expected"), CONTACTS)
def test_a_cell_of_several_contacts_is_taken_apart(
    said: str, country: str, expected: tuple[str | None, str | None, dict[str, str]]
) -> None:
    found = read_contacts(said, country)
    assert (found.email, found.phone, found.messengers) == expected


def test_choices_that_contain_the_separator_stay_whole() -> None:
    column = ChoiceColumn(
        ["Textiles, apparel & leather, E-commerce", "E-commerce", "Food"]
    )
    assert column.split("Textiles, apparel & leather, E-commerce") == ("Textiles, apparel & leather", "E-commerce")
    assert column.split("Agriculture, forestry & fisheries, Food") == ("Agriculture, forestry & fisheries", "Food")
    assert column.split("логистика, торговля") == ("логистика", "торговля")
    assert column.split("物流、电商") == ("物流", "电商")
    assert column.split("A.电子商务┋B.物流") == ("电子商务", "物流")
    assert column.split("Logistics;") == ("Logistics",)
    assert column.split("Логистика, Прочее: туризм") == ("Логистика", "Прочее: туризм")


HEADERS = {
    "E-mail *": "email",
    "3. Ваша электронная почта:": "email",
    "What is your company name?": "company",
    "What kind of partners is your company looking for?": "seeks",
    "Which products does your company offer?": "offers",
    "What sector are you in?": "sector",
    "Какие вопросы вы хотели бы задать спикерам?": "question",
    "5、您的行业【多选题】": "sector",
    "Даю согласие на обработку моих персональных данных (e-mail, телефон)": "consent",
    "В какой стране зарегистрирована ваша компания?": "country",
    "Ссылка для входа": "never",
    "IP Address": "never",
    "Contact owner": "other_person",
    "Emergency contact phone": "other_person",
    "How did you hear about our company?": "other_person",
    "Ваш сайт (если есть)": "website",
    "Мобильный телефон (WhatsApp)": "phone",
    "Favourite colour": "",
}


@pytest.mark.parametrize("said", HEADERS)
def test_a_header_is_understood_also_as_a_question(said: str) -> None:
    assert match_header(said)[0] == HEADERS[said]
