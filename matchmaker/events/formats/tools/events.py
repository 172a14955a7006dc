"""Exports of ticket shops and event platforms."""

from typing import Final

from matchmaker.events.formats.tools.base import Tool, headers, sign

EVENTBRITE: Final = Tool(
    "eventbrite",
    signs=(
        sign("order #", "attendee #"),
        sign("order #", "attendee status", weight=1),
        sign("order id", "attendee status", weight=1),
        sign("order #", "ticket type", weight=1),
        sign("order no.", "attendee status", weight=1),
        sign("order no.", "attendee no.", weight=1),
        sign("order #", "order date", weight=1),
        sign("eventbrite fees", weight=2),
        sign("order id", "buyer email", "ticket type", weight=1),
        sign("order id", "order date", "attendee first name", weight=1),
        sign("order number", "order date", "ticket type", weight=1),
        sign(fields="order_id status email", preamble="eventbrite"),
        sign("n.º de pedido", weight=2),
        sign("n° de commande", weight=2),
        sign("número de pedido", "estado del asistente", weight=2),
        sign("номер заказа", "тип билета", weight=1),
        sign("bestellnr.", weight=2),
        sign("bestellung nr.", weight=2),
    ),
    headers=headers(
        number="attendee #|asistente n.º|nº de asistente|attendee no.",
        order_id="order #|order id|order no.|n.º de pedido|nº de pedido|"
        "n° de commande|bestellnr.",
        status="attendee status|order status|estado del asistente|teilnehmerstatus",
        country="home country|work country|country|ship country|shipping country|"
        "país de casa",
        never="billing country|billing city|ticket type|price tier|group|order type|"
        "notes"
        "|ticket tier|payment type|event name|tax paid|barcode #|affiliate",
        city="home city|work city|city",
        address="home address 1|home address 2|home state|home zip|work address 1",
        salutation="prefix|title",
        role="attendee role",
    ),
    file_words=("eventbrite",),
)
PRETIX: Final = Tool(
    "pretix_positions",
    signs=(
        sign("order code", "position id", weight=2),
        sign("event slug", "order code", weight=2),
        sign("pseudonymization id", weight=2),
        sign("order code", "attendee name", weight=1),
        sign("bestellnummer", "positions-id", weight=2),
        sign("bestellnummer", "teilnehmername", weight=1),
        sign("bestellnummer", "positionsnummer", weight=2),
        sign("bestellnummer", "produkt", "pseudonymisierungs-id", weight=2),
        sign("bestellnummer", "produkt", weight=1),
        sign("код заказа", "id позиции", weight=2),
        sign("order code", "product", weight=1),
    ),
    headers=headers(
        order_email="email|e-mail|e-mail address|order e-mail|e-mail-adresse",
        order_phone="phone number|telefonnummer|phone|telefon|номер телефона",
        email="attendee email|attendee e-mail|teilnehmer-e-mail|e-mail des teilnehmers"
        "|e-mail-adresse des teilnehmers|teilnehmer e-mail",
        name="attendee name|teilnehmername|name des teilnehmers|имя участника",
        given="attendee name: given name|teilnehmername: vorname",
        family="attendee name: family name|teilnehmername: nachname|"
        "attendee name: surname",
        salutation="attendee name: title|attendee name: salutation|"
        "attendee name: degree",
        order_id="order code|bestellnummer|код заказа",
        number="position id|positions-id|positionsnummer|order position|position|"
        "id позиции",
        status="status|order status|bestellstatus|state",
        never="event slug|voucher|voucher code|seat id|product|variation|price|tax rate"
        "|invoice address name|secret|order comment|comment|seat name|payment providers"
        "|produkt|variante|preis|rechnungsadresse name",
        address="state|bundesland|zip code|address|adresse|postleitzahl|region",
        checked_in="checked in|eingecheckt|check-in",
    ),
    file_words=("pretix",),
    repeated_headers="first",
)
B2MATCH: Final = Tool(
    "b2match",
    signs=(
        sign("areas of activities", "organization name"),
        sign("participation type", "organization type", weight=1),
        sign("validated", "participation type", weight=1),
        sign("organization description", "validated", weight=1),
        sign("job description", "organization name", weight=1),
        sign("participation id", weight=2),
        sign("organisation name", "areas of activity", weight=1),
        sign("organization type", "areas of activity", weight=1),
        sign("organization type", "areas of activities", weight=1),
    ),
    headers=headers(
        title="job description|job title|position",
        company="organization name|organisation name|organization|organisation",
        sector="areas of activities|areas of activity|business areas|industries",
        about="organization description|organisation description",
        validated="validated|activated|confirmed|profile status",
        role="participant type|role",
    ),
    file_words=("b2match",),
)
BRELLA: Final = Tool(
    "brella",
    signs=(
        sign("join code", weight=2),
        sign("seats", "join url", weight=1),
        sign("networking status", weight=1),
        sign("brella id", weight=2),
        sign("attendee group", "joined at", weight=1),
        sign("ticket label", "join code", weight=1),
    ),
    headers=headers(
        name="name|full name",
        never="join code|join url|ticket|code|join link|used at",
        time="joined|joined at|invited at|created at|last active",
        seats="seats|number of seats|max uses",
        role="attendee group|group|persona|participant group",
        about="pitch|introduction|bio",
        offers="offering|interests (offering)|selling",
        seeks="interests|interests (looking for)|buying",
        status="status|networking status|invite status",
    ),
    file_words=("brella",),
)
SWAPCARD: Final = Tool(
    "swapcard",
    signs=(
        sign("swapcard id", weight=2),
        sign("swapcard user id", weight=2),
        sign("event person id", weight=2),
        sign("profile id", "groups", weight=1),
        sign("job title", "secondary job title", weight=1),
        sign("second job title", weight=1),
        sign("biography", "groups", weight=1),
        sign("registration type", "job title", "groups", weight=1),
        sign("organization", "job title", "biography", weight=1),
        sign("is visible", "client ids", weight=1),
        sign("meeting location", "app login", weight=1),
        sign("connections", "meetings", "job title", weight=1),
        sign("client id", "groups", weight=1),
    ),
    headers=headers(
        about="biography|bio",
        role="groups|group|people group|type|roles|registration type",
        company="company|organization|company name",
        never="tickets|badge code|badge id|client ids|client id|login url|magic link|"
        "barcodes",
        phone="mobile phone|landline phone|phone number|phone numbers|mobile|landline",
        time="last activity|first login|registered at",
        status="registration status|status",
        name_full="full name",
        sector="industry|industries|sector",
        seeks="looking for|interested in|i am looking for",
        offers="offering|i can offer|expertise|i am offering",
    ),
    file_words=("swapcard",),
)
LUMA: Final = Tool(
    "luma",
    signs=(
        sign("api_id", "approval_status", weight=1),
        sign("api_id", "qr_code_url", weight=1),
        sign("guest_id", "approval_status", weight=1),
        sign("approval_status", "checked_in_at", weight=1),
        sign("eth_address", weight=2),
        sign("ticket_type_id", "ticket_name", weight=1),
        sign("api_id", "name", "email", weight=1),
    ),
    headers=headers(
        never="api_id|guest_id|custom_source|utm_source|qr_code_url|ticket_type_id|ticket_name"
        "|amount|amount_tax|amount_discount|currency|coupon_code|eth_address|solana_address"
        "|survey_response_rating|survey_response_feedback|event_api_id|has_joined_event",
        time="created_at|registered_at",
        status="approval_status|status",
        checked_in="checked_in_at|checked in at",
    ),
    file_words=("luma",),
)
