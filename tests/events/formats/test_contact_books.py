# ruff: noqa: E501 - the rows of exports are as long as the tools write them
import base64

from tests.events.formats.made import (
    assert_people,
    make_csv,
    reading_of,
    reasons_of,
)

# A row of a table stands on one line.
# fmt: off



def test_hubspot_in_german_ignores_its_owner_and_who_unsubscribed() -> None:
    content = make_csv(
        [
            ["Datensatz-ID", "Vorname", "Nachname", "E-Mail", "Telefonnummer", "Unternehmensname", "Position", "Land/Region", "Zuständiger Mitarbeiter", "Unsubscribed from all email"],
            ["1", "Zoë", "Möller", "z.moeller@example.org", "030 0000012", "Möller & Söhne KG", "Einkauf", "Österreich", "staff@example.org", "false"],
            ["2", "Max", "Alt", "alt@example.org", "", "", "", "", "staff@example.org", "true"],
        ],
        delimiter=";",
    )
    reading = reading_of(content, "hubspot-crm-exports.csv")
    assert reading.format == "hubspot"
    assert_people(
        reading,
        {"full_name": "Zoë Möller", "company": "Möller & Söhne KG", "title": "Einkauf", "country": "AT", "email": "z.moeller@example.org"},
    )
    assert reasons_of(reading) == ["opted_out"]
    assert "staff@" not in str(reading)


def test_hubspot_with_other_columns_and_a_role_address_of_a_named_person() -> None:
    content = make_csv(
        [
            ["Record ID - Contact", "First Name", "Last Name", "Email", "Phone Number", "Associated Company", "Lifecycle Stage", "Industry", "IP Country"],
            ["1", "Ann", "Lee", "info@example.org", "'+1 (415) 555-0100", "Lee Inc.", "Lead", "Food, drinks", "Germany"],
        ]
    )
    reading = reading_of(content)
    assert reading.format == "hubspot"
    assert_people(
        reading,
        {"full_name": "Ann Lee", "email": "info@example.org", "phone": "+14155550100", "country": None, "sector_raw": "Food, drinks"},
    )


def test_civicrm_participants_by_sort_name() -> None:
    content = make_csv(
        [
            ["Contact ID", "Contact Type", "Sort Name", "Individual Prefix", "Email", "Phone", "Current Employer", "Job Title", "City", "Country", "Participant Status", "Participant Role", "Do Not Email"],
            ["1", "Individual", "Dupont, Émile", "Mr.", "emile@example.org", "01 00 00 00 14", "Dupont SARL", "Gérant", "Lyon", "France", "Attended", "Attendee", ""],
            ["2", "Individual", "Roy, Anne", "", "anne@example.org", "", "", "", "", "Canada", "No-show", "Speaker", ""],
            ["3", "Organization", "Chambre", "", "chambre@example.org", "", "", "", "", "", "Registered", "", ""],
            ["4", "Individual", "Non, Jean", "", "non@example.org", "", "", "", "", "", "Registered", "", "Yes"],
            ["5", "Individual", "Lee, Ann", "", "ann@example.org", "", "", "", "", "", "Cancelled", "", ""],
        ]
    )
    reading = reading_of(content, "export.csv")
    assert reading.format == "civicrm"
    assert_people(
        reading,
        {"full_name": "Émile Dupont", "country": "FR", "company": "Dupont SARL", "title": "Gérant", "attended": True, "phone": "+33100000014"},
        {"full_name": "Anne Roy", "attended": False, "role": "speaker", "country": "CA"},
    )
    assert reasons_of(reading) == ["organization", "opted_out", "cancelled"]


def test_civicrm_with_display_names() -> None:
    content = make_csv(
        [
            ["Internal Contact ID", "Display Name", "First Name", "Last Name", "Email", "Country", "Is Deceased"],
            ["1", "Dr. Émile Dupont", "Émile", "Dupont", "emile@example.org", "FR", "0"],
            ["2", "Jean Mort", "Jean", "Mort", "jean@example.org", "FR", "1"],
        ]
    )
    reading = reading_of(content)
    assert reading.format == "civicrm"
    assert_people(reading, {"full_name": "Émile Dupont", "country": "FR"})


def test_linkedin_leads_leave_out_test_leads() -> None:
    content = make_csv(
        [
            ["Lead ID", "Campaign Name", "Form Name", "Created At", "First Name", "Last Name", "Email Address", "Job Title", "Company Name", "Country/Region", "Phone Number", "LinkedIn Profile URL", "Is Test Lead", "What are you looking for?"],
            ["1", "Spring", "Form", "2026-04-01", "Amina", "Yusuf", "amina@example.org", "COO", "Lagos Foods Ltd", "Nigeria", "0803 000 0103", "https://www.linkedin.com/in/amina", "false", "Buyers"],
            ["2", "Spring", "Form", "2026-04-01", "Test", "Lead", "test@example.org", "", "", "", "", "", "true", ""],
        ]
    )
    reading = reading_of(content, "leads.csv", encoding="utf-16")
    assert reading.format == "linkedin_leads"
    assert_people(
        reading,
        {"full_name": "Amina Yusuf", "company": "Lagos Foods Ltd", "country": "NG", "phone": "+2348030000103", "title": "COO", "seeks_text": "Buyers", "linkedin": "https://www.linkedin.com/in/amina"},
    )
    assert reasons_of(reading) == ["test_lead"]


