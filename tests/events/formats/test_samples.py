"""The samples of ../shared, read as its ``expected.json`` says."""

import json
from pathlib import Path

import pytest

from matchmaker.events.formats import read, reading_values

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "imports"
EXPECTED = SAMPLES / "expected.json"
WANTED = json.loads(EXPECTED.read_text("utf-8")) if EXPECTED.exists() else {}

pytestmark = pytest.mark.skipif(
    not WANTED, reason="the samples of ../shared are not here"
)


@pytest.mark.parametrize("name", WANTED)
def test_a_sample_is_read_as_expected(name: str) -> None:
    want = WANTED[name]
    found = reading_values(read((SAMPLES / name).read_bytes(), name))
    people, skipped = found["people"], found["skipped"]
    assert found["format"] == want["format"]
    assert isinstance(people, list)
    assert isinstance(skipped, list)
    # The file may say more than the expectation lists; what it lists must be so.
    told = [
        {key: person.get(key) for key in wanted}
        for person, wanted in zip(people, want["people"], strict=True)
    ]
    assert told == want["people"]
    assert len(skipped) == len(want["skipped"])


REASONS = {
    "zoom_webinar_attendees.csv": [(18, "cancelled"), (19, "device")],
    "zoom_webinar_registrations.csv": [(9, "denied")],
    "zoom_meeting_participants.csv": [(3, "device")],
    "teams_attendance.csv": [(13, "no_email")],
    "google_forms_en.csv": [(4, "bad_email")],
    "eventbrite_attendees.csv": [(3, "shared_email"), (4, "refunded")],
    "pretix_positions.csv": [(4, "cancelled")],
    "brella_invites.csv": [(3, "seat_block")],
    "luma_guests.csv": [(3, "declined")],
    "hubspot_contacts.csv": [(3, "role_address")],
    "tencent_meeting_members.xlsx": [(13, "host")],
    "handmade_list_ru.xlsx": [(7, "total_row")],
}


@pytest.mark.parametrize("name", WANTED)
def test_a_row_left_out_is_named_by_its_number_and_a_reason(name: str) -> None:
    reading = read((SAMPLES / name).read_bytes(), name)
    found = [(each.row, each.reason) for each in reading.skipped]
    assert found == REASONS.get(name, [])
