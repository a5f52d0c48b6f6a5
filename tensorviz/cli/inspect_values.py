"""What `tensorviz inspect` does on request with the values of a file: look, compare, copy without waste, convert.

Must not know formats, nor torch, which it never imports.
"""

from __future__ import annotations

import dataclasses
import math
import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tensorviz.core.errors import ValueRefused
from tensorviz.core.text import bytes_text, path_text
from tensorviz.engine.formats import read_contents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tensorviz.core.checkpoint_values import Comparison, Written
    from tensorviz.core.stored import Contents
    from tensorviz.engine.checkpoints.compare import Side


@dataclass(frozen=True)
class Wishes:
    """What was asked for: paths, "" for none."""

    values: bool = False
    compare: str = ""
    compact: str = ""
    safetensors: str = ""

    def check(self, file: str) -> None:
        """Raises ValueRefused for a copy that would take the place of what is read."""
        for out in (self.compact, self.safetensors):
            if out and os.path.realpath(out) in (os.path.realpath(file), os.path.realpath(self.compare or file)):
                raise ValueRefused(f"{path_text(out)} is the file that is read.", "Write the copy under another name.")
        if self.compact and os.path.realpath(self.compact) == os.path.realpath(self.safetensors or os.devnull):
            raise ValueRefused("Two copies were asked for under one name.", "Give each a name of its own.")


@dataclass
class Found:
    """The answers, as JSON has them in `keys` and as people read them in `blocks`."""

    keys: dict[str, Any] = field(default_factory=dict)
    blocks: list[list[str]] = field(default_factory=list)


class ValueWork:
    """Does what was asked for, in the order of the options."""

    def __init__(self, contents: Contents, wishes: Wishes) -> None:
        self.contents, self.wishes = contents, wishes

    def done(self) -> Found:
        """All of it. Raises TensorvizError where a file cannot be read or written."""
        found = Found()
        if self.wishes.values:
            self._look(found)
        if self.wishes.compare:
            self._compare(found)
        for out, kind in ((self.wishes.compact, "compact"), (self.wishes.safetensors, "safetensors")):
            if out:
                self._write(found, out, kind)
        return found

    @cached_property
    def _side(self) -> Side:
        return _side_of(self.contents)

    def _look(self, found: Found) -> None:
        from tensorviz.core.checkpoint_told import duplicates_lines, values_lines
        from tensorviz.engine.checkpoints.duplicates import find_duplicates
        from tensorviz.engine.checkpoints.values import look_at_values

        values = list(look_at_values(self.contents, self._side.read))
        groups = find_duplicates(self.contents, self._side.read)
        found.keys |= {"values": [_plain(row) for row in values], "duplicates": [_plain(group) for group in groups]}
        said = [*values_lines(values), *duplicates_lines(groups)]
        found.blocks.append(["values", *(f"  {line}" for line in said)])

    def _compare(self, found: Found) -> None:
        from tensorviz.core.checkpoint_told import comparison_lines
        from tensorviz.engine.checkpoints.compare import compare

        other = _side_of(read_contents(self.wishes.compare, None))
        result: Comparison = compare(self._side, other)
        whole = _plain(result)
        for key in ("shapes", "dtypes"):
            whole[key] = [{"name": name, "first": first, "second": second} for name, first, second in whole[key]]
        found.keys["comparison"] = {"path": path_text(self.wishes.compare), **whole}
        head = f"compared with {path_text(self.wishes.compare)}"
        found.blocks.append([head, *(f"  {line}" for line in comparison_lines(result))])

    def _write(self, found: Found, out: str, kind: str) -> None:
        from tensorviz.engine.checkpoints.compact import compact
        from tensorviz.engine.checkpoints.convert import to_safetensors

        write = compact if kind == "compact" else to_safetensors
        written: Written = write(self.contents, self._side.read, out, reopen=_reopened)
        found.keys.setdefault("written", []).append({"as": kind, **_plain(written)})
        less = f", {bytes_text(written.spared)} less" if written.spared > 0 else ""
        head = f"written: {path_text(written.path)} ({bytes_text(written.nbytes)}{less})"
        found.blocks.append([head, *(f"  {line}" for line in written.lost)])


def _reopened(path: Path) -> Contents:
    return read_contents(str(path), None)


def _side_of(contents: Contents) -> Side:
    from tensorviz.engine.checkpoints.compare import Side
    from tensorviz.engine.files.reading import KEPT_AT_WORK, FileReader, stamps_of

    return Side(contents, FileReader(stamps_of(contents), KEPT_AT_WORK).read)


def _plain(row: Any) -> dict[str, Any]:
    """A dataclass as JSON can hold it: numbers that are none become texts, complex ones pairs."""
    return {name: _value(value) for name, value in dataclasses.asdict(row).items()}


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    if isinstance(value, complex):
        return [_value(value.real), _value(value.imag)]
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def lines_of(blocks: list[list[str]]) -> Iterator[list[str]]:
    """The blocks that say something."""
    yield from (block for block in blocks if len(block) > 1 or (block[:1] and block[0].startswith("written")))
