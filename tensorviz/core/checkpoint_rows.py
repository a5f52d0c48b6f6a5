"""What was found in a checkpoint, as rows of tables: storages, modules, refusals, metadata, globals.

Must not know widgets. Rows below a row are made when they are looked at, so that thousands cost nothing before.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from tensorviz.core.checkpoint_layout import names_text
from tensorviz.core.plain_data import as_json
from tensorviz.core.text import count_text, percent_text, plural, printable

if TYPE_CHECKING:
    from tensorviz.core.checkpoint_analysis import Analysis, StorageUse
    from tensorviz.core.checkpoint_refusals import Refusal
    from tensorviz.core.checkpoint_tree import Module
    from tensorviz.core.stored import Contents

T = TypeVar("T")
PlaceOf = Callable[[str], int | None]  # where the tensor of that name stands in the file
ALONE = "(the tensor)"  # what a tensor without a name is called
NAMES_SHOWN = 6
KINDS = MappingProxyType(
    {
        "shared": "memory is shared",
        "dtype": "element type that the format does not have",
        "strided": "not contiguous",
        "name": "name that the format keeps for itself",
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row. place: of the tensor that its first cell names. share: 0 to 1, drawn as a bar; None draws none.

    tone: "", "muted", "warning" or "danger". copied: what copying takes where the cells do not say it exactly.
    below: the rows under it.
    """

    cells: tuple[str, ...]
    place: int | None = None
    share: float | None = None
    tone: str = ""
    copied: str = ""
    below: Sequence[Row] = ()


class Rows(Sequence[Row], Generic[T]):
    """Rows that are made of items one by one, when they are asked for."""

    def __init__(self, items: Sequence[T], make: Callable[[T], Row]) -> None:
        self._items, self._make = items, make

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return Rows(self._items[index], self._make)
        return self._make(self._items[index])


def share_text(share: float) -> str:
    """A share of a whole: never "100.0 %" of what is not all, nor "0.0 %" of what is not nothing."""
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return "< 0.1 %" if 0 < share < 0.001 else percent_text(share)


# ------------------------------------------------------------------------------------------------------- storages


def storage_rows(analysis: Analysis, place_of: PlaceOf) -> Sequence[Row]:
    """Storages that several tensors or none look at, or with bytes that nobody reaches; the largest waste first.

    Cells: storage, bytes, used, who.
    """
    told = [use for use in analysis.storages if len(use.tensors) != 1 or use.used != use.storage.nbytes]
    told.sort(key=lambda use: -use.wasted)
    return Rows(told, partial(_storage_row, place_of))


def _storage_row(place_of: PlaceOf, use: StorageUse) -> Row:
    size, names = use.storage.nbytes, [tensor.name for tensor in use.tensors]
    shown = ", ".join(_shown(name) for name in names[:NAMES_SHOWN]) or "no tensor"
    more = f" and {count_text(len(names) - NAMES_SHOWN)} more" if len(names) > NAMES_SHOWN else ""
    used = "not counted" if use.used is None else count_text(use.used)
    share = None if use.used is None else use.used / size if size else 1.0
    below = Rows(names, lambda name: Row(("", "", "", "", _shown(name)), place_of(name))) if len(names) > 1 else ()
    percent = "" if share is None else share_text(share)
    place = place_of(names[0]) if len(names) == 1 else None
    cells = (use.storage.id, count_text(size), used, percent, f"{shown}{more}")
    return Row(cells, place, share, below=below)


def _shown(name: str) -> str:
    return printable(name) or ALONE


# -------------------------------------------------------------------------------------------------------- modules


def module_rows(analysis: Analysis, place_of: PlaceOf) -> Sequence[Row]:
    """Modules and tensors, the largest first. Cells: name, tensors, elements, bytes, share of all bytes by name."""
    root = analysis.modules
    return Rows(root.children, partial(_module_row, place_of, root.nbytes))


def _module_row(place_of: PlaceOf, whole: int, module: Module) -> Row:
    share = module.nbytes / whole if whole else 0.0
    below = Rows(module.children, partial(_module_row, place_of, whole)) if module.children else ()
    figures = (count_text(module.tensors), count_text(module.elements), count_text(module.nbytes))
    name = printable(module.name) or ALONE
    place = None if module.children else place_of(module.path)
    return Row((name, *figures, share_text(share)), place, share, below=below)


# ------------------------------------------------------------------------------------------------------- refusals


def refusal_rows(analysis: Analysis, place_of: PlaceOf) -> Sequence[Row]:
    """What safetensors would refuse, a row for each kind of reason, the tensors below. Cells: what, why."""
    kinds: dict[str, list[Refusal]] = defaultdict(list)
    for refusal in analysis.refused:
        kinds[refusal.kind].append(refusal)
    return tuple(_kind_row(kind, rows, place_of) for kind, rows in kinds.items())


def _kind_row(kind: str, refused: Sequence[Refusal], place_of: PlaceOf) -> Row:
    below = Rows(refused, lambda row: Row((_shown(row.name), printable(row.reason)), place_of(row.name)))
    return Row((plural(len(refused), "tensor"), f"{KINDS[kind]}; {refused[0].repair}"), below=below)


# ------------------------------------------------------------------------------------------- what is not a tensor


def metadata_rows(contents: Contents) -> Sequence[Row]:
    """What the file says about itself. Cells: name, value on one line; the value as it is is copied."""
    return Rows(tuple(contents.metadata.items()), _metadata_row)


def _metadata_row(item: tuple[str, Any]) -> Row:
    plain = as_json(item[1])
    text = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
    return Row((printable(str(item[0])), printable(text)), copied=text)


def other_rows(contents: Contents) -> Sequence[Row]:
    """Values that are no tensors. Cells: name, what it is."""
    return Rows(contents.others, lambda item: Row((printable(item[0]) or "(the file)", printable(item[1]))))


def global_rows(contents: Contents) -> Sequence[Row]:
    """Every name that a pickle would look up or call outside those that make tensors. Cells: name."""
    return Rows(contents.unsafe_globals, lambda name: Row((printable(name),), tone="danger", copied=name))


def name_rows(names: Sequence[str], place_of: PlaceOf) -> Sequence[Row]:
    """Tensors by name. Cells: name."""
    return Rows(names, lambda name: Row((_shown(name),), place_of(name)))


def group_row(names: Sequence[str], cells: tuple[str, ...], place_of: PlaceOf) -> Row:
    """A row for several tensors, with a row for each below. The first cell is made of the names."""
    return Row((printable(names_text(list(names), 3)), *cells), below=name_rows(names, place_of))
