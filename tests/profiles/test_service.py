"""Profiles on both databases: saving, lost updates, the index, the meter."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.errors import DomainError
from matchmaker.profiles import directory, rules, service
from matchmaker.profiles.models import Profile, ProfileStatus, SearchEntry, Side
from tests.conftest import MakeMember


def find(session: Session, query: str, **chosen: list[str]) -> list[str]:
    found = directory.search(session, query, chosen=chosen, page=1, size=20)
    return [profile.full_name for profile in found.profiles]


def test_a_profile_becomes_active_with_its_first_item(
    session: Session, make_member: MakeMember
) -> None:
    profile = make_member()
    assert profile.status is ProfileStatus.CLAIMED
    item = service.save_item(
        session,
        profile.id,
        None,
        side=Side.OFFER,
        collaboration="supply",
        text="Durum wheat",
        lang="en",
    )
    assert profile.status is ProfileStatus.ACTIVE
    service.remove_item(session, profile.id, item.public_id)
    assert profile.status is ProfileStatus.CLAIMED


def test_an_edit_based_on_an_older_text_is_refused(
    session: Session, make_member: MakeMember
) -> None:
    profile = make_member()
    version = profile.version
    service.save_profile(
        session, profile.id, version=version, changes={"city": "Astana"}
    )
    with pytest.raises(DomainError, match="edited-elsewhere"):
        service.save_profile(
            session, profile.id, version=version, changes={"city": "Aktau"}
        )
    assert profile.city == "Astana"


def test_a_field_that_no_form_offers_cannot_be_set(
    session: Session, make_member: MakeMember
) -> None:
    profile = make_member()
    with pytest.raises(ValueError, match="user_id"):
        service.save_profile(
            session, profile.id, version=profile.version, changes={"user_id": 1}
        )


def test_every_edit_marks_the_profile_for_matching(
    session: Session, make_member: MakeMember
) -> None:
    profile = make_member(offers=(("supply", "Wheat"),))
    profile.list_stale_since = profile.reach_stale_since = None
    service.save_profile(
        session, profile.id, version=profile.version, changes={"city": "Astana"}
    )
    assert profile.list_stale_since is not None
    assert profile.reach_stale_since is not None


@pytest.mark.parametrize(
    "query", ["логистика", "logistics", "物流", "freight forwarder"]
)
def test_a_word_finds_offers_in_three_languages(
    session: Session, make_member: MakeMember, query: str
) -> None:
    make_member(name="Anna", offers=(("logistics", "Freight forwarding to Xi'an"),))
    make_member(
        name="Boris", offers=(("logistics", "Логистика и экспедирование грузов"),)
    )
    make_member(name="Chen", offers=(("logistics", "中亚铁路物流与货运代理"),))
    make_member(name="Dina", offers=(("supply", "Cotton yarn for knitting"),))
    found = find(session, query)
    assert set(found[:3]) == {"Anna", "Boris", "Chen"}


def test_an_edit_is_found_at_once_and_the_old_words_no_longer(
    session: Session, make_member: MakeMember
) -> None:
    profile = make_member(name="Anna", offers=(("supply", "Dried apricots"),))
    assert find(session, "apricots") == ["Anna"]
    service.save_item(
        session,
        profile.id,
        profile.opportunities[0].public_id,
        side=Side.OFFER,
        collaboration="supply",
        text="Ceramic tiles",
        lang="en",
    )
    assert find(session, "apricots") == []
    assert find(session, "tiles") == ["Anna"]


def test_facets_narrow_and_values_of_one_facet_widen(
    session: Session, make_member: MakeMember
) -> None:
    offer = (("supply", "Wheat"),)
    make_member(name="Anna", country="KZ", offers=offer, sectors=("agri.crops",))
    make_member(name="Bek", country="UZ", offers=offer, sectors=("agri.cotton",))
    make_member(name="Chen", country="CN", offers=offer)
    assert set(find(session, "", country=["KZ", "UZ"])) == {"Anna", "Bek"}
    assert find(session, "", country=["KZ", "UZ"], sector=["agri.cotton"]) == ["Bek"]
    assert set(find(session, "wheat", sector=["agri"])) == {"Anna", "Bek"}
    counts = directory.search(session, "", chosen={}, page=1, size=1).facets
    assert dict(counts["sector"])["agri"] == 2


def test_a_paused_profile_is_in_no_index(
    session: Session, make_member: MakeMember
) -> None:
    profile = make_member(name="Anna", offers=(("supply", "Saffron"),))
    service.set_paused(session, profile.id, paused=True)
    keys = select(func.count()).where(SearchEntry.profile_id == profile.id)
    assert session.scalar(keys) == 0
    with pytest.raises(DomainError, match="profile-unknown"):
        service.get_listed(session, profile.public_id, viewer_id=0)
    service.set_paused(session, profile.id, paused=False)
    assert find(session, "saffron") == ["Anna"]


def test_pages_of_the_directory_show_everybody_once(
    session: Session, make_member: MakeMember
) -> None:
    for number in range(7):
        make_member(name=f"P{number}", offers=(("supply", "Wheat"),))
    seen: list[str] = []
    for page in (1, 2, 3):
        found = directory.search(session, "wheat", chosen={}, page=page, size=3)
        assert found.total == 7
        seen += [profile.full_name for profile in found.profiles]
    assert sorted(seen) == [f"P{number}" for number in range(7)]


def test_the_meter_names_the_next_field(make_member: MakeMember) -> None:
    profile = make_member(offers=(("supply", "Wheat"),))
    reading = service.completion(profile)
    assert reading.next_field == "request"
    assert 0 < reading.percent < 100


def test_a_full_profile_reads_a_hundred(make_member: MakeMember) -> None:
    profile: Profile = make_member(
        offers=(("supply", "Wheat"),),
        requests=(("purchase", "Buyers of wheat"),),
        sectors=("agri.crops",),
        markets=("CN",),
        about="We grow wheat.",
        contacts={"phone": {"value": "+7 700 000 00 00", "visibility": "connections"}},
    )
    assert service.completion(profile) == rules.Completion(100, None, ())


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "ftp://a.example.org",
        "no spaces.org/ a",
        "nodot",
        "http://[bad",
    ],
)
def test_what_is_no_web_address_is_refused(text: str) -> None:
    with pytest.raises(DomainError, match="website-invalid"):
        rules.check_website(text)


def test_a_bare_host_becomes_an_https_address() -> None:
    assert rules.check_website("steppe.example.org") == "https://steppe.example.org"


def test_mail_and_phone_stay_hidden_until_both_said_yes() -> None:
    contacts = {
        "email": {"value": "a@example.org", "visibility": "members"},
        "phone": {"value": "+7 700", "visibility": "connections"},
        "telegram": {"value": "@a", "visibility": "members"},
        "wechat": {"value": "a", "visibility": "nobody"},
    }
    strangers = rules.visible_contacts(contacts, connected=False, own=False)
    assert strangers == {"telegram": "@a"}
    connected = rules.visible_contacts(contacts, connected=True, own=False)
    assert connected.keys() == {"email", "phone", "telegram"}


def test_another_persons_item_cannot_be_changed(
    session: Session, make_member: MakeMember
) -> None:
    mine, other = make_member(), make_member(offers=(("supply", "Wheat"),))
    with pytest.raises(DomainError, match="profile-unknown"):
        service.remove_item(session, mine.id, other.opportunities[0].public_id)
