"""The words around the figures: lists of proposals and evaluation reports as text.

Nothing is computed here; the sentences are those of the site's pages, in the three
languages of the interface, so that a list can be read without a site.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from matchmaker.cli.common import one_line
from matchmaker.matching.rules import quotable
from matchmaker.vocabulary.collaboration import COLLABORATION_TYPES, type_name
from matchmaker.vocabulary.countries import country_name
from matchmaker.vocabulary.languages import language_name
from matchmaker.vocabulary.sectors import is_sector, sector_name
from matchmaker.vocabulary.terms import glossary

LANGUAGES: Final = ("en", "ru", "zh")
_GROUNDS: Final = 3  # common terms named under a quotation
_LABELS: Final = 3  # sectors named beside a person
# A kind is told where it is itself what is looked for; where goods decide it says
# little (logit; a full complement contributes 0.6, one of goods 0.18).
_LEAST_OF_KIND: Final = 0.2
_QUOTE: Final = 150  # characters of a quotation
_LEAD: Final = 40  # characters before the first marked word

_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "strong": "strong fit",
        "good": "good fit",
        "possible": "possible fit",
        "mine-need": "You look for",
        "mine-offer": "You offer",
        "mine-about": "You write",
        "mine-label": "Your field",
        "their-need": "They look for",
        "their-offer": "They offer",
        "their-about": "They write",
        "their-label": "Their field",
        "grounds": "Common ground: {}",
        "language": "You have a language in common: {}",
        "languages": "You have languages in common: {}",
        "market-seeker": "{} is among the countries you want",
        "market-candidate": "They want to work with {}",
        "sector": "Both in {}",
        "sectors": "Near fields: {}, {}",
        "kinds-for_me": (
            "Kinds of cooperation that fit: you look for “{}”, they offer “{}”"
        ),
        "kinds-for_them": (
            "Kinds of cooperation that fit: they look for “{}”, you offer “{}”"
        ),
        "kind-for_me": "They offer the kind of cooperation you look for: “{}”",
        "kind-for_them": "They look for the kind of cooperation you offer: “{}”",
        "place": "Both work from {}",
        "interpreter": "No language in common: plan for an interpreter",
        "scores": " (for you {}, for them {})",
        "point": ".",
        "nobody": "nobody fits so far",
        "quote": '{}: "{}"',
        "comma": ", ",
    },
    "ru": {
        "strong": "отличное совпадение",
        "good": "хорошее совпадение",
        "possible": "возможное совпадение",
        "mine-need": "Вы ищете",
        "mine-offer": "Вы предлагаете",
        "mine-about": "Вы пишете",
        "mine-label": "Ваша сфера",
        "their-need": "Участник ищет",
        "their-offer": "Участник предлагает",
        "their-about": "Участник пишет",
        "their-label": "Сфера участника",
        "grounds": "Точки соприкосновения: {}",
        "language": "Общий язык: {}",
        "languages": "Общие языки: {}",
        "market-seeker": "Среди Ваших целевых рынков — {}",
        "market-candidate": "Среди целевых рынков участника — {}",
        "sector": "Общая отрасль: {}",
        "sectors": "Близкие отрасли: «{}» и «{}»",
        "kinds-for_me": (
            "Виды сотрудничества сочетаются: Вы ищете «{}», участник предлагает «{}»"
        ),
        "kinds-for_them": (
            "Виды сотрудничества сочетаются: участник ищет «{}», Вы предлагаете «{}»"
        ),
        "kind-for_me": "Участник предлагает нужный Вам вид сотрудничества: «{}»",
        "kind-for_them": (
            "Участник ищет вид сотрудничества, который Вы предлагаете: «{}»"
        ),
        "place": "Вы работаете в одной стране: {}",
        "interpreter": "Общего языка нет: понадобится переводчик",
        "scores": " (для Вас {}, для участника {})",
        "point": ",",
        "nobody": "пока никто не подходит",
        "quote": "{}: «{}»",
        "comma": ", ",
    },
    "zh": {
        "strong": "高度匹配",
        "good": "较为匹配",
        "possible": "可能匹配",
        "mine-need": "您需要",
        "mine-offer": "您能提供",
        "mine-about": "您写道",
        "mine-label": "您的领域",
        "their-need": "对方需要",
        "their-offer": "对方能提供",
        "their-about": "对方写道",
        "their-label": "对方的领域",
        "grounds": "共同点：{}",
        "language": "共同语言：{}",
        "languages": "共同语言：{}",
        "market-seeker": "{}在您的目标市场之列",
        "market-candidate": "对方希望与{}的伙伴合作",
        "sector": "双方同在“{}”领域",
        "sectors": "领域相近：“{}”与“{}”",
        "kinds-for_me": "合作类型契合：您寻找“{}”，对方提供“{}”",
        "kinds-for_them": "合作类型契合：对方寻找“{}”，您提供“{}”",
        "kind-for_me": "对方能提供您所需的合作：“{}”",
        "kind-for_them": "对方正需要您能提供的合作：“{}”",
        "place": "双方都在{}",
        "interpreter": "没有共同语言，请预先安排译员",
        "scores": "（您：{}，对方：{}）",
        "point": ".",
        "nobody": "暂无合适的人选",
        "quote": "{}：“{}”",
        "comma": "、",
    },
}


def tell_list(
    people: Mapping[str, Mapping[str, Any]],
    member_id: str,
    proposals: Sequence[Mapping[str, Any]],
    lang: str,
) -> Iterator[str]:
    """Yield the lines of one member's list.

    Parameters
    ----------
    people
        Members as plain values by id.
    proposals
        As ``recommend --json`` prints them.
    """
    words = _WORDS[lang]
    yield _person(people[member_id], lang)
    if not proposals:
        yield f"    {words['nobody']}"
    for rank, one in enumerate(proposals, start=1):
        fits = (f"{one[name]:.2f}" for name in ("fit_for_me", "fit_for_them"))
        scores = words["scores"].format(*(x.replace(".", words["point"]) for x in fits))
        yield f"  {rank:2} {_person(people[one['candidate']], lang)}"
        yield f"     {words[one['band']]}{scores}"
        for reason in quotable(one["reasons"]):
            yield from (f"       {line}" for line in _meeting(reason, lang))
        facts = [_said(reason, lang) for reason in one["reasons"]]
        if one["interpreter_needed"]:
            facts.append(words["interpreter"])
        yield from (f"     + {fact}" for fact in dict.fromkeys(filter(None, facts)))


def _person(person: Mapping[str, Any], lang: str) -> str:
    """Return who somebody is on one line, as far as they said."""
    names = dict.fromkeys(filter(None, (person["name"], person["organisation"])))
    country = country_name(person["country"], lang) if person["country"] else ""
    sectors = _WORDS[lang]["comma"].join(
        _sector(label, lang) for label in person["sectors"][:_LABELS]
    )
    parts = [person["id"], *names, country, sectors]
    return " | ".join(one_line(part) for part in parts if part)


def _sector(code: str, lang: str) -> str:
    return sector_name(code, lang) if is_sector(code) else code


def _type(code: str, lang: str) -> str:
    return type_name(code, lang) if code in COLLABORATION_TYPES else code


def _meeting(reason: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Yield what both sides wrote that belongs together."""
    words, evidence = _WORDS[lang], reason["evidence"]
    mine = "offer" if reason["direction"] == "for_them" else "need"
    for whose, side in (("mine", mine), ("their", _OPPOSITE[mine])):
        head = words[f"{whose}-{evidence[f'{side}_side']}"]
        text, spans = evidence[f"{side}_text"], evidence[f"{side}_spans"]
        yield words["quote"].format(head, quotation(text, spans))
    named = [
        glossary().name(code, lang)
        for code in evidence["concepts"]
        if glossary().sector(code)
    ]
    if named:
        grounds = list(dict.fromkeys(named))[:_GROUNDS]
        yield words["grounds"].format(words["comma"].join(grounds))


