import pytest

from matchmaker.vocabulary import collaboration, sectors


@pytest.mark.parametrize(
    ("need", "offer", "answered"),
    [
        ("supply", "supply", 1.0),
        ("investment", "investment", 1.0),
        (None, "supply", 1.0),
        ("supply", None, 1.0),
        ("purchase", "supply", 0.0),
        ("supply", "purchase", 0.0),
        ("purchase", None, 0.5),
        ("something else", "supply", 1.0),
    ],
)
def test_an_offer_answers_the_need_it_complements(
    need: str | None, offer: str | None, answered: float
) -> None:
    assert collaboration.answers(need, offer) == answered


def test_every_type_has_a_name_and_phrases_in_three_languages() -> None:
    for code in collaboration.COLLABORATION_TYPES:
        for locale in ("en", "ru", "zh"):
            assert collaboration.type_name(code, locale)
            phrases = {
                collaboration.phrase(side, code, locale)
                for side in ("offer", "request")
            }
            assert len(phrases) == 2


def test_distance_in_the_tree_grows_with_the_way() -> None:
    distances = [
        sectors.sector_distance("logistics.rail", other)
        for other in ("logistics.rail", "logistics", "logistics.road", "food")
    ]
    assert distances == sorted(distances)
    assert distances[0] == 0
    assert distances[-1] == 1


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("logistics.rail", "logistics.rail"),
        ("Insurance", "finance.insurance"),
        ("no such trade at all", None),
        ("", None),
    ],
)
def test_a_free_label_is_mapped_to_a_sector_or_left(
    label: str, code: str | None
) -> None:
    assert sectors.match_label(label) == code


def test_children_and_parents_agree() -> None:
    for code in sectors.sector_codes():
        for child in sectors.sector_children(code):
            assert sectors.sector_parent(child) == code


@pytest.mark.parametrize("label", ["B2B", "b2c", "Consumer"])
def test_to_whom_somebody_sells_is_no_sector(label: str) -> None:
    assert sectors.match_label(label) is None
