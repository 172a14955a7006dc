# ruff: noqa: E501 - the rows of exports are as long as the tools write them
from tests.events.formats.made import (
    assert_people,
    make_csv,
    make_xlsx,
    reading_of,
    reasons_of,
)

# A row of a table stands on one line.
# fmt: off



def test_eventbrite_in_its_newer_version_knows_the_buyer() -> None:
    content = make_csv(
        [
            ["Order ID", "Order date", "Attendee status", "Attendee first name", "Attendee last name", "Attendee email", "Phone number", "Event name", "Ticket type", "Buyer first name", "Buyer last name", "Buyer email", "Barcode number", "Company", "Job title", "Country"],
            ["771", "2026-04-01", "Attending", "Jonas", "Keller", "rosa@example.org", "", "Expo", "VIP", "Rosa", "Delgado", "rosa@example.org", "1001", "Iberia", "", "Spain"],
            ["771", "2026-04-01", "Checked in", "Rosa", "Delgado", "rosa@example.org", "+34 600 000 008", "Expo", "VIP", "Rosa", "Delgado", "rosa@example.org", "1002", "Iberia", "Buyer", "Spain"],
            ["772", "2026-04-01", "Not Attending", "Ann", "Lee", "ann@example.org", "", "Expo", "VIP", "Ann", "Lee", "ann@example.org", "1003", "", "", ""],
            ["773", "2026-04-01", "Attending", "Info Requested", "Info Requested", "bo@example.org", "", "Expo", "VIP", "Bo", "Li", "bo@example.org", "1004", "", "", ""],
        ]
    )
    reading = reading_of(content, "report-2026.csv")
    assert reading.format == "eventbrite"
    assert_people(
        reading,
        {"full_name": "Rosa Delgado", "email": "rosa@example.org", "attended": True, "title": "Buyer", "phone": "+34600000008"},
        {"full_name": "Bo Li", "email": "bo@example.org"},
    )
    assert sorted(reasons_of(reading)) == ["declined", "shared_email"]
    assert "1001" not in str(reading.columns)


def test_eventbrite_in_spanish() -> None:
    content = make_csv(
        [
            ["N.º de pedido", "Fecha del pedido", "Nombre", "Apellidos", "Correo electrónico", "Cantidad", "Tipo de entrada", "Estado del asistente", "Teléfono móvil", "Cargo", "Empresa", "País"],
            ["9001", "2026-04-01", "José", "Núñez", "jose@example.org", "1", "General", "Asistirá", "+34 611 000 008", "Comprador", "Frutas Núñez SL", "España"],
            ["9002", "2026-04-01", "Ana", "Gil", "ana@example.org", "1", "General", "Reembolsado", "", "", "", ""],
        ],
        delimiter=";",
    )
    reading = reading_of(content, "informe.csv", encoding="cp1252")
    assert (reading.format, reading.encoding) == ("eventbrite", "cp1252")
    assert_people(
        reading,
        {"full_name": "José Núñez", "country": "ES", "company": "Frutas Núñez SL", "title": "Comprador", "phone": "+34611000008"},
    )
    assert reasons_of(reading) == ["refunded"]


def test_pretix_in_german_gives_a_lone_buyer_his_own_address() -> None:
    rows = [
        ["Bestellnummer", "Positions-ID", "Status", "E-Mail", "Telefonnummer", "Produkt", "Teilnehmername", "Teilnehmername: Vorname", "Teilnehmername: Nachname", "Teilnehmer-E-Mail", "Firma", "Adresse", "Stadt", "Land", "Pseudonymisierungs-ID", "Firma", "Land", "Branche – Logistik", "Branche – Energie"],
        ["A1", 1, "bezahlt", "jurgen@example.org", "+49 30 0000012", "Karte", "Jürgen Groß", "Jürgen", "Groß", "", "Groß GmbH", "", "Berlin", "Deutschland", "X", "Holding AG", "Schweiz", "Ja", "Nein"],
        ["A2", 1, "bezahlt", "office@example.org", "", "Karte", "Prof. Dr. Eva Lang", "Eva", "Lang", "", "", "", "", "AT", "X", "", "", "Nein", "Nein"],
        ["A3", 1, "storniert", "weg@example.org", "", "Karte", "Weg Mann", "Weg", "Mann", "weg@example.org", "", "", "", "", "X", "", "", "", ""],
        ["A4", 1, "ausstehend", "ida@example.org", "", "Karte", "Ida Ott", "Ida", "Ott", "ida@example.org", "", "", "", "", "X", "", "", "Ja", "Ja"],
    ]
    reading = reading_of(make_xlsx({"Positionen": rows}), "orders.xlsx")
    assert reading.format == "pretix_positions"
    assert_people(
        reading,
        {"full_name": "Jürgen Groß", "email": "jurgen@example.org", "country": "DE", "company": "Groß GmbH", "sectors_raw": ["Logistik"], "phone": "+49300000012"},
        {"full_name": "Eva Lang", "email": None, "country": "AT"},
        {"full_name": "Ida Ott", "status": "pending", "sectors_raw": ["Logistik", "Energie"]},
    )
    assert reasons_of(reading) == ["cancelled"]


