"""Canvas and grid as SVG: valid, in the colours of the window, with the numbers of the memory.

Must not know how shapes are laid out; bytes are those of random sessions of the engine.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from tensorviz.core.canvas_cells import figures
from tensorviz.core.colours import dimension_style
from tensorviz.core.drawing import svg_text
from tensorviz.ui.tensors.canvas_panel import CanvasPanel
from tensorviz.ui.tensors.grids_panel import GridsPanel
from tensorviz.ui.theme import DARK, LIGHT, palette_of
from tests.e2e.test_every_number import Looked, session

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
FIGURES = figures(72.0)  # of a number in a cell of the picture
NAMESPACE = "{http://www.w3.org/2000/svg}"


def shown(qtbot: QtBot, panel: QWidget, looked: Looked, dark: bool) -> None:
    qtbot.addWidget(panel)
    panel.setPalette(palette_of(DARK if dark else LIGHT))
    panel.resize(1000, 700)
    panel.show()
    for _ in range(4):
        panel.grab()
        looked.serve()


def parsed(text: str) -> tuple[Counter[str], set[str], str]:
    """The words, the colours, and the description of an SVG."""
    root = ElementTree.fromstring(text)
    words = Counter("".join(node.itertext()) for node in root.iter(f"{NAMESPACE}text"))
    colours = {node.get(role, "") for node in root.iter() for role in ("fill", "stroke")}
    return words, colours, root.findtext(f"{NAMESPACE}desc") or ""


@pytest.mark.parametrize("seed", range(12))
def test_the_canvas_as_svg(seed: int, qtbot: QtBot) -> None:
    looked, dark = Looked(session(seed)), bool(seed % 2)
    panel = CanvasPanel(looked.workspace)
    shown(qtbot, panel, looked, dark)
    panel.drawing()
    looked.serve()
    words, colours, told = parsed(svg_text(panel.drawing()))
    storage = looked.workspace.showing.current_storage
    assert storage is not None
    read = (looked.workspace.memory.text(storage.id, at, storage.kind, FIGURES) for at in range(storage.cells))
    cells = Counter(one.text if one.exact or one.text == "#" else f"~{one.text}" for one in read if one is not None)
    assert cells.total() == storage.cells
    assert not cells - words, "a number is missing"
    assert f"storage {storage.id}" in told
    hopping = [one for one in looked.facts.on(storage.id) if one.layout.numel > 1][:1]
    for tensor in hopping:
        moving = [dim for dim, size in enumerate(tensor.layout.shape) if size > 1]
        assert {dimension_style(tensor.keys[dim], dark).colour for dim in moving} <= colours


@pytest.mark.parametrize("seed", range(12))
def test_a_grid_as_svg(seed: int, qtbot: QtBot) -> None:
    looked, dark = Looked(session(seed)), bool(seed % 2)
    panel = GridsPanel(looked.workspace)
    shown(qtbot, panel, looked, dark)
    drawing = panel.drawing()
    assert drawing is not None
    words, colours, told = parsed(svg_text(drawing))
    assert panel.current_card is not None
    assert panel.current_card.tensor.name in told
    numbers = [word for line in told.splitlines() if "row " in line for word in line.partition(": ")[2].split()]
    assert not Counter(numbers) - Counter(word for text in words.elements() for word in text.split())
    assert colours & {LIGHT.colour("text").name(), DARK.colour("text").name()} or not numbers
