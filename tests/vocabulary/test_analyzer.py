import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.vocabulary.analyzer import fold, tokenize


def terms(text: str) -> list[str]:
    return [token.term for token in tokenize(text)]


def test_case_width_and_accents_do_not_matter() -> None:
    assert terms("ＣＡＦÉ Ёлка") == terms("cafe елка")


def test_short_i_stays_a_letter_whether_composed_or_not() -> None:
    assert fold("й") == fold("и\u0306") == "й"


def test_a_russian_word_is_found_in_its_other_cases() -> None:
    assert terms("поставщики") == terms("поставщиков")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("сырьё", "сыр"),
        ("медь", "мёд"),
        ("поля", "полы"),
        ("customs", "customers"),
        ("important", "import"),
    ],
)
def test_words_of_different_meaning_have_different_stems(one: str, other: str) -> None:
    assert terms(one) != terms(other)


def test_a_run_of_han_becomes_overlapping_pairs() -> None:
    assert terms("水族箱") == ["水族", "族箱"]


def test_a_single_han_character_stands_alone() -> None:
    assert terms("LED灯") == ["led", "灯"]


def test_stop_words_of_all_three_languages_are_dropped() -> None:
    assert terms("the and и для 的") == []


@pytest.mark.parametrize(
    "text", ["Ｆｕｌｌ ﬁre ½", "цена: 5€", "物流的服务 rail", "e\u0301cole"]
)
def test_offsets_point_into_the_original_text(text: str) -> None:
    for token in tokenize(text):
        assert tokenize(text[token.start : token.end])[0].term == token.term


@given(st.text())
def test_any_text_is_cut_into_pieces_inside_it(text: str) -> None:
    for token in tokenize(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.term
