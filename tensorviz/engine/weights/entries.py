"""The person's own classifiers, kept as named rows in a small file of the settings folder.

Must not know what is in a checkpoint; whether the file is still there is seen when the row is shown.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tensorviz.core.catalogue import OwnEntry
from tensorviz.core.errors import NameUnknown, ValueRefused
from tensorviz.core.names import did_you_mean
from tensorviz.core.recipe import recipe_from_dict
from tensorviz.engine.weights.catalogue import read_catalogue
from tensorviz.engine.weights.entry_names import check_name, generators_file
from tensorviz.engine.weights.entry_names import entries_file as entries_file  # others ask for it here
from tensorviz.engine.weights.kept_rows import kept_names, nobody, read_rows, rewrite, usable, without

if TYPE_CHECKING:
    from collections.abc import Callable

WHAT = "own models"


def list_entries(say: Callable[[str], None] = nobody) -> tuple[OwnEntry, ...]:
    """The kept rows, in the order in which they were kept.

    A file that cannot be read is renamed (`models.json.broken`), a row that cannot be used is left out; `say` gets a
    sentence for each.
    """
    file = entries_file()
    return usable(read_rows(file, WHAT, say), _entry_of, file, say)


def keep_entry(entry: OwnEntry) -> None:
    """Adds the row, or replaces the own row of that name.

    Raises ValueRefused (a name that cannot be used or is another model's) and NameUnknown (the architecture).
    """
    check_name(entry.name, kept_names(generators_file()))
    _check_architecture(entry.architecture)
    row = {**asdict(entry), "recipe": entry.recipe.as_dict() if entry.recipe else None}
    rewrite(entries_file(), WHAT, lambda rows: [*without(rows, entry.name), row])


def remove_entry(name: str) -> None:
    """Forgets the row; its files stay. Raises NameUnknown."""
    known = [entry.name for entry in list_entries()]
    if name not in known:
        raise NameUnknown(f'There is no kept model named "{name}".', did_you_mean(name, known))
    rewrite(entries_file(), WHAT, lambda rows: without(rows, name))


def _entry_of(row: Any) -> OwnEntry:
    values = row if isinstance(row, dict) else {}
    texts = [values.get(key) for key in ("name", "architecture", "path")]
    labels, recipe = values.get("labels"), values.get("recipe")
    if not all(isinstance(text, str) and text for text in texts) or not isinstance(labels, str | None):
        raise ValueRefused(f"{row!r:.80} is no kept model.", "It needs a name, an architecture and a path.")
    check_name(values["name"])
    _check_architecture(values["architecture"])
    own = recipe_from_dict(recipe) if isinstance(recipe, dict) else None
    return OwnEntry(values["name"], values["architecture"], values["path"], labels, own)


def _check_architecture(name: str) -> None:
    known = [row.name for row in read_catalogue()]
    if name not in known:
        raise NameUnknown(f'There is no architecture named "{name}".', did_you_mean(name, known))
