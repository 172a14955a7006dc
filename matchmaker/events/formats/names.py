"""Names of people: titles off, capitals tamed, parts put together, persons compared.

The order of the parts is the person's own and is kept, save where a comma says
that the family name was put first.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from anyascii import anyascii
from rapidfuzz import fuzz

from matchmaker.events.formats.word_lists import sign_words

_HONORIFIC: Final = re.compile(
    r"^(?:(?:h\.\s?e|his excellency|her excellency|hr|fr|мистер|миссис|мр|"
    r"mr|mrs|ms|miss|mx|dr|prof|professor|sir|madam|madame|mme|mlle|mlle|herr|frau|"
    r"señor|señora|sr|sra|srta|dott|dott\.ssa|ing|eng|engr|hon|rev|bay|bayan|sayın|mevr|"
    r"dhr|pan|pani|г-н|г-жа|гн|господин|госпожа|гр|д-р|доктор|проф|профессор|акад|академик|"
    r"доц|доцент|уважаемый|уважаемая|тов|janob|xonim|жаноб|мырза|ханым|д\.т\.н|к\.т\.н|"
    r"к\.э\.н|д\.э\.н|к\.ю\.н)(?:\.\s*|\s+)|(?:教授|博士|尊敬的)\s*)+",
    re.IGNORECASE,
)
_FRENCH_M: Final = re.compile(r"^M\.\s+(?=\w{2,}\s+\w{2,})")
_AFTER: Final = re.compile(
    r"(?:[,\s]+(?:ph\.?\s?d\.?|m\.?b\.?a\.?|m\.?d\.?|d\.?phil\.?|m\.?sc\.?|b\.?sc\.?|cpa|cfa|"
    r"pmp|llm|esq\.?|pe|к\.\s?т\.\s?н\.?|к\.\s?э\.\s?н\.?|д\.\s?э\.\s?н\.?|д\.\s?т\.\s?н\.?|"
    r"к\.\s?ю\.\s?н\.?|mr\.?|mrs\.?|ms\.?|dr\.?|prof\.?))+\s*$",
    re.IGNORECASE,
)
_HAN_AFTER: Final = re.compile(
    r"^([\u3400-\u9fff]{2,4}?)\s*(?:先生|女士|小姐|教授|博士|老师|同志|夫人|院士|老師)$"
)
_OTHER_AFTER: Final = re.compile(r"^(.{2,}?)\s*(?:さん|様|님|씨)$")
_TAG: Final = re.compile(
    r"\s*[(\[（【]\s*(?:guest|external|unverified|guest user|external user|"
    r"not verified|"
    r"гость|внешний|непроверенный|непроверенный пользователь|не проверено|внешний "
    r"пользователь|неподтвержденный|неподтверждённый|来宾|外部|未验证|访客|外部用户|"
    r"gast|extern|nicht überprüft|nicht verifiziert|invité|externe|non vérifié|"
    r"invitado|"
    r"externo|sin verificar|sin comprobar|no verificado|ospite|non verificato|misafir|"
    r"doğrulanmamış|gość|convidado|não verificado|host|co-host|me|я|организатор|"
    r"presenter|organizer|speaker|спикер|主持人|联席主持人|she/her|he/him|they/them|"
    r"she/her/hers|he/him/his|host, me|co-host, me|в гостях|mehmon|қонақ|女|男|女士|"
    r"先生|ж|м)\s*[)\]）】]",
    re.IGNORECASE,
)
_SUFFIXES: Final = frozenset({"jr", "sr", "ii", "iii", "iv"})
_NOT_CASED: Final = frozenset(
    {"II", "III", "IV", "JR", "SR", "MD", "ИП", "ЧП", "ТОО", "ООО", "LLC"}
)
_VOWELS: Final = frozenset("AEIOUYАЕЁИОУЫЭЮЯÖÜÄ")
_SMALL_PARTS: Final = frozenset(sign_words("small part of a name"))
#: Most names: two words or three, each with a capital and small letters.
_SIMPLE: Final = re.compile(r"[A-ZА-ЯЁ][a-zа-яё]+(?: [A-ZА-ЯЁ][a-zа-яё]+){1,2}")
#: Parts that nobody's own name is: "VAN DER BERG" is no Nguyen Van An.
_PARTICLES: Final = re.compile(
    r"\s(?:VON|DER|DEN|DEL|DOS|VAN(?=\s(?:DER|DEN|DE)\b))(?=\s)"
)
#: "Anna_Lee": meeting tools and shops of accounts do not like blanks.
_COUNTED: Final = re.compile(r"^\d{1,4}[.)]\s+(?=[^\W\d_])")
_JOINED_UP: Final = re.compile(r"[^\W\d_]{2,}(?:_[^\W\d_]{2,}){1,2}")
_LAST_DOT: Final = re.compile(r"(?<=[^\W\d_]{4})\.$")
#: What follows an Uzbek O' and no Irish one.
_AFTER_O: Final = ("tk", "kt", "lm", "zb", "rm", "g", "ri")
_MARKS: Final = "'’‘ʻʼ`"
_UNMARKED: Final = dict.fromkeys(map(ord, f"-{_MARKS}"))
_TITLE_WORDS: Final = frozenset(sign_words("title before a name"))
_LONGEST: Final = 200  # characters
_HONORIFIC_CHARS: Final = 30
_GROUP: Final = frozenset(sign_words("group of people"))
_TURKISH: Final = frozenset("ıİğĞşŞ")
_SAME_WORD: Final = 84.0  # of 100: Rahimova and Rakhimova, not Anna and Alla
_SAME_WHOLE: Final = 88.0


def is_han(text: str) -> bool:
    """Tell whether a name is written in Chinese characters."""
    return not text.isascii() and all(
        "\u3400" <= char <= "\u9fff" or char == "·" for char in text
    )


def strip_tags(name: str) -> str:
    """Take off what a meeting tool wrote behind a name: (Guest), (Unverified)."""
    return _TAG.sub("", name).strip() if name.endswith(tuple(")]）】")) else name


def tidy_name(text: str) -> str:
    """Return a name without titles and with ordinary capitals."""
    if _SIMPLE.fullmatch(text):
        first, _, rest = text.partition(" ")
        last = rest.rpartition(" ")[2]
        if first not in _TITLE_WORDS and last not in _TITLE_WORDS:
            return text
    if len(text) > _LONGEST:
        return text  # a text, not a name; patterns are not tried on it
    text = _COUNTED.sub("", text.replace("\n", " ").strip(' ,;"«»“”'))
    if _JOINED_UP.fullmatch(text):
        text = text.replace("_", " ")
    return _flipped(strip_tags(text))


def is_honorific(text: str) -> bool:
    """Tell whether a cell says only how somebody is addressed: Mr., Dr, г-жа, 女士."""
    said = text.strip()
    return len(said) <= _HONORIFIC_CHARS and (
        not _HONORIFIC.sub("", f"{said} ").strip()
        or said in {"先生", "女士", "小姐", "M."}
    )


def _without_titles(name: str) -> str:
    bare = _FRENCH_M.sub("", _HONORIFIC.sub("", name))
    bare = _AFTER.sub("", bare) or bare
    for pattern in (_HAN_AFTER, _OTHER_AFTER):
        if found := pattern.match(bare):
            bare = found[1]
    return _LAST_DOT.sub("", bare.strip(" ,")) or name


def _flipped(name: str) -> str:
    name = _without_titles(unicodedata.normalize("NFC", name))
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma and family and given and "," not in given:
        ending = given.rstrip(".").casefold()
        if ending in _SUFFIXES:
            return _cased(f"{family} {given}")
        given = _without_titles(given)
        if _is_short(family) and _is_short(given):
            joined = family + given if is_han(family + given) else f"{given} {family}"
            return _cased(joined)
    return _cased(name)


def _is_short(part: str) -> bool:
    return len(part.split()) <= 3 and not any(char.isdigit() for char in part)  # noqa: PLR2004


def _cased(name: str) -> str:
    """Turn "CHEN Jie" and "ivan petrov" into what the people themselves write."""
    words = _PARTICLES.sub(lambda found: found[0].lower(), f" {name}").split()
    if not _GROUP.isdisjoint(word.casefold() for word in words):
        return " ".join(words)  # the capitals of "ESCAP Team" are its own
    if len(words) > 1 and name.islower() and all(word.isalpha() for word in words):
        return " ".join(w if w in _SMALL_PARTS else w.capitalize() for w in words)
    mixed = any(any(char.islower() for char in word) for word in words)
    if not mixed or any(word.isupper() for word in words):
        tamed = [_tamed(word, mixed=mixed) for word in words]
        return _dotted(words, tamed) if _TURKISH & set(name) else " ".join(tamed)
    return " ".join(words)


def _dotted(words: list[str], tamed: list[str]) -> str:
    """Give Turkish names the small letters of their capitals: I is ı there."""
    kept = []
    for word, tame in zip(words, tamed, strict=True):
        small = word[:1] + word[1:].replace("I", "ı").replace("İ", "i").lower()
        kept.append(tame if tame == word else small)
    return " ".join(kept)


def _tamed(word: str, *, mixed: bool) -> str:
    bare = word.translate(_UNMARKED)
    if not bare.isupper() or not bare.isalpha() or word in _NOT_CASED or len(bare) == 1:
        return word
    if len(bare) == 2 and (mixed or not bare.isascii()) and not _VOWELS & set(bare):  # noqa: PLR2004
        return word
    pieces = re.split(rf"([-{_MARKS}])", word)
    cased = [piece.capitalize() for piece in pieces]
    # "Nur'ali" and "G'ayrat" go on small; only O'Neil and D'Arc rise again.
    for at in range(2, len(cased), 2):
        before, mark = cased[at - 2], cased[at - 1]
        uzbek = mark in "‘ʻ" or _is_uzbek(before, cased[at])
        if mark != "-" and (len(before) > 1 or uzbek):
            cased[at] = cased[at].lower()
    return "".join(cased)


def _is_uzbek(before: str, after: str) -> bool:
    """Tell whether an apostrophe makes a letter: G'ayrat, O'tkir, not O'Neil."""
    return before in {"G", "g"} or (
        before in {"O", "o"} and after.casefold().startswith(_AFTER_O)
    )


