# ruff: noqa: E501 - the rows of exports are as long as the tools write them
import pytest

from tests.events.formats.made import (
    assert_people,
    make_csv,
    make_xlsx,
    people_of,
    reading_of,
    reasons_of,
)

# A row of a table stands on one line.
# fmt: off



def test_two_header_rows_numbering_and_parts_headed_by_a_country() -> None:
    rows = [
        ["Список участников бизнес-миссии"],
        [],
        ["№ п/п", "Участник", "", "Контакты", "", "Отрасль"],
        ["", "ФИО", "Организация", "Телефон", "E-mail", ""],
        [1, 2, 3, 4, 5, 6],
        ["Казахстан"],
        [1, "ИВАНОВ Пётр Ильич", "ТОО «Дала»", 87010000111.0, "ivanov@example.org", "Зерно"],
        [2, "Садыкова А.Б.", "ИП Садыкова", "8 (727) 000-01-12, вн. 15", "", ""],
        ["Узбекистан"],
        [3, "Рахимов Олим", "OOO Ipak", "90 000 01 13", "rahimov@example.org", "Текстиль"],
        ["Всего участников: 3"],
        [],
        ["Составил: отдел внешних связей"],
    ]
    reading = reading_of(
        make_xlsx({"Лист1": rows}, merged=["B3:C3", "D3:E3"]), "список.xlsx"
    )
    assert reading.format == "generic_table"
    assert_people(
        reading,
        {"full_name": "Иванов Пётр Ильич", "country": "KZ", "phone": "+77010000111", "company": "ТОО «Дала»", "sectors_raw": ["Зерно"]},
        {"full_name": "Садыкова А.Б.", "country": "KZ", "phone": "+77270000112", "email": None},
        {"full_name": "Рахимов Олим", "country": "UZ", "phone": "+998900000113"},
    )
    assert [(each.row, each.reason) for each in reading.skipped] == [
        (11, "total_row"),
        (13, "remark"),
    ]


def test_a_company_merged_over_its_three_people_belongs_to_all_of_them() -> None:
    rows = [
        ["Company", "Name", "Position", "E-mail"],
        ["Lee & Sons", "Ann Lee", "CEO", "ann@example.org"],
        ["", "Bo Lee", "CFO", "bo@example.org"],
        ["", "Cy Lee", "", "cy@example.org"],
        ["Other", "Di Roy", "", "di@example.org"],
    ]
    reading = reading_of(make_xlsx({"A": rows}, merged=["A2:A4"]), "list.xlsx")
    assert [p["company"] for p in people_of(reading)] == ["Lee & Sons"] * 3 + ["Other"]


def test_a_chinese_list_with_a_contact_column_and_a_total() -> None:
    rows = [
        ["2026年跨境电商论坛参会名单"],
        ["序号", "姓名", "单位", "职务", "国家", "联系方式", "备注"],
        ["1", "王教授", "清华大学", "教授", "中国", "13800000121 / wang@example.org", ""],
        ["2", "李娜女士", "义乌贸易有限公司", "经理", "中国", "微信 lina_yw", ""],
        ["3", "Aziz Karimov", "Ipak", "", "乌兹别克斯坦", "+998 90 000 01 22", ""],
        ["合计：3人"],
    ]
    reading = reading_of(make_xlsx({"名单": rows}), "名单.xlsx")
    assert_people(
        reading,
        {"full_name": "王教授", "phone": "+8613800000121", "email": "wang@example.org", "title": "教授"},
        {"full_name": "李娜", "wechat": "lina_yw", "company": "义乌贸易有限公司"},
        {"full_name": "Aziz Karimov", "country": "UZ", "phone": "+998900000122"},
    )
    assert reasons_of(reading) == ["total_row"]


def test_a_list_without_a_header_is_read_by_its_values() -> None:
    content = make_csv(
        [
            ["Ann Lee", "Lee Ltd", "ann@example.org", "+1 415 555 0131", "USA"],
            ["Bo Stone", "Stone Inc", "bo@example.org", "+1 415 555 0132", "Canada"],
            ["Cy Roy", "Roy LLC", "cy@example.org", "", "Kazakhstan"],
        ]
    )
    reading = reading_of(content)
    assert "no_header" in reading.warnings
    assert_people(
        reading,
        {"full_name": "Ann Lee", "company": "Lee Ltd", "email": "ann@example.org", "phone": "+14155550131", "country": "US"},
        {"full_name": "Bo Stone", "country": "CA"},
        {"full_name": "Cy Roy", "country": "KZ", "phone": None},
    )


def test_a_plain_list_of_addresses_is_enough() -> None:
    reading = reading_of(
        "Ann Lee <ann@example.org>\nbo@example.org\n\n<cy@example.org>\n", "mails.txt"
    )
    assert [p["email"] for p in people_of(reading)] == ["ann@example.org", "bo@example.org", "cy@example.org"]
    assert people_of(reading)[0]["full_name"] == "Ann Lee"


def test_two_namesakes_without_addresses_stay_two_people() -> None:
    content = make_csv(
        [
            ["Name", "Company", "Phone", "Country"],
            ["Ivan Petrov", "A", "+79160000141", "Russia"],
            ["Ivan Petrov", "B", "+79160000142", "Russia"],
            ["Ivan Petrov", "A", "+79160000141", "Russia"],
        ]
    )
    assert [p["phone"] for p in people_of(reading_of(content))] == ["+79160000141", "+79160000142"]


