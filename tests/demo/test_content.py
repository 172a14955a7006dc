"""What must hold of the demo community, whoever edits its content files."""

import csv
import re
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from matchmaker.demo.community import build_community
from matchmaker.demo.library import archetypes, dialogues
from matchmaker.demo.model import STAGE_1, STAGE_2, DemoCommunity, DemoPerson

TODAY = date(2026, 11, 21)
MIDNIGHT = datetime.combine(TODAY, time(), tzinfo=UTC)
TAXONOMY = Path(__file__).parents[3] / "shared" / "data" / "taxonomy.csv"
MEMBERS_OF_SCO = ("CN", "RU", "IN", "PK", "KZ", "KG", "TJ", "UZ", "IR", "BY")
COLLABORATIONS = 13
WORD = re.compile(r"[^\W\d_]+")


@cache
def community() -> DemoCommunity:
    return build_community(today=TODAY)


def people(state: str) -> list[DemoPerson]:
    return [p for p in community().people if p.state == state]


def texts() -> list[str]:
    found = [p.about for p in community().people if p.about]
    found += [o.text for p in community().people for o in p.opportunities]
    found += [i.note for i in community().introductions]
    return found


def all_texts() -> list[str]:
    found = texts()
    found += [m.text for i in community().introductions for m in i.messages]
    for introduction in community().introductions:
        for follow_up in introduction.follow_ups:
            found += [follow_up.what, follow_up.next_step]
    for person in community().people:
        found += [a.question for a in person.attendance]
        found += [person.job_title, person.full_name]
        if person.organisation:
            found.append(person.organisation.name)
    return found


def test_two_calls_for_one_day_give_the_same_community() -> None:
    assert build_community(today=TODAY) == community()


@pytest.mark.parametrize(
    "day", [date(2026, 3, 29), date(2027, 1, 1), date(2028, 2, 29)]
)
def test_the_community_can_be_built_on_any_day(day: date) -> None:
    built = build_community(today=day)
    assert [p.full_name for p in built.people] == [
        p.full_name for p in community().people
    ]


def test_people_come_from_forty_five_countries_and_the_sco_is_strongest() -> None:
    counts = Counter(p.country for p in community().people)
    assert len(counts) == 45
    assert {country for country, _ in counts.most_common(10)} == set(MEMBERS_OF_SCO)


def test_there_are_about_four_hundred_people_in_three_states() -> None:
    assert 390 <= len(community().people) <= 410
    assert 290 <= len(people("active")) <= 310
    assert len(people("partial")) == 40
    assert len(people("draft")) == 60


def test_mails_keys_and_names_are_unique() -> None:
    for values in (
        [p.email for p in community().people],
        [p.key for p in community().people],
        [p.latin_name for p in community().people],
    ):
        assert len(set(values)) == len(values)


def test_every_mail_is_plain_ascii_at_example_org() -> None:
    for person in community().people:
        assert re.fullmatch(r"[a-z0-9.]+@example\.org", person.email)


def test_every_latin_name_is_written_in_latin_letters() -> None:
    for person in community().people:
        for letter in "".join(WORD.findall(person.latin_name)):
            assert "LATIN" in unicodedata.name(letter), person.latin_name


def test_every_website_belongs_to_one_organisation_at_example_org() -> None:
    found = {p.organisation for p in community().people if p.organisation}
    sites = [o.website for o in found if o.website]
    assert len(set(sites)) == len(sites)
    for site in sites:
        assert re.fullmatch(r"https://[a-z0-9-]+\.example\.org", site)


def test_some_organisations_are_shared_by_two_people() -> None:
    keys = Counter(p.organisation.key for p in community().people if p.organisation)
    assert 20 <= sum(count == 2 for count in keys.values()) <= 30
    assert max(keys.values()) == 2


def test_every_time_zone_exists_and_every_locale_is_one_of_ours() -> None:
    for person in community().people:
        assert ZoneInfo(person.time_zone).key == person.time_zone
        assert person.locale in {"en", "ru", "zh"}


def test_sectors_and_collaboration_types_exist_in_the_taxonomy() -> None:
    if not TAXONOMY.exists():
        pytest.skip("the shared taxonomy is not beside this checkout")
    with TAXONOMY.open(encoding="utf-8", newline="") as lines:
        codes = {row["code"] for row in csv.DictReader(lines)}
    kinds = {c.removeprefix("collab.") for c in codes if c.startswith("collab.")}
    assert len(kinds) == COLLABORATIONS
    for person in community().people:
        assert set(person.sectors) <= codes
        assert {o.type for o in person.opportunities} <= kinds
    tops = {c for c in codes if "." not in c} - {"collab"}
    used = {code.split(".")[0] for a in archetypes() for code in a["sectors"]}
    assert tops - used <= {"offer", "seek"}


def test_all_thirteen_collaboration_types_occur() -> None:
    found = {o.type for p in community().people for o in p.opportunities}
    assert len(found) == COLLABORATIONS


