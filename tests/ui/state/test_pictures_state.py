"""The pictures of the well: order, duplicates, removal, previews, a hundred thousand of them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.core.pipeline import Preview
from tensorviz.engine.messages import (
    FindPictures,
    JobCancelled,
    JobFinished,
    KeepPasted,
    MakeThumbnails,
    PicturesFound,
    PicturesRefused,
    ThumbnailFailed,
    ThumbnailMade,
)
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.jobs import JobsState
from tensorviz.ui.state.pictures import PicturesState
from tensorviz.ui.state.previews import THUMBNAILS_KEPT
from tensorviz.ui.state.settings import SettingsState
from tests.ui.fake_engine import FakeEngine, MemoryStore

GREY = Preview(2, 1, b"\x80" * 6)


@dataclass
class Room:
    engine: FakeEngine
    pictures: PicturesState
    qtbot: QtBot

    def give(self, *paths: str) -> int:
        """Adds paths, finds them all, and waits until they are taken in."""
        self.pictures.add(paths)
        job = self.engine.job(FindPictures)
        self.engine.answer(PicturesFound(job, paths), JobFinished(job))
        self.qtbot.waitUntil(lambda: not self.pictures.finding)
        return job

    def make_all(self) -> None:
        """Answers the newest request for previews."""
        job, request = self.engine.job(MakeThumbnails), self.engine.last(MakeThumbnails)
        self.engine.answer(*(ThumbnailMade(job, path, GREY, (20, 10), "PNG") for path in request.paths))
        self.engine.answer(JobFinished(job))


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    bridge = Bridge()
    engine = FakeEngine(bridge)
    return Room(engine, PicturesState(bridge, JobsState(bridge), SettingsState(MemoryStore())), qtbot)


def test_pictures_are_kept_in_the_order_they_came_and_the_first_is_looked_at(room: Room) -> None:
    room.give("/p/b.jpg", "/p/a.jpg")
    assert room.pictures.paths == ("/p/b.jpg", "/p/a.jpg")
    assert room.pictures.current == "/p/b.jpg"


def test_a_path_given_twice_is_there_once_and_looked_at(room: Room) -> None:
    room.give("/a", "/b", "/a")
    room.give("/b")
    assert room.pictures.paths == ("/a", "/b")
    assert room.pictures.current == "/b"


def test_everything_given_at_once_is_told_at_once_duplicates_only_once(room: Room) -> None:
    told: list[tuple[str, ...]] = []
    room.pictures.added.connect(told.append)
    room.pictures.add(["/folder"])
    job = room.engine.job(FindPictures)
    room.engine.answer(PicturesFound(job, ("/folder/a", "/folder/b")), PicturesFound(job, ("/folder/b", "/folder/c")))
    room.qtbot.waitUntil(lambda: room.pictures.count == 3)
    assert told == []
    room.engine.answer(JobFinished(job))
    room.qtbot.waitUntil(lambda: bool(told))
    assert told == [("/folder/a", "/folder/b", "/folder/c")]


def test_a_hundred_thousand_paths_come_in_short_pieces(room: Room) -> None:
    paths = tuple(f"/many/picture_{number:06d}.jpg" for number in range(100_000))
    pieces: list[int] = []
    room.pictures.inserted.connect(lambda first, last: pieces.append(last - first + 1))
    room.pictures.add(["/many"])
    job = room.engine.job(FindPictures)
    room.engine.answer(PicturesFound(job, paths), JobFinished(job))
    room.qtbot.waitUntil(lambda: not room.pictures.finding, timeout=60_000)
    assert room.pictures.paths == paths
    assert max(pieces) <= 2000
    assert len(pieces) < 200, "each piece costs the panels something"


def test_what_holds_no_picture_is_told(room: Room) -> None:
    room.pictures.add(["/notes.txt"])
    problem = Problem("notes.txt is no picture.", "Give a picture.")
    with room.qtbot.waitSignal(room.pictures.refused) as told:
        room.engine.answer(PicturesRefused(room.engine.job(FindPictures), "/notes.txt", problem))
    assert told.args == ["/notes.txt", problem]


def test_late_finds_after_clear_are_ignored_and_the_search_ends(room: Room) -> None:
    room.pictures.add(["/folder"])
    job = room.engine.job(FindPictures)
    room.pictures.clear()
    room.engine.answer(PicturesFound(job, ("/folder/a",)), JobCancelled(job))
    assert room.engine.cancelled == [job]
    assert room.pictures.count == 0
    room.give("/b")
    assert room.pictures.paths == ("/b",)


@pytest.mark.parametrize("gone", [[0], [1, 2], [0, 2, 4], [4], [0, 1, 2, 3, 4]])
def test_removing_leaves_the_others_in_order(room: Room, gone: list[int]) -> None:
    names = [f"/{number}" for number in range(5)]
    room.give(*names)
    room.pictures.remove([names[row] for row in gone])
    left = [name for row, name in enumerate(names) if row not in gone]
    assert list(room.pictures.paths) == left
    assert [room.pictures.row_of(name) for name in left] == list(range(len(left)))
    assert all(room.pictures.item(names[row]) is None for row in gone)


def test_removing_many_scattered_ones_starts_the_views_anew(room: Room) -> None:
    names = [f"/{number}" for number in range(200)]
    room.give(*names)
    with room.qtbot.waitSignal(room.pictures.reset):
        room.pictures.remove(names[::2])
    assert list(room.pictures.paths) == names[1::2]


def test_after_removing_the_current_picture_its_neighbour_is_looked_at(room: Room) -> None:
    room.give("/a", "/b", "/c")
    room.pictures.set_current("/b")
    room.pictures.remove(["/b"])
    assert room.pictures.current == "/c"
    room.pictures.remove(["/c"])
    assert room.pictures.current == "/a"
    room.pictures.remove(["/a"])
    assert room.pictures.current is None


def test_stepping_stops_at_the_ends(room: Room) -> None:
    room.give("/a", "/b", "/c")
    room.pictures.step(1)
    assert room.pictures.current == "/b"
    room.pictures.step(9)
    assert room.pictures.current == "/c"
    room.pictures.step(-99)
    assert room.pictures.current == "/a"


def test_the_selection_is_told_as_paths(room: Room) -> None:
    room.give("/a", "/b", "/c", "/d")
    room.pictures.set_selection([(3, 3), (0, 1)])
    assert room.pictures.selection == ("/a", "/b", "/d")
    assert room.pictures.selected_count == 3
    room.pictures.remove(["/a"])
    assert room.pictures.selected_count == 0


def test_the_current_picture_is_read_large_before_the_thumbnails(room: Room) -> None:
    room.give("/a", "/b")
    assert room.engine.last(MakeThumbnails) == MakeThumbnails(("/a",), 1024)
    room.pictures.want_thumbnails(["/a", "/b"], 96)
    assert len(room.engine.all(MakeThumbnails)) == 1, "the large one is not interrupted"
    room.make_all()
    assert room.pictures.large == GREY
    assert room.engine.last(MakeThumbnails) == MakeThumbnails(("/a", "/b"), 96)
    room.make_all()
    assert room.pictures.thumbnail("/b") == GREY
    item = room.pictures.item("/b")
    assert item is not None
    assert (item.size, item.format) == ((20, 10), "PNG")


def test_another_current_picture_overtakes_and_the_thumbnails_are_asked_for_again(room: Room) -> None:
    room.give("/a", "/b", "/c")
    room.make_all()
    room.pictures.want_thumbnails(["/a", "/b", "/c"], 96)
    first = room.engine.job(MakeThumbnails)
    room.engine.answer(ThumbnailMade(first, "/a", GREY, (1, 1), "PNG"))
    room.pictures.set_current("/c")
    assert room.engine.last(MakeThumbnails) == MakeThumbnails(("/c",), 1024)
    room.engine.answer(JobCancelled(first))
    room.make_all()
    assert room.engine.last(MakeThumbnails) == MakeThumbnails(("/b", "/c"), 96)


def test_scrolling_within_what_is_under_way_asks_nothing_new(room: Room) -> None:
    room.give("/a", "/b", "/c")
    room.make_all()
    room.pictures.want_thumbnails(["/a", "/b", "/c"], 96)
    asked = len(room.engine.all(MakeThumbnails))
    room.pictures.want_thumbnails(["/b", "/c"], 96)
    assert len(room.engine.all(MakeThumbnails)) == asked


def test_a_picture_that_cannot_be_shown_says_so_and_is_not_asked_for_again(room: Room) -> None:
    room.give("/broken")
    problem = Problem("broken is cut off.", "Copy it again.")
    room.engine.answer(ThumbnailFailed(room.engine.job(MakeThumbnails), "/broken", problem))
    room.engine.answer(JobFinished(room.engine.job(MakeThumbnails)))
    room.pictures.want_thumbnails(["/broken"], 96)
    assert len(room.engine.all(MakeThumbnails)) == 1
    item = room.pictures.item("/broken")
    assert item is not None
    assert item.problem == problem


def test_what_the_engine_leaves_out_is_not_asked_for_for_ever(room: Room) -> None:
    room.give("/a")
    room.engine.answer(JobFinished(room.engine.job(MakeThumbnails)))
    assert len(room.engine.all(MakeThumbnails)) == 1


def test_thumbnails_are_bounded_and_those_in_sight_stay(room: Room) -> None:
    names = [f"/{number}" for number in range(THUMBNAILS_KEPT + 100)]
    room.give(*names)
    room.make_all()
    for start in range(0, len(names), 50):
        room.pictures.want_thumbnails(names[start : start + 50], 96)
        room.make_all()
    kept = [name for name in names if room.pictures.thumbnail(name) is not None]
    assert kept == names[100:]


def test_a_pasted_picture_is_sent_as_rgb_with_transparency_on_white(room: Room) -> None:
    image = QImage(3, 2, QImage.Format.Format_ARGB32)
    image.fill(QColor(255, 0, 0))
    image.setPixelColor(1, 0, QColor(0, 0, 0, 0))
    room.pictures.add_pasted(image)
    red, white = b"\xff\x00\x00", b"\xff\xff\xff"
    assert room.engine.last(KeepPasted) == KeepPasted(3, 2, red + white + red * 4)


def test_an_empty_clipboard_asks_nothing(room: Room) -> None:
    room.pictures.add_pasted(QImage())
    room.pictures.add([])
    assert room.engine.sent == []
