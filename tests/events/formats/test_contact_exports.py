# ruff: noqa: E501, Q000 - the rows of exports are as long as the tools write them
import pytest

from tests.events.formats.exports import Export, assert_read, case

# A row of a table stands on one line.
# fmt: off
EXPORTS = (
    case("hubspot full", Export(
        "hubspot",
"""\
Record ID,First Name,Last Name,Email,Mobile Phone Number,Phone Number,Company name,Job Title,Country/Region,City,Website URL,WhatsApp Phone Number,Contact owner,Lifecycle Stage,Associated Company,Marketing contact status,Unsubscribed from all email,IP Country
12301,Ibrahim,Kone,ibrahim@example.org,,07 12 34 56 78,Cacao Abidjan SARL,Directeur,Côte d'Ivoire,Abidjan,cacao.example.org,,Anna Staff,Lead,Cacao Abidjan SARL,Marketing,,France
12302,Zodwa,Dlamini,zodwa@example.org,+268 7612 3456,,Royal Sugar,Manager,Swaziland,,,,Anna Staff,Lead,,,true,
""",
        [
            {'full_name': 'Ibrahim Kone', 'email': 'ibrahim@example.org', 'country': 'CI', 'company': 'Cacao Abidjan SARL', 'title': 'Directeur', 'phone': '+2250712345678', 'city': 'Abidjan'},
        ],
        reasons=["opted_out"],
    )),
    case("civicrm", Export(
        "civicrm",
"""\
Contact ID,Contact Type,Sort Name,Display Name,Individual Prefix,First Name,Middle Name,Last Name,Job Title,Current Employer,Email,Phone,Street Address,City,Country,Participant ID,Event Title,Participant Status,Participant Role,Fee Amount,Source
77,Individual,"Osmonov, Bakyt",Mr. Bakyt Osmonov,Mr.,Bakyt,,Osmonov,Director,Tien Shan Wool,bakyt@example.org,+996 312 123456,,Bishkek,Kyrgyzstan,501,Forum,Attended,Attendee,0,
78,Individual,"Li, Na",Dr. Na Li,Dr.,Na,,Li,,,na.li@example.org,,,,China,502,Forum,Registered,Speaker,0,
79,Individual,"Gone, Al",Al Gone,,Al,,Gone,,,al@example.org,,,,Italy,503,Forum,Cancelled,Attendee,0,
80,Individual,"Show, No",No Show,,No,,Show,,,noshow@example.org,,,,Italy,504,Forum,No-show,Attendee,0,
""",
        [
            {'full_name': 'Bakyt Osmonov', 'email': 'bakyt@example.org', 'country': 'KG', 'company': 'Tien Shan Wool', 'title': 'Director', 'phone': '+996312123456', 'attended': True, 'city': 'Bishkek'},
            {'full_name': 'Na Li', 'email': 'na.li@example.org', 'country': 'CN', 'role': 'speaker'},
            {'full_name': 'No Show', 'email': 'noshow@example.org', 'country': 'IT', 'attended': False},
        ],
        reasons=["cancelled"],
    )),
    case("civicrm sortname", Export(
        "civicrm",
"""\
Internal Contact ID,Participant Name,Email,Employer,Event,Status,Role,Registration date
90,"Aitmatov, Chyngyz",ch@example.org,Jamila Books,Forum,Registered,Attendee,2026-04-02
""",
        [
            {'full_name': 'Chyngyz Aitmatov', 'email': 'ch@example.org', 'company': 'Jamila Books'},
        ],
    )),
    case("linkedin", Export(
        "linkedin_leads",
"""\
Lead ID,Form ID,Form Name,Campaign ID,Campaign Name,Creative ID,Creative Name,Lead Type,Created At,First Name,Last Name,Email Address,Work Email,Phone Number,Job Title,Company Name,Country/Region,LinkedIn Profile URL,Test lead?
a1,1,Form,2,Camp,3,Cre,Sponsored,2026-04-02,Mehmet,Yılmaz,mehmet.personal@example.org,mehmet@example.com,0532 123 45 67,Export Manager,Anadolu Tekstil A.Ş.,Türkiye,https://www.linkedin.com/in/mehmet,FALSE
a2,1,Form,2,Camp,3,Cre,Sponsored,2026-04-02,Test,Lead,test@linkedin.com,,,,,,,TRUE
""",
        [
            {'full_name': 'Mehmet Yılmaz', 'email': 'mehmet.personal@example.org', 'country': 'TR', 'company': 'Anadolu Tekstil A.Ş.', 'title': 'Export Manager', 'phone': '+905321234567'},
        ],
        reasons=["test_lead"],
    )),
    case("hubspot ru", Export(
        "hubspot",
"""\
Идентификатор записи,Имя,Фамилия,Адрес электронной почты,Номер телефона,Должность,Название компании,Страна/регион,Ответственный за контакт
1,Олег,Ким,oleg@example.org,8 (701) 222-33-44,Директор,ТОО Ким,Казахстан,Анна Менеджер
""",
        [
            {'full_name': 'Олег Ким', 'email': 'oleg@example.org', 'country': 'KZ', 'company': 'ТОО Ким', 'title': 'Директор', 'phone': '+77012223344'},
        ],
    )),
    case("outlook contacts", Export(
        "generic_table",
"""\
First Name,Middle Name,Last Name,Title,Suffix,E-mail Address,E-mail 2 Address,Home Phone,Business Phone,Mobile Phone,Job Title,Company,Business Country/Region,Web Page,Notes
Sara,,Ali,Dr.,,sara@example.org,,,0800 123 4567,07400 123456,Buyer,Ali Foods,United Kingdom,,
""",
        [
            {'full_name': 'Sara Ali', 'email': 'sara@example.org', 'country': 'GB', 'company': 'Ali Foods', 'title': 'Buyer', 'phone': '+447400123456'},
        ],
    )),
    case("google contacts", Export(
        "generic_table",
"""\
Name,Given Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Organization 1 - Name,Organization 1 - Title,Address 1 - Country
Omar Saleh,Omar,Saleh,* myContacts,* Work,omar@example.org,Mobile,+20 100 123 4567,Nile Cotton,Owner,Egypt
""",
        [
            {'full_name': 'Omar Saleh', 'email': 'omar@example.org', 'country': 'EG', 'company': 'Nile Cotton', 'title': 'Owner', 'phone': '+201001234567'},
        ],
    )),
)
# fmt: on


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_of_a_contact_book_keeps_whom_to_write_to(export: Export) -> None:
    assert_read(export)
