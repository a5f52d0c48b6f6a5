"""How the dimensions of a tensor lie in a grid: as rows, columns, panels, or held at one index by a slider.

Must not know memory, values, or how anything is drawn. Plain integers: no size of a tensor is too large.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from tensorviz.core.errors import ValueRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tensorviz.core.layout import Layout

Role = Literal["rows", "columns", "panels", "slider"]
ROLES: tuple[Role, ...] = ("rows", "columns", "panels", "slider")
ROLE_WORDS: Mapping[Role, str] = {"rows": "rows", "columns": "columns", "panels": "panels", "slider": "slider"}
FEW = 8  # panels that a dimension may give by itself; with more it becomes a slider
Index = tuple[int, ...]
Cell = tuple[int, int, int]  # panel, row, column


@dataclass(frozen=True)
class GridMap:
    """Which dimensions have which role, outermost first; each dimension once.

    Raises ValueRefused when a dimension is missing or there twice.
    """

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    panels: tuple[int, ...] = ()
    sliders: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        there = sorted(self.rows + self.columns + self.panels + self.sliders)
        if there != list(range(len(there))):
            raise ValueRefused(f"A grid shows each dimension once; {there} given.", "Give every dimension one role.")

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.rows) + len(self.columns) + len(self.panels) + len(self.sliders)

    def dims(self, role: Role) -> tuple[int, ...]:
        """The dimensions of a role, outermost first."""
        return self.sliders if role == "slider" else (self.rows, self.columns, self.panels)[ROLES.index(role)]

    def role(self, dim: int) -> Role:
        """The role of a dimension."""
        return next(role for role in ROLES if dim in self.dims(role))

    def moved(self, dim: int, role: Role) -> GridMap:
        """The dimension in another role, in its place by number among those that are there."""
        if self.role(dim) == role:
            return self
        parts = {one: [d for d in self.dims(one) if d != dim] for one in ROLES}
        place = next((at for at, other in enumerate(parts[role]) if other > dim), len(parts[role]))
        parts[role].insert(place, dim)
        return _map_of(parts)

    def swapped(self, one: int, other: int) -> GridMap:
        """Two dimensions in each other's place."""
        names = {one: other, other: one}
        return _map_of({role: [names.get(dim, dim) for dim in self.dims(role)] for role in ROLES})

    def flipped(self) -> GridMap:
        """Rows as columns and columns as rows."""
        return replace(self, rows=self.columns, columns=self.rows)

    def text(self) -> str:
        """In words: "rows: dim 0; columns: dim 1"."""
        said = [f"{ROLE_WORDS[role]}: {_dims_text(self.dims(role))}" for role in ROLES if self.dims(role)]
        return "; ".join(said) or "one cell"


def _dims_text(dims: Sequence[int]) -> str:
    return ", ".join(f"dim {dim}" for dim in dims)


def _map_of(parts: Mapping[Role, Sequence[int]]) -> GridMap:
    return GridMap(*(tuple(parts[role]) for role in ROLES))


def default_map(shape: Sequence[int]) -> GridMap:
    """How a tensor of that shape is shown at first: the last two dimensions as rows and columns.

    The one before becomes panels when it is small, and all others sliders.
    """
    ndim = len(shape)
    if ndim < 2:
        return GridMap(columns=tuple(range(ndim)))
    panels = (ndim - 3,) if ndim > 2 and shape[ndim - 3] <= FEW else ()
    sliders = tuple(dim for dim in range(ndim - 2) if dim not in panels)
    return GridMap((ndim - 2,), (ndim - 1,), panels, sliders)


def digits_of(ordinal: int, sizes: Sequence[int]) -> list[int]:
    """The indices that count to `ordinal` with the last one fastest."""
    found = []
    for size in reversed(sizes):
        ordinal, digit = divmod(ordinal, size)
        found.append(digit)
    return found[::-1]


def ordinal_of(digits: Sequence[int], sizes: Sequence[int]) -> int:
    """The inverse of `digits_of`."""
    ordinal = 0
    for digit, size in zip(digits, sizes, strict=True):
        ordinal = ordinal * size + digit
    return ordinal


@dataclass(frozen=True)
class GridPlan:
    """Which index stands in which cell. chosen: an index per dimension; those of sliders say what is shown."""

    shape: tuple[int, ...]
    map: GridMap
    chosen: Index

    def sizes(self, role: Role) -> tuple[int, ...]:
        """The sizes of the dimensions of a role."""
        return tuple(self.shape[dim] for dim in self.map.dims(role))

    @cached_property
    def rows(self) -> int:
        """How many rows a panel has."""
        return math.prod(self.sizes("rows"))

    @cached_property
    def columns(self) -> int:
        """How many columns a panel has."""
        return math.prod(self.sizes("columns"))

    @cached_property
    def panels(self) -> int:
        """How many panels there are."""
        return math.prod(self.sizes("panels"))

    @cached_property
    def empty(self) -> bool:
        """Whether there is no element at all."""
        return math.prod(self.shape) == 0

    @property
    def cells(self) -> int:
        """How many cells are shown."""
        return 0 if self.empty else self.rows * self.columns * self.panels

    def index(self, panel: int, row: int, column: int) -> Index:
        """The element in a cell."""
        found = list(self.chosen)
        places: dict[Role, int] = {"panels": panel, "rows": row, "columns": column}
        for role, ordinal in places.items():
            for dim, digit in zip(self.map.dims(role), digits_of(ordinal, self.sizes(role)), strict=True):
                found[dim] = digit
        return tuple(found)

    def cell(self, index: Index) -> Cell | None:
        """The cell of an element; None while a slider stands at another index."""
        if any(index[dim] != self.chosen[dim] for dim in self.map.sliders):
            return None
        return self._ordinal("panels", index), self._ordinal("rows", index), self._ordinal("columns", index)

    def _ordinal(self, role: Role, index: Index) -> int:
        return ordinal_of([index[dim] for dim in self.map.dims(role)], self.sizes(role))

    def base(self, layout: Layout, panel: int) -> int:
        """The address of a panel's first cell."""
        held = layout.offset + sum(self.chosen[dim] * layout.stride[dim] for dim in self.map.sliders)
        return held + self.steps(layout, "panels", panel)

    def steps(self, layout: Layout, role: Role, ordinal: int) -> int:
        """What a row, column or panel adds to the address."""
        digits = digits_of(ordinal, self.sizes(role))
        return sum(digit * layout.stride[dim] for digit, dim in zip(digits, self.map.dims(role), strict=True))

    def caption(self, role: Role, ordinal: int) -> str:
        """The indices of a row, column or panel: "1", "0,2"."""
        return ",".join(map(str, digits_of(ordinal, self.sizes(role))))

    def short_caption(self, panel: int) -> str:
        """A panel by its own dimensions: "dim 2 = 0, dim 3 = 1"."""
        digits = digits_of(panel, self.sizes("panels"))
        return ", ".join(f"dim {dim} = {digit}" for dim, digit in zip(self.map.panels, digits, strict=True))

    def panel_caption(self, panel: int) -> str:
        """A panel as it is written: "[1, :, :]"."""
        fixed = dict(zip(self.map.panels, digits_of(panel, self.sizes("panels")), strict=True))
        fixed |= {dim: self.chosen[dim] for dim in self.map.sliders}
        return f"[{', '.join(str(fixed.get(dim, ':')) for dim in range(len(self.shape)))}]"
