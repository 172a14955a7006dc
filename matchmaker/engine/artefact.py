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

SCHEMA: Final = 2
_ALIGNED: Final = 64
# Sizes of the parts of a zip entry's header, in bytes (PKWARE's APPNOTE, 4.3.7, 4.5.3).
_LOCAL_HEADER: Final = 30
_LONG_SIZES: Final = 20
_FILLER_HEAD: Final = 4
_FILLER: Final = 0x4D4D  # an extra field of our own
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
        total.update(array.data if array.size else b"")
    return total.hexdigest()


def write_artefact(path: Path, head: object, arrays: Mapping[str, NDArray[Any]]) -> str:
    """Write a model file and return its hash; a reader never sees half of it.

    The file is an ordinary uncompressed npz whose arrays begin at multiples of 64
    bytes, so that they can be mapped into memory as they lie.
    """
    text = json.dumps(head, ensure_ascii=False, sort_keys=True).encode()
    content = {**arrays, _HEAD: np.frombuffer(text, np.uint8)}
    digest = _digest(content)
    mark = {"schema": np.array([SCHEMA]), "hash": np.array([digest])}
    beside = path.with_name(f".{path.name}.{os.getpid()}.npz")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as stored:
            for name, array in {**mark, **content}.items():
                _write_member(stored, f"{name}.npy", np.ascontiguousarray(array))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return digest


def _write_member(stored: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    """Append an array; an unused extra field of its header fills up to 64 bytes."""
    start = stored.fp.tell() if stored.fp else 0
    taken = _LOCAL_HEADER + _LONG_SIZES + len(name.encode()) + _FILLER_HEAD
    filler = -(start + taken) % _ALIGNED
    info = zipfile.ZipInfo(name)
    info.extra = struct.pack("<HH", _FILLER, filler) + bytes(filler)
    with stored.open(info, "w", force_zip64=True) as member:
        np.lib.format.write_array(member, array, allow_pickle=False)


def _map_members(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a model file, read-only, shared with whoever reads it."""
    whole = np.memmap(path, np.uint8, "r").view(np.ndarray)
    found: dict[str, NDArray[Any]] = {}
    with zipfile.ZipFile(path) as stored:
        for info in stored.infolist():
            with stored.open(info) as member:
                version = np.lib.format.read_magic(member)
                if version != (1, 0):
                    raise ValueError(f"{info.filename}: array format {version}")
                shape, fortran, kind = np.lib.format.read_array_header_1_0(member)
                head = member.tell()
            if fortran or kind.hasobject or info.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{info.filename}: not a plain array")
            lengths = bytes(whole[info.header_offset + 26 : info.header_offset + 30])
            start = info.header_offset + _LOCAL_HEADER + head
            start += sum(struct.unpack("<HH", lengths))
            size = kind.itemsize * int(np.prod(shape, dtype=np.int64))
            if head + size != info.file_size:
                raise ValueError(f"{info.filename}: cut short")
            flat = whole[start : start + size].view(kind)
            found[info.filename.removesuffix(".npy")] = flat.reshape(shape)
    return found


def read_artefact(path: Path) -> tuple[Any, dict[str, NDArray[Any]]]:
    """Read a model file back: the JSON head, and the arrays by name.

    The arrays are mapped, not read: several processes that open the same file share
    one copy of it, and a file that is replaced lives on for whoever holds it.

    Raises
    ------
    ArtefactError
        If the file is missing, truncated, altered or of another schema.
    """
    try:
        arrays = _map_members(path)
        schema, digest = int(arrays.pop("schema")[0]), str(arrays.pop("hash")[0])
        sound = schema == SCHEMA and _digest(arrays) == digest
        head = json.loads(arrays.pop(_HEAD).tobytes()) if sound else None
    except _UNREADABLE as error:
        raise ArtefactError(f"{path}: not a readable model ({error})") from error
    if schema != SCHEMA:
        raise ArtefactError(f"{path}: schema {schema}, this version reads {SCHEMA}")
    if not sound:
        raise ArtefactError(f"{path}: the content does not match its hash")
    return head, arrays
