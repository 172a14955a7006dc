"""One analyzer for matching and directory search: text in, index terms out.

Matching and search must agree on what a word is, so both call :func:`tokenize`.
Glossary terms are in ``terms``; nothing here knows what a word means.
"""

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import snowballstemmer

# Han with its extensions, and kana: scripts written without spaces.
_HAN: Final = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Marks that belong to the letter before them (Latin and Cyrillic accents, Arabic
# vowels, Indic and Thai vowel signs, the zero-width non-joiner of Persian).
_MARKS: Final = "\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0dff\u0e31\u0e34-\u0e4e\u200c"
_WORD: Final = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}](?:[^\W_{_HAN}]|[{_MARKS}])*")
_FIRST_HAN: Final = "\u3040"
_HAN_RUN: Final = re.compile(rf"[{_HAN}]+")
_CYRILLIC: Final = re.compile(r"[\u0400-\u04ff]")

_STOP_EN: Final = (
    "a about above after again all also am an and any are as at be because been "
    "before being both but by can could did do does doing down during each few for "
    "from further had has have having he her here hers him his how i if in into is "
    "it its itself just let me more most my no nor not of off on once only or other "
    "our ours out over own same she should so some such than that the their theirs "
    "them then there these they this those through to too under until up us very "
    "was we were what when where which while who whom why will with would you your "
    "yours s t re ve ll d m etc "
    # What one says to ask or to offer is no subject two people could share.
    "look looks looking seek seeks seeking need needs needed want wants wanted offer "
    "offers offering offered interested please hello"
)
_STOP_RU: Final = (
    "а без более бы был была были было быть в вам вас ваш во вот все всего всех вы где "
    "да даже для до его ее если есть еще же за и из или им их к как ко когда которая "
    "которое которые который кто ли лишь между меня мне мой мы на над нам нас наш не "
    "него нее нет ни них но о об однако он она они оно от очень по под при про прочие "
    "прочая прочий прочее прочих с сам свои себя со так также такой там те тем то того "
    "тоже той только том тот ту ты у уже чем что чтобы эта эти это этой этом этот я "
    # As above: the words of asking and offering.
    "ищу ищем ищет ищут искать поиск поиске нужен нужна нужно нужны требуется "
    "требуются необходим необходима необходимо необходимы хотим хочу хотели предлагаю "
    "предлагаем предлагает готов готова готовы интересует интересуют заинтересованы "
    "пожалуйста здравствуйте"
)
# Han characters and words that only glue others together; a run is cut at them.
_STOP_ZH: Final = re.compile(
    "的|了|我们|你们|他们|以及|或者|等等|"
    "寻找|寻求|诚寻|需要|求购|提供|希望|我司|诚邀|您好|请问"
)
STOP_WORDS: Final = frozenset((_STOP_EN + " " + _STOP_RU).split())

# Snowball throws these together with other words: raw material (сырьё) with cheese
# (сыр), copper (медь) with honey (мёд), customs with customers, important with import.
# Each line is a stem of its own and its forms, folded.
_APART: Final = {
    form: line.split()[0]
    for line in (
        "сырье сырья сырью сырьем",
        "сырой сырая сырое сырые сырого сырых сырым сырыми сырую",
        "медь меди медью",
        "поле поля полей полям полями полях полем",
        "платье платья платьев платьям платьями платьях",
        "лицей лицея лицеи лицеев лицеям лицеями лицее",
        "серия серии серий серию серией сериями сериях",
        "ценный ценная ценное ценные ценных ценной",
        "customs",
        "customer customers",
        "important importance",
        "several",
        "experiment experiments",
        "positive",
        "executive executives",
    )
    for form in line.split()
}

_BREVE: Final = "\u0306"
_FIRST_ACCENT: Final = "\u0300"
_LAST_ACCENT: Final = "\u036f"


@dataclass(frozen=True, slots=True)
class Token:
    """One index term with the place it came from in the original text."""

    term: str
    start: int
    end: int


#: A stemmer keeps the word it is at: two threads would cut each other's.
_ONE_AT_A_TIME: Final = threading.Lock()


@lru_cache(maxsize=2)
def _stemmer(language: str) -> "snowballstemmer.stemmer":
    return snowballstemmer.stemmer(language)


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Fold width, case and accents; ``ё`` becomes ``е`` while ``й`` stays a letter."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    kept = [
        mark
        for before, mark in zip(" " + decomposed, decomposed, strict=False)
        if not _FIRST_ACCENT <= mark <= _LAST_ACCENT
        or (mark == _BREVE and before in "иИ")
    ]
    return unicodedata.normalize("NFC", "".join(kept)).casefold()


@lru_cache(maxsize=200_000)
def stem(folded: str) -> str:
    """Cut a folded word to its Snowball stem: English if Latin, Russian if Cyrillic."""
    if folded in _APART:
        return _APART[folded]
    if folded.isascii():
        if folded.isdigit():
            return folded
        return _cut("english", folded)
    if _CYRILLIC.search(folded):
        return _cut("russian", folded)
    return folded


def _cut(language: str, folded: str) -> str:
    with _ONE_AT_A_TIME:
        return str(_stemmer(language).stemWord(folded))


def is_han(term: str) -> bool:
    """Tell whether a term is written in Han or kana."""
    # Every letter below kana belongs to a script with spaces: one comparison decides
    # for nearly all words, and this is asked of every word of every text.
    return term >= _FIRST_HAN and _HAN_RUN.match(term) is not None


def is_cyrillic(term: str) -> bool:
    """Tell whether a term holds a Cyrillic letter."""
    return bool(_CYRILLIC.search(term))


def words(text: str) -> list[tuple[str, int, int]]:
    """Split a text into folded words and whole Han runs, with original offsets.

    Stop words are dropped, and Han runs are cut at particles.
    """
    found: list[tuple[str, int, int]] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if is_han(match.group()):
            found.extend(_cut_run(match.group(), start))
            continue
        folded = fold(match.group())
        if folded and folded not in STOP_WORDS:
            found.append((folded, start, end))
    return found


def _cut_run(run: str, start: int) -> list[tuple[str, int, int]]:
    """Cut a Han run at its particles; compatibility forms keep their offsets."""
    pieces: list[tuple[str, int, int]] = []
    at = 0
    for stop in [*_STOP_ZH.finditer(run), None]:
        until = stop.start() if stop else len(run)
        if until > at:
            piece = "".join(_one(char) for char in run[at:until])
            pieces.append((piece, start + at, start + until))
        at = stop.end() if stop else until
    return pieces


def _one(char: str) -> str:
    """Fold one Han character without changing the length of its run."""
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char


def tokenize(text: str) -> list[Token]:
    """Split a text into index terms with their offsets in the original text.

    Latin and Cyrillic words become Snowball stems. A Han run becomes its overlapping
    pairs of characters, so that a word of two characters is found inside any longer
    compound without a dictionary; a run of one character stays as it is.
    """
    tokens: list[Token] = []
    for word, start, end in words(text):
        if not is_han(word):
            tokens.append(Token(stem(word), start, end))
        elif len(word) == 1:
            tokens.append(Token(word, start, end))
        else:
            tokens.extend(
                Token(word[at : at + 2], start + at, start + at + 2)
                for at in range(len(word) - 1)
            )
    return tokens
