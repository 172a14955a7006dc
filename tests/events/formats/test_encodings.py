import pytest

from matchmaker.events.formats import Choices, FormatError, read
from tests.events.formats.made import make_csv, people_of, reading_of

RU = make_csv(
    [
        ["Фамилия", "Имя", "Организация", "Почта"],
        ["Щукина", "Юлия", "ООО Ёлка", "y@example.org"],
    ],
    delimiter=";",
)
ZH = make_csv(
    [["姓名", "公司名称", "邮箱"], ["张伟", "上海贸易有限公司", "w@example.org"]]
)
TW = make_csv(
    [["姓名", "公司名稱", "電子郵件"], ["陳美玲", "臺北貿易", "m@example.org"]]
)
FR = make_csv(
    [
        ["Prénom", "Nom", "Société", "Courriel"],
        ["Zoë", "Lefèvre", "Café Été", "z@example.org"],
    ],
    delimiter=";",
)
TR = make_csv(
    [
        ["Adı", "Soyadı", "Şirket", "E-posta"],
        ["Ayşe", "Yıldız", "Güneş İnşaat", "a@example.org"],
    ],
    delimiter=";",
)
PL = make_csv(
    [["Imię i nazwisko", "Firma", "E-mail"], ["Łucja Wójcik", "Żółw", "l@example.org"]],
    delimiter=";",
)
JA = make_csv(
    [["氏名", "会社名", "メールアドレス"], ["山田 太郎", "東京商事", "t@example.org"]]
)
KO = make_csv([["이름", "회사명", "이메일"], ["김민수", "서울무역", "k@example.org"]])
AR = make_csv(
    [
        ["الاسم", "الشركة", "البريد الإلكتروني"],
        ["أحمد علي", "شركة النور", "n@example.org"],
    ]
)
EL = make_csv(
    [
        ["Ονοματεπώνυμο", "Εταιρεία", "E-mail"],
        ["Νίκος Παππάς", "Ήλιος", "n@example.org"],
    ]
)
UK = make_csv(
    [
        ["Прізвище", "Ім'я", "Компанія", "Пошта"],
        ["Єгоров", "Їжак", "ТОВ Ґанок", "e@example.org"],
    ]
)
TH = make_csv(
    [["ชื่อ-นามสกุล", "บริษัท", "อีเมล"], ["สมชาย ใจดี", "ไทยการค้า", "s@example.org"]]
)

ENCODINGS = [
    (RU, "utf-8", "utf-8"),
    (RU, "utf-8-sig", "utf-8-sig"),
    (RU, "utf-16", "utf-16"),
    (RU, "utf-16-le", "utf-16-le"),
    (RU, "utf-16-be", "utf-16-be"),
    (RU, "utf-32", "utf-32"),
    (RU, "cp1251", "cp1251"),
    (RU, "koi8-r", "koi8-r"),
    (RU, "cp866", "cp866"),
    (RU, "iso-8859-5", "iso-8859-5"),
    (RU, "mac-cyrillic", "mac-cyrillic"),
    (UK, "cp1251", "cp1251"),
    (ZH, "gb18030", "gb18030"),
    (ZH, "gb2312", "gb18030"),
    (RU, "gb18030", "gb18030"),
    (ZH, "utf-16-le", "utf-16-le"),
    (TW, "big5", "big5"),
    (FR, "cp1252", "cp1252"),
    (FR, "iso-8859-1", "cp1252"),
    (FR, "mac-roman", "mac-roman"),
    (TR, "cp1254", "cp1254"),
    (PL, "cp1250", "cp1250"),
    (JA, "shift_jis", "shift_jis"),
    (JA, "euc-jp", "euc-jp"),
    (KO, "euc-kr", "euc-kr"),
    (AR, "cp1256", "cp1256"),
    (EL, "cp1253", "cp1253"),
    (TH, "cp874", "cp874"),
]


@pytest.mark.parametrize(("content", "written", "told"), ENCODINGS)
def test_a_short_file_is_read_in_the_encoding_it_was_written_in(
    content: str, written: str, told: str
) -> None:
    reading = reading_of(content, "x.csv", encoding=written)
    right = people_of(reading_of(content))
    assert (reading.encoding, people_of(reading)) == (told, right)


def test_an_encoding_that_was_chosen_beats_the_guess() -> None:
    data = (RU + "Ли;Анна;Мир;a@example.org\r\n" * 3).encode("cp1251")
    chosen = read(data, "x.csv", choices=Choices(encoding="koi8-r"))
    assert chosen.encoding == "koi8-r"
    assert people_of(chosen) != people_of(read(data, "x.csv"))


@pytest.mark.parametrize("encoding", ["utf-8", "no-such-thing", "rot13", "idna"])
def test_an_encoding_that_cannot_be_is_refused(encoding: str) -> None:
    with pytest.raises(FormatError, match="wrong_encoding"):
        read(RU.encode("cp1251"), "x.csv", choices=Choices(encoding=encoding))


def test_a_few_broken_bytes_lose_a_letter_and_are_told() -> None:
    data = (RU + "Лосева;Инна;ООО «Мир»;i@example.org\r\n").encode()
    hurt = data.replace("Щ".encode(), b"\xd0", 1)
    reading = read(hurt, "x.csv")
    assert reading.encoding == "utf-8"
    assert "characters_lost" in reading.warnings
    assert people_of(reading)[1]["full_name"] == "Лосева Инна"


def test_the_same_list_reads_the_same_under_every_delimiter() -> None:
    rows = [
        ["Name", "Company", "E-mail"],
        ["Ann, the boss; Lee", "A|B, C", "ann@example.org"],
    ]
    right = people_of(reading_of(make_csv(rows)))
    for delimiter in ";\t|":
        reading = reading_of(make_csv(rows, delimiter=delimiter), "x.txt")
        assert (reading.delimiter, people_of(reading)) == (delimiter, right)


def test_the_line_that_excel_reads_the_delimiter_from_is_no_row() -> None:
    reading = reading_of(
        "sep=;\r\nName;E-mail\r\nAnn Lee;ann@example.org\r\nBo Li;none\r\n"
    )
    assert (reading.header_row, reading.first_row) == (1, 2)
    assert [p["email"] for p in people_of(reading)] == ["ann@example.org", None]


def test_lines_that_excel_put_in_quotes_as_a_whole_are_opened() -> None:
    content = '"Name,Company,E-mail"\r\n"Ann Lee,""Lee, Inc."",ann@example.org"\r\n'
    reading = reading_of(content)
    assert "lines_quoted" in reading.warnings
    assert people_of(reading)[0]["company"] == "Lee, Inc."
