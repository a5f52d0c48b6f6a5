"""The middle of the page: what it shows in each state, and what its buttons do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from tensorviz.core.errors import Problem
from tensorviz.engine.messages import JobFailed, JobFinished, JobProgress, JobStarted
from tensorviz.engine.messages.translate import PicturesKept, Translate, TranslateToFolder
from tests.ui.state import translate_room
from tests.ui.translate.panel_room import AFTER, BACK, BEFORE, PanelRoom

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

TOO_LARGE = Problem(
    "To translate 4,000 x 3,000 pixels takes about 11.0 GB of memory, and 2.0 GB may be taken.",
    "--resize 512 or smaller fits; 256 is what the networks were trained with.",
)
TOO_SMALL = Problem(
    "A picture of 3 x 3 pixels is too small for the network in the book's way, which adds nothing to it: 5 a side are"
    " needed.",
    "Use --input-range trained, or --resize 256.",
)


@pytest.fixture
def room(qtbot: QtBot) -> PanelRoom:
    return PanelRoom(qtbot)


def said(room: PanelRoom) -> str:
    """What the banner says; "" while it is hidden."""
    standing = room.panel.view.side.standing
    return standing.banner.message if standing.isVisible() else ""


def named(colour: tuple[int, int, int]) -> str:
    """A colour as Qt names it."""
    return "#" + "".join(f"{part:02x}" for part in colour)


def press_banner(room: PanelRoom) -> None:
    """Presses what the banner offers."""
    button = room.panel.view.side.standing.banner.button
    assert button.isVisible()
    room.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_without_pictures_it_says_what_to_do(room: PanelRoom) -> None:
    assert room.panel.empty.isVisible()
    assert "Drop pictures" in room.panel.empty.text()
    assert "translation appears here" in room.panel.empty.text()
    assert not room.panel.heading.save.isEnabled()
    assert not room.panel.heading.folder.isEnabled()


def test_the_picture_is_there_before_it_is_translated(room: PanelRoom) -> None:
    room.begin()
    canvas = room.panel.view.stage.canvas
    assert canvas.before.pixelColor(3, 3).name() == named(BEFORE)
    assert canvas.after.isNull()
    assert room.panel.view.line.name.text() == "a.png"


def test_while_it_is_drawn_it_tells_how_far_and_can_be_cancelled(room: PanelRoom) -> None:
    room.begin()
    job, line = room.run(5, 9), room.panel.view.line
    assert line.progress.text() == "Block 5 of 9"
    assert line.bar.value() == round(line.bar.maximum() * 5 / 9)
    height = line.height()
    room.qtbot.mouseClick(line.cancel, Qt.MouseButton.LeftButton)
    assert room.engine.cancelled == [job]
    assert line.progress.text() == "Cancelling...", "shown at once"
    assert not line.cancel.isEnabled()
    assert room.panel.focusWidget() is room.panel.view.stage.canvas, "its keys harm nothing"
    room.run(6, 9, "the way back")
    room.answer()
    assert not line.bar.isVisible()
    assert line.height() == height, "nothing moves"


def test_a_translation_is_shown_with_what_it_was_drawn_with(room: PanelRoom) -> None:
    room.begin()
    room.answer()
    canvas, side = room.panel.view.stage.canvas, room.panel.view.side
    assert (canvas.mode, canvas.after.pixelColor(9, 5).name()) == ("slider", named(AFTER))
    assert side.numbers.plain == "Differs by 21.0 of 255 levels on average, 60 at most; 1.7 % of the pixels are equal."
    facts = {name: label.text() for name, label in side.facts.values.items() if label.isVisible()}
    assert facts == {
        "Generator": "one",
        "Weights": "V1",
        "Computed on": "cpu, fp32",
        "Result": "10 \N{MULTIPLICATION SIGN} 6",
    }
    assert side.facts.times_title.text() == "Took 600 ms"
    assert side.facts.times.text() == "decode 10 ms, preprocess 20 ms, forward 500 ms, other 70 ms"
    assert side.facts.notes.plain == "\N{BULLET} 16 bits reduced."
    assert said(room) == ""


@pytest.mark.parametrize("view", ["slider", "side", "difference", "back"])
def test_the_switch_asks_for_a_view_and_shows_it(room: PanelRoom, view: str) -> None:
    room.begin()
    room.panel.heading.switch._buttons[view].click()
    assert room.wished == [f"translate.view_{view}"]
    room.translations.set_view(view)  # type: ignore[arg-type]  # each is one
    assert room.panel.heading.switch.current == view
    room.answer()
    assert room.panel.view.stage.canvas.mode == {"back": "slider"}.get(view, view)


def test_there_and_back_shows_three_pictures_and_the_error(room: PanelRoom) -> None:
    room.begin()
    room.translations.set_view("back")
    assert room.engine.last(Translate).back is not None
    room.answer()
    trip = room.panel.view.stage.trip
    assert trip is not None
    assert trip.isVisible()
    colours = [canvas.after.pixelColor(0, 0).name() for canvas in trip.canvases[:3]]
    assert colours == [named(BEFORE), named(AFTER), named(BACK)]
    side = room.panel.view.side
    # (1 + 0 + 10) / 3 levels; the engine said that one of 60 pixels is equal
    assert side.numbers.plain == (
        "Comes back with 3.7 of 255 levels of error on average, 10 at most; 1.7 % of the pixels are equal."
    )
    assert side.numbers.plain in trip.error.text()
    assert side.facts.values["Way back"].text() == "two V1, 250 ms"
    side.beside.setChecked(False)
    canvas = room.panel.view.stage.canvas
    assert canvas.isVisible()
    assert canvas.after.pixelColor(0, 0).name() == named(BACK)


def test_all_four_point_at_one_place_and_have_the_lens_together(room: PanelRoom) -> None:
    room.begin()
    room.translations.set_view("back")
    room.answer()
    trip = room.panel.view.stage.trip
    assert trip is not None
    trip.canvases[2].point_at(7, 2)
    assert [canvas.at for canvas in trip.canvases] == [(7, 2)] * 4
    shown = room.panel.view.pixels.text()
    assert shown == "7, 2:  before 10 20 30,  after 13 20 90,  back 11 20 40,  difference 10"
    room.qtbot.keyClick(trip.canvases[0], Qt.Key.Key_L)
    assert [canvas.lens for canvas in trip.canvases] == [True] * 4
    assert room.panel.heading.lens.isChecked()
    trip.canvases[1].set_zoom(4.0)
    assert [round(canvas.zoom, 6) for canvas in trip.canvases] == [4.0] * 4


def test_columns_are_those_that_make_the_pictures_largest(room: PanelRoom) -> None:
    room.begin()
    room.translations.set_view("back")
    room.answer()
    trip = room.panel.view.stage.trip
    assert trip is not None
    for width, height, columns in ((1200, 180, 4), (440, 360, 2), (150, 600, 1)):
        trip.resize(width, height)
        assert trip.columns == columns


def test_the_pixel_under_the_pointer_is_told(room: PanelRoom) -> None:
    room.begin()
    room.answer()
    canvas, line = room.panel.view.stage.canvas, room.panel.view.pixels
    canvas.point_at(4, 1)
    assert line.text() == "4, 1:  before 10 20 30,  after 13 20 90,  difference 60"
    canvas.point_at(-1, -1)
    assert line.text() == "Point at the picture to read its pixels"


def test_both_ranges_say_what_they_do_with_this_picture(room: PanelRoom) -> None:
    room.begin(full=(1500, 1223))  # 256 / 1223 * 1500 = 313.98..., cut: 313
    ranges = room.panel.view.side.ranges
    cross = "\N{MULTIPLICATION SIGN}"
    assert ranges.buttons["trained"].text() == "as trained"
    assert ranges.buttons["book"].text() == "as in the book"
    assert ranges.sentences["trained"].plain == (
        f"Values from -1 to 1; mirrored to 316 {cross} 256, a multiple of four, cut back to 313 {cross} 256."
    )
    assert ranges.sentences["book"].plain == (f"Values from 0 to 1; drawn at the network's own size, 316 {cross} 256.")
    ranges.buttons["book"].click()
    assert room.workspace.generator.choice.input_range == "book"
    assert room.engine.last(Translate).choice.input_range == "book"


@pytest.mark.parametrize(("kind", "words"), [("published", "nearly the same"), ("own", "batch norms they do not")])
def test_how_much_the_range_matters_is_said_by_generator(room: PanelRoom, kind: str, words: str) -> None:
    room.read(translate_room.row("mine", "", "/w/mine.pth", kind))
    room.workspace.generator.set_model("mine")
    assert words in room.panel.view.side.ranges.note.plain


def test_a_shorter_side_is_chosen_or_typed(room: PanelRoom) -> None:
    room.begin(full=(2000, 1000))
    sizes, choice = room.panel.view.side.sizes, room.workspace.generator
    field, line = sizes.field, sizes.field.line
    assert [field.itemText(place) for place in range(field.count())] == ["256", "512", "1024", "as it is"]
    # 3.7 planes of 64 channels and 6 more of 4 bytes, 512 x 256 and 6 more a side for the mirrored border
    assert sizes.memory.text() == f"about {round((3.7 * 64 + 6) * 4 * 518 * 262 / 1e6)} MB of memory"
    line.selectAll()
    room.qtbot.keyClicks(line, "333")
    assert choice.choice.resize == 256, "not while it is typed"
    room.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert choice.choice.resize == 333
    field.setCurrentIndex(3)
    field.activated.emit(3)
    assert choice.choice.resize == 0
    assert sizes.memory.text() == f"about {(3.7 * 64 + 6) * 4 * 2006 * 1006 / 1e9:.1f} GB of memory"


@pytest.mark.parametrize("typed", ["", "abc", "-5", "3.5", "99999", "1e3"])
def test_what_is_no_size_is_marked_and_not_taken(room: PanelRoom, typed: str) -> None:
    room.begin()
    sizes = room.panel.view.side.sizes
    line = sizes.field.line
    line.selectAll()
    room.qtbot.keyClick(line, Qt.Key.Key_Delete)
    room.qtbot.keyClicks(line, typed)
    assert sizes.said.isVisible()
    assert sizes.field.property("role") == "invalid"
    room.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert room.workspace.generator.choice.resize == 256
    room.qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert (line.text(), sizes.said.isVisible()) == ("256", False)


def test_a_stale_translation_says_so_and_is_redrawn_by_itself(room: PanelRoom) -> None:
    room.begin()
    room.answer()
    room.workspace.generator.set_resize(512)
    canvas = room.panel.view.stage.canvas
    assert canvas.stale
    assert "anew" in canvas.stale_text
    assert room.engine.last(Translate).choice.resize == 512
    room.answer()
    assert not canvas.stale


def test_a_stale_translation_that_is_not_redrawn_says_of_what_it_is(qtbot: QtBot) -> None:
    room = PanelRoom(qtbot, translate_on_choice=False)
    room.begin()
    assert said(room) == "Not translated yet."
    press_banner(room)
    assert room.wished == ["translate.run"]
    room.translations.translate()
    room.answer()
    room.workspace.generator.set_resize(512)
    assert said(room) == ("This is of one, as trained, shorter side 256; chosen is one, as trained, shorter side 512.")
    press_banner(room)
    assert room.wished[-1] == "translate.run"


def fail(room: PanelRoom, problem: Problem) -> None:
    room.engine.answer(JobFailed(room.engine.job(Translate), problem))


def test_one_that_is_too_large_offers_the_size_that_fits(qtbot: QtBot) -> None:
    room = PanelRoom(qtbot, translate_resize=0)
    room.begin(full=(4000, 3000))
    fail(room, TOO_LARGE)
    banner = room.panel.view.side.standing.banner
    assert said(room) == TOO_LARGE.message
    assert banner.button.text() == "Use 512"
    assert "--" not in banner.accessibleName(), "the words of the window, not of the command line"
    press_banner(room)
    assert room.engine.last(Translate).choice.resize == 512


def test_one_that_is_too_small_for_the_book_offers_the_other_range(qtbot: QtBot) -> None:
    room = PanelRoom(qtbot, input_range="book", translate_resize=0)
    room.begin(full=(3, 3))
    fail(room, TOO_SMALL)
    assert room.panel.view.side.standing.banner.button.text() == "Use as trained"
    press_banner(room)
    assert room.engine.last(Translate).choice.input_range == "trained"


def test_any_other_failure_can_be_tried_again(room: PanelRoom) -> None:
    room.begin()
    fail(room, Problem("a.png is cut off.", "Copy it again."))
    assert said(room) == "a.png is cut off."
    press_banner(room)
    assert room.wished == ["translate.run"]


def test_weights_that_are_missing_can_be_fetched(qtbot: QtBot) -> None:
    room = PanelRoom(qtbot, read=False, chosen_generator="horse2zebra")
    room.begin()
    assert said(room) == "Looking which generators are here..."
    room.read(translate_room.FETCHED, translate_room.BACK_MISSING)
    room.workspace.generator.set_model("horse2zebra")
    room.translations.set_view("back")
    room.answer()
    assert said(room).startswith("zebra2horse")
    assert room.panel.view.side.standing.banner.button.text() == "Fetch 45.0 MB..."
    press_banner(room)
    assert room.wished[-1] == "translate.fetch"
    room.workspace.catalogue.fetch("zebra2horse", "V1")
    assert said(room) == "zebra2horse V1 is being fetched."


def test_a_batch_is_followed_and_cancelled(room: PanelRoom) -> None:
    room.begin("/a.png", "/b.png", "/c.png")
    room.answer()
    number = room.translations.to_folder("/out", "png")
    assert number == room.engine.job(TranslateToFolder)
    room.engine.answer(JobStarted(number), JobProgress(number, 1, 3))
    assert room.panel.batch.isVisible()
    assert room.panel.batch.text.text() == "1 of 3 pictures"
    room.qtbot.mouseClick(room.panel.batch.cancel, Qt.MouseButton.LeftButton)
    assert number in room.engine.cancelled
    room.engine.answer(PicturesKept(number, ()), JobFinished(number))
    assert not room.panel.batch.isVisible()


def test_t_opens_what_was_drawn_as_a_tensor(room: PanelRoom) -> None:
    room.begin()
    room.answer()
    canvas = room.panel.view.stage.canvas
    canvas.setFocus()
    room.qtbot.keyClick(canvas, Qt.Key.Key_T)
    room.qtbot.keyClick(canvas, Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    assert room.wished == ["translate.open_after", "translate.open_before"]
    texts = [action.objectName() or action.text() for action in room.panel.view.stage.menu().actions()]
    assert "Open after as tensor" in texts
