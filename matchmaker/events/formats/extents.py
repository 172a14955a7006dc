"""How far the cells of a sheet reach, told before a reader lays them out in memory.

A real XML parser, not a pattern: what a pattern overlooks would end the process.
"""

import re
from typing import Final
from xml.parsers import expat

from matchmaker.events.formats.model import FormatError

_REFERENCE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_DIGITS: Final = 8  # of a row's number; a longer one is nonsense
_VALUES: Final = frozenset({"v", "is", "t"})
_CELLS: Final = frozenset({"table-cell", "covered-table-cell"})


class _Extent:
    """Follows the cells of a sheet of either kind of workbook."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0
        self._repeated = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "row":
            self._row = _number(attributes.get("r"), self._row + 1)
            self._column = 0
        elif local == "c":
            self._cell(attributes.get("r", ""))
        elif local in _VALUES:
            self._reach()
        elif local == "table":
            self._row = 0
        elif local == "table-row":
            self._row += _repeats(attributes, "number-rows-repeated")
            self._column = 0
        elif local in _CELLS:
            self._column += _repeats(attributes, "number-columns-repeated")
            if any(key.endswith("value-type") for key in attributes):
                self._reach()
        elif local == "p":
            self._reach()

    def _cell(self, reference: str) -> None:
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            self._column += 1
            return
        self._column = 0
        for letter in found[1]:
            self._column = self._column * 26 + ord(letter) - 64
        self._row = int(found[2])

    def _reach(self) -> None:
        self.rows = max(self.rows, self._row)
        self.columns = max(self.columns, self._column)


def _number(text: str | None, otherwise: int) -> int:
    sound = text is not None and text.isdigit() and len(text) <= _DIGITS
    return int(text) if text is not None and sound else otherwise


def _repeats(attributes: dict[str, str], name: str) -> int:
    said = next((v for key, v in attributes.items() if key.endswith(name)), None)
    return _number(said, 1)


def _refuse(*_: object) -> None:
    raise FormatError("xml_entities")


def extent(body: bytes) -> tuple[int, int]:
    """Return the last row and column with a value in an XML part of a workbook.

    Raises
    ------
    FormatError
        When the part is no XML or has a document type, the only place of entities.
    """
    followed = _Extent()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = followed.start
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(body, True)  # noqa: FBT003 - the library knows no keyword
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FormatError("damaged_workbook") from error
    return followed.rows, followed.columns
