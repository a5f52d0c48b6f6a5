"""The table of answers: order, filter, copying, and what a running batch does to it."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt

from tensorviz.core.errors import Problem
from tensorviz.core.results import Failed
from tensorviz.engine.messages import JobFinished
from tensorviz.ui.models.row_table import BEST, COLUMNS, ERROR, MODEL, PATH, PROBABILITY, SECOND, SECONDS, RowTable
from tests.ui.models.answers import CUT_OFF, Gallery, answered

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def gallery(qapp: object) -> Gallery:
    return Gallery(interactive_limit=1)


def table(gallery: Gallery) -> RowTable:
    """Five pictures: three answered, one failed, one without answer."""
    rows = RowTable(gallery.workspace)
    gallery.give("/b.jpg", "/a.jpg", "/broken.jpg", "/c.jpg", "/late.jpg")
    job = gallery.rows(
        answered("/b.jpg", "fox", 0.5, 0.3),
        answered("/a.jpg", "dog", 0.9, 0.1),
        Failed("/broken.jpg", CUT_OFF),
        answered("/c.jpg", "ant", 0.7, 0.2),
    )
    gallery.answer(JobFinished(job))
    return rows


def order(rows: RowTable) -> list[str]:
    return [rows.path_at(row) for row in range(rows.rowCount())]


def test_a_row_says_what_was_answered(gallery: Gallery) -> None:
    rows = table(gallery)
    cells = [rows.data(rows.index(0, column)).strip() for column in range(len(COLUMNS))]
    assert cells == ["b.jpg", "fox", "50.0 %", "cat 50.0 %", "m V1", "300 ms", ""]
    assert rows.text("/broken.jpg", ERROR) == "broken.jpg is cut off. Copy it again."
    assert rows.text("/late.jpg", BEST) == "not classified yet"


@pytest.mark.parametrize(
    ("column", "rising"),
    [
        (PATH, ["/a.jpg", "/b.jpg", "/broken.jpg", "/c.jpg", "/late.jpg"]),
        (BEST, ["/c.jpg", "/a.jpg", "/broken.jpg", "/b.jpg", "/late.jpg"]),
        (PROBABILITY, ["/b.jpg", "/c.jpg", "/a.jpg", "/broken.jpg", "/late.jpg"]),
        (SECOND, ["/a.jpg", "/c.jpg", "/b.jpg", "/broken.jpg", "/late.jpg"]),
        (MODEL, ["/b.jpg", "/a.jpg", "/c.jpg", "/broken.jpg", "/late.jpg"]),
        (SECONDS, ["/a.jpg", "/c.jpg", "/b.jpg", "/broken.jpg", "/late.jpg"]),
        (ERROR, ["/broken.jpg", "/b.jpg", "/a.jpg", "/c.jpg", "/late.jpg"]),
    ],
)
def test_every_column_sorts_and_what_has_no_value_stands_last(gallery: Gallery, column: int, rising: list[str]) -> None:
    rows = table(gallery)
    rows.sort(column, UP)
    assert order(rows) == rising
    rows.sort(column, DOWN)
    empty = [path for path in rising if not rows.text(path, column)]
    assert order(rows)[len(rising) - len(empty) :] == empty
    rows.sort(-1, UP)
    assert order(rows) == list(gallery.workspace.pictures.paths)


def test_probability_falls_when_sorted_downwards(gallery: Gallery) -> None:
    rows = table(gallery)
    rows.sort(PROBABILITY, DOWN)
    assert order(rows)[:3] == ["/a.jpg", "/c.jpg", "/b.jpg"]


def test_sorting_keeps_what_is_selected(gallery: Gallery) -> None:
    rows = table(gallery)
    held = QPersistentModelIndex(rows.index(0, 2))
    rows.sort(PATH, UP)
    assert (rows.path_at(held.row()), held.column()) == ("/b.jpg", 2)


def test_the_filter_looks_into_every_column_in_any_case(gallery: Gallery) -> None:
    rows = table(gallery)
    for text, found in (("FOX", ["/b.jpg"]), ("cut off", ["/broken.jpg"]), ("a.jpg", ["/a.jpg"]), ("zebra", [])):
        rows.set_filter(text)
        assert order(rows) == found
        assert [rows.row_of(path) for path in found] == list(range(len(found)))
    rows.set_filter("")
    assert len(order(rows)) == 5


def test_a_hundred_thousand_rows_are_filtered_and_sorted_within_a_second(gallery: Gallery) -> None:
    rows = RowTable(gallery.workspace)
    gallery.give(*(f"/{number:06d}.jpg" for number in range(100_000)))
    gallery.rows(*(answered(f"/{number:06d}.jpg", f"label {number % 7}") for number in range(100_000)))
    begin = time.process_time()
    rows.set_filter("label 3")
    assert rows.rowCount() == len(range(3, 100_000, 7))
    assert time.process_time() - begin < 1.0
    begin = time.process_time()
    rows.sort(BEST, DOWN)
    assert time.process_time() - begin < 1.0


def test_while_a_batch_runs_rows_stay_and_are_sorted_when_it_ends(gallery: Gallery) -> None:
    rows = RowTable(gallery.workspace)
    gallery.give("/1", "/2", "/3")
    rows.sort(PROBABILITY, DOWN)
    gallery.rows(answered("/1", share=0.5))
    job = gallery.rows(answered("/2", share=0.9), answered("/3", share=0.7))
    assert order(rows) == ["/1", "/2", "/3"]
    gallery.answer(JobFinished(job))
    assert order(rows) == ["/2", "/3", "/1"]


def test_an_answer_that_comes_to_pass_the_filter_is_added(gallery: Gallery) -> None:
    rows = RowTable(gallery.workspace)
    gallery.give("/1", "/2", "/3")
    rows.set_filter("fox")
    gallery.rows(answered("/1", "fox"), answered("/2", "dog"))
    assert order(rows) == ["/1"]


def test_removed_pictures_have_no_row(gallery: Gallery) -> None:
    rows = table(gallery)
    gallery.workspace.pictures.remove(["/a.jpg", "/late.jpg"])
    assert order(rows) == ["/b.jpg", "/broken.jpg", "/c.jpg"]
    gallery.workspace.pictures.clear()
    assert rows.rowCount() == 0


def test_rows_are_copied_as_tab_separated_text(gallery: Gallery) -> None:
    rows = table(gallery)
    lines = rows.tsv([0, 2]).splitlines()
    assert lines[0].split("\t") == list(COLUMNS)
    assert lines[1].split("\t") == ["/b.jpg", "fox", "50.0 %", "cat 50.0 %", "m V1", "300 ms", ""]
    assert lines[2].split("\t")[-1] == "broken.jpg is cut off. Copy it again."


def test_tabs_and_line_ends_in_a_name_do_not_break_the_copy(gallery: Gallery) -> None:
    rows = RowTable(gallery.workspace)
    gallery.give("/a\tb\nc.jpg")
    assert len(rows.tsv([0]).splitlines()) == 2
    assert rows.tsv([0]).splitlines()[1].count("\t") == len(COLUMNS) - 1


def test_an_error_is_told_without_the_folder_where_the_picture_is_named_already(gallery: Gallery) -> None:
    gallery.give("/a/b/broken.jpg", "/a/b/good.jpg")
    problem = Problem("/a/b/broken.jpg is cut off.", "Copy it again.")
    gallery.rows(Failed("/a/b/broken.jpg", problem), answered("/a/b/good.jpg"))
    rows = RowTable(gallery.workspace)
    assert rows.error_at(0) == "broken.jpg is cut off. Copy it again."
    assert rows.error_at(1) == ""
    assert rows.index(0, BEST).data(Qt.ItemDataRole.ToolTipRole) == "/a/b/broken.jpg is cut off. Copy it again."
    assert rows.index(0, PATH).data(Qt.ItemDataRole.ToolTipRole) == "/a/b/broken.jpg"
