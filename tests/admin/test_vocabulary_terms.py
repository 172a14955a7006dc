"""Own terms from the browser: a draft, what it would change, in force, and back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from matchmaker.admin import vocabulary_jobs
from matchmaker.admin.vocabulary_terms import OwnTerms, WrongTerm
from matchmaker.app import Site
from matchmaker.cli.work import Worker
from matchmaker.errors import DomainError
from matchmaker.matching.term_effects import effects
from matchmaker.vocabulary.own import OwnWords
from matchmaker.vocabulary.terms import glossary, index_terms, use_own_terms
from tests.conftest import MakeMember, Visitor, add_member

Join = Callable[..., tuple[Visitor, str]]
WUMPLE = {"en": "wumple", "ru": "кистрога", "zh": "蛐蟆"}
NAMES = {key: [name] for key, name in WUMPLE.items()}


@pytest.fixture(autouse=True)
def forget(tmp_path: Path) -> Iterator[None]:
    """Forget the terms of a test: the glossary is one for the process."""
    yield
    use_own_terms(tmp_path / "none")


@pytest.fixture
def chief(join: Join) -> Visitor:
    return join(is_admin=True)[0]


def knows_wumple() -> bool:
    return bool(set(index_terms("wumple")) & {"c:own-wumple"})


def test_a_draft_changes_nothing_until_it_is_in_force(tmp_path: Path) -> None:
    terms, words = OwnTerms(tmp_path), OwnWords(tmp_path)
    words.follow()
    assert terms.save(NAMES, sector="") == "own-wumple"
    words.follow()
    assert not knows_wumple()
    assert terms.publish(terms.digest()) == 1
    assert words.follow()
    assert knows_wumple()
    assert not words.follow()


def test_one_step_back_is_what_was_before_and_can_be_taken_back(tmp_path: Path) -> None:
    terms, words = OwnTerms(tmp_path), OwnWords(tmp_path)
    terms.save(NAMES, sector="")
    terms.publish(terms.digest())
    terms.go_back()
    words.follow()
    assert not knows_wumple()
    terms.go_back()
    words.follow()
    assert knows_wumple()


def test_a_draft_that_was_changed_meanwhile_is_not_put_in_force(tmp_path: Path) -> None:
    terms = OwnTerms(tmp_path)
    terms.save(NAMES, sector="")
    seen = terms.digest()
    terms.save({**NAMES, "en": ["wumples of steel"]}, sector="", code="own-wumple")
    with pytest.raises(DomainError, match="terms-changed"):
        terms.publish(seen)
    assert terms.state().live == []


def test_without_a_draft_or_a_before_nothing_is_put_in_force(tmp_path: Path) -> None:
    terms = OwnTerms(tmp_path)
    with pytest.raises(DomainError, match="terms-no-draft"):
        terms.publish(terms.digest())
    with pytest.raises(DomainError, match="terms-no-before"):
        terms.go_back()
    with pytest.raises(DomainError, match="term-unknown"):
        terms.remove("own-nothing")


@pytest.mark.parametrize(
    "names",
    [
        {**NAMES, "ru": ["wumple of steel"]},
        {**NAMES, "en": ["wumple", "Wumple"]},
        {**NAMES, "en": ["w" * 91]},
        {**NAMES, "zh": ["蛐蟆，螃蟹"]},
    ],
)
def test_what_terms_check_would_refuse_is_refused(
    tmp_path: Path, names: dict[str, list[str]]
) -> None:
    terms = OwnTerms(tmp_path)
    with pytest.raises(WrongTerm) as refused:
        terms.save(names, sector="")
    assert refused.value.problems
    assert str(tmp_path) not in " ".join(refused.value.problems)
    assert terms.state().draft is None


def test_two_concepts_of_one_name_get_codes_of_their_own(tmp_path: Path) -> None:
    terms = OwnTerms(tmp_path)
    terms.save(NAMES, sector="")
    other = {**NAMES, "en": ["wumple", "wumple press"]}
    assert terms.save(other, sector="logistics") == "own-wumple-2"
    terms.remove("own-wumple")
    assert [one.code for one in terms.state().shown] == ["own-wumple-2"]


def test_a_damaged_file_leaves_what_was_known(tmp_path: Path) -> None:
    terms, words = OwnTerms(tmp_path), OwnWords(tmp_path)
    terms.save(NAMES, sector="")
    terms.publish(terms.digest())
    words.follow()
    terms.live.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Exception, match="not UTF-8"):
        words.follow()
    assert knows_wumple()
    assert not words.follow()


def test_the_preview_names_the_pair_that_a_new_term_brings_together(
    session: Session, make_member: MakeMember, tmp_path: Path
) -> None:
    maker = make_member(name="Maker", offers=(("supply", "Wumples from stock"),))
    buyer = make_member(name="Buyer", requests=(("supply", "Ищу кистроги оптом"),))
    for at in range(4):
        make_member(name=f"Farmer {at}", offers=(("supply", f"Wheat, {at} t"),))
    now, then = tmp_path / "now", tmp_path / "then"
    then.mkdir()
    (then / "site.csv").write_text(
        "code,sector,en,ru,zh\nwumple,,wumple,кистрога,蛐蟆\n", "utf-8"
    )
    told = effects(session, now, then)
    assert (told["read"], told["changed"], told["sample"]) == (6, 2, 6)
    best = told["gain"][0]
    assert {best["a"], best["b"]} == {maker.public_id, buyer.public_id}
    assert best["after"] > best["before"]
    assert "wumple" not in glossary().entries


def test_a_draft_that_concerns_nobody_changes_no_pair(
    session: Session, make_member: MakeMember, tmp_path: Path
) -> None:
    make_member(name="Farmer", offers=(("supply", "Wheat"),))
    then = tmp_path / "then"
    then.mkdir()
    (then / "site.csv").write_text(
        "code,sector,en,ru,zh\nwumple,,wumple,кистрога,蛐蟆\n", "utf-8"
    )
    told = effects(session, tmp_path / "now", then)
    assert told == {"read": 1, "changed": 0, "sample": 1, "gain": [], "lose": []}


def test_an_admin_drafts_looks_and_puts_in_force_and_the_site_follows(
    site: Site, chief: Visitor
) -> None:
    with site.sessions.write.begin() as session:
        add_member(session, name="Maker", offers=(("supply", "Two wumples"),))
    worker = Worker(site)
    site.matcher.refit(site.sessions.read())
    answer = chief.post("/admin/terms/new", {**WUMPLE, "sector": ""})
    assert answer.status_code == 303
    assert "The worker computes" in chief.get("/admin/terms").text
    worker.work_off()
    page = chief.get("/admin/terms").text
    assert "1 is found by other words" in page
    digest = page.split('name="digest" value="')[1].split('"')[0]
    assert "Maker" not in chief.get("/directory?q=кистроги").text
    published = chief.post("/admin/terms/draft/publish", {"digest": digest})
    assert published.status_code == 303
    assert "The worker is bringing search" in chief.get("/admin/terms").text
    while worker.work_off():
        pass
    assert "The worker is bringing search" not in chief.get("/admin/terms").text
    assert "Maker" in chief.get("/directory?q=кистроги").text
    assert chief.post("/admin/terms/back").status_code == 303
    assert "No own terms yet" in chief.get("/admin/terms").text


def test_a_preview_that_failed_is_not_tried_again(
    site: Site, chief: Visitor, tmp_path: Path
) -> None:
    chief.post("/admin/terms/new", {**WUMPLE, "sector": ""})
    with pytest.raises(Exception, match="URL"):
        vocabulary_jobs.preview_draft("no address", tmp_path, "")
    assert vocabulary_jobs.preview_draft("no address", tmp_path, "") == 0
    assert "could not be computed" in chief.get("/admin/terms").text
    assert site.sessions is not None


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong(chief: Visitor) -> None:
    typed = {**WUMPLE, "zh": "wumple of steel", "sector": ""}
    answer = chief.post("/admin/terms/new", typed)
    assert answer.status_code == 422
    assert "кистрога" in answer.text
    assert "is not written as zh" in answer.text
