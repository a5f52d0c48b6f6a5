"""Tables of the report: rows taken as they are needed, keys, width, a theme that changes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tensorviz.core.checkpoint_rows import Row
from tensorviz.ui.files.report_model import Columns, RowsModel
from tensorviz.ui.files.report_section import Sentence
from tensorviz.ui.files.report_table import ReportTable
from tensorviz.ui.theme import DARK, LIGHT, palette_of

FIGURES = Columns(("name", "count", "share"), frozenset({1, 2}), 2)


def test_the_model_keeps_the_rules_of_qt(qtbot: QtBot) -> None:
    below = tuple(Row((f"b{number}", "1")) for number in range(90))
    model = RowsModel(Columns(("name", "count"), frozenset({1})))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    tester.setUseFetchMore(False)  # it would do so while rows are being added
    model.set_rows([Row(("a", "2"), below=below), Row(("c",))])
    above = model.index(0, 0)
    while model.canFetchMore(above):
        model.fetchMore(above)
    assert model.rowCount(above) == 90
    assert model.index(89, 0, above).data() == "b89"
    assert model.parent(model.index(89, 1, above)) == above
    assert model.index(1, 1).data() == ""
    model.append([Row(("d", "4"))])
    assert model.index(2, 1).data() == "4"
    del tester


def table_of(qtbot: QtBot, rows: list[Row], width: int = 600) -> ReportTable:
    table = ReportTable(FIGURES, "Things")
    qtbot.addWidget(table)
    table.resize(width, 300)
    table.show()
    table.set_rows(rows)
    return table


def test_figures_are_never_cut(qtbot: QtBot) -> None:
    table = table_of(qtbot, [Row(("a name", "123,456,789,012", "> 99.9 %"), share=0.9)])
    metrics = table.fontMetrics()
    assert table.columnWidth(1) > metrics.horizontalAdvance("123,456,789,012")
    assert sum(table.columnWidth(column) for column in range(3)) <= table.viewport().width()
    table.append([Row(("b", "123,456,789,012,345,678", "1.0 %"), share=0.1)])
    assert table.columnWidth(1) > metrics.horizontalAdvance("123,456,789,012,345,678")


def test_a_narrow_table_can_be_moved_sideways_and_shows_all_rows(qtbot: QtBot) -> None:
    table = table_of(
        qtbot, [Row((f"name {number}", "123,456,789,012", "1.0 %"), share=0.1) for number in range(3)], 250
    )
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() > 0)
    table.fit()
    last = table.visualRect(table.rows.index(2, 0))
    assert last.bottom() <= table.viewport().height()


def test_enter_opens_and_copies_are_of_the_row(qtbot: QtBot) -> None:
    below = (Row(("inner", "1", ""), place=7),)
    table = table_of(qtbot, [Row(("outer", "2", "50.0 %"), below=below)])
    wished: list[int] = []
    table.tensor_wished.connect(wished.append)
    table.setCurrentIndex(table.rows.index(0, 0))
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert table.isExpanded(table.rows.index(0, 0))
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "outer\t2\t50.0 %"
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert wished == [7]


def test_colours_follow_the_theme(qtbot: QtBot) -> None:
    table, sentence = table_of(qtbot, [Row(("a", "1", ""), place=0)]), Sentence((('"a"', 0),))
    qtbot.addWidget(sentence)
    for tokens in (LIGHT, DARK):
        for widget in (table, sentence):
            widget.setPalette(palette_of(tokens))
        colour = table.rows.index(0, 0).data(Qt.ItemDataRole.ForegroundRole)
        assert colour.name() == tokens.accent
        assert tokens.accent in sentence.text()
        assert sentence.plain == '"a"'