def join_name(
    given: str, family: str, patronymic: str = "", *, family_first: bool
) -> str:
    """Return one name of its parts, in the order of the list or the language."""
    if is_han(given) and is_han(family):
        return family + given
    parts = [family, given, patronymic] if family_first else [given, patronymic, family]
    kept = [part.strip(" ,") for part in parts if part.strip(" ,")]
    # Some forms get the whole name typed into both fields.
    if len(kept) == 2 and (kept[0] == kept[1] or kept[0].endswith(f" {kept[1]}")):  # noqa: PLR2004
        kept = kept[:1]
    return " ".join(kept)


@lru_cache(maxsize=20_000)
def _tokens(name: str) -> tuple[str, ...]:
    plain = anyascii(name).casefold()
    return tuple(token for token in re.split(r"[^a-z0-9]+", plain) if token)


def name_key(name: str) -> str:
    """Return what a name is compared by: Latin letters, words in any order."""
    return " ".join(sorted(_tokens(name)))


def is_same_person(one: str | None, other: str | None) -> bool:
    """Tell whether two names under one address may well be one person's."""
    if not one or not other or one == other:
        return True
    short, long = sorted((_tokens(one), _tokens(other)), key=len)
    if not short:
        return True
    if all(any(_agree(word, against) for against in long) for word in short):
        return True
    joined = ["".join(words) for words in (short, long, long[::-1])]
    return any(fuzz.ratio(joined[0], whole) >= _SAME_WHOLE for whole in joined[1:])


def _agree(word: str, other: str) -> bool:
    if len(word) == 1 or len(other) == 1:
        return word[0] == other[0]
    return bool(fuzz.ratio(word, other) >= _SAME_WORD)


def belongs_to(address: str, name: str | None) -> bool:
    """Tell whether an address is made of a part of this name."""
    local = re.sub(r"[^a-z]", "", address.partition("@")[0])
    return bool(name) and any(
        len(token) > 2 and token in local  # noqa: PLR2004 - "li" is in everything
        for token in _tokens(name or "")
    )


def looks_like_name(text: str) -> bool:
    """Tell whether a text could be somebody's name and nothing else."""
    if len(text) > 60 or any(char.isdigit() for char in text):  # noqa: PLR2004
        return False
    if is_han(text):
        return 2 <= len(text) <= 4  # noqa: PLR2004
    words = text.replace(".", ". ").split()
    proper = [w for w in words if w[0].isupper() or w.casefold() in _SMALL_PARTS]
    letters = all(char.isalpha() or char in " .'’ʻ-,`" for char in text)
    return 2 <= len(words) <= 5 and len(proper) == len(words) and letters  # noqa: PLR2004