def test_sheets_with_the_same_header_are_read_together_and_others_left() -> None:
    header = ["Name", "E-mail", "Country"]
    sheets = {
        "Notes": [["Please fill in"]],
        "Russia": [header, ["Anna Li", "anna@example.org", "Russia"]],
        "China": [header, ["Bo Li", "bo@example.org", "China"]],
        "Prices": [["Item", "Price"], ["Hall", 100]],
        "Secret": [header, ["Hid Den", "hidden@example.org", ""]],
    }
    reading = reading_of(make_xlsx(sheets, hidden=["Secret"]), "list.xlsx")
    assert [p["full_name"] for p in people_of(reading)] == ["Anna Li", "Bo Li"]
    assert [person.sheet for person in reading.people] == ["Russia", "China"]
    assert {"hidden_sheets", "other_sheets"} <= set(reading.warnings)


def test_a_repeated_header_on_every_printed_page_is_no_person() -> None:
    header = ["Name", "Company", "E-mail"]
    rows = [
        header,
        ["Ann Lee", "A", "ann@example.org"],
        header,
        ["Bo Li", "B", "bo@example.org"],
    ]
    reading = reading_of(make_csv(rows))
    assert [p["full_name"] for p in people_of(reading)] == ["Ann Lee", "Bo Li"]
    assert reasons_of(reading) == []


def test_blank_columns_and_rows_around_a_table_do_not_matter() -> None:
    rows = [
        ["", "", "", "", ""],
        ["", "", "List of guests", "", ""],
        ["", "", "", "", ""],
        ["", "Full name", "", "Mail", "Country"],
        ["", "", "", "", ""],
        ["", "Ann Lee", "", "ann@example.org", "Türkiye"],
    ]
    reading = reading_of(make_xlsx({"A": rows}), "list.xlsx")
    assert_people(reading, {"full_name": "Ann Lee", "country": "TR"})
    assert reading.header_row == 4


def test_what_must_not_be_kept_is_neither_read_nor_shown() -> None:
    secrets = {"Password": "hunter2", "IP address": "203.0.113.9", "Join link": "https://meet.example.org/abc", "Ticket number": "T-0001", "Card number": "4111111111111111", "Паспорт": "AA1234567", "ИНН": "770000000000", "Contact owner": "boss@example.org"}
    content = make_csv(
        [
            ["Name", "E-mail", *secrets],
            ["Ann Lee", "ann@example.org", *secrets.values()],
        ]
    )
    shown = str(reading_of(content))
    assert [value for value in secrets.values() if value in shown] == []


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        (["Nachname", "Vorname", "E-Mail"], ["Groß", "Eva", "e@example.org"], "Eva Groß"),
        (["Name", "Vorname", "E-Mail"], ["Groß", "Eva", "e@example.org"], "Eva Groß"),
        (["Nom", "Prénom", "Courriel"], ["DUPONT", "Émile", "e@example.org"], "Émile Dupont"),
        (["Фамилия", "Имя", "Почта"], ["Ким", "Ольга", "e@example.org"], "Ким Ольга"),
        (["Имя", "Фамилия", "Почта"], ["Ольга", "Ким", "e@example.org"], "Ольга Ким"),
        (["Имя", "Почта"], ["Ольга Ким", "e@example.org"], "Ольга Ким"),
        (["姓", "名", "邮箱"], ["王", "伟", "e@example.org"], "王伟"),
        (["Soyadı", "Adı", "E-posta"], ["YILMAZ", "Ayşe", "e@example.org"], "Ayşe Yılmaz"),
        (["Прізвище", "Ім'я", "Електронна пошта"], ["Коваль", "Олена", "e@example.org"], "Коваль Олена"),
        (["Familiya", "Ism", "Elektron pochta"], ["Karimov", "Aziz", "e@example.org"], "Aziz Karimov"),
        (["Аты-жөні", "Ұйым", "Электрондық пошта"], ["Асхат Ұлан", "A", "e@example.org"], "Асхат Ұлан"),
        (["Họ và tên", "Công ty", "Email"], ["Nguyễn Văn An", "A", "e@example.org"], "Nguyễn Văn An"),
        (["氏名", "会社名", "メールアドレス"], ["山田 太郎", "A", "e@example.org"], "山田 太郎"),
        (["الاسم", "الشركة", "البريد الإلكتروني"], ["أحمد علي", "A", "e@example.org"], "أحمد علي"),
        (["姓名 Name", "公司 Company", "邮箱 E-mail"], ["李娜", "A", "e@example.org"], "李娜"),
        (["Имя / Name", "Страна / Country", "E-mail"], ["Анна Ли", "RU", "e@example.org"], "Анна Ли"),
    ],
)
def test_names_come_together_in_the_order_of_their_language(
    header: list[str], cells: list[str], expected: str
) -> None:
    found = people_of(reading_of(make_csv([header, cells])))
    assert [(p["full_name"], p["email"]) for p in found] == [
        (expected, "e@example.org")
    ]


def test_small_things_that_lists_are_full_of() -> None:
    content = make_csv(
        [
            ["Name", "E-Mail", "Firma", "Land", "Telefon", "Teilnahme"],
            ["Frau Eva Lang", "eva@example.org", "Lang AG", "D", "0171/0000001", "zugesagt"],
            ["Max Alt", "max@example.org", "Alt AG", "", "", "abgesagt"],
            ["", "Bo Li <bo@example.org>", "", "NO", "", ""],
            ["李四（女）", "li@example.org; li2@example.org", "", "中国", "", ""],
        ]
    )
    reading = reading_of(content)
    assert_people(
        reading,
        {"full_name": "Eva Lang", "country": "DE", "phone": "+491710000001"},
        {"full_name": "Bo Li", "email": "bo@example.org", "country": "NO"},
        {"full_name": "李四", "email": "li@example.org"},
    )
    assert reasons_of(reading) == ["declined"]
