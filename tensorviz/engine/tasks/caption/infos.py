"""What belongs to a captioner besides its numbers: options and vocabulary, from a published pickle or from JSON.

Must not know networks. Nothing of a pickle is run: a machine of our own reads it, and only a few names mean anything.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tensorviz.core.errors import CheckpointUnreadable, ValueRefused, WeightsMissing
from tensorviz.core.text import bytes_text, count_text, path_text, plural, printable
from tensorviz.engine.formats.pytorch.machine import Machine
from tensorviz.engine.formats.pytorch.source import Source
from tensorviz.engine.formats.pytorch.values import Made, Saved, Table, Value
from tensorviz.engine.formats.spec import Damaged

if TYPE_CHECKING:
    from pathlib import Path

# What the published files name, in the spelling of Python 2 and of Python 3, and nothing else.
ALLOWED = frozenset(
    {"copy_reg._reconstructor", "copyreg._reconstructor", "argparse.Namespace", "__builtin__.object"}
    | {"builtins.object", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.dtype"}
)
NAMESPACE, RECONSTRUCTOR = "argparse.Namespace", "_reconstructor"
LARGEST = 200_000_000  # bytes of the file
MOST_WORDS = 2_000_000
UNK = "UNK"
SHOWN = 6  # names of a hostile pickle that a sentence lists
HINT = "Give the infos file that was published with the weights, or a JSON file with opt and vocab."


@dataclass(frozen=True, slots=True)
class Infos:
    """words: the word of each index, 1 to their count; 0 begins and ends a sentence and is no word. options: `opt`."""

    words: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def last_is_unk(self) -> bool:
        """Whether the last word stands for those that are not in the vocabulary."""
        return bool(self.words) and self.words[-1] == UNK

    def word(self, index: int) -> str:
        """The word of an index, 1 and up."""
        return self.words[index - 1]

    def text(self, tokens: tuple[int, ...]) -> str:
        """The words of indices, with spaces between them."""
        return " ".join(map(self.word, tokens))

    def as_dict(self) -> dict[str, Any]:
        """What `infos_of` takes, as plain data for JSON; options that JSON has no form for are left out."""
        options = {name: value for name, value in self.options.items() if isinstance(value, str | int | float | None)}
        return {"opt": options, "vocab": {str(at): word for at, word in enumerate(self.words, 1)}}


def read_infos(path: str | os.PathLike[str]) -> Infos:
    """The infos of a published pickle or of a JSON file. Raises WeightsMissing, CheckpointUnreadable, ValueRefused."""
    shown = path_text(path)
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - the path as it was given
            size = os.fstat(file.fileno()).st_size
            if size > LARGEST:
                raise CheckpointUnreadable(f"{shown} is no infos file: it has {bytes_text(size)}.", HINT)
            raw = file.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise WeightsMissing(f"The infos file {shown} is not there.", HINT) from error
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise CheckpointUnreadable(f"The infos file {shown} cannot be read: {why}.", HINT) from error
    if not raw:
        raise CheckpointUnreadable(f"The infos file {shown} is empty.", HINT)
    return infos_of(_json(raw, shown) if raw.lstrip()[:1] == b"{" else _unpickled(raw, shown), shown)


def infos_of(given: Any, shown: str = "The infos") -> Infos:
    """Infos of a mapping with `opt` (a mapping) and `vocab` (index -> word). Raises ValueRefused."""
    if not isinstance(given, Mapping):
        raise ValueRefused(f"{shown} hold no mapping, but something of type {type(given).__name__}.", HINT)
    for key in ("opt", "vocab"):
        if not isinstance(given.get(key), Mapping):
            what = "is not there" if key not in given else f"is of type {type(given[key]).__name__}"
            raise ValueRefused(f"{shown} need a mapping `{key}`, which {what}.", HINT)
    options = {str(name): value for name, value in given["opt"].items()}
    return Infos(_words(given["vocab"], shown), MappingProxyType(options))


def _words(vocabulary: Mapping[Any, Any], shown: str) -> tuple[str, ...]:
    count = len(vocabulary)
    if not 0 < count <= MOST_WORDS:
        raise ValueRefused(f"The vocabulary of {shown} has {plural(count, 'word')}.", HINT)
    words: list[str | None] = [None] * count
    for key, word in vocabulary.items():
        index = _index(key)
        if index is None or not 1 <= index <= count or not isinstance(word, str) or words[index - 1] is not None:
            raise ValueRefused(
                f"The vocabulary of {shown} has {printable(f'{key!r:.40}')}: {printable(f'{word!r:.40}')}, and its keys"
                f" must be the numbers 1 to {count_text(count)}, once each, with a word for each.",
                HINT,
            )
        words[index - 1] = word
    return tuple(word for word in words if word is not None)


def _index(key: object) -> int | None:
    if isinstance(key, bool):
        return None
    if isinstance(key, int):
        return key
    return int(key) if isinstance(key, str) and key.isascii() and key.isdigit() and len(key) < len("1" * 12) else None


def write_json(infos: Infos, path: Path) -> None:
    """Writes the infos as JSON, beside and renamed."""
    from tensorviz.engine.writing import write_text

    write_text(path, json.dumps(infos.as_dict(), ensure_ascii=False, indent=0) + "\n")


def _json(raw: bytes, shown: str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise CheckpointUnreadable(f"{shown} is no JSON that can be read: {error}.", HINT) from error


# ---------------------------------------------------------------------------------------------------------- pickle


def _unpickled(raw: bytes, shown: str) -> Any:
    names: list[str] = []
    machine = Machine(Source(lambda at, count: raw[at : at + count], 0, len(raw)), names.append, _made, _referred)
    try:
        value = machine.run()
    except Damaged as error:
        _refuse_names(names, shown)
        raise CheckpointUnreadable(f"{shown} is no infos file that can be read: {error}.", HINT) from error
    _refuse_names(names, shown)
    return {key: _plain(part) for key, part in _mapping(value).items() if key in ("opt", "vocab")} or value


def _made(call: Value, arguments: tuple[Value, ...]) -> Value:
    """What a call makes: an object without a class, whose state is told of later."""
    return Made(getattr(call, "name", "something"), arguments)


def _referred(_: Value) -> Value:
    raise Damaged("it refers to something outside")


def _refuse_names(names: list[str], shown: str) -> None:
    unsafe = [name for name in names if name not in ALLOWED]
    if not unsafe:
        return
    listed = ", ".join(printable(name) for name in unsafe[:SHOWN])
    more = f" and {len(unsafe) - SHOWN} more" if len(unsafe) > SHOWN else ""
    raise CheckpointUnreadable(
        f"{shown} would run code: it names {listed}{more}. Nothing was run.",
        "An infos file needs none of it. Take it from where it was published.",
    )


def _mapping(value: Value) -> dict[str, Value]:
    """The pairs of a table, or the state of a namespace, by text."""
    if isinstance(value, Table):
        return {key: part for key, part in value.pairs if isinstance(key, str)}
    if isinstance(value, Made):
        found: dict[str, Value] = {}
        for state in value.state:
            found |= _mapping(state)
        return found
    return {}


def _plain(value: Value) -> Any:
    """A table or a namespace as a dict of texts and numbers; what is deeper is told as text."""
    if isinstance(value, Table) and not all(isinstance(key, str) for key, _ in value.pairs):
        return {key: part for key, part in value.pairs if isinstance(key, str | int)}
    if isinstance(value, Table | Made):
        return {key: part.text if isinstance(part, Saved) else part for key, part in _mapping(value).items()}
    return value
