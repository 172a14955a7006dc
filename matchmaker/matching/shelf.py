"""The fitted community on disk: kept between starts and shared by processes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from matchmaker.errors import SetupError
from matchmaker.vocabulary.terms import glossary_digest

if TYPE_CHECKING:
    from matchmaker.engine.community import Community
    from matchmaker.engine.encoder import Encoder
    from matchmaker.engine.members import Member
    from matchmaker.engine.pairing import Candidates

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Kept:
    """A community as it was written, and the last change of each member in it."""

    community: Community
    seen: dict[int, datetime]


class Reader:
    """The local sentence encoder of this site, opened when it is first needed.

    Parameters
    ----------
    folder
        Beside which the vectors of texts are kept.
    name
        ``bundled``, a folder, or a name in the local cache; empty for none.
    """

    def __init__(self, folder: Path | None, name: str) -> None:
        self._cache = folder / "encoder" if folder else None
        self._name = name
        self._encoder: Encoder | None = None

    def open(self) -> Encoder | None:
        """Return the encoder; None if the site has none.

        Raises
        ------
        SetupError
            If its library or its files are missing.
        """
        if self._name and self._encoder is None:
            from matchmaker.engine.encoder import Encoder, EncoderError  # noqa: PLC0415

            model = "" if self._name == "bundled" else self._name
            try:
                self._encoder = Encoder(model, cache=self._cache)
                log.info("encoder-opened", model=self._encoder.name)
            except EncoderError as error:
                raise SetupError(str(error)) from error
        return self._encoder

    def forget_others(self, members: Sequence[Member]) -> None:
        """Erase the vectors of texts that are no longer anybody's."""
        encoder = self.open()
        if encoder is not None:
            from matchmaker.engine.vectors import read_texts  # noqa: PLC0415

            encoder.keep_only(read_texts(members))


class Shelf:
    """A folder with one fitted community, replaced as a whole.

    Readers map the file into memory: a process that holds an older one keeps it until
    it looks again.
    """

    def __init__(self, folder: Path) -> None:
        self._model = folder / "community.npz"
        self._note = folder / "seen.json"
        self._looked_at: tuple[int, int] | None = None

    def write(self, community: Community, seen: Mapping[int, datetime]) -> None:
        """Replace what is kept."""
        self._model.parent.mkdir(parents=True, exist_ok=True)
        note = {
            "community": community.save(self._model),
            "glossary": glossary_digest(),
            "seen": {str(key): stamp.isoformat() for key, stamp in seen.items()},
        }
        beside = self._note.with_name(".seen.json")
        beside.write_text(json.dumps(note), "utf-8")
        beside.replace(self._note)
        self._looked_at = self._stamp()

    def is_new(self) -> bool:
        """Tell whether something was written since this was asked or written last."""
        stamp = self._stamp()
        if stamp is None or stamp == self._looked_at:
            return False
        self._looked_at = stamp
        return True

    def has_old_terms(self) -> bool:
        """Tell whether what is kept was made with another glossary, or is missing."""
        try:
            note = json.loads(self._note.read_text("utf-8"))
        except (OSError, ValueError):
            return True
        return bool(note.get("glossary") != glossary_digest())

    def read(self, reader: Reader) -> Kept | None:
        """Return what is kept; a damaged one is named in the log and left.

        None also for one made with another glossary or encoder: its texts have other
        keys or vectors.
        """
        from matchmaker.engine.artefact import ArtefactError  # noqa: PLC0415
        from matchmaker.engine.community import Community  # noqa: PLC0415

        try:
            note = json.loads(self._note.read_text("utf-8"))
            if note.get("glossary") != glossary_digest():
                return None
            community = Community.load(self._model, encoder=reader.open())
            seen = {
                int(key): datetime.fromisoformat(stamp)
                for key, stamp in note["seen"].items()
            }
        except (OSError, ValueError, KeyError, ArtefactError) as error:
            log.warning("model-damaged", detail=str(error))
            return None
        if set(community.ids) != {str(key) for key in seen}:
            return None  # the two files are of different runs
        if community.read_by and reader.open() is None:
            return None  # made with an encoder that this site no longer has
        return Kept(community, seen)

    def exists(self) -> bool:
        """Tell whether anything is kept."""
        return self._stamp() is not None

    def damage(self, reader: Reader) -> str | None:
        """Say what is wrong with the files; nothing if there are none."""
        if self._stamp() is None or self.read(reader) is not None:
            return None
        return f"{self._model.name} is damaged, or made with another glossary."

    def cluster_candidates(
        self,
        community: Community,
        address: str,
        **wanted: Any,  # noqa: ANN401  as of Community.candidates
    ) -> Candidates:
        """Return candidate lists that the workers of a cluster compute from a file.

        Raises
        ------
        SetupError
            If there is no such cluster, or its library is missing.
        """
        from matchmaker.engine.cluster import (  # noqa: PLC0415
            ClusterError,
            cluster_candidates,
        )

        self._model.parent.mkdir(parents=True, exist_ok=True)
        path = self._model.with_name("cluster.npz")
        try:
            community.save(path)
            return cluster_candidates(path, address=address, **wanted)
        except ClusterError as error:
            raise SetupError(str(error)) from error
        finally:
            path.unlink(missing_ok=True)

    def _stamp(self) -> tuple[int, int] | None:
        """Return what tells one writing from the next."""
        try:
            found = self._note.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino
