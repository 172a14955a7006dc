from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.engine.bridges import translations
from matchmaker.vocabulary.check import check_terms
from matchmaker.vocabulary.terms import (
    Entry,
    Glossary,
    TermsFileError,
    glossary,
    glossary_digest,
    index_terms,
    use_own_terms,
)

SAMPLE = Glossary(
    {
        "pipe": Entry(
            "pipe",
            "mining.metallurgy",
            {"en": ("pipe",), "ru": ("труба",), "zh": ("管",)},
        ),
        "steel-pipe": Entry(
            "steel-pipe",
            None,
            {"en": ("steel pipe",), "ru": ("стальная труба",), "zh": ("钢管",)},
        ),
    }
)


def codes(text: str) -> list[tuple[str, bool]]:
    return [(match.code, match.part) for match in SAMPLE.find(text)]


def test_the_longest_term_is_found_and_its_parts_are_marked() -> None:
    assert codes("Steel pipes wanted") == [("steel-pipe", False), ("pipe", True)]


@pytest.mark.parametrize("text", ["стальные трубы", "钢管"])
def test_a_term_is_found_in_every_language(text: str) -> None:
    assert ("steel-pipe", False) in codes(text)


def test_a_term_does_not_reach_over_the_end_of_a_clause() -> None:
    assert codes("We have steel, pipes too") == [("pipe", False)]


@pytest.mark.parametrize(
    ("text", "code", "other"),
    [
        ("can opener", "can-opener", "open source"),
        ("electric can openers", "can-opener", "opening soon"),
        ("beverage cans", "beverage-can", "beverages"),
        ("IT services", "it-services", "it services our clients"),
        ("last will", "inheritance", "last mile"),
        ("конфеты без сахара", "sugar-free", "сахар"),
        ("разработка ПО", "software-development", "разработка по заказу"),
        ("R&D", "research-and-development", "R plots"),
    ],
)
def test_a_word_that_searching_leaves_out_still_tells_a_name(
    text: str, code: str, other: str
) -> None:
    known = glossary()
    assert code in {match.code for match in known.find(text)}
    assert code not in {match.code for match in known.find(other)}


def test_a_bound_name_is_looked_for_at_the_ends_of_a_text_too() -> None:
    entry = Entry(
        "no-code", None, {"en": ("no code",), "ru": ("без кода",), "zh": ("零码",)}
    )
    known = Glossary({"no-code": entry})
    assert [match.code for match in known.find("no code")] == ["no-code"]
    assert known.find("code") == known.find("code no") == []


def test_logistics_shares_keys_in_three_languages() -> None:
    russian, english, chinese = (
        index_terms(text) for text in ("логистика", "freight forwarding", "物流")
    )
    assert russian.keys() & english.keys()
    assert russian.keys() & chinese.keys()


def test_a_concept_is_named_in_each_language() -> None:
    assert {SAMPLE.name("pipe", locale) for locale in ("en", "ru", "zh-CN", "fr")} == {
        "pipe",
        "труба",
        "管",
    }


@pytest.fixture
def own_folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "terms"
    folder.mkdir()
    yield folder
    use_own_terms(tmp_path / "none")


OWN = "code,sector,en,ru,zh\nour-thing,,grumblewick,грамблвик,咕噜芯\n"


def test_own_terms_are_added_without_losing_the_others(own_folder: Path) -> None:
    (own_folder / "own.csv").write_text(OWN, "utf-8")
    assert use_own_terms(own_folder) == 1
    found = {match.code for match in glossary().find("grumblewicks, tea")}
    assert {"our-thing", "tea"} <= found


def test_what_was_computed_from_the_glossary_follows_it(own_folder: Path) -> None:
    before = translations("ru", "en")
    assert not any(word.startswith("грамбл") for word in before)
    digest = glossary_digest()
    (own_folder / "own.csv").write_text(OWN, "utf-8")
    use_own_terms(own_folder)
    assert any(word.startswith("грамбл") for word in translations("ru", "en"))
    assert glossary_digest() != digest
    use_own_terms(own_folder.with_name("none"))
    assert glossary_digest() == digest


def test_the_same_own_terms_again_cost_nothing(own_folder: Path) -> None:
    (own_folder / "own.csv").write_text(OWN, "utf-8")
    use_own_terms(own_folder)
    known = glossary()
    use_own_terms(own_folder)
    assert glossary() is known


@pytest.mark.parametrize(
    "content", [b"code,sector,en,ru,zh\na,,\xff,b,c\n", b"x" * 200_000]
)
def test_a_damaged_file_is_named_and_the_terms_in_use_stay(
    own_folder: Path, content: bytes
) -> None:
    (own_folder / "own.csv").write_text(OWN, "utf-8")
    use_own_terms(own_folder)
    (own_folder / "second.csv").write_bytes(content)
    with pytest.raises(TermsFileError, match=r"second\.csv"):
        use_own_terms(own_folder)
    assert "our-thing" in glossary().entries


def test_without_a_folder_there_are_no_own_terms(tmp_path: Path) -> None:
    assert use_own_terms(tmp_path / "nowhere") == 0


def test_the_check_names_file_line_and_fault(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "code,sector,en,ru,zh\n"
        "good,food,tea,чай,茶\n"
        "Bad Code,food,tea two,чай два,茶二\n"
        "no-sector,nowhere,x1 word,слово,词\n"
        "not-russian,,y word,latin words,词语\n"
        "good,,tea,чай чёрный,红茶\n",
        "utf-8",
    )
    count, problems = check_terms([path])
    assert count == 5
    assert [problem.split(": ")[0].rsplit(" ", 1)[1] for problem in problems] == list(
        "34566"
    )


def test_the_glossary_speaks_of_thousands_of_things() -> None:
    assert len(glossary().entries) > 3000
