from pathlib import Path

import pytest

from matchmaker.engine.lexicon import TextWeights
from matchmaker.engine.members import Member
from matchmaker.engine.profile import UNTYPED, Source, field_text
from matchmaker.engine.vectors import Vectors
from matchmaker.vocabulary.check import check_general, check_misleading
from matchmaker.vocabulary.misleading import Sense, general_file, misleading_file
from matchmaker.vocabulary.sectors import match_label, says_nothing
from matchmaker.vocabulary.terms import Entry, Glossary, glossary


def found(text: str) -> set[str]:
    return {match.code for match in glossary().find(text)}


@pytest.mark.parametrize(
    ("code", "meant", "not_meant"),
    [
        ("customs", "customs duty", "our customers"),
        ("gearbox", "gear reducers", "we reduce costs"),
        ("disability", "accessibility", "access to markets"),
        ("porcelain-ware", "porcelain", "a partner in China"),
        ("alternator", "alternators", "an alternative"),
        ("factoring", "factoring", "several factors"),
        ("overalls", "work overalls", "overall quality"),
        ("casting", "iron castings", "founded in 2015"),
        ("securities", "securities", "data security"),
        ("importer", "importers", "an important market"),
        ("animation", "animated films", "animal feed"),
        ("built-in", "built-in lamps", "we built a factory"),
        ("wellness", "well-being at work", "works well"),
        ("annual", "an annual fair", "for two years"),
        ("boat", "суда и катера", "судьи спорта"),
        ("brand", "бренды", "бренди и коньяк"),
        ("floor", "полы", "поля и сады"),
        ("freight", "перевозка грузов", "компании из Грузии"),
        ("honey", "мёд", "трубы из меди"),
        ("audio", "аудио", "аудит отчётности"),
        ("horse", "马", "马上联系"),
        ("alcohol", "酒", "酒店"),
        ("overhead-crane", "行车", "自行车"),
        ("water", "水", "水果"),
    ],
)
def test_a_concept_is_found_where_it_is_meant(
    code: str, meant: str, not_meant: str
) -> None:
    assert code in found(meant)
    assert code not in found(not_meant)


def test_a_meeting_is_left_out_for_its_own_concept_alone() -> None:
    assert "animal" in found("animal feed")