def test_active_people_have_a_full_profile() -> None:
    for person in people("active"):
        sides = Counter(o.side for o in person.opportunities)
        assert 1 <= sides["offer"] <= 3, person.key
        assert 1 <= sides["request"] <= 3, person.key
        assert person.about
        assert person.organisation
        assert person.organisation.website
        assert 1 <= len(person.sectors) <= 3
        assert person.markets
        assert person.country not in person.markets
        assert person.locale in person.languages


def test_partial_people_lack_something_and_drafts_only_stand_on_a_list() -> None:
    for person in people("partial"):
        requests = [o for o in person.opportunities if o.side == "request"]
        assert not (person.about and person.markets and requests), person.key
    for person in people("draft"):
        assert person.joined_at is None
        assert not person.opportunities
        assert not person.about
        assert person.organisation
        assert person.job_title
        assert any(a.question for a in person.attendance)


def test_about_and_items_and_notes_are_never_repeated() -> None:
    repeated = [text for text, count in Counter(texts()).items() if count > 1]
    assert repeated == []


def test_questions_are_never_repeated() -> None:
    asked = [a.question for p in community().people for a in p.attendance if a.question]
    assert [text for text, count in Counter(asked).items() if count > 1] == []


def test_no_slot_is_left_open_and_no_placeholder_text_remains() -> None:
    for text in all_texts():
        assert not re.search(r"[{}|]|lorem|None|  ", text), text


def test_no_word_mixes_cyrillic_and_latin_letters() -> None:
    for text in all_texts():
        for word in WORD.findall(text):
            scripts = {unicodedata.name(c).split()[0] for c in word}
            assert not {"CYRILLIC", "LATIN"} <= scripts, (word, text)


def test_each_text_is_written_in_the_script_of_its_language() -> None:
    for person in community().people:
        for item in person.opportunities:
            han = len(re.findall(r"[\u4e00-\u9fff]", item.text))
            cyrillic = len(re.findall(r"[\u0400-\u04ff]", item.text))
            expected = {"zh": han, "ru": cyrillic, "en": 1}[item.lang]
            assert expected > 0, item.text
            if item.lang == "en":
                assert han + cyrillic == 0, item.text


def test_all_three_languages_are_common() -> None:
    langs = Counter(o.lang for p in community().people for o in p.opportunities)
    assert min(langs[lang] for lang in ("en", "ru", "zh")) > 100


def test_the_content_is_broad_and_complete_in_three_languages() -> None:
    assert len(archetypes()) >= 110
    assert len(dialogues()) >= 35
    for archetype in archetypes():
        for row in [*archetype["offers"], *archetype["requests"]]:
            assert len(row) == 5, archetype["key"]
            assert all(row)
        assert len(archetype["about"]) == 3
        for values in archetype["slots"].values():
            assert len(values) == 4
            assert {value.count("|") for value in values} <= {0, 2}


def test_the_texts_name_only_slots_that_are_filled() -> None:
    shared = {"city", "city_in", "city_from", "country", "country_in", "year", "m1"}
    shared |= {"country_from", "m1_in", "m1_to", "m1_from"}
    for archetype in archetypes():
        rows = [archetype["about"]]
        rows += [row[2:] for row in archetype["offers"] + archetype["requests"]]
        for text in (text for row in rows for text in row):
            slots = set(re.findall(r"{(\w+)}", text))
            assert slots <= shared | set(archetype["slots"]), archetype["key"]


def test_the_events_had_the_crowds_they_are_remembered_for() -> None:
    counts = Counter(a.event for p in community().people for a in p.attendance)
    assert 325 <= counts["webinar"] <= 335
    assert 145 <= counts["meeting"] <= 155
    both = [p for p in community().people if len(p.attendance) == 2]
    assert len(both) > 50
    ages = [(TODAY - e.starts_at.date()).days for e in community().events]
    assert ages == [77, 42]


def test_the_three_printed_logins_are_there() -> None:
    by_mail = {p.email: p for p in community().people}
    assert by_mail["member@example.org"].role == "member"
    assert by_mail["organiser@example.org"].role == "organiser"
    assert by_mail["admin@example.org"].role == "admin"
    assert {e.organiser for e in community().events} == {"organiser"}


def test_the_member_has_something_to_answer_to_continue_and_to_catch_up_on() -> None:
    own = [i for i in community().introductions if "member" in {i.seeker, i.candidate}]
    waiting = [i for i in own if i.candidate == "member" and i.state == "pending"]
    assert len(waiting) == 3
    assert any(i.state == "accepted" and len(i.messages) >= 2 for i in own)
    late = [
        f
        for i in own
        for f in i.follow_ups
        if f.author == "member" and not f.done_at and f.due_on and f.due_on < TODAY
    ]
    assert late


def test_introductions_end_as_planned() -> None:
    states = Counter(i.state for i in community().introductions)
    total = len(community().introductions)
    assert total == 150
    for state, share in {
        "accepted": 0.45,
        "declined": 0.15,
        "expired": 0.2,
        "pending": 0.2,
    }.items():
        assert abs(states[state] / total - share) < 0.05


