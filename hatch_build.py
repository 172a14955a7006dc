"""Compile the translations when the package is built or installed for editing."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg,misc]
    """Write a ``.mo`` file beside every ``.po`` file."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Run before the files of a wheel are collected."""
        for source in Path(self.root, "matchmaker", "translations").rglob("*.po"):
            locale = source.parent.parent.name
            with source.open("rb") as lines:
                catalogue = read_po(lines, locale=locale)
            with source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, catalogue)