_OPPOSITE: Final = {"need": "offer", "offer": "need"}


def quotation(text: str, spans: Sequence[Sequence[int]]) -> str:
    """Return the piece of a text that holds most of its marked words, *so* marked."""
    if len(text) <= _QUOTE:
        start, end = 0, len(text)
    else:
        start = _densest(spans)
        start = text.find(" ", max(0, start - _LEAD), start) + 1 or start
        end = min(len(text), start + _QUOTE)
        end = text.rfind(" ", start, end) if end < len(text) else end
        end = end if end > start else min(len(text), start + _QUOTE)
    parts, at = ["..." if start else ""], start
    for first, last in spans:
        if start <= first and last <= end:
            parts += [text[at:first], "*", text[first:last], "*"]
            at = last
    parts += [text[at:end], "..." if end < len(text) else ""]
    return one_line("".join(parts))


def _densest(spans: Sequence[Sequence[int]]) -> int:
    """Return where the window begins that holds most marked characters."""
    room = _QUOTE - _LEAD

    def held(start: int) -> int:
        inside = (
            span for span in spans if start <= span[0] and span[1] <= start + room
        )
        return sum(last - first for first, last in inside)

    return max((first for first, _ in spans), key=held, default=0)


def _said(reason: Mapping[str, Any], lang: str) -> str:
    """Return the sentence of a fact, nothing for a reason that is a quotation."""
    words, e = _WORDS[lang], reason["evidence"]
    if reason["code"] == "language":
        spoken = (language_name(code, lang) for code in e["languages"])
        known = "languages" if len(e["languages"]) > 1 else "language"
        return words[known].format(words["comma"].join(spoken))
    if reason["code"] == "market":
        place = country_name(e["country"], lang)
        return words[f"market-{e['targeted_by']}"].format(place)
    if reason["code"] == "place":
        return words["place"].format(country_name(e["country"], lang))
    if reason["code"] == "sector":
        pair = [_sector(e[f"{who}_sector"], lang) for who in ("seeker", "candidate")]
        same = pair[0] == pair[1]
        return words["sector" if same else "sectors"].format(*pair)
    if reason["code"] == "collaboration" and reason["contribution"] >= _LEAST_OF_KIND:
        kinds = [_type(e[f"{side}_type"], lang) for side in ("need", "offer")]
        told = "kind" if kinds[0] == kinds[1] else "kinds"
        return words[f"{told}-{reason['direction']}"].format(*kinds)
    return ""


