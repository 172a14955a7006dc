from pathlib import Path

import pytest

from matchmaker.vocabulary.check import check_terms
from matchmaker.vocabulary.terms import Entry, Glossary, glossary, index_terms

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


def test_own_terms_are_added_without_losing_the_others(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "code,sector,en,ru,zh\nour-thing,,our thing,наша вещь,我们的\n", "utf-8"
    )
    added = SAMPLE.with_extra(path)
    assert [match.code for match in added.find("our things, pipe")] == [
        "our-thing",
        "pipe",
    ]


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