def test_each_introduction_cites_an_offer_and_a_request() -> None:
    by_key = {p.key: p for p in community().people}
    for i in community().introductions:
        assert i.seeker_item is not None
        assert i.candidate_item is not None
        seeker, candidate = by_key[i.seeker], by_key[i.candidate]
        sides = {
            seeker.opportunities[i.seeker_item].side,
            candidate.opportunities[i.candidate_item].side,
        }
        assert sides == {"offer", "request"}
        assert i.lang == seeker.locale


def test_two_people_are_introduced_once() -> None:
    pairs = [frozenset({i.seeker, i.candidate}) for i in community().introductions]
    assert len(set(pairs)) == len(pairs)


def test_an_introduction_runs_from_request_to_outcome_in_order() -> None:
    joined = {p.key: p.joined_at for p in community().people}
    for i in community().introductions:
        moments = [joined[i.seeker], joined[i.candidate]]
        assert all(m is not None and m < i.asked_at for m in moments), i.key
        assert (i.answered_at is not None) == (i.state in {"accepted", "declined"})
        if i.answered_at is not None:
            assert i.asked_at < i.answered_at < i.expires_at
        if i.state == "pending":
            assert i.expires_at > MIDNIGHT
        if i.state == "expired":
            assert i.expires_at < MIDNIGHT
        if i.state != "accepted":
            assert not i.messages
            assert not i.follow_ups
            assert not i.outcomes
            continue
        assert i.answered_at is not None
        sent = [m.sent_at for m in i.messages]
        assert sent == sorted(sent)
        assert all(i.answered_at < moment < MIDNIGHT for moment in sent)
        last = max([i.answered_at, *sent])
        for f in i.follow_ups:
            assert f.happened_on >= last.date()
            assert last < f.recorded_at < MIDNIGHT
            assert f.done_at is None or f.recorded_at < f.done_at < MIDNIGHT
            assert f.due_on is None or f.due_on > f.happened_on
        recorded = [f.recorded_at for f in i.follow_ups]
        for outcome in i.outcomes:
            assert max([last, *recorded]) < outcome.recorded_at < MIDNIGHT


def test_outcomes_use_the_two_stages_and_sides_sometimes_differ() -> None:
    differing = 0
    seen = set()
    for i in community().introductions:
        for stage, scale in ((1, STAGE_1), (2, STAGE_2)):
            answers = [o for o in i.outcomes if o.stage == stage]
            assert {o.value for o in answers} <= set(scale)
            authors = [o.author for o in answers]
            assert len(set(authors)) == len(authors)
            assert set(authors) <= {i.seeker, i.candidate}
            differing += len({o.value for o in answers}) == 2
            seen |= {stage} if answers else set()
    assert seen == {1, 2}
    assert differing >= 3


def test_conversations_have_two_to_nine_messages_by_the_two_people() -> None:
    accepted = [i for i in community().introductions if i.state == "accepted"]
    for i in accepted:
        assert 2 <= len(i.messages) <= 9, i.key
        assert {m.author for m in i.messages} == {i.seeker, i.candidate}


def test_nobody_writes_at_night() -> None:
    zones = {p.key: ZoneInfo(p.time_zone) for p in community().people}
    for i in community().introductions:
        moments = [(i.seeker, i.asked_at)]
        moments += [(m.author, m.sent_at) for m in i.messages]
        if i.answered_at is not None:
            moments.append((i.candidate, i.answered_at))
        for author, moment in moments:
            assert 7 <= moment.astimezone(zones[author]).hour < 22


def test_some_next_steps_are_done_and_some_are_overdue() -> None:
    made = [f for i in community().introductions for f in i.follow_ups]
    late = [f for f in made if f.due_on and f.due_on < TODAY and not f.done_at]
    assert len(late) >= 5
    assert sum(f.done_at is not None for f in made) >= 10
    assert {f.kind for f in made} == {"call", "meeting", "mail", "visit", "chat"}


def test_decisions_come_after_joining_and_only_a_no_has_a_reason() -> None:
    joined = {p.key: p.joined_at for p in community().people}
    pairs = [(d.seeker, d.candidate) for d in community().decisions]
    assert len(set(pairs)) == len(pairs)
    for decision in community().decisions:
        since = joined[decision.seeker]
        assert since is not None
        assert since < decision.at < MIDNIGHT
        assert (decision.reason is not None) == (decision.kind == "not_for_me")
    reasons = {d.reason for d in community().decisions if d.reason}
    assert len(reasons) == 5


def test_no_demo_file_is_longer_than_four_hundred_lines() -> None:
    package = files("matchmaker.demo")
    for folder in (package, package / "content"):
        for file in folder.iterdir():
            if file.name.endswith((".py", ".json")):
                lines = file.read_text(encoding="utf-8").count("\n")
                assert lines <= 400, file.name
