"""The list of generators: what is selected, used by keys, said when something is missing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.engine.messages import FetchWeights, JobFailed
from tensorviz.ui.models.chooser import ModelChooser
from tensorviz.ui.translate.own_generator import OwnGeneratorForm
from tests.ui.models.room import nameless
from tests.ui.translate import generator_rows as rows
from tests.ui.translate.generator_rows import GeneratorRoom


@pytest.fixture
def room(qtbot: QtBot) -> GeneratorRoom:
    found = GeneratorRoom(qtbot)
    found.read_generators()
    return found


def test_the_generator_in_use_is_selected_and_its_card_shown(room: GeneratorRoom) -> None:
    assert room.shown() == "photo2painting"
    assert room.card._used.isVisibleTo(room.chooser)
    spoken = room.chooser.model.index_of("photo2painting").data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.endswith("on this computer, in use")


def test_everything_that_takes_the_keyboard_has_a_name(room: GeneratorRoom) -> None:
    room.chooser.select("zebra2horse")
    room.card.fetch()
    assert nameless(room.chooser) == []
    assert nameless(room.chooser.files) == []


def test_enter_uses_a_generator_that_is_here(room: GeneratorRoom, qtbot: QtBot) -> None:
    room.chooser.show()
    qtbot.waitExposed(room.chooser)
    QTest.keyClick(room.chooser.list, Qt.Key.Key_Down)
    assert room.shown() == "painting2photo"
    QTest.keyClick(room.chooser.list, Qt.Key.Key_Return)
    assert room.chosen() == ("painting2photo", "V1")
    assert room.chooser.model.index_of("painting2photo").data(Qt.ItemDataRole.AccessibleTextRole).endswith("in use")


def test_enter_offers_to_fetch_one_that_is_not_here(room: GeneratorRoom, qtbot: QtBot) -> None:
    room.chooser.show()
    qtbot.waitExposed(room.chooser)
    room.chooser.search.setText("horse as zebra")
    QTest.keyClick(room.chooser.search, Qt.Key.Key_Return)
    assert room.shown() == "horse2zebra"
    QTest.keyClick(room.chooser.list, Qt.Key.Key_Return)
    assert room.card._question.isVisible()
    assert room.chosen() == ("", "")
    assert room.engine.all(FetchWeights) == []


def test_enter_takes_the_weights_that_are_here_rather_than_the_default(room: GeneratorRoom) -> None:
    room.read_generators(rows.generators(authors_here=True))
    room.chooser.select("horse2zebra")
    room.chooser.list.activated.emit(room.chooser.list.currentIndex())
    assert room.chosen() == ("horse2zebra", "AUTHORS")


def test_the_chip_leaves_only_what_is_here_and_the_count_says_so(room: GeneratorRoom) -> None:
    assert room.chooser._count.text() == "8 of 8 generators"
    room.chooser.chips["here"].click()
    assert room.chooser._count.text() == "3 of 8 generators"
    room.chooser.search.setText("zebra")
    assert room.said(room.chooser._nothing) == "No generator fits the search and the filters."
    assert room.shown() == "photo2painting"  # its card stays


def test_the_pair_that_is_missing_is_said(room: GeneratorRoom) -> None:
    assert room.said(room.chooser._notes) == ""
    room.read_generators(rows.generators()[2:])
    assert room.said(room.chooser._notes).startswith("The pair of generators that should come with tensorviz is not in")
    assert room.said(room.card._empty).startswith("Select a generator")
    room.chooser.select("horse2zebra")
    assert room.shown() == "horse2zebra"


def test_a_choice_given_up_and_what_was_odd_are_said(room: GeneratorRoom) -> None:
    room.read_generators(rows.generators(zebra_here=True))
    room.workspace.generator.set_model("zebra2horse")
    room.read_generators(rows.generators(), "A row was left out.")
    said = room.said(room.chooser._notes)
    assert "zebra2horse is not here any more" in said
    assert "A row was left out." in said


def test_before_the_catalogue_is_read_and_when_it_cannot_be(qtbot: QtBot) -> None:
    room = GeneratorRoom(qtbot)
    assert room.said(room.chooser._nothing) == "The list of generators is being read..."
    assert room.said(room.chooser._notes) == ""
    room.engine.answer(JobFailed(room.workspace.catalogue.read(), Problem("It is broken.", "Install again.")))
    assert room.said(room.chooser._nothing) == "It is broken. Install again."


def test_disk_use_and_the_files_behind_it(room: GeneratorRoom) -> None:
    room.read_generators(rows.generators(book_here=True))
    assert room.chooser._disk.text() == "91.0 MB on disk"
    files = room.chooser.files.list
    assert [files.model().index(at, 0).data() for at in range(files.topLevelItemCount())] == ["horse2zebra BOOK"]
    files.itemActivated.emit(files.topLevelItem(0), 0)
    assert room.shown() == "horse2zebra"


def test_an_offered_file_opens_the_form_which_is_not_built_before(room: GeneratorRoom) -> None:
    assert room.chooser.findChildren(OwnGeneratorForm) == []
    room.workspace.catalogue.offer_generator("/tmp/fog.pth")
    assert room.chooser._pages.currentWidget() is room.chooser._form_page
    room.workspace.catalogue.offer("/tmp/flowers.pth")  # that is for the other chooser
    assert room.chooser.form.path.text() == "/tmp/fog.pth"


def test_a_kept_generator_changes_nothing_for_those_that_classify(room: GeneratorRoom, qtbot: QtBot) -> None:
    other = ModelChooser(room.workspace)
    qtbot.addWidget(other)
    other.search.setText("alex")
    room.workspace.catalogue.generator_kept.emit("fog")
    assert other.search.text() == "alex"
    assert room.workspace.choice.choice.model == ""
    assert room.chosen() == ("fog", "")


def test_the_state_knows_whose_card_is_seen(room: GeneratorRoom, qtbot: QtBot) -> None:
    other = ModelChooser(room.workspace)
    qtbot.addWidget(other)

    def looked_at() -> tuple[str, ...]:
        return room.workspace.catalogue.looked_at

    room.chooser.show()
    qtbot.waitExposed(room.chooser)
    room.chooser.select("zebra2horse")
    assert looked_at() == ("zebra2horse", "AUTHORS")
    other.select("alexnet")  # out of sight
    assert looked_at() == ("zebra2horse", "AUTHORS")
    room.workspace.catalogue.offer_generator()
    assert looked_at() == ()


@pytest.mark.parametrize("width", [320, 296])
def test_names_of_any_length_do_not_widen_the_panel(room: GeneratorRoom, width: int) -> None:
    room.chooser.show()
    narrow = room.chooser.minimumSizeHint().width()
    name = "a name that nobody would give to a generator but that somebody will certainly give one day " * 4
    room.read_generators((*rows.generators(), rows.own(name, "fog"), rows.own("back", name)))
    for selected in (name, "back"):
        room.chooser.select(selected)
        assert room.shown() == selected
        assert room.chooser.minimumSizeHint().width() <= narrow <= width
        assert room.card.minimumSizeHint().width() <= width - 16 - 14  # margins and scroll bar


def test_a_question_is_brought_into_sight_in_a_small_window(room: GeneratorRoom, qtbot: QtBot) -> None:
    room.chooser.resize(300, 410)
    room.chooser.show()
    qtbot.waitExposed(room.chooser)
    room.chooser.select("zebra2horse")
    room.card.fetch()
    area, button = room.chooser._card_area, room.card._question.no

    def seen() -> bool:
        place = button.rect().translated(button.mapTo(area.viewport(), button.rect().topLeft()))
        return bool(area.viewport().rect().contains(place))

    qtbot.waitUntil(seen)
    assert button.hasFocus()
