"""The person's own checkpoints, kept as named rows in a small file of the settings folder.

Must not know what is in a checkpoint; whether the file is still there is seen when the row is shown.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tensorviz.core.catalogue import OwnEntry
from tensorviz.core.errors import NameUnknown, TensorvizError, ValueRefused
from tensorviz.core.names import did_you_mean
from tensorviz.core.recipe import recipe_from_dict
from tensorviz.engine.places import config_folder
from tensorviz.engine.weights.catalogue import read_catalogue
from tensorviz.engine.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FORBIDDEN = ":/\\\n\r\t"  # a colon separates model and weights on the command line


def entries_file() -> Path:
    """The file that holds the rows."""
    return config_folder() / "models.json"


def _nobody(_: str) -> None:
    """Hears nothing."""


def list_entries(say: Callable[[str], None] = _nobody) -> tuple[OwnEntry, ...]:
    """The kept rows, in the order in which they were kept.

    A file that cannot be read is renamed (`models.json.broken`), a row that cannot be used is left out; `say` gets a
    sentence for each.
    """
    file = entries_file()
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except OSError as error:
        say(f"The list of own models {file} cannot be read: {error}.")
        return ()
    except ValueError:
        rows = None
    if not isinstance(rows, list):
        _set_aside(file, say)
        return ()
    return _usable(rows, say)


def keep_entry(entry: OwnEntry) -> None:
    """Adds the row, or replaces the own row of that name.

    Raises ValueRefused (a name that cannot be used or is a published model's) and NameUnknown (the architecture).
    """
    _check_name(entry.name)
    _check_architecture(entry.architecture)
    others = [known for known in list_entries() if known.name != entry.name]
    _write([*others, entry])


def remove_entry(name: str) -> None:
    """Forgets the row; its files stay. Raises NameUnknown."""
    known = list_entries()
    left = [entry for entry in known if entry.name != name]
    if len(left) == len(known):
        hint = did_you_mean(name, [entry.name for entry in known])
        raise NameUnknown(f'There is no kept model named "{name}".', hint)
    _write(left)


def _write(entries: Sequence[OwnEntry]) -> None:
    rows = [{**asdict(entry), "recipe": entry.recipe.as_dict() if entry.recipe else None} for entry in entries]
    write_text(entries_file(), json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


def _usable(rows: Sequence[Any], say: Callable[[str], None]) -> tuple[OwnEntry, ...]:
    found: dict[str, OwnEntry] = {}
    for row in rows:
        try:
            entry = _entry_of(row)
        except TensorvizError as error:
            say(f"A row of {entries_file()} is left out: {error}")
            continue
        found.setdefault(entry.name, entry)
    return tuple(found.values())


def _entry_of(row: Any) -> OwnEntry:
    values = row if isinstance(row, dict) else {}
    texts = [values.get(key) for key in ("name", "architecture", "path")]
    labels, recipe = values.get("labels"), values.get("recipe")
    if not all(isinstance(text, str) and text for text in texts) or not isinstance(labels, str | None):
        raise ValueRefused(f"{row!r:.80} is no kept model.", "It needs a name, an architecture and a path.")
    _check_name(values["name"])
    _check_architecture(values["architecture"])
    own = recipe_from_dict(recipe) if isinstance(recipe, dict) else None
    return OwnEntry(values["name"], values["architecture"], values["path"], labels, own)


def _check_name(name: str) -> None:
    if not name.strip() or name != name.strip() or any(letter in FORBIDDEN for letter in name):
        raise ValueRefused(f"A model cannot be named {name!r}.", "Use letters, digits, spaces and hyphens.")
    if any(row.name.casefold() == name.casefold() for row in read_catalogue()):
        raise ValueRefused(f'"{name}" is the name of a model of the catalogue.', f'Use another, e.g. "my {name}".')


def _check_architecture(name: str) -> None:
    known = [row.name for row in read_catalogue()]
    if name not in known:
        raise NameUnknown(f'There is no architecture named "{name}".', did_you_mean(name, known))


def _set_aside(file: Path, say: Callable[[str], None]) -> None:
    aside = file.with_name(file.name + ".broken")
    try:
        file.replace(aside)
    except OSError as error:
        say(f"The list of own models {file} is damaged and cannot be renamed: {error}.")
        return
    say(f"The list of own models {file} is damaged; it was renamed to {aside.name}, and a new one is begun.")
