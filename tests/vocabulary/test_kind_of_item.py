"""What an offer or request is about, guessed from its words in three languages."""

import pytest

from matchmaker.vocabulary.collaboration import COLLABORATION_TYPES
from matchmaker.vocabulary.kind_of_item import _tiers, guess_kind


@pytest.mark.parametrize(
    ("side", "text", "kind"),
    [
        ("request", "Looking for suppliers of solar panels", "supply"),
        ("request", "We want to buy 200 t of cotton yarn", "supply"),
        ("request", "Куплю подсолнечное масло, 40 т в месяц", "supply"),
        ("request", "Ищем поставщиков упаковки", "supply"),
        ("request", "求购大豆500吨", "supply"),
        ("request", "寻找供应商", "supply"),
        ("request", "Looking for buyers of dried apricots", "purchase"),
        ("request", "Ищем покупателей муки в Китае", "purchase"),
        ("request", "寻找采购商", "purchase"),
        ("request", "Who forwards grain from Kostanay to Xi'an by rail?", "logistics"),
        ("request", "Нужен перевозчик зерна", "logistics"),
        ("request", "Кто возит зерно в Китай по железной дороге?", "logistics"),
        ("request", "寻找货代，阿拉木图到西安", "logistics"),
        ("request", "We look for distributors in India", "distribution"),
        ("request", "Нужен дилер в Узбекистане", "distribution"),
        ("request", "寻找印度经销商", "distribution"),
        ("request", "Ищем инвестора в тепличный комплекс", "investment"),
        ("request", "Seeking investment for a greenhouse", "investment"),
        ("request", "需要资金扩大生产", "investment"),
        ("request", "Need advice on certification", "expertise"),
        ("request", "Хотим создать совместное предприятие", "jointventure"),
        ("offer", "We sell buckwheat, 50 t a month", "supply"),
        ("offer", "Поставляем сухофрукты оптом", "supply"),
        ("offer", "供应优质棉纱", "supply"),
        ("offer", "We buy scrap metal", "purchase"),
        ("offer", "Закупаем пшеницу 3 класса", "purchase"),
        ("offer", "采购新疆红枣", "purchase"),
        ("offer", "Контрактное производство косметики", "manufacturing"),
        ("offer", "OEM production of toys", "manufacturing"),
        ("offer", "Доставка грузов из Китая", "logistics"),
        ("offer", "提供报关服务", "logistics"),
        ("offer", "Юридическое сопровождение сделок", "expertise"),
    ],
)
def test_telling_words_give_the_kind(side: str, text: str, kind: str) -> None:
    assert guess_kind(text, "offer" if side == "offer" else "request") == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Solar panels",
        "Looking for buyers and suppliers of grain",
        "What do you think about the new corridor?",
        "Солнечные панели",
        "太阳能板",
        "Best-selling buttons",
    ],
)
def test_words_that_do_not_tell_give_nothing(text: str) -> None:
    assert guess_kind(text, "request") == ""


def test_every_kind_that_can_be_guessed_is_one_of_the_types() -> None:
    for pattern in _tiers("offer") + _tiers("request"):
        assert set(pattern.groupindex) <= set(COLLABORATION_TYPES)
