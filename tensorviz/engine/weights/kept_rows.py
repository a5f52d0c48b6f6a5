"""Rows that a person keeps, in a small JSON file of the settings folder: read in spite of damage, written whole.

Must not know what the rows mean.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from tensorviz.core.errors import TensorvizError
from tensorviz.core.text import path_text
from tensorviz.engine.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Say = Callable[[str], None]


class Named(Protocol):
    """What a row becomes."""

    @property
    def name(self) -> str:
        """By which it is chosen."""


Kept = TypeVar("Kept", bound=Named)


def nobody(_: str) -> None:
    """Hears nothing."""


def read_rows(file: Path, what: str, say: Say) -> list[Any]:
    """The rows as they stand in the file; empty when there is none, or none that can be read.

    what: the list's name in sentences ("own models"). A damaged file is renamed (`models.json.broken`), and said.
    """
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except OSError as error:
        say(f"The list of {what} {path_text(file)} cannot be read: {error}.")
        return []
    except (ValueError, RecursionError):
        rows = None
    if isinstance(rows, list):
        return rows
    _set_aside(file, what, say)
    return []


def usable(rows: Iterable[Any], read: Callable[[Any], Kept], file: Path, say: Say) -> tuple[Kept, ...]:
    """What `read` makes of the rows, the first of each name; a row that it refuses is left out, and said."""
    found: dict[str, Kept] = {}
    for row in rows:
        try:
            kept = read(row)
        except TensorvizError as error:
            say(f"A row of {path_text(file)} is left out: {error}")
            continue
        found.setdefault(kept.name, kept)
    return tuple(found.values())


def kept_names(file: Path) -> frozenset[str]:
    """The names in the file, whether their rows can be used or not."""
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return frozenset()
    return frozenset(filter(None, map(name_of, rows))) if isinstance(rows, list) else frozenset()


def name_of(row: Any) -> str:
    """The row's name; "" when it has none."""
    name = row.get("name") if isinstance(row, dict) else None
    return name if isinstance(name, str) else ""


def rewrite(file: Path, what: str, change: Callable[[list[Any]], list[Any]]) -> None:
    """Changes the rows; those that cannot be used stay as they are. Raises TensorvizError when it cannot be written."""
    try:
        if file.exists():
            file.read_bytes()  # one that cannot be read must not be written over
        rows = change(read_rows(file, what, nobody))
        write_text(file, json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise TensorvizError(
            f"The list of {what} {path_text(file)} cannot be written: {error}.",
            "Is its folder yours, and is there space?",
        ) from error


def without(rows: Iterable[Any], name: str) -> list[Any]:
    """The rows of other names."""
    return [row for row in rows if name_of(row) != name]


def _set_aside(file: Path, what: str, say: Say) -> None:
    aside = file.with_name(file.name + ".broken")
    try:
        file.replace(aside)
    except OSError as error:
        say(f"The list of {what} {path_text(file)} is damaged and cannot be renamed: {error}.")
        return
    say(f"The list of {what} {path_text(file)} is damaged; it was renamed to {aside.name}, and a new one is begun.")
