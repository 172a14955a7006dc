"""The rules of the design that hold for every version of the model."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.engine.community import Community
from matchmaker.engine.members import Item, Member

WORDS = (
    "steel", "pipe", "cotton", "freight", "software", "wheat", "логистика", "сталь",
    "хлопок", "зерно", "物流", "钢管", "棉花", "zxqv",
)  # fmt: skip
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
few = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

OTHERS = [
    Member(
        "x1",
        needs=(Item(None, "wheat flour"),),
        offers=(Item("supply", "cotton yarn"),),
    ),
    Member("x2", about="Freight by rail", offers=(Item("logistics", "freight"),)),
    Member("x3", country="KZ", needs=(Item("investment", ""),)),
]


def community(*members: Member) -> Community:
    return Community().fit([*OTHERS, *members])


@few
@given(need=texts, offer=texts, extra=st.sampled_from(WORDS))
def test_a_true_matching_term_never_lowers_a_score(
    need: str, offer: str, extra: str
) -> None:
    seeker = Member("a", needs=(Item(None, f"{need} {extra}"),))
    known = community(seeker, Member("b", offers=(Item(None, offer),)))
    before = known.explain("a", "b").fit_for_me
    known.put(Member("b", offers=(Item(None, f"{offer} {extra}"),)))
    assert known.explain("a", "b").fit_for_me >= before


@few
@given(need=texts, offers=st.lists(texts, min_size=1, max_size=3, unique=True))
def test_removing_cited_evidence_lowers_the_score(need: str, offers: list[str]) -> None:
    items = tuple(Item(None, text, None, str(at)) for at, text in enumerate(offers))
    known = community(Member("a", needs=(Item(None, need),)), Member("b", offers=items))
    told = known.explain("a", "b")
    cited = {
        reason.evidence["offer_id"]
        for reason in told.reasons
        if reason.code == "need-offer"
    }
    for one in cited:
        known.put(Member("b", offers=tuple(item for item in items if item.id != one)))
        assert known.explain("a", "b").fit_for_me < told.fit_for_me


@pytest.mark.parametrize(
    "code", ["market", "language", "sector", "place", "collaboration"]
)
def test_removing_a_fact_lowers_the_score_by_its_contribution(code: str) -> None:
    seeker = Member(
        "a", country="KZ", languages=("ru",), sectors=("food",), markets=("KZ",),
        needs=(Item("investment", "mill"),),
    )  # fmt: skip
    whole = Member(
        "b", country="KZ", languages=("ru",), sectors=("food",),
        offers=(Item("investment", "capital"),),
    )  # fmt: skip
    known = community(seeker, whole)
    told = known.explain("a", "b")
    assert code in {reason.code for reason in told.reasons}
    gone = {
        "market": {"country": "CN"}, "language": {"languages": ()},
        "sector": {"sectors": ()}, "place": {"country": "CN"},
        "collaboration": {"offers": (Item("talent", "capital"),)},
    }[code]  # fmt: skip
    kept = {
        name: getattr(whole, name)
        for name in ("country", "languages", "sectors", "offers")
    }
    known.put(Member("b", **{**kept, **gone}))  # type: ignore[arg-type]
    assert known.explain("a", "b").fit_for_me < told.fit_for_me


@pytest.mark.parametrize("key", ["languages", "sectors", "markets", "country", "city"])
def test_missing_data_is_no_penalty(key: str) -> None:
    seeker = Member(
        "a", country="KZ", city="Almaty", languages=("kk",), sectors=("food",),
        markets=("KZ",),
        needs=(Item(None, "steel"),),
    )  # fmt: skip
    other = {
        "languages": ("zh",),
        "sectors": ("ai",),
        "markets": ("CN",),
        "country": "CN",
        "city": "X",
    }
    known = community(seeker, Member("b", offers=(Item(None, "steel"),)))
    without = known.explain("a", "b").fit_for_me
    stated = Member("b", offers=(Item(None, "steel"),), **{key: other[key]})  # type: ignore[arg-type]
    known.put(stated)
    assert known.explain("a", "b").fit_for_me <= without


@few
@given(goods=texts)
def test_two_sellers_of_the_same_thing_are_no_partners_for_being_alike(
    goods: str,
) -> None:
    known = community(
        Member("seller", offers=(Item("supply", goods),)),
        Member("twin", offers=(Item("supply", goods),)),
        Member("stranger", offers=(Item("supply", "vwq"),)),
        Member("buyer", needs=(Item("supply", goods),)),
    )
    scores = dict(zip(known.ids, known.score("seller").joint.tolist(), strict=True))
    assert scores["twin"] == scores["stranger"]
    assert scores["buyer"] > scores["twin"]


@few
@given(goods=texts, copies=st.integers(2, 9))
def test_a_text_that_more_members_share_does_not_make_its_words_commoner(
    goods: str, copies: int
) -> None:
    seeker = Member("a", needs=(Item(None, goods),))
    shared = (Item(None, f"{goods} wheat"),)
    alone = community(seeker, Member("b", offers=shared))
    among = community(
        seeker,
        Member("b", offers=shared),
        *(Member(f"c{at}", offers=shared) for at in range(copies)),
    )
    assert among.explain("a", "b").fit_for_me == alone.explain("a", "b").fit_for_me


def test_what_a_long_need_repeats_weighs_more_than_what_it_names_once() -> None:
    said = "steel pipe steel flange steel valve steel plate cotton"
    known = community(
        Member("a", needs=(Item(None, said),)),
        Member("metal", offers=(Item(None, "steel"),)),
        Member("metal again", offers=(Item(None, "steel wire"),)),
        Member("fibre", offers=(Item(None, "cotton wool"),)),
        Member("fibre again", offers=(Item(None, "cotton cloth"),)),
    )
    metal = known.explain("a", "metal again").fit_for_me
    assert metal > 2 * known.explain("a", "fibre").fit_for_me


def test_who_offers_to_buy_is_answered_by_a_seller() -> None:
    known = community(
        Member("buyer", offers=(Item("purchase", "wheat"),)),
        Member("seller", offers=(Item("supply", "wheat"),)),
        Member("rival", offers=(Item("purchase", "wheat"),)),
    )
    ranked = [one.candidate_id for one in known.top("buyer", k=3)]
    assert ranked[0] == "seller"
    assert (
        known.explain("buyer", "rival").fit_for_me
        < known.explain("buyer", "seller").fit_for_me
    )


@few
@given(first=texts, second=texts)
def test_joint_is_symmetric(first: str, second: str) -> None:
    known = community(
        Member("a", about=first, needs=(Item("supply", second),)),
        Member("b", needs=(Item(None, first),), offers=(Item("supply", second),)),
    )
    at = {member_id: place for place, member_id in enumerate(known.ids)}
    for one in known.ids:
        for other in known.ids:
            there = known.score(one).joint[at[other]]
            assert there == known.score(other).joint[at[one]]


def test_the_order_of_members_does_not_matter() -> None:
    members = [
        *OTHERS,
        Member("a", about="steel pipes"),
        Member("b", needs=(Item(None, "pipes"),)),
    ]
    first, second = Community().fit(members), Community().fit(members[::-1])
    for member in members:
        assert first.top(member.id, k=9) == second.top(member.id, k=9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x" * 10_000,
        "word " * 2_000,
        "😀🎉👩‍👩‍👧",
        "a物ю1\u0000\u202eש",
        "ｆﬁ½",
    ],
)
def test_scores_are_finite_for_odd_texts(text: str) -> None:
    known = community(
        Member(
            "a", about=text, needs=(Item(None, text),), offers=(Item("supply", text),)
        ),
        Member("b", about=text, sectors=(text,), markets=(text,)),
    )
    for member_id in known.ids:
        scores = known.score(member_id)
        for values in (scores.fit_for_me, scores.fit_for_them, scores.joint):
            assert np.isfinite(values).all()
            assert ((values > 0) & (values < 1)).all()
        known.explain("a", member_id)


def test_a_pair_where_both_gain_ranks_before_one_where_one_does(
    member: Callable[..., Member],
) -> None:
    known = community(
        member("a", needs=["steel"], offers=["cotton"]),
        member("both", needs=["cotton"], offers=["steel"]),
        member("mine", needs=["zxqv"], offers=["steel"]),
        member("theirs", needs=["cotton"], offers=["zxqv"]),
    )
    assert known.top("a", k=1)[0].candidate_id == "both"
