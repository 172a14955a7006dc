"""What a draft of own terms would change, computed by the worker beside its work."""

import json
import shutil
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from matchmaker.admin.vocabulary_terms import LIVE, OwnTerms
from matchmaker.db import Sessions, make_engine
from matchmaker.matching.shelf import Reader
from matchmaker.matching.term_effects import effects
from matchmaker.vocabulary import own
from matchmaker.vocabulary.terms import own_files

PREVIEW: Final = ".preview.json"
PATIENCE: Final = 300.0  # seconds; with 3,000 members it takes some 30


def read_preview(folder: Path) -> dict[str, Any] | None:
    """Return what the draft as it is would change; None if that is not known yet."""
    terms = OwnTerms(folder)
    try:
        told: dict[str, Any] = json.loads((terms.folder / PREVIEW).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return told if told.get("digest") == terms.digest() else None


def preview_draft(url: str, folder: Path, encoder: str) -> int:
    """Compute what a draft would change, once; return how many previews were made."""
    terms = OwnTerms(folder)
    if not terms.draft.exists() or read_preview(folder) is not None:
        return 0
    digest = terms.digest()
    told: dict[str, Any] = {"digest": digest, "failed": True}
    try:
        # The glossary is one for a process: pages must not be answered with a draft's.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            asked = pool.submit(compute, url, str(folder), encoder)
            told = {"digest": digest, **asked.result(timeout=PATIENCE)}
    finally:
        own.replace(terms.folder / PREVIEW, json.dumps(told))
    return 1


def compute(url: str, folder: str, encoder: str) -> dict[str, Any]:
    """Return what the draft of a site would change; for a process of its own."""
    terms = OwnTerms(Path(folder))
    engine = make_engine(url)
    try:
        with tempfile.TemporaryDirectory() as place, Sessions(engine).read() as session:
            then = Path(place)
            for path in own_files(terms.folder):
                if path.name != LIVE:
                    shutil.copyfile(path, then / path.name)
            shutil.copyfile(terms.draft, then / LIVE)
            reader = Reader(Path(folder) / "model", encoder) if encoder else None
            return effects(session, terms.folder, then, reader=reader)
    finally:
        engine.dispose()
