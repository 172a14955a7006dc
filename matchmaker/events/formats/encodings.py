"""Bytes into text: which of some twenty encodings a file was written in.

A byte order mark decides, then zero bytes (UTF-16), then strict UTF-8. What is left
is a national encoding: every candidate decodes a sample and the one whose text
looks most like words wins. Statistics alone fail on lists of 400 names, so known
header words and country names weigh most. What is in doubt is said in a warning.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

from matchmaker.events.formats.model import FormatError

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
#: Best first where the same bytes mean the same letters.
NATIONAL: Final = (
    *("cp1251", "cp1252", "gb18030", "koi8-r", "big5", "cp1254", "cp866"),
    *("cp1250", "shift_jis", "euc-kr", "euc-jp", "iso-8859-5", "cp1256", "cp1253"),
    *("cp1255", "cp1257", "koi8-u", "mac-cyrillic", "cp874", "mac-roman"),
)
KNOWN: Final = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", *NATIONAL)
_SAMPLE: Final = 40_000  # bytes with something to tell
#: Letters with the marks that Thai writes over and under them.
_LETTER: Final = r"(?:[^\W\d_]|[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])"
_WORD: Final = re.compile(rf"{_LETTER}+(?:[ '-]{_LETTER}+)*")
_WORD_WORTH: Final = 0.25  # points of a known word beside the average of a letter
_WORDS_ENOUGH: Final = 8  # known words after which more of them say nothing
_TITLED: Final = 0.4  # points a letter of a word with its capital in front
_MIXED: Final = 1.5  # points lost where two scripts meet in a word
_ODD_SAMPLE: Final = 2_000  # characters in which strange signs are counted
_DOUBT: Final = 1.12  # the winner must beat the next by this factor
_FEW: Final = 12  # foreign letters, one or two names, that nearly anything can be
_DOUBT_OF_FEW: Final = 1.4
_POOR: Final = 0.35  # points a foreign letter below which nothing reads well
_MANY: Final = 200  # foreign letters from which the statistics are sure
_MENDABLE: Final = 0.02  # share of broken bytes up to which UTF-8 was meant

#: Letters and signs that real text in the script is mostly made of.
_COMMON_HAN: Final = frozenset(
    "的一是在有人中国大上海市公司姓名称电子邮箱件手机号码职位单所家地区行业务联系方式"
    "企提交时间序来源您需求合作寻找经销商贸易产品服务技术管理总裁长师生女先李王张刘陈"
    "杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓韩冯曹彭曾北京广东深圳杭州江苏浙山"
    "四川科教育信息网络投资发展食品农机械物流部省参加会议者备注问题兴趣领域语言城微"
    "國際話機號碼職業務電郵稱聯絡參會員臺灣單東門區與從這個們對為說經張陳劉楊黃趙吳"
    "氏前会社部署電話番号希望住所役职業种内容都道府県様方学生年月日本田中山小大川"
)
_COMMON_HANGUL: Final = frozenset(
    "이름회사전화번호메일주소국가직책부서소속참가자신청일시문의내용김박최정강조윤장임"
    "한국대표팀원업체기술연락처성명도시언어관심분야가나다라는을를의에서로고하지인사과"
)
_COMMON_CYRILLIC: Final = frozenset("оеаинтсрвлкмдпуяыьбгзчйхжшюцщэфъё")
_OTHER_CYRILLIC: Final = frozenset("іїєґўІЇЄҐЎ№")
_QUOTES: Final = frozenset("«»“”‘’„–—…·•№™©®°€\xa0、。，；：！？（）【】《》┋〖〗")
_LATIN: Final = frozenset("éèêàâçùûôîïäöüßåæøñáíóúãõğışçöüİğŞÇÖÜÉąćęłńśźżčďěňřšťůžýőű")


def decode(
    data: bytes, chosen: str | None, *, known: Callable[[str], bool]
) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    """Return the text, its encoding, other candidates and warnings.

    ``known`` tells whether a word is one that lists of people contain.

    Raises
    ------
    FormatError
        ``wrong_encoding`` when the encoding somebody chose cannot be right.
    """
    if chosen is not None:
        return _chosen(data, chosen)
    for mark, name in _BOMS:
        if data.startswith(mark):
            text, warnings = _forgiving(data, name)
            return text.lstrip("\ufeff"), name, (), warnings
    if wide := _wide(data):
        text, warnings = _forgiving(data, wide)
        return text, wide, (), warnings
    try:
        return _clean(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    if _is_broken_utf8(data):
        text = data.decode("utf-8", errors="replace")
        return text.replace("\0", ""), "utf-8", NATIONAL[:3], ("characters_lost",)
    return _mixed(data, known) or _national(data, known)


def _mixed(
    data: bytes, known: Callable[[str], bool]
) -> tuple[str, str, tuple[str, ...], tuple[str, ...]] | None:
    """Return a text whose lines are not all in one encoding, None if they are.

    So are lists that several people added to. UTF-8 does not come about by chance:
    where most of what is not ASCII is UTF-8 line by line, those lines are.
    """
    lines = data.split(b"\n")
    strange: list[int] = []
    sound = foreign = 0
    for at, line in enumerate(lines):
        size = 0 if line.isascii() else sum(byte > 127 for byte in line)  # noqa: PLR2004
        foreign += size
        if _is_utf8(line):
            sound += size
        else:
            strange.append(at)
        if foreign > _SAMPLE and sound * 4 < foreign:
            return None
    if sound * 2 <= foreign:
        return None
    _, other, *_ = _national(b"\n".join(lines[at] for at in strange), known)
    for at in strange:
        lines[at] = lines[at].decode(other, errors="replace").encode()
    text = b"\n".join(lines).decode().replace("\0", "")
    return text, "utf-8", (other,), ("encoding_uncertain",)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _chosen(
    data: bytes, chosen: str
) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    try:
        text = data.decode(chosen)
    except (LookupError, UnicodeError, ValueError) as error:
        raise FormatError("wrong_encoding", encoding=chosen[:40]) from error
    return text.lstrip("\ufeff").replace("\0", ""), chosen, (), ()


def _clean(text: str, name: str) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    if "\0" in text:
        return text.replace("\0", ""), name, (), ("nul_removed",)
    return text, name, (), ()


def _forgiving(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Decode what is sure to be this encoding; a cut tail loses one character."""
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return data.decode(name, errors="replace"), ("characters_lost",)
    if "\0" in text:
        return text.replace("\0", ""), ("nul_removed",)
    return text, ()


