"""What words of a need say, whose need it is, and who is glad of it."""

from collections.abc import Callable

import numpy as np
import pytest

from matchmaker.engine.community import Community
from matchmaker.engine.lexicon import TextWeights, occurrences
from matchmaker.engine.members import Item, Member
from matchmaker.engine.reasons import Reason
from matchmaker.engine.worth import asking_worth
from matchmaker.vocabulary.check import check_general
from matchmaker.vocabulary.misleading import everyday_words, trade_talk_file

Make = Callable[..., Member]
LIGHTS = "We buy LED lights for our strawberries, payment after acceptance"
GROWER = "A greenhouse that grows strawberries on substrate all year"
STRANGERS = (
    Member("x1", about="Freight by rail", offers=(Item("logistics", "freight"),)),
    Member("x2", about="Wheat flour", offers=(Item("supply", "wheat flour"),)),
)


def worth_of(text: str) -> dict[str, float]:
    return asking_worth(occurrences(text, TextWeights()))


@pytest.mark.parametrize(
    ("text", "subject", "talk"),
    [
        ("We buy drip lines, payment after acceptance", "drip", "payment"),
        ("Купим капельные ленты, оплата после приёмки", "капельн", "оплат"),
        ("采购滴灌带，验收后付款", "滴灌", "付款"),
        ("Dealers of tractors in Kazakhstan", "tractor", "kazakhstan"),
        ("Honey, two thousand jars within a month", "honey", "within"),
    ],
)
def test_what_every_deal_is_written_with_says_less_than_its_subject(
    text: str, subject: str, talk: str
) -> None:
    worth = worth_of(text)
    assert worth[subject] > worth[talk]
    assert asking_worth(occurrences(text, TextWeights()), 0.0)[talk] == 1.0


def test_names_of_countries_do_not_meet_in_a_part() -> None:
    worth = worth_of("乌兹别克斯坦的棉花")
    assert worth["斯坦"] < worth["棉花"]


def test_the_words_of_trade_talk_are_concepts_of_the_glossary() -> None:
    assert check_general(trade_talk_file()) == []
    assert {"within", "тысяч", "可以"} <= set(everyday_words())


def test_what_a_seeker_does_themselves_is_not_what_they_lack() -> None:
    known = Community().fit(
        [
            Member("a", about=GROWER, needs=(Item("supply", LIGHTS),)),
            Member("b", about=GROWER, needs=(Item("supply", LIGHTS),)),
            Member("maker", offers=(Item("supply", "LED lights for plants"),)),
            Member("seller", offers=(Item("supply", "strawberries on substrate"),)),
            *STRANGERS,
        ]
    )
    ranked = [one.candidate_id for one in known.top("a", k=3, by="fit_for_me")]
    assert ranked[0] == "maker"
    described = known.explain("a", "seller").fit_for_me
    known.put(Member("a", needs=(Item("supply", LIGHTS),)))
    assert known.explain("a", "seller").fit_for_me > described


def test_who_can_answer_is_glad_of_who_asks(member: Make) -> None:
    asking = member("asking", needs=[("logistics", "rail freight of grain")])
    silent = member("silent", needs=[("logistics", "paintings to a museum")])
    carrier = member(
        "carrier",
        offers=[("logistics", "rail freight of grain")],
        needs=[("supply", "wagon brakes")],
    )
    known = Community().fit([asking, silent, carrier, *STRANGERS])
    glad = known.explain("carrier", "asking")
    assert glad.fit_for_me > known.explain("carrier", "silent").fit_for_me
    found = [reason for reason in glad.reasons if reason.code == "welcome"]
    assert [reason.direction for reason in found] == ["for_me"]
    assert found[0].evidence["need_id"] == "asking-needs-0"


def logit(fit: float) -> float:
    return float(np.log(fit / (1 - fit)))


def test_both_sides_lose_without_an_offer_what_their_reasons_say(member: Make) -> None:
    asking = member("asking", needs=[("logistics", "rail freight of grain")])
    kept = ("talent", "pictures")
    carrier = member("carrier", offers=[kept, ("logistics", "rail freight of grain")])
    known = Community().fit([asking, carrier, *STRANGERS])
    told = known.explain("asking", "carrier")

    def owed(direction: str) -> float:
        def counts(reason: Reason) -> bool:
            return reason.evidence.get("offer_id") == "carrier-offers-1"

        return sum(
            reason.contribution
            for reason in told.reasons
            if reason.direction == direction and counts(reason)
        )

    facts = sum(r.contribution for r in told.reasons if r.code == "collaboration")
    known.put(member("carrier", offers=[kept]))
    after = known.explain("asking", "carrier")
    lost = logit(told.fit_for_me) - logit(after.fit_for_me)
    assert lost == pytest.approx(owed("for_me") + facts, abs=1e-4)
    lost = logit(told.fit_for_them) - logit(after.fit_for_them)
    assert lost == pytest.approx(owed("for_them"), abs=1e-4)


@pytest.mark.parametrize("need", ["distribution", "marketing", "purchase"])
def test_who_sells_the_same_is_no_dealer(need: str, member: Make) -> None:
    seeking = member("a", needs=[(need, "drip irrigation lines")])
    rival = member("rival", offers=[("supply", "drip irrigation lines")])
    stranger = member("stranger", offers=[("supply", "zxqv")])
    known = Community().fit([seeking, rival, stranger, *STRANGERS])
    assert (
        known.explain("a", "rival").fit_for_me
        == known.explain("a", "stranger").fit_for_me
    )


def test_talk_of_any_trade_is_not_marked_beside_a_subject(member: Make) -> None:
    seeking = member("a", needs=[("supply", "We buy honey, payment in two months")])
    beekeeper = member("b", offers=[("supply", "Honey in jars, payment in months")])
    grocer = member("c", offers=[("supply", "Shirts, payment in two months")])
    known = Community().fit([seeking, beekeeper, grocer, *STRANGERS])
    for candidate, telling, marked in (
        ("b", True, "Honey"),
        ("c", False, "payment in two months"),
    ):
        evidence = known.explain("a", candidate).reasons[0].evidence
        assert evidence["telling"] is telling
        text, spans = evidence["offer_text"], evidence["offer_spans"]
        assert isinstance(text, str)
        assert isinstance(spans, list)
        found = [text[slice(*span)] for span in spans]  # type: ignore[misc]
        assert found == [marked]


def test_a_common_label_is_told_as_a_label_and_not_as_a_sentence(member: Make) -> None:
    one = member("a", about="We teach adults", sectors=("Beekeeping",))
    other = member("b", about="Beekeeping for schools", sectors=())
    known = Community().fit([one, other, *STRANGERS])
    sides = {
        (reason.evidence["need_side"], reason.evidence["need_text"])
        for reason in known.explain("a", "b").reasons
        if reason.code == "field" and reason.direction == "for_me"
    }
    assert sides == {("label", "Beekeeping")}


def test_a_concept_inside_a_longer_one_is_no_ground_of_its_own(member: Make) -> None:
    seeking = member("a", needs=[("supply", "sea buckthorn")])
    farm = member("b", offers=[("supply", "sea buckthorn")])
    known = Community().fit([seeking, farm, *STRANGERS])
    assert known.explain("a", "b").reasons[0].evidence["concepts"] == ["sea-buckthorn"]