def test_b2match_as_text_with_other_column_names() -> None:
    content = make_csv(
        [
            ["First name", "Last name", "Email", "Organisation name", "Job title", "Country", "City", "Areas of activity", "Participation type", "Validated", "Mobile phone", "Linkedin"],
            ["Олена", "Коваль", "olena@example.org", "ТОВ «Вітер»", "Директорка", "Ukraine", "Київ", "Energy;Food processing", "Company", "Yes", "0670000013", "https://www.linkedin.com/in/olena"],
        ],
        delimiter="\t",
    )
    reading = reading_of(content, "b2match-export.tsv")
    assert reading.format == "b2match"
    assert_people(
        reading,
        {"full_name": "Олена Коваль", "country": "UA", "sectors_raw": ["Energy", "Food processing"], "phone": "+380670000013", "linkedin": "https://www.linkedin.com/in/olena"},
    )


def test_brella_attendees_never_show_their_join_codes() -> None:
    content = make_csv(
        [
            ["First name", "Last name", "Email", "Company", "Title", "Attendee group", "Networking status", "Join code", "Joined at", "Pitch", "Offering", "Looking for"],
            ["Kim", "Lee", "k.lee@example.org", "Seoul Robotics", "CTO", "Speaker", "Active", "SECRET1", "2026-04-01", "We build arms", "Robots", "Factories"],
            ["Ops", "Team", "ops@example.org", "Us", "", "Staff", "Active", "SECRET2", "", "", "", ""],
        ]
    )
    reading = reading_of(content, "attendees.csv")
    assert reading.format == "brella"
    assert_people(
        reading,
        {"full_name": "Kim Lee", "role": "speaker", "offers_text": "Robots", "seeks_text": "Factories", "about": "We build arms"},
    )
    assert reasons_of(reading) == ["staff"]
    assert "SECRET" not in str(reading)


def test_swapcard_people_with_groups() -> None:
    rows = [
        ["Event person ID", "First name", "Last name", "Email", "Job title", "Organization", "Biography", "Groups", "Mobile phone", "Website", "LinkedIn", "Country", "Tickets"],
        ["RXZ1", "Li", "WANG", "li.wang@example.org", "CEO", "Shenzhen Lights Co., Ltd.", "Lamps.", "Attendee", "+86 138 0000 0101", "https://lights.example.org", "", "China", "T-1"],
        ["RXZ2", "Noor", "Ali", "noor@example.org", "Manager", "Gulf Trade", "", "Exhibitor", 971500000102.0, "", "", "UAE", "T-2"],
    ]
    reading = reading_of(make_xlsx({"People": rows}), "export.xlsx")
    assert reading.format == "swapcard"
    assert_people(
        reading,
        {"full_name": "Li Wang", "company": "Shenzhen Lights Co., Ltd.", "country": "CN", "about": "Lamps.", "website": "https://lights.example.org"},
        {"full_name": "Noor Ali", "role": "exhibitor", "phone": "+971500000102", "country": "AE"},
    )


def test_a_swapcard_list_with_plain_headers_is_known_by_its_file_name() -> None:
    content = make_csv(
        [["First name", "Last name", "Email"], ["Ann", "Lee", "ann@example.org"]]
    )
    assert reading_of(content, "swapcard_people.csv").format == "swapcard"
    assert reading_of(content, "people.csv").format == "generic_table"


def test_luma_waitlists_and_invitations_are_told_apart() -> None:
    header = ["api_id", "name", "first_name", "last_name", "email", "phone_number", "created_at", "approval_status", "checked_in_at", "qr_code_url", "What company do you work for?", "What is your LinkedIn profile?", "What would you like to ask the speaker?"]
    rows = [
        ["gst-1", "ivan petrov", "", "", "ivan@example.org", "", "2026-04-01", "approved", "", "https://lu.example.org/x", "Vetr", "linkedin.com/in/ivan", "How?"],
        ["gst-2", "Ann Lee", "", "", "ann@example.org", "", "2026-04-01", "waitlist", "", "", "", "", ""],
        ["gst-3", "Bo Li", "", "", "bo@example.org", "", "2026-04-01", "invited", "", "", "", "", ""],
        ["gst-4", "", "", "", "eve.stone@example.org", "", "2026-04-01", "approved", "", "", "", "", ""],
    ]
    reading = reading_of(make_csv([header, *rows]), "Guests.csv")
    assert reading.format == "luma"
    assert_people(
        reading,
        {"full_name": "Ivan Petrov", "company": "Vetr", "linkedin": "linkedin.com/in/ivan", "question": "How?", "attended": None},
        {"full_name": "Ann Lee", "status": "waitlist"},
        {"full_name": None, "email": "eve.stone@example.org"},
    )
    assert reasons_of(reading) == ["not_registered"]