def test_linkedin_connections_begin_below_their_notes() -> None:
    content = 'Notes:\n"When exporting your connection data, you may notice that some of the email addresses are missing."\n\nFirst Name,Last Name,URL,Email Address,Company,Position,Connected On\nAnn,Lee,https://www.linkedin.com/in/ann,,Lee Inc.,CEO,20 Apr 2026\n'
    reading = reading_of(content, "Connections.csv")
    assert_people(
        reading,
        {"full_name": "Ann Lee", "company": "Lee Inc.", "title": "CEO", "email": None, "linkedin": "https://www.linkedin.com/in/ann"},
    )


def test_questions_of_a_webinar_with_their_askers() -> None:
    content = 'Q&A Report\nReport Generated:,"Apr 24, 2026"\nQuestion Details\n#,Question,Asker Name,Asker Email,Answer(s)\n1,"How to export, and where?",Ann Lee,ann@example.org,live answered\n2,And the price?,Ann Lee,ann@example.org,\n3,Hello?,Anonymous Attendee,,\n'
    reading = reading_of(content, "qa.csv")
    assert_people(
        reading,
        {"full_name": "Ann Lee", "question": "How to export, and where?\nAnd the price?"},
    )
    assert reasons_of(reading) == ["device"]


def _qp(text: str, charset: str) -> str:
    return "".join(f"={byte:02X}" for byte in text.encode(charset))


def test_a_vcard_of_an_old_telephone_in_quoted_printable() -> None:
    name = _qp("Петров;Иван;Сергеевич;;", "cp1251").replace(_qp(";", "cp1251"), ";")
    full = _qp("Иван Петров", "utf-8")
    half = len(full) // 2 - (len(full) // 2) % 3
    card = "\r\n".join(
        [
            "BEGIN:VCARD",
            "VERSION:2.1",
            f"N;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:{name}",
            f"FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{full[:half]}=",
            full[half:],
            f"ORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{_qp('ООО «Ветер»', 'utf-8')}",
            "TEL;WORK;FAX:+74950000001",
            "TEL;CELL:8 (916) 000-00-44",
            "EMAIL;INTERNET:ivan@example.org",
            f"ADR;WORK;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;;{_qp('Москва', 'utf-8')};;;{_qp('Россия', 'utf-8')}",
            "PHOTO;JPEG;ENCODING=BASE64:",
            " " + base64.b64encode(b"picture" * 20).decode(),
            "",
            "END:VCARD",
        ]
    )
    reading = reading_of(card, "phone.vcf")
    assert reading.format == "vcard"
    assert_people(
        reading,
        {"full_name": "Иван Петров", "company": "ООО «Ветер»", "phone": "+79160000044", "email": "ivan@example.org", "country": "RU", "city": "Москва"},
    )


def test_a_vcard_4_with_groups_preferences_and_messengers() -> None:
    card = """BEGIN:VCARD
VERSION:4.0
FN:Dr. 王伟
N:王;伟;;;
item1.EMAIL;TYPE=home:wei.home@example.org
item2.EMAIL;PREF=1;TYPE=work:wei@example.org
item1.X-ABLABEL:private
TEL;VALUE=uri;TYPE="voice,cell":tel:+86-138-0000-0104
IMPP:x-apple:ignored
IMPP;X-SERVICE-TYPE=Telegram:telegram:wei_w
ORG:上海贸易有限公司;销售部
TITLE:总经理
URL:https://wei.example.org
ADR;TYPE=work;LABEL="Nanjing Rd 1: floor 2":;;南京路1号;上海;;200000;中国
PHOTO:data:image/jpeg;base64,AAAA
LOGO;ENCODING=b;TYPE=PNG:AAAABBBB
END:VCARD
begin:vcard
version:3.0
n:;;;;
fn:
org:Lee Inc.
email:info@example.org
end:vcard
BEGIN:VCARD
VERSION:3.0
N:Lee;Ann;;;
EMAIL:ann@example.org
"""
    reading = reading_of(card, "contacts.txt")
    assert_people(
        reading,
        {"full_name": "王伟", "email": "wei@example.org", "phone": "+8613800000104", "company": "上海贸易有限公司", "title": "总经理", "website": "https://wei.example.org", "telegram": "wei_w", "city": "上海", "country": "CN"},
        {"full_name": "Ann Lee", "email": "ann@example.org"},
    )
    assert reasons_of(reading) == ["role_address"]


def test_a_vcard_in_utf16_and_one_in_cp1251() -> None:
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Айгуль Касымова\r\nORG:Жибек\r\nEMAIL:a@example.org\r\nEND:VCARD\r\n"
    for encoding in ("utf-16", "cp1251"):
        reading = reading_of(card, "x.vcf", encoding=encoding)
        assert_people(reading, {"full_name": "Айгуль Касымова", "company": "Жибек"})
