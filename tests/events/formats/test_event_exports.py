# ruff: noqa: E501, Q000 - the rows of exports are as long as the tools write them
import pytest

from tests.events.formats.exports import Export, assert_read, case

# A row of a table stands on one line.
# fmt: off
EXPORTS = (
    case("eventbrite group", Export(
        "eventbrite",
"""\
Order no.,Order date,First Name,Surname,Email,Quantity,Ticket type,Attendee no.,Venue No.,Total Paid,Attendee Status,Prefix,Job Title,Company / Organisation,Mobile Phone,Country,Buyer First Name,Buyer Surname,Buyer Email
55001,21/04/2026 12:00,Nodir,Aliev,Nodir@Example.org,1,Standard,1,,0.00,Attending,Mr,Head of sales,Aral Salt,+998 90 111 22 33,UZ,Nodir,Aliev,Nodir@Example.org
55001,21/04/2026 12:00,Guli,Alieva,nodir@example.org,1,Standard,2,,0.00,Attending,Ms,,Aral Salt,,UZ,Nodir,Aliev,Nodir@Example.org
55001,21/04/2026 12:00,Nodir,Aliev,nodir@example.org,1,VIP,3,,0.00,Attending,,,,,UZ,Nodir,Aliev,Nodir@Example.org
55002,21/04/2026 12:00,Info Requested,Info Requested,buyer2@example.org,1,Standard,4,,0.00,Attending,,,,,,B,Two,buyer2@example.org
55003,21/04/2026 12:00,Paul,Martin,paul@example.org,1,Standard,5,,0.00,Not Attending,,,,,FR,Paul,Martin,paul@example.org
""",
        [
            {'full_name': 'Nodir Aliev', 'email': 'nodir@example.org', 'country': 'UZ', 'company': 'Aral Salt', 'title': 'Head of sales', 'phone': '+998901112233'},
            {'full_name': 'B Two', 'email': 'buyer2@example.org'},
        ],
        reasons=["shared_email", "declined"],
    )),
    case("eventbrite summary", Export(
        "eventbrite",
"""\
Attendee Summary
Event: Trade evening

Attendee #,First Name,Last Name,Email Address,Event Name,Ticket Type,Order #,Order Date,Attendee Status,Checked In,Company,Work Country,Cell Phone,IP Location
9001,Aisulu,O'Neil,aisulu@example.org,Trade evening,General,771,"Apr 21, 2026",Checked In,Yes,Aisulu's Felt,Kazakhstan,8 701 555 66 77,203.0.113.7
9002,Marat,Sultanov,marat@example.org,Trade evening,General,772,"Apr 21, 2026",Deleted,No,,Kazakhstan,,
""",
        [
            {'full_name': "Aisulu O'Neil", 'email': 'aisulu@example.org', 'country': 'KZ', 'company': "Aisulu's Felt", 'phone': '+77015556677', 'attended': True},
        ],
        reasons=["cancelled"],
    )),
    case("pretix orders", Export(
        "pretix_positions",
"""\
Event slug;Order code;Position ID;Status;Email;Order date;Product;Attendee name;Attendee email;Company;Country;Check-ins;Job title;Which countries do you trade with?;Follow-up date;Order comment
sbc;AAA11;1;Bezahlt;buyer@example.org;2026-05-01;Delegate;Dr. Narantuya Bold;naran@example.org;Tumen LLC;MN;2026-05-10 09:00:00;CEO;China, Russia;;
sbc;AAA11;2;paid;buyer@example.org;2026-05-01;Delegate;;;;;;;;;
sbc;AAA12;1;pending;p@example.org;2026-05-01;Delegate;Luca Rossi;p@example.org;;IT;;;;;
sbc;AAA13;1;expired;x@example.org;2026-05-01;Delegate;Ex Pired;x@example.org;;IT;;;;;
""",
        [
            {'full_name': 'Narantuya Bold', 'email': 'naran@example.org', 'country': 'MN', 'company': 'Tumen LLC', 'title': 'CEO', 'attended': True},
            {'full_name': 'Luca Rossi', 'email': 'p@example.org', 'country': 'IT', 'status': 'pending'},
        ],
        reasons=["no_person", "expired"],
    )),
    case("b2match csv", Export(
        "b2match",
"""\
Id,First name,Last name,Email,Phone,Job title,Organization,Country,City,Organization type,Areas of activity,Description,Looking for,Offering,Website,Activated,Meetings,Badge title
1,Ngoc,Pham,ngoc@example.org,0912 345 678,Export Lead,Saigon Coffee JSC,Viet Nam,HCMC,Company,Food;Drinks,Coffee exporter,Roasters in Europe,Green coffee,www.saigon-coffee.example.org,Yes,3,Dr
2,Sopheap,KIM,sopheap@example.org,+855 12 999 888,,ខ្មែរ Silk,Cambodia,,Company,Textile,,,Silk,,Yes,0,
""",
        [
            {'full_name': 'Ngoc Pham', 'email': 'ngoc@example.org', 'country': 'VN', 'company': 'Saigon Coffee JSC', 'title': 'Export Lead', 'phone': '+84912345678', 'city': 'HCMC', 'sectors_raw': ['Food', 'Drinks'], 'offers_text': 'Green coffee', 'seeks_text': 'Roasters in Europe'},
            {'full_name': 'Sopheap Kim', 'email': 'sopheap@example.org', 'country': 'KH', 'company': 'ខ្មែរ Silk', 'phone': '+85512999888', 'sectors_raw': ['Textile'], 'offers_text': 'Silk'},
        ],
    )),
    case("brella attendees", Export(
        "brella",
        {
            'Attendees': [
                ['User ID', 'First name', 'Last name', 'Email', 'Company name', 'Company title', 'Group', 'Status', 'Joined at', 'Interests', 'LinkedIn', 'Website'],
                [11, 'Hanna', 'Virtanen', 'hanna@example.org', 'Nordic Paper Oy', 'Buyer', 'Delegates', 'Joined', '2026-04-01', 'Packaging (Looking for); Paper (Offering)', 'https://www.linkedin.com/in/hanna', 'https://nordicpaper.example.org'],
                [12, 'Staff', 'Member', 'staff@example.org', 'Organiser', '', 'Organizers', 'Joined', '2026-04-01', '', '', ''],
            ],
        },
        [
            {'full_name': 'Hanna Virtanen', 'email': 'hanna@example.org', 'company': 'Nordic Paper Oy', 'title': 'Buyer', 'website': 'https://nordicpaper.example.org'},
            {'full_name': 'Staff Member', 'email': 'staff@example.org', 'company': 'Organiser'},
        ],
        filename="brella_attendees.xlsx",
    )),
    case("swapcard", Export(
        "swapcard",
        {
            'People': [
                ['Id', 'Client ids', 'First name', 'Last name', 'Email', 'Secondary email', 'Job title', 'Secondary job title', 'Organization', 'Biography', 'Mobile phone', 'Landline phone', 'Address country', 'Address city', 'Website', 'Groups', 'Registration status', 'Is visible', 'Skills', 'What I offer', 'What I am looking for'],
                ['RXZlbnQ', '', 'Sardor', 'Umarov', 'sardor@example.org', '', 'COO', '', 'Zarafshan Gold', 'Twenty years in mining.', '+998971234567', '', 'Uzbekistan', 'Navoi', '', 'Attendee', 'REGISTERED', 'TRUE', 'Mining, Logistics', 'Copper cathodes', 'Equipment'],
                ['RXZlbnR', '', 'Eve', 'Adams', 'eve@example.org', '', '', '', '', '', '', '', 'United Kingdom of Great Britain and Northern Ireland', '', '', 'Attendee', 'CANCELLED', 'TRUE', '', '', ''],
            ],
        },
        [
            {'full_name': 'Sardor Umarov', 'email': 'sardor@example.org', 'country': 'UZ', 'company': 'Zarafshan Gold', 'title': 'COO', 'phone': '+998971234567', 'city': 'Navoi', 'offers_text': 'Copper cathodes', 'seeks_text': 'Equipment'},
        ],
        reasons=["cancelled"],
    )),
    case("luma new", Export(
        "luma",
"""\
guest_id,name,first_name,last_name,email,phone_number,created_at,approval_status,checked_in_at,utm_source,qr_code_url,amount,amount_tax,amount_discount,currency,coupon_code,eth_address,solana_address,survey_response_rating,survey_response_feedback,ticket_type_id,ticket_name,Company,Job Title,What country are you based in?,What is your WhatsApp number?
gst-9,dana kim,,,Dana.Kim@example.org,,2026-04-01T08:00:00.000Z,approved,,,https://lu.ma/check,$0.00,,,,,,,,,t1,Std,Kimchi Labs,Founder,South Korea,+82 10-2222-3333
gst-8,,,,noname@example.org,,2026-04-01T08:00:00.000Z,approved,,,,,,,,,,,,,t1,Std,,,,
gst-7,Wait Lister,,,wait@example.org,,2026-04-01T08:00:00.000Z,waitlist,,,,,,,,,,,,,t1,Std,,,,
gst-6,Inv Ited,,,inv@example.org,,2026-04-01T08:00:00.000Z,invited,,,,,,,,,,,,,t1,Std,,,,
""",
        [
            {'full_name': 'Dana Kim', 'email': 'dana.kim@example.org', 'country': 'KR', 'company': 'Kimchi Labs', 'title': 'Founder', 'phone': '+821022223333', 'whatsapp': '+821022223333'},
            {'full_name': None, 'email': 'noname@example.org'},
            {'full_name': 'Wait Lister', 'email': 'wait@example.org', 'status': 'waitlist'},
        ],
        reasons=["not_registered"],
    )),
    case("eventbrite ru es", Export(
        "eventbrite",
"""\
N.º de pedido,Fecha del pedido,Nombre,Apellidos,Correo electrónico,Cantidad,Tipo de entrada,N.º de asistente,Estado del asistente,Empresa,Cargo,País
77,2026-04-01,Lucía,Gómez,lucia@example.org,1,General,1,Asiste,Vinos Sol,Gerente,España
78,2026-04-01,Raúl,Sanz,raul@example.org,1,General,2,Reembolsado,,,
""",
        [
            {'full_name': 'Lucía Gómez', 'email': 'lucia@example.org', 'country': 'ES', 'company': 'Vinos Sol', 'title': 'Gerente'},
        ],
        reasons=["refunded"],
    )),
    case("pretix de", Export(
        "pretix_positions",
"""\
Veranstaltungskürzel;Bestellnummer;Positions-ID;Status;E-Mail;Telefonnummer;Bestelldatum;Produkt;Preis;Teilnehmername;Teilnehmer-E-Mail;Firma;Land;Branche;Firma;Land
sbc;B1;1;Bezahlt;kasse@firma.example.org;+49 30 1234567;2026-05-01;Ticket;0,00;Karl Vogel;karl@firma.example.org;Vogel AG;DE;Logistik;Vogel Holding;AT
sbc;B2;1;Storniert;weg@example.org;;2026-05-01;Ticket;0,00;Weg Weg;weg@example.org;;;;;
""",
        [
            {'full_name': 'Karl Vogel', 'email': 'karl@firma.example.org', 'country': 'DE', 'company': 'Vogel AG', 'phone': '+49301234567'},
        ],
        reasons=["cancelled"],
    )),
    case("luma questions zh", Export(
        "luma",
"""\
api_id,name,first_name,last_name,email,phone_number,created_at,approval_status,checked_in_at,ticket_name,您的公司名称？,What is your position?,Country / 国家,微信号,你想认识什么样的人？
gst-1,吴 迪,迪,吴,wudi@example.org,'+8613900001234,2026-04-01T08:00:00Z,approved,2026-04-23T09:00:00Z,Std,云上科技,CTO,中国,wudi_88,海外客户
""",
        [
            {'full_name': '吴 迪', 'email': 'wudi@example.org', 'country': 'CN', 'company': '云上科技', 'title': 'CTO', 'phone': '+8613900001234', 'attended': True, 'wechat': 'wudi_88', 'seeks_text': '海外客户'},
        ],
    )),
    case("swapcard csv", Export(
        "swapcard",
"""\
Swapcard ID,First Name,Last Name,Email,Job Title,Company,Country,Phone Numbers,Social - LinkedIn,Group(s),Is your profile public?,Your sector of activity
x1,Jaime,Ruiz,jaime@example.org,Buyer,Frutas SA,Spain (ES),+34 612 345 678,https://linkedin.com/in/jaime,Attendees,Yes,Agrifood
""",
        [
            {'full_name': 'Jaime Ruiz', 'email': 'jaime@example.org', 'country': 'ES', 'company': 'Frutas SA', 'title': 'Buyer', 'phone': '+34612345678', 'sector_raw': 'Agrifood'},
        ],
    )),
    case("b2match roles", Export(
        "b2match",
        {
            'Participants': [
                ['Participation id', 'Salutation', 'First name', 'Last name', 'Email', 'Mobile phone', 'Position', 'Organisation name', 'Organisation website', 'Country code', 'Areas of activities', 'I offer', 'I request', 'Participant type', 'Status'],
                [1, 'Ms', 'Ivana', 'HORVAT', 'ivana@example.org', '091 234 5678', 'Owner', 'Adria Oils', 'https://adria.example.org', 'HR', 'Food; Trade', 'Olive oil', 'Importers', 'Buyer', 'Active'],
                [2, 'Mr', 'Old', 'One', 'old@example.org', '', '', '', '', 'HR', '', '', '', 'Seller', 'Cancelled'],
            ],
        },
        [
            {'full_name': 'Ivana Horvat', 'email': 'ivana@example.org', 'country': 'HR', 'company': 'Adria Oils', 'title': 'Owner', 'phone': '+385912345678', 'website': 'https://adria.example.org', 'sectors_raw': ['Food', 'Trade'], 'offers_text': 'Olive oil', 'seeks_text': 'Importers'},
        ],
        reasons=["cancelled"],
    )),
)
# fmt: on


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_of_an_event_tool_keeps_who_takes_part(export: Export) -> None:
    assert_read(export)
