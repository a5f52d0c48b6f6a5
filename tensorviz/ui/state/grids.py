"""How each tensor is looked at in its grid: roles of dimensions, sliders, number format, colours, zoom.

Must not know widgets, or the values. What is chosen is kept by name, and outlives a change of the tensor's layout as
long as it has as many dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from tensorviz.core.colour_maps import Scale, Source, ValueRange
from tensorviz.core.grid_map import GridMap, GridPlan, Index, default_map
from tensorviz.core.number_format import NumberFormat
from tensorviz.engine.messages.session import TensorMeasured

if TYPE_CHECKING:
    from tensorviz.core.grid_map import Role
    from tensorviz.core.session_data import Statistics, TensorFacts
    from tensorviz.engine.messages import Event
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.open_tensors import OpenTensors

ZOOMS = (1, 2, 3, 4, 6, 9, 13, 18, 22, 28, 36, 48)  # heights of a cell
USUAL, SMALLEST_TEXT, SMALLEST_CELL = 8, 18, 4  # place in ZOOMS; heights that show numbers, and each cell for itself
MOST_LOOKS = 500  # kept
USUAL_NUMBERS = NumberFormat()


@dataclass(frozen=True)
class GridLook:
    """How one tensor is looked at. chosen: an index per dimension, of which those of sliders count.

    source: where the range of colours comes from; `limits` is the one that the person set. zoom: a place in ZOOMS.
    """

    map: GridMap
    chosen: Index
    numbers: NumberFormat = USUAL_NUMBERS
    scale: Scale = "off"
    source: Source = "visible"
    limits: ValueRange | None = None
    zoom: int = USUAL

    @property
    def cell_height(self) -> int:
        """Pixels."""
        return ZOOMS[self.zoom]

    def plan(self, tensor: TensorFacts) -> GridPlan:
        """Which element stands where."""
        return GridPlan(tensor.layout.shape, self.map, self.chosen)


class GridsState(QObject):
    """The looks, by the name of a tensor.

    Signals: changed(name) when the look of a tensor did, or its statistics arrived.
    """

    changed = Signal(str)

    def __init__(self, bridge: Bridge, session: OpenTensors, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._looks: dict[str, GridLook] = {}
        self._measured: dict[str, tuple[int, Statistics]] = {}
        bridge.event.connect(self._take)
        session.began_anew.connect(self._clear)

    def look(self, tensor: TensorFacts) -> GridLook:
        """How the tensor is looked at; sliders that stood beyond its sizes stand at the last index."""
        shape = tensor.layout.shape
        kept = self._looks.get(tensor.name)
        if kept is None or kept.map.ndim != len(shape):
            return GridLook(default_map(shape), (0,) * len(shape))
        fitting = tuple(min(at, max(size - 1, 0)) for at, size in zip(kept.chosen, shape, strict=True))
        return kept if fitting == kept.chosen else replace(kept, chosen=fitting)

    def _set(self, tensor: TensorFacts, **changes: Any) -> None:
        before = self.look(tensor)
        after = replace(before, **changes)
        if after != before:
            self._looks.pop(tensor.name, None)
            self._looks[tensor.name] = after
            while len(self._looks) > MOST_LOOKS:
                del self._looks[next(iter(self._looks))]
            self.changed.emit(tensor.name)

    # ------------------------------------------------------------------------------------------------- wishes

    def move(self, tensor: TensorFacts, dim: int, role: Role) -> None:
        """Gives a dimension another role; the tensor stays as it is."""
        self._set(tensor, map=self.look(tensor).map.moved(dim, role))

    def swap(self, tensor: TensorFacts, one: int, other: int) -> None:
        """Shows two dimensions in each other's place; the tensor stays as it is."""
        self._set(tensor, map=self.look(tensor).map.swapped(one, other))

    def flip(self, tensor: TensorFacts) -> None:
        """Shows rows as columns and columns as rows; the tensor stays as it is."""
        self._set(tensor, map=self.look(tensor).map.flipped())

    def arrange_anew(self, tensor: TensorFacts) -> None:
        """The roles that a tensor of its shape has at first."""
        self._set(tensor, map=default_map(tensor.layout.shape))

    def choose(self, tensor: TensorFacts, dim: int, index: int) -> None:
        """Moves the slider of a dimension; an index outside stops at the end."""
        chosen = list(self.look(tensor).chosen)
        chosen[dim] = min(max(index, 0), max(tensor.layout.shape[dim] - 1, 0))
        self._set(tensor, chosen=tuple(chosen))

    def reveal(self, tensor: TensorFacts, index: Index) -> None:
        """Moves the sliders to where the element is."""
        look = self.look(tensor)
        chosen = tuple(
            i if dim in look.map.sliders else at for dim, (i, at) in enumerate(zip(index, look.chosen, strict=True))
        )
        self._set(tensor, chosen=chosen)

    def set_numbers(self, tensor: TensorFacts, numbers: NumberFormat) -> None:
        """Writes numbers in another way."""
        self._set(tensor, numbers=numbers)

    def set_scale(self, tensor: TensorFacts, scale: Scale) -> None:
        """Shows values as colours, or not."""
        self._set(tensor, scale=scale)

    def set_source(self, tensor: TensorFacts, source: Source, limits: ValueRange | None = None) -> None:
        """Takes the range of colours from elsewhere; `limits` with "set"."""
        self._set(tensor, source=source, limits=limits or self.look(tensor).limits)

    def zoom(self, tensor: TensorFacts, steps: int) -> None:
        """Larger or smaller cells."""
        self._set(tensor, zoom=min(max(self.look(tensor).zoom + steps, 0), len(ZOOMS) - 1))

    def zoom_usual(self, tensor: TensorFacts) -> None:
        """Cells as large as at first."""
        self._set(tensor, zoom=USUAL)

    # ------------------------------------------------------------------------------------------------- statistics

    def statistics(self, tensor: TensorFacts) -> Statistics | None:
        """What all elements are like, if they were measured since memory changed; nothing is asked for."""
        known = self._measured.get(tensor.name)
        return known[1] if known is not None and known[0] == self._session.facts.memory else None

    @Slot(object)
    def _take(self, event: Event) -> None:
        if isinstance(event, TensorMeasured) and event.file == self._session.file:
            self._measured[event.statistics.name] = (event.memory, event.statistics)
            self.changed.emit(event.statistics.name)

    @Slot()
    def _clear(self) -> None:
        names = tuple(self._looks)
        self._looks.clear()
        self._measured.clear()
        for name in names:
            self.changed.emit(name)
