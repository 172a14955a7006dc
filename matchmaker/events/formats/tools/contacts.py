"""Exports of contact books: HubSpot, CiviCRM, LinkedIn, vCard, Zoom questions."""

from typing import Final

from matchmaker.events.formats.headers import header_key
from matchmaker.events.formats.tools.base import Tool, headers, sign
from matchmaker.events.formats.vcards import FIELDS as CARD_FIELDS

HUBSPOT: Final = Tool(
    "hubspot",
    signs=(
        sign("record id", weight=2),
        sign("record id - contact", weight=3),
        sign("contact owner", "lead status", weight=1),
        sign("lifecycle stage", weight=2),
        sign("hs_object_id", weight=2),
        sign("hubspot score", weight=2),
        sign("associated company", "contact owner", weight=1),
        sign("datensatz-id", weight=2),
        sign("id de registro", weight=2),
        sign("id del registro", weight=2),
        sign("id de l'enregistrement", weight=2),
        sign("идентификатор записи", weight=2),
        sign("记录 id", weight=2),
    ),
    headers=headers(
        number="record id|record id - contact|hs_object_id|datensatz-id|id de registro",
        other_person="contact owner|hubspot owner|kontaktverantwortlicher"
        "|zuständiger mitarbeiter|propietario del contacto|ответственный за контакт",
        marketing="lead status|lifecycle stage|marketing contact status|hubspot score"
        "|original source|original traffic source|lead-status|contact status",
        company="company name|associated company|associated company name|company"
        "|primary associated company|unternehmensname",
        country="country/region|ip country|country",
        never="ip country code|ip city|ip state/region|ip country|ip timezone",
        opted_out="unsubscribed from all email|opted out of all email|email opt out",
        sector="industry",
        phone="phone number|mobile phone number|phone|mobile phone",
        whatsapp="whatsapp phone number",
    ),
    file_words=("hubspot",),
    choices=False,
)
CIVICRM: Final = Tool(
    "civicrm",
    signs=(
        sign("contact id", "contact type", weight=1),
        sign("contact id", "sort name", weight=2),
        sign("contact id", "display name", weight=1),
        sign("internal contact id", weight=2),
        sign("participant id", "participant status", weight=2),
        sign("current employer", "individual prefix", weight=2),
        sign("contact id", "current employer", weight=1),
        sign("sort name", "participant status", weight=1),
        sign("participant status", "participant role", weight=1),
        sign("do not email", "do not phone", weight=1),
        sign("participant name", "participant status", weight=1),
        sign("external identifier", "contact type", weight=1),
        sign("id контакта", "тип контакта", weight=2),
    ),
    headers=headers(
        number="contact id|internal contact id|participant id|external identifier|"
        "contact source",
        sort_name="sort name|имя для сортировки",
        name="display name|participant name|contact name|addressee|отображаемое имя",
        contact_type="contact type|contact subtype|тип контакта",
        company="current employer|organization name|employer|текущий работодатель",
        status="participant status|status|статус участника",
        role="participant role|role|роль участника",
        country="country|primary country|address country",
        city="city|primary city",
        never="fee level|fee amount|fee currency|amount|gender|birth date|source"
        "|communication style|email greeting|postal greeting|participant fee level",
        opted_out="do not email|no bulk emails (user opt out)|is deceased|deceased"
        "|no bulk emails|do not contact|opt out",
        salutation="individual prefix|prefix|individual suffix",
        time="register date|event start date|event end date|participant register date",
        summary="event|event title|event type",
    ),
    file_words=("civicrm", "civi"),
)
LINKEDIN: Final = Tool(
    "linkedin_leads",
    signs=(
        sign("lead id", weight=2),
        sign("form name", "campaign name", weight=1),
        sign("lead form name", weight=2),
        sign("campaign name", "ad name", weight=1),
        sign("campaign name", "creative id", weight=1),
        sign("is test lead", weight=2),
        sign("test lead", weight=2),
        sign("lead type", "form name", weight=1),
        sign("creative id", weight=1),
        sign("linkedin member id", weight=2),
        sign("work email", "linkedin profile url", weight=1),
        sign("lead submitted time", weight=2),
        sign("submitted at", "form name", weight=1),
        sign("first name", "last name", "connected on", weight=2),
    ),
    headers=headers(
        number="lead id|form id|campaign id|ad id|creative id|id",
        summary="form name|lead form name|campaign name|ad name|account name|lead type"
        "|campaign group name|owner name|creative name|campaign type|objective",
        test_lead="is test lead|test lead|testlead|istestlead",
        linkedin="linkedin profile url|linkedin profile|profile url|linkedin url|url",
        time="connected on|created at|submitted at|lead submitted time|"
        "submitted date|created time",
        seniority="seniority|job function|degree|field of study|school",
        email="email address|email|work email|business email|personal email",
        company="company name|company|current company",
        title="job title|position|current position|headline",
    ),
    file_words=("linkedin",),
    choices=False,
)
#: Its reader lays the contacts out under our own names of fields.
VCARD: Final = Tool("vcard", headers={header_key(name): name for name in CARD_FIELDS})
ZOOM_QUESTIONS: Final = Tool(
    "zoom_webinar_questions",
    signs=(
        sign("question", "asker name", weight=1),
        sign("question", "asker email", weight=2),
        sign(fields="question name", preamble=r"q&a report|question details", weight=1),
    ),
    headers=headers(
        name="asker name",
        email="asker email",
        never="answer|answers|answer(s)|answer name",
    ),
)
GENERIC: Final = Tool("generic_table")
