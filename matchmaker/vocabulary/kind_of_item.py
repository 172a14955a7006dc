"""Guessing the collaboration type of an offer or request from its words.

For texts that nobody gave a type: rows of a list, questions asked at a webinar. A guess
is made only where the words are telling, because a wrong type hides the right partner
and no type hides nobody.
"""

import re
from functools import cache
from typing import Final, Literal

Side = Literal["offer", "request"]

#: Characters within which the telling word begins. Of 991 items of the demo community,
#: whose types are known, this gives 253 a guess, 236 of them right; looking through the
#: whole text gives more guesses and every third of them wrong.
HEAD: Final = 20
HEAD_HAN: Final = 7
LONGEST: Final = 30  # characters that the longest telling words take
#: Where a word may begin: Chinese has no edges of words, so at each of its signs.
_STARTS: Final = re.compile(r"(?<![a-zа-яё-])[a-zа-яё]|[\u4e00-\u9fff]")
#: Whom somebody looks for, or is: the most telling words there are.
_ROLES: Final = {
    "supply": r"suppliers?|vendors?|поставщик(?:ов|а|и|ом)?|供应商|供货商|货源",
    "purchase": r"buyers?|customers?|importers?|покупател\w+|заказчик\w*|импорт[её]р\w*"
    r"|采购商|买家|买方|进口商|客户",
    "distribution": r"distributors?|dealers?|resellers?|sales agents?"
    r"|дистрибью?т[оeе]р\w*|дилер\w*|торгов\w+ представител\w+|经销商|代理商|分销商",
    "manufacturing": r"contract manufacturers?|oem|odm|private label"
    r"|контрактн\w+ производ\w+|代工\w*|贴牌|代加工",
    "investment": r"investors?|инвестор\w*|投资者|投资人|投资方",
    "jointventure": r"joint[- ]ventures?|совместн\w+ предприят\w+|合资",
    "logistics": r"freight forwarders?|forwarders?|carriers?|hauliers?|customs brokers?"
    r"|перевозчик\w*|экспедитор\w*|таможенн\w+ (?:брокер|представител)\w*"
    r"|货代|货运代理|承运商|物流公司|报关行",
    "expertise": r"consultants?|lawyers?|attorneys?|консультант\w*|юрист\w*|адвокат\w*"
    r"|顾问|律师",
    "mentoring": r"mentors?|настав\w+|ментор\w*|导师",
    "talent": r"co-?founders?|employees|specialists to hire|сооснователь|сооснователя"
    r"|сотрудник\w*|联合创始人|员工",
}
#: What somebody does to the goods, or wants done; it turns round with the side.
_SELLS: Final = r"sell(?:ing|s)?|прода[её]м|прода[юм]|продать|出售|销售"
_BUYS: Final = (
    r"(?:buy|purchas|sourc)(?:ing|es|s|e)?|куп(?:им|лю|ить)|закупа\w+|закуп(?:им|ить)"
    r"|求购|收购|(?:^|我们|需要?|想|希望)采购"
)
#: Said of oneself they tell as much; asked about ("how does one export") they do not.
_MORE_SOLD: Final = (
    r"|(?:we|i) (?:export|supply)|(?:export|supply)ing|поставля\w+|экспортиру\w+"
    r"|供应|出口(?!商)"
)
_MORE_BOUGHT: Final = (
    r"|(?:we|i) import|importing|импортиру\w+|покупа[ею]\w+|采购|进口(?!商)"
)
_DOES: Final = {
    "logistics": r"forwards?|carr(?:y|ies) (?:goods|cargo)|transport\w*"
    r"|перевоз\w+|воз(?:ит|ите|им|ят)|доставк\w+|运输|清关|报关",
    "investment": r"invests?|инвестиру\w+|финансиру\w+|融资|投资",
    "distribution": r"distributes?|represents?|представля\w+ интересы|经销|分销|代理",
    "marketing": r"promotes?|продвига\w+|推广|营销",
    "mentoring": r"trains?|teach(?:es)?|обуча\w+|培训",
    "expertise": r"advises?|консультиру\w+",
}
#: What it is about, where nothing says who wants what.
_TOPICS: Final = {
    "logistics": r"logistics?|freight|customs clearance|warehous\w+|логист\w+"
    r"|таможенн\w+|грузоперевоз\w+|物流|货运|通关",
    "investment": r"investments?|funding|financing|инвестиц\w+|финансировани\w+|资金",
    "technology": r"licensing|know-?how|technology transfer"
    r"|ноу-хау|трансфер\w* технологи\w+|技术转让|技术许可|专利",
    "marketing": r"promotion|marketing|advertising|продвижени\w+|маркетинг\w*|реклам\w+"
    r"|广告|市场推广",
    "expertise": r"advice|legal|consulting|certification|консультаци\w+|юридическ\w+"
    r"|сертификаци\w+|咨询|法律|认证",
    "mentoring": r"mentoring|training|наставничеств\w+|обучени\w+|辅导",
    "talent": r"hiring|recruitment|подбор\w* персонала|кадр\w+|招聘|人才",
    "project": r"joint projects?|co-creation|совместн\w+ проект\w*|合作项目|共同开发",
}


@cache
def _tiers(side: Side) -> tuple[re.Pattern[str], ...]:
    """Return the patterns, the more telling first; a group is named as its type."""
    if side == "offer":
        sold, bought = _SELLS + _MORE_SOLD, _BUYS + _MORE_BOUGHT
        does = {"supply": sold, "purchase": bought, **_DOES}
    else:
        does = {"purchase": _SELLS, "supply": _BUYS, **_DOES}
    return tuple(_pattern(words) for words in (_ROLES, does, _TOPICS))


def _pattern(words: dict[str, str]) -> re.Pattern[str]:
    parts = (f"(?P<{kind}>{forms})" for kind, forms in words.items())
    return re.compile(rf"(?:{'|'.join(parts)})(?![a-zа-яё])")


def guess_kind(text: str, side: Side) -> str:
    """Return the collaboration type that the words of an item tell, "" if unsure.

    The first tier of words that says anything decides; one that says two things, as
    "buyers and suppliers", decides nothing.
    """
    # Further on stands what else there is to say: with whom, with training, for whom.
    head = HEAD_HAN if any("\u4e00" <= char <= "\u9fff" for char in text) else HEAD
    opening = text[: 2 * head + LONGEST].casefold()
    starts = [m.start() for m in _STARTS.finditer(opening, 0, 2 * head + 1)]
    for pattern in _tiers(side):
        found: set[str | None] = set()
        telling = False
        for start in starts:
            if match := pattern.match(opening, start):
                found.add(match.lastgroup)
                telling = telling or start <= head
        if telling:
            return str(found.pop()) if len(found) == 1 else ""
    return ""
