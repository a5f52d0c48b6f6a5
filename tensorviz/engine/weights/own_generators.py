"""The person's own generators, kept as named rows in a small file of the settings folder; pairs know each other.

Must not know what is in a checkpoint; whether the file is still there is seen when the row is shown.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from tensorviz.core.errors import NameUnknown, ValueRefused
from tensorviz.core.generators import OwnGenerator
from tensorviz.core.names import did_you_mean
from tensorviz.engine.weights.entry_names import check_name, entries_file, generators_file
from tensorviz.engine.weights.generators import BLOCKS, BUNDLED, WIDTH, read_generators
from tensorviz.engine.weights.kept_rows import kept_names, name_of, nobody, read_rows, rewrite, usable, without
from tensorviz.engine.weights.naming import CHECKPOINT_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WHAT = "own generators"
COUNTS = {"width": WIDTH, "blocks": BLOCKS, "parameters": 0}  # and what they are where a row does not say


def list_generators(say: Callable[[str], None] = nobody) -> tuple[OwnGenerator, ...]:
    """The kept rows, in the order in which they were kept.

    A file that cannot be read is renamed (`generators.json.broken`), a row that cannot be used is left out, a way back
    that does not exist is dropped; `say` gets a sentence for each.
    """
    file = generators_file()
    rows = usable(read_rows(file, WHAT, say), _entry_of, file, say)
    known = set(_names(rows))
    return tuple(_with_known_way(row, known, say) for row in rows)


def keep_generator(entry: OwnGenerator) -> None:
    """Adds the row, or replaces the own row of that name; an own way back that has none gets this one as its own.

    Raises ValueRefused (a name that cannot be used or is another model's, a network of no width or blocks) and
    NameUnknown (the way back).
    """
    _check(entry)
    _check_way_back(entry)

    def change(rows: list[Any]) -> list[Any]:
        return [*(_paired(row, entry) for row in without(rows, entry.name)), asdict(entry)]

    rewrite(generators_file(), WHAT, change)


def remove_generator(name: str) -> tuple[str, ...]:
    """Forgets the row (its file stays); gives the own generators that have no way back any more. Raises NameUnknown."""
    known = list_generators()
    if name not in [entry.name for entry in known]:
        hint = did_you_mean(name, [entry.name for entry in known])
        raise NameUnknown(f'There is no kept generator named "{name}".', hint)
    rewrite(generators_file(), WHAT, lambda rows: [_parted(row, name) for row in without(rows, name)])
    return tuple(entry.name for entry in known if entry.way_back == name)


def find_own(name: str, own: Sequence[OwnGenerator]) -> OwnGenerator | None:
    """The own generator of that name."""
    return next((entry for entry in own if entry.name == name), None)


def _names(own: Sequence[OwnGenerator]) -> tuple[str, ...]:
    return (*BUNDLED, *(row.name for row in read_generators() if row.name not in BUNDLED), *(row.name for row in own))


def _with_known_way(row: OwnGenerator, known: set[str], say: Callable[[str], None]) -> OwnGenerator:
    if not row.way_back or row.way_back in known - {row.name}:
        return row
    say(f'The way back of {row.name}, "{row.way_back}", is no generator that is known; it is left out.')
    return replace(row, way_back="")


def _paired(row: Any, entry: OwnGenerator) -> Any:
    """The row as it stands in the file; the way back of `entry` gets `entry` as its own, when it names none."""
    fits = entry.way_back and name_of(row) == entry.way_back and not row.get("way_back")
    return {**row, "way_back": entry.name} if fits else row


def _parted(row: Any, gone: str) -> Any:
    """The row as it stands in the file, without a way back that is gone."""
    return {**row, "way_back": ""} if isinstance(row, dict) and row.get("way_back") == gone else row


def _entry_of(row: Any) -> OwnGenerator:
    values = row if isinstance(row, dict) else {}
    texts = [values.get("name"), values.get("path")]
    back, counts = values.get("way_back", ""), [values.get(key, usual) for key, usual in COUNTS.items()]
    if not all(isinstance(text, str) and text for text in texts) or not isinstance(back, str):
        raise ValueRefused(f"{row!r:.80} is no kept generator.", "It needs a name and a path.")
    if not all(type(count) is int for count in counts):
        raise ValueRefused(f"{row!r:.80} is no kept generator.", "Its width and blocks are whole numbers.")
    entry = OwnGenerator(values["name"], values["path"], back, *counts)
    _check(entry)
    return entry


def _check(entry: OwnGenerator) -> None:
    check_name(entry.name, kept_names(entries_file()))
    if entry.name.lower().endswith(CHECKPOINT_SUFFIXES):
        suffix = next(suffix for suffix in CHECKPOINT_SUFFIXES if entry.name.lower().endswith(suffix))
        raise ValueRefused(
            f'A generator cannot be named "{entry.name}": it would be taken for a file.',
            f"Use a name that does not end in {suffix}.",
        )
    if entry.width < 1 or entry.blocks < 0 or entry.parameters < 0:
        raise ValueRefused(
            f"{entry.name} should be {entry.width} channels wide, with {entry.blocks} blocks.", "No network is that."
        )


def _check_way_back(entry: OwnGenerator) -> None:
    if not entry.way_back:
        return
    if entry.way_back == entry.name:
        raise ValueRefused(f"{entry.name} cannot be its own way back.", "Name the generator of the other direction.")
    known = [name for name in _names(list_generators()) if name != entry.name]
    if entry.way_back not in known:
        guess = did_you_mean(entry.way_back, known)
        raise NameUnknown(
            f'There is no generator named "{entry.way_back}" that could be the way back of {entry.name}.',
            guess or "`tensorviz models --task translate` lists them; keep one way first, then the other.",
        )