def known(never: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> Glossary:
    names = {
        "en": ("order", "agent", "free of"),
        "ru": ("заказ",),
        "zh": ("和服",),
    }
    sense = Sense("thing", "en", never, only)
    return Glossary({"thing": Entry("thing", None, names)}, (sense,))


def test_words_around_a_name_tell_that_it_is_not_meant() -> None:
    glossary = known(never=("in order", "ai agents"))
    assert len(glossary.find("In order to sell, we ask for an order")) == 1
    assert glossary.find("AI agents") == []
    assert glossary.find("our agents") != []


def test_a_phrase_holds_only_as_whole_words() -> None:
    assert known(never=("in order",)).find("a bin order") != []


def test_a_hyphen_is_no_other_word() -> None:
    assert known(never=("pre order",)).find("Pre-Order now") == []


def test_a_longer_chinese_word_hides_the_name_inside_it() -> None:
    glossary = known(never=("和服务",))
    assert glossary.find("产品和服务") == []
    assert glossary.find("日本和服") != []


def test_where_only_some_forms_are_meant_the_others_are_left_out() -> None:
    glossary = known(only=("orders",))
    assert glossary.find("orders") != []
    assert glossary.find("order") == glossary.find("ordering") == []
    assert glossary.find("agent") != [], "another name of the concept is not touched"


def test_the_files_of_the_project_have_no_fault() -> None:
    assert check_misleading(misleading_file()) == []
    assert check_general(general_file()) == []


def test_the_check_names_line_and_fault(tmp_path: Path) -> None:
    lines = {
        "gearbox,en,reduce,": None,
        "no-such-thing,en,word,": 'no concept "no-such-thing"',
        "gearbox,fr,reduire,": '"fr" is none of en, ru, zh',
        "disability,en,,": "nothing is said",
        "futures,en,Future,": '"Future" is not in small letters without hyphens',
        "overalls,en,overall|overall,": '"overall" is given twice',
        "importer,en,важный,": '"важный" is not written as en',
        "casting,en,table,": '"table" would not meet "casting" anyway',
        "factoring,en,factors": "3 columns instead of 4",
        "gearbox,en,reduces,": "the same code and language as",
    }
    path = tmp_path / "misleading.csv"
    path.write_text("\n".join(["code,lang,never,only", *lines]) + "\n", "utf-8")
    told = check_misleading(path)
    expected = [fault for fault in lines.values() if fault]
    assert len(told) == len(expected)
    for line, fault in zip(told, expected, strict=True):
        assert fault in line
    assert "line 3: " in told[0]


def test_a_file_with_another_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "misleading.csv"
    path.write_text("code,surfaces\ncustoms,customers\n", "utf-8")
    assert check_misleading(path) == [
        f"{path}, line 1: the header is not code,lang,never,only"
    ]


def test_the_check_of_general_concepts_names_line_and_fault(tmp_path: Path) -> None:
    path = tmp_path / "general.csv"
    path.write_text("code\nnew\nno-such-thing\nnew\n", "utf-8")
    assert check_general(path) == [
        f'{path}, line 3: no concept "no-such-thing"',
        f'{path}, line 4: "new" is given twice',
    ]
    path.write_text("new\n", "utf-8")
    assert check_general(path) == [f"{path}, line 1: the header is not code"]


@pytest.mark.parametrize(
    "label",
    [
        "Unspecified",
        "Other",
        "N/A",
        "misc.",
        "другое",
        "Прочее",
        "н/д",
        "其他",
        "未知",
        "-",
    ],
)
def test_a_label_that_says_nothing_is_no_sector_and_no_text(label: str) -> None:
    assert says_nothing(label)
    assert match_label(label) is None
    member = Member("a", about="Tea", sectors=(label, "Solar energy"))
    assert field_text(member) == "Tea\nSolar energy"


@pytest.mark.parametrize("label", ["Energy", "хлопок", "物流", "other.services"])
def test_a_label_that_says_something_stays(label: str) -> None:
    assert not says_nothing(label)
    assert field_text(Member("a", sectors=(label,))) != ""


def _needed(text: str) -> Source:
    return Source(text, UNTYPED, 1.0, "need")


def asked_of_the_field(about: str, *others: str) -> dict[str, float]:
    members = [Member(str(at), about=text) for at, text in enumerate((about, *others))]
    vectors, _ = Vectors(TextWeights()).fit(members)
    row = vectors.wants(members[0])[0]
    names = {column: key for key, column in vectors.lexicon_.columns_.items()}
    weights = zip(row.columns.tolist(), row.values.tolist(), strict=True)
    return {names[column]: weight for column, weight in weights}


def test_a_field_is_told_by_its_concepts_and_not_by_general_words() -> None:
    asked = asked_of_the_field("A new company with tea, including large boxes")
    assert {"tea", "c:en:tea"} <= asked.keys()
    assert not asked.keys() & {
        "new",
        "compani",
        "larg",
        "includ",
        "c:en:new",
        "c:en:with",
    }


def test_a_subject_tells_more_of_a_field_than_a_verb() -> None:
    subjects = [
        "tea",
        "coffee",
        "wheat",
        "cotton",
        "steel",
        "cement",
        "glass",
        "paper",
        "rubber",
        "timber",
    ]
    verbs = [
        "guess",
        "bring",
        "linger",
        "ponder",
        "dwell",
        "roam",
        "wander",
        "tread",
        "mumbl",
        "yell",
    ]
    mixed = (word for pair in zip(verbs, subjects, strict=True) for word in pair)
    asked = asked_of_the_field(" ".join(mixed))
    told = [weight for key, weight in asked.items() if key in subjects]
    assert len(told) >= len(subjects) / 2
    assert min(told) > max(asked.get(verb, 0.0) for verb in verbs)


def test_general_words_are_named_last_in_a_reason() -> None:
    vectors, _ = Vectors(TextWeights()).fit(
        [Member("a", about="new new new tea"), Member("b", about="new tea")]
    )
    want = vectors.want(_needed("new tea"))
    have = vectors.haves(Member("b", about="new tea"))[0]
    told = [link.concept for link in vectors.links("new tea", "new tea", (want, have))]
    assert told.index("tea") < told.index("new")
