"""From what is shown to a scene: which lanes, in full or low, how wide cells are, how many to a row.

Must not know widgets: widths are given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.canvas_cells import PADDING, VALUE
from tensorviz.core.canvas_geometry import CELL_WIDTH, Detail, per_row_for
from tensorviz.core.canvas_lanes import SMALL_NAME, hops_are_texture
from tensorviz.core.canvas_scene import MOST_FULL, CanvasScene, rows_for
from tensorviz.core.lane_picture import LanePainter
from tensorviz.core.lanes import Lane
from tensorviz.core.picture_theme import MONO_WIDTH, PICTURE_LIGHT, text_width
from tensorviz.core.session_data import TensorFacts
from tensorviz.core.text import count_text, plural

if TYPE_CHECKING:
    from tensorviz.core.session_data import StorageFacts
    from tensorviz.ui.state.showing import ShowingState

WIDEST_CELL = 240.0
USUAL_CHARACTERS = {"bool": 5, "uint": 4, "int": 4, "float": 6, "complex": 13, "packed": 7}
NARROWEST_NAMES, WIDEST_NAMES, SHARE_OF_NAMES = 64.0, 230.0, 0.34
BESIDE = 24.0  # beside the names
AFTER = 18.0  # after the last cell


@dataclass(frozen=True)
class Wishes:
    """How the person wants to see it. wrap: cells in a row, 0 as many as fit. zoom: 1 is the usual width of a cell."""

    wrap: int = 0
    zoom: float = 1.0


@dataclass(frozen=True)
class Made:
    """A scene and what belongs to it. facts: of each lane. ghost: the lane of the tensor that is only thought of."""

    scene: CanvasScene
    gutter: float
    facts: tuple[TensorFacts, ...]
    ghost: int | None


def usual_width(storage: StorageFacts) -> float:
    """The width of a cell when nobody zoomed."""
    kind = storage.kind
    characters = USUAL_CHARACTERS[kind.kind]
    if kind.kind in ("int", "uint") and kind.itemsize > 2:
        characters = 6
    return characters * VALUE * MONO_WIDTH + PADDING + 4


def narrowest_width(storage: StorageFacts, room: float) -> float:
    """The width at which the whole storage is in one row, or cells are as narrow as boxes may be."""
    return min(CELL_WIDTH, room / max(storage.cells, 1))


def lanes_of(showing: ShowingState) -> tuple[tuple[TensorFacts, bool], ...]:
    """The tensors that get a lane, and whether in full: all if they are few, else the current one."""
    shown = showing.lanes
    few = len(shown) <= MOST_FULL
    lanes = [(one, few or one.name == showing.current) for one in shown]
    ghost = showing.ghost
    if ghost is not None and ghost.storage == showing.storage:
        lanes.insert(0, (ghost, True))  # first: it is what somebody looks for while a form asks for it
    return tuple(lanes)


def basis(showing: ShowingState, wishes: Wishes, width: float) -> object:
    """All that a scene follows from: while this is equal, so is the scene, and it need not be made anew."""
    storage = showing.current_storage
    if storage is None:
        return None
    ghost = showing.ghost
    tensors = tuple((one, one.name == showing.current) for one in showing.lanes)
    return storage.id, storage.nbytes, storage.dtype, tensors, ghost, wishes, width


def make(showing: ShowingState, wishes: Wishes, width: float) -> Made | None:
    """The scene of the storage that is shown, in `width` pixels; None when none is shown."""
    storage = showing.current_storage
    if storage is None:
        return None
    size = storage.kind.itemsize
    shown = lanes_of(showing)
    lanes = tuple((Lane(one.name, one.layout, one.dtype, size, one.keys), full) for one, full in shown)
    gutter = _gutter(lanes, width)
    room = max(width - gutter - AFTER, 40.0)
    cell = min(max(usual_width(storage) * wishes.zoom, narrowest_width(storage, room)), WIDEST_CELL)
    per_row = min(wishes.wrap, max(storage.cells, 1)) if wishes.wrap else per_row_for(room, cell, storage.cells)
    scene = CanvasScene(rows_for(storage.cells, size, cell, per_row), lanes)
    ghost = 0 if len(shown) > len(showing.lanes) else None
    return Made(scene, gutter, tuple(one for one, _ in shown), ghost)


def _gutter(lanes: tuple[tuple[Lane, bool], ...], width: float) -> float:
    painter = LanePainter(PICTURE_LIGHT)
    wide = [painter.gutter(lane) if full else text_width(lane.name, SMALL_NAME) for lane, full in lanes]
    most = min(WIDEST_NAMES, max(width * SHARE_OF_NAMES, NARROWEST_NAMES))
    return min(max([NARROWEST_NAMES, *wide]), most) + BESIDE


def remark(made: Made, storage: StorageFacts, rounded: bool, lost: bool = False) -> str:
    """What is not drawn, or not exactly, in sentences. lost: whether some bytes could not be read."""
    rows = made.scene.rows
    said = ["? stands where bytes could not be read; others are as they were read before."] if lost else []
    said += storage.remarks
    if rows.detail is Detail.BANDS:
        said.append(f"A pixel stands for {_per_pixel(rows.cell_width)}: the stronger, the more of them are reached.")
    elif rows.detail is Detail.CELLS:
        said.append("Cells are too narrow for their numbers: zoom in to read them.")
    elif rounded:
        said.append("~ marks numbers rounded to fit.")
    said += _about_lanes(made)
    rest = storage.nbytes - storage.cells * storage.kind.itemsize
    if rest:
        last = "The last byte makes" if rest == 1 else f"The last {plural(rest, 'byte')} make"
        said.append(f"{last} no whole cell.")
    return " ".join(said)


def _per_pixel(cell_width: float) -> str:
    return f"about {count_text(round(1 / cell_width))} cells" if cell_width < 0.7 else "a part of a cell or two"


def _about_lanes(made: Made) -> list[str]:
    lanes, width = made.scene.lanes, made.scene.rows.cell_width
    low = sum(not lane.full for lane in lanes)
    said = [f"{plural(low, 'lane')} without hops: make a tensor the current one to see its own."] if low else []
    textured = any(lane.full and any(hops_are_texture(lane.lane, d, width) for d in lane.tracks) for lane in lanes)
    return [*said, "Hops too near to one another are a texture."] if textured else said
