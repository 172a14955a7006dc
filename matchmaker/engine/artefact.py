"""Named arrays and a JSON head in one file, with schema version and hash; no pickle."""

import hashlib
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SCHEMA: Final = 1
_HEAD: Final = "head"
# What reading a truncated or altered container raises, found by flipping its bits.
_UNREADABLE: Final = (
    OSError,
    EOFError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    RuntimeError,
    MemoryError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


class ArtefactError(ValueError):
    """A saved model that is missing, damaged or of another schema."""


def _digest(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Return a hash over names, types, shapes and bytes."""
    total = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        total.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        total.update(array.tobytes())
    return total.hexdigest()


def write_artefact(path: Path, head: object, arrays: Mapping[str, NDArray[Any]]) -> str:
    """Write a model file and return its hash; a reader never sees half of it."""
    text = json.dumps(head, ensure_ascii=False, sort_keys=True).encode()
    content = {**arrays, _HEAD: np.frombuffer(text, np.uint8)}
    digest = _digest(content)
    mark = {"schema": np.array(SCHEMA), "hash": np.array(digest)}
    beside = path.with_name(f".{path.name}.{os.getpid()}.npz")
    try:
        np.savez(beside, allow_pickle=False, **content, **mark)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return digest


def read_artefact(path: Path) -> tuple[Any, dict[str, NDArray[Any]]]:
    """Read a model file back: the JSON head, and the arrays by name.

    Raises
    ------
    ArtefactError
        If the file is missing, truncated, altered or of another schema.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        schema, digest = int(arrays.pop("schema")), str(arrays.pop("hash"))
    except _UNREADABLE as error:
        raise ArtefactError(f"{path}: not a readable model ({error})") from error
    if schema != SCHEMA:
        raise ArtefactError(f"{path}: schema {schema}, this version reads {SCHEMA}")
    if _digest(arrays) != digest:
        raise ArtefactError(f"{path}: the content does not match its hash")
    return json.loads(arrays.pop(_HEAD).tobytes()), arrays
