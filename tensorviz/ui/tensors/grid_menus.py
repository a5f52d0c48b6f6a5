"""The menus of a grid: what to do with a dimension, and how numbers and colours are shown.

Must not know the widgets they open from.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from tensorviz.core.colour_maps import ValueRange
from tensorviz.core.grid_map import ROLE_WORDS, ROLES
from tensorviz.core.number_format import NumberFormat
from tensorviz.ui.tensors import grid_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.colour_maps import Scale, Source
    from tensorviz.core.number_format import FormatKind
    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.state.looking import Looking

SCALES: tuple[tuple[Scale, str], ...] = (
    ("off", "No colours"),
    ("sequential", "Small to large"),
    ("diverging", "Around zero"),
)
SOURCES: tuple[tuple[Source, str], ...] = (
    ("visible", "Range from the visible cells"),
    ("all", "Range from all elements"),
    ("set", "Range as set below"),
)
FORMATS: tuple[tuple[FormatKind, str], ...] = (
    ("fit", "As many digits as fit"),
    ("fixed", "Fixed decimals"),
    ("scientific", "Scientific"),
    ("hex", "Hexadecimal (whole numbers)"),
)
MOST_DECIMALS = 8


def swap(workspace: Looking, tensor: TensorFacts, one: int, other: int) -> None:
    """Swaps two dimensions: of the tensor itself, by a step of code; where nothing can be changed, where they show."""
    if workspace.session.writable:
        workspace.session.run(grid_code.transposed(tensor, one, other, workspace.session.facts))
    else:
        workspace.grids.swap(tensor, one, other)


def dimension_menu(workspace: Looking, tensor: TensorFacts, dim: int, parent: QWidget) -> QMenu:
    """What can be done with a dimension."""
    menu = QMenu(parent)
    state, look = workspace.grids, workspace.grids.look(tensor)
    for role in ROLES:
        act = menu.addAction(f"Show as {ROLE_WORDS[role]}", partial(state.move, tensor, dim, role))
        act.setCheckable(True)
        act.setChecked(look.map.role(dim) == role)
    menu.addSeparator()
    how = "Swap with dimension {} (transpose)" if workspace.session.writable else "Show in the place of dimension {}"
    for other in range(tensor.layout.ndim):
        if other != dim:
            menu.addAction(how.format(other), partial(swap, workspace, tensor, dim, other))
    menu.addSeparator()
    menu.addAction("Flip the display of rows and columns", lambda: state.flip(tensor))
    menu.addAction("Arrange as at first", lambda: state.arrange_anew(tensor))
    return menu


def view_menu(workspace: Looking, tensor: Callable[[], TensorFacts], parent: QWidget) -> QMenu:
    """How the grid shows numbers and colours; filled each time it opens."""
    menu = QMenu(parent)
    menu.aboutToShow.connect(lambda: _fill(menu, workspace, tensor()))
    return menu


def _fill(menu: QMenu, workspace: Looking, tensor: TensorFacts) -> None:
    menu.clear()
    state, look = workspace.grids, workspace.grids.look(tensor)
    form = look.numbers
    _choices(
        menu,
        [(label, form.kind == kind, partial(state.set_numbers, tensor, NumberFormat(kind, form.decimals)))
         for kind, label in FORMATS],
    )  # fmt: skip
    decimals = menu.addMenu("Decimals")
    decimals.setEnabled(form.kind in ("fixed", "scientific"))
    _choices(
        decimals,
        [(str(n), form.decimals == n, partial(state.set_numbers, tensor, NumberFormat(form.kind, n)))
         for n in range(MOST_DECIMALS + 1)],
    )  # fmt: skip
    menu.addSeparator()
    _choices(menu, [(label, look.scale == s, partial(state.set_scale, tensor, s)) for s, label in SCALES])
    menu.addSeparator()
    _choices(
        menu,
        [(label, look.source == s, partial(_take_source, workspace, tensor, s)) for s, label in SOURCES],
    )
    menu.addSeparator()
    menu.addAction("Larger cells\tCtrl++", lambda: state.zoom(tensor, 1))
    menu.addAction("Smaller cells\tCtrl+-", lambda: state.zoom(tensor, -1))
    menu.addAction("Usual size\tCtrl+0", lambda: state.zoom_usual(tensor))
    menu.addSeparator()
    menu.addAction("Flip the display of rows and columns", lambda: state.flip(tensor))
    menu.addAction("Arrange as at first", lambda: state.arrange_anew(tensor))


def _take_source(workspace: Looking, tensor: TensorFacts, source: Source) -> None:
    """Colours over another range; to choose one asks for colours."""
    state, look = workspace.grids, workspace.grids.look(tensor)
    if look.scale == "off":
        state.set_scale(tensor, "sequential")
    state.set_source(tensor, source, (look.limits or ValueRange(-1.0, 1.0, "set")) if source == "set" else None)


def _choices(menu: QMenu, rows: list[tuple[str, bool, Callable[[], None]]]) -> None:
    group = QActionGroup(menu)
    for label, chosen, act in rows:
        action = menu.addAction(label)
        action.setCheckable(True)
        action.setChecked(chosen)
        group.addAction(action)
        action.triggered.connect(partial(_act, act))


def _act(act: Callable[[], None], checked: bool = False) -> None:
    act()