def tell_report(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of an evaluation report."""
    counts, seconds = report["counts"], report["seconds"]
    yield (
        f"{one_line(report['set'])} ({report['split']}): {counts['seekers']} seekers, "
        f"{counts['candidates']} candidates; {seconds['fit']} s to fit, "
        f"{seconds['rank']} s to rank"
    )
    judged = {"engine": report["metrics"], **report["baselines"]}
    yield f"{'':10}" + "".join(f"{who:>26}" for who in judged)
    for metric in report["metrics"]:
        yield f"{metric:10}" + "".join(
            f"{_estimate(found[metric]):>26}" for found in judged.values()
        )
    for who, found in report["differences"].items():
        yield ""
        yield f"engine less {who}, the same seekers"
        for metric, one in found.items():
            yield f"{metric:10}{_estimate(one, sign='+'):>28}  {one['verdict']}"
    if "slices" in report:
        yield from _tell_slices(report)


def _estimate(one: Mapping[str, float], sign: str = "") -> str:
    return f"{one['value']:{sign}.3f} [{one['low']:{sign}.3f}, {one['high']:{sign}.3f}]"


def _tell_slices(report: Mapping[str, Any]) -> Iterator[str]:
    for kind, rows in report["slices"].items():
        yield ""
        yield f"{f'by {kind}':28}{'seekers':>8}{'ndcg@10':>24}{'less bm25':>28}"
        for row in rows:
            ours = _estimate(row["metrics"]["ndcg@10"])
            gain = row["differences"]["bm25"]["ndcg@10"]
            yield (
                f"{one_line(row['name'])[:28]:28}{row['seekers']:>8}{ours:>24}"
                f"{_estimate(gain, sign='+'):>28}  {gain['verdict']}"
            )
    yield ""
    names = ("coverage", "unseen", "gini", "top_share", "without_list")
    yield f"{'first ten':10}" + "".join(f"{name:>14}" for name in names)
    for who, figures in report["exposure"].items():
        yield f"{who:10}" + "".join(f"{figures[name]:>14.3f}" for name in names)
    judged = report["reliability"]
    yield ""
    yield (
        f"the engine's score as a probability: Brier {judged['brier']:.3f}, "
        f"calibration error {judged['error']:.3f} (never judged counts as wrong)"
    )
