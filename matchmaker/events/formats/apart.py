"""Reading an old .xls in a process of its own, with its memory and time bounded.

The reader believes the counts written in the file. One wrong bit there asks for more
memory than there is, which ends the process; so it is not ours.
"""

import json
import subprocess
import sys
from typing import Any, Final, TypeAlias

from matchmaker.events.formats.model import FormatError

#: Corners of merged cells: ((row, column), (row, column)), from 0.
Merged: TypeAlias = Any  # lists from JSON, tuples from the reader

_SECONDS: Final = 25
_MEMORY: Final = 1_500_000_000  # bytes; 65,536 rows of 256 columns need 600 MB
_CHILD: Final = """
import io, json, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
except ImportError:
    pass
from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum
try:
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
except PasswordError:
    sys.exit(3)
found = []
for each in book.sheets_metadata:
    if "WorkSheet" not in str(each.typ):
        continue
    sheet = book.get_sheet_by_name(each.name)
    found.append({{
        "name": each.name,
        "visible": each.visible == SheetVisibleEnum.Visible,
        "merged": sheet.merged_cell_ranges or [],
        "rows": sheet.to_python(skip_empty_area=False),
    }})
json.dump(found, sys.stdout, default=str)
"""


def read_apart(data: bytes) -> list[dict[str, Any]]:
    """Return the sheets of an .xls: name, visible, merged, rows.

    Raises
    ------
    FormatError
        ``encrypted`` or ``damaged_workbook``, also when reading took too much.
    """
    code = _CHILD.format(memory=_MEMORY)
    try:
        done = subprocess.run(  # noqa: S603 - our own text, run by our own Python
            [sys.executable, "-I", "-c", code],
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise FormatError("damaged_workbook") from error
    if done.returncode == 3:  # noqa: PLR2004 - as the child says
        raise FormatError("encrypted")
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)
    except ValueError as error:
        raise FormatError("damaged_workbook") from error
    return found