def _wide(data: bytes) -> str | None:
    """Return the UTF-16 without a mark that these bytes are, if they are.

    Even a Chinese file has separators and line ends, whose other byte is zero and
    stands always on the same side.
    """
    head = data[:_SAMPLE]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd < max(2, len(head) // 100) or len(head) < 4:  # noqa: PLR2004
        return None
    # A separator has its zero always on the same side of the pair.
    small, large = sorted((even, odd))
    if small * 10 > large:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_broken_utf8(data: bytes) -> bool:
    """Tell whether this was UTF-8 before a few bytes were hurt or cut off."""
    text = data.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    letters = sum(1 for char in text if char > "\x7f") - lost
    return letters > 0 and lost <= max(3, letters * _MENDABLE) and lost * 3 < letters


def _national(
    data: bytes, known: Callable[[str], bool]
) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    sample = _telling(data)
    scores: list[tuple[float, int, str]] = []
    for order, name in enumerate(NATIONAL):
        try:
            text = _decoder(sample, name)
        except UnicodeDecodeError:
            continue
        scores.append((_plausibility(text, known), -order, name))
    scores.sort(reverse=True)
    for _, _, name in scores:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        others = tuple(other for _, _, other in scores if other != name)[:5]
        doubts = _doubts(scores, sample, text)
        return text.replace("\0", ""), name, others, doubts
    text = data.decode("cp1252", errors="replace")
    return text.replace("\0", ""), "cp1252", NATIONAL[:5], ("characters_lost",)


def _decoder(sample: bytes, name: str) -> str:
    """Decode a sample that may end in the middle of a character."""
    return codecs.getincrementaldecoder(name)().decode(sample, final=False)


def _doubts(
    scores: list[tuple[float, int, str]], sample: bytes, text: str
) -> tuple[str, ...]:
    """Warn where another encoding gives another text that is nearly as plausible."""
    best, _, name = scores[0]
    foreign = sum(1 for char in text[:_SAMPLE] if char > "\x7f")
    if best < _POOR:
        return ("encoding_uncertain",)
    chosen = _decoder(sample, name)
    doubt = _DOUBT if foreign > _FEW else _DOUBT_OF_FEW
    close = any(
        best < score * doubt and _decoder(sample, other) != chosen
        for score, _, other in scores[1:]
    )
    return ("encoding_uncertain",) if close and foreign < _MANY else ()


def _telling(data: bytes) -> bytes:
    """Return the head, or if it is all ASCII the lines that are not."""
    if any(byte > 127 for byte in data[:_SAMPLE]):  # noqa: PLR2004
        return data[:_SAMPLE]
    lines = (line for line in data.splitlines(keepends=True) if not line.isascii())
    return b"".join(_first_bytes(lines))


def _first_bytes(lines: Iterable[bytes]) -> Iterable[bytes]:
    size = 0
    for line in lines:
        yield line
        size += len(line)
        if size > _SAMPLE:
            return


def _plausibility(text: str, known: Callable[[str], bool]) -> float:
    """Return how much a foreign letter looks like one of a word, on the average.

    An average, because wrong encodings make more or fewer letters of the same bytes.
    """
    words = [word for word in set(_WORD.findall(text)) if not word.isascii()]
    letters = sum(1 for word in words for char in word if char > "\x7f")
    # Signs inside words (¤, ³, box drawing) are what a wrong table turns letters into.
    odd = sum(1 for char in set(text) if char > "\x7f" and _is_odd(char))
    odd += sum(1 for char in text[:_ODD_SAMPLE] if char > "\x7f" and _is_odd(char))
    points = sum(_word_points(word) for word in words) - odd
    # A letter that a wrong table turns into a quote or a blank is a letter lost.
    letters += sum(1 for char in text[:_ODD_SAMPLE] if char in _QUOTES)
    hits = sum(1 for word in words if known(word))
    return points / max(1, letters + odd) + _WORD_WORTH * min(hits, _WORDS_ENOUGH)


def _is_odd(char: str) -> bool:
    if char in _QUOTES or char.isalpha() or unicodedata.combining(char):
        return "\ue000" <= char <= "\uf8ff"
    return not char.isspace() or char < "\xa0"


def _word_points(word: str) -> float:
    points = 0.0
    before = ""
    for char in word:
        if char > "\x7f":
            points += _letter_points(char)
        # A capital after a small letter: the two cases are swapped in KOI8.
        if before.islower() and char.isupper():
            points -= 2.0
        if _is_mixed(before, char):
            points -= _MIXED
        before = char
    # Names begin with a capital; scripts without any have none by accident.
    if len(word) > 2 and word.istitle():  # noqa: PLR2004
        points += _TITLED * len(word)
    # "ПеТРОВ" and "пЕТРОВ" are no words, "петров" and "ПЕТРОВ" are.
    if len(word) > 2 and word[0].islower() and word[1:].isupper():  # noqa: PLR2004
        points -= 2.0
    return points


def _is_mixed(one: str, other: str) -> bool:
    """Tell whether a Latin letter of ASCII stands beside one of another script."""
    first, second = sorted((one, other))
    return first.isascii() and first.isalpha() and second > "\u0370"


def _letter_points(char: str) -> float:  # noqa: PLR0911 - a table of scripts
    low = char.lower()
    if "\u0400" <= char <= "\u04ff":
        if low in _COMMON_CYRILLIC:
            return 1.0 if low == char else 0.8
        return 0.4 if char in _OTHER_CYRILLIC else -0.8
    if "\u4e00" <= char <= "\u9fff":
        return 2.0 if char in _COMMON_HAN else _level(char)
    if "\uac00" <= char <= "\ud7a3":
        return 2.0 if char in _COMMON_HANGUL else 0.5
    if "\u3040" <= char <= "\u30ff":
        return 1.2
    if "\uff61" <= char <= "\uff9f" or "\u3400" <= char <= "\u4dbf":
        return -0.6
    if char < "\u0250":
        return 1.0 if char in _LATIN else -0.2
    return 0.6 if char < "\u1000" else -0.8


def _level(char: str) -> float:
    """Return more for the characters that both standards hold for everyday ones."""
    for name, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            lead = char.encode(name)[0]
        except UnicodeEncodeError:
            continue
        if first <= lead <= last:
            return 0.9
    return -0.3
