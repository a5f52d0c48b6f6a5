"""Cards side by side: as wide as they need, the current one in sight, and what colours mean said at any zoom."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tensorviz.ui.tensors.grids_panel import GridsPanel
from tests.ui.tensors.desk import Desk, floats, tensor
from tests.ui.tensors.grid_room import draw, shown


def many(desk: Desk) -> None:
    desk.open(
        *(tensor(f"v{n}", "A", (40,), offset=n) for n in range(8)), A=floats(*(float(n * n) / 7 for n in range(60)))
    )


def whole(panel: GridsPanel, desk: Desk, qtbot: QtBot) -> None:
    """Every tensor has its card, and every number has been read."""
    qtbot.waitUntil(lambda: len(panel.cards) == len(desk.workspace.showing.tensors))
    draw(panel, desk)


def test_the_current_card_is_in_sight_also_when_numbers_widen_the_others(qtbot: QtBot) -> None:
    desk = Desk()
    many(desk)
    panel = shown(desk, qtbot, 800, 230)
    whole(panel, desk, qtbot)
    for name in ("v7", "v0", "v5"):
        desk.workspace.showing.show(name)
        draw(panel, desk)
        card = panel.cards[name]
        qtbot.waitUntil(lambda card=card: not card.visibleRegion().isEmpty())  # type: ignore[misc]  # bound now
        left = card.mapTo(panel.area.viewport(), card.rect().topLeft()).x()
        assert left >= 0
        assert left + card.width() <= panel.area.viewport().width()


def test_small_cards_are_narrow_and_a_large_one_takes_the_rest(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(
        tensor("a", "A", (2, 2)),
        tensor("b", "A", (3,)),
        tensor("large", "A", (4, 12)),
        A=floats(*map(float, range(48))),
    )
    panel = shown(desk, qtbot, 800, 230)
    whole(panel, desk, qtbot)
    widths = {name: card.width() for name, card in panel.cards.items()}
    assert widths["a"] < 260
    assert widths["b"] < 260
    assert widths["large"] > 300
    assert sum(widths.values()) <= 800
    assert panel.area.horizontalScrollBar().maximum() == 0


def test_no_chip_of_many_dimensions_is_cut(qtbot: QtBot) -> None:
    desk = Desk()
    desk.open(
        tensor("deep", "A", (2, 1, 2, 1, 2, 1, 2, 1, 2)),
        *(tensor(f"v{n}", "A", (32,)) for n in range(3)),
        A=floats(*map(float, range(32))),
    )
    panel = shown(desk, qtbot, 800, 300)
    whole(panel, desk, qtbot)
    card = panel.cards["deep"]
    for chip in card.chips.values():
        if chip.isVisible():
            assert chip.width() >= chip.sizeHint().width()


def test_colours_of_cells_too_small_for_numbers_are_told(qtbot: QtBot) -> None:
    desk = Desk()
    x = tensor("x", "A", (8, 8))
    desk.open(x, A=floats(*map(float, range(64))))
    panel = shown(desk, qtbot)
    desk.workspace.grids.zoom(x, -4)
    draw(panel, desk)
    qtbot.waitUntil(lambda: "Colours: sequential, 0 to 63" in panel.cards["x"].note.text())
