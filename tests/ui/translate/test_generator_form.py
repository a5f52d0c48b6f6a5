"""The form of own generators: recognised, named, with a way back, kept; what is wrong is said in place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.core.generators import OwnGenerator
from tensorviz.engine.messages import JobFailed, JobFinished
from tensorviz.engine.messages.translate import GeneratorRecognised, KeepGenerator, RecogniseGenerator
from tests.ui.models.room import nameless
from tests.ui.translate import generator_rows as rows
from tests.ui.translate.generator_rows import GeneratorRoom

PATH = "/home/me/sunsets.pth"
COUNT = 11_378_179


class Here(GeneratorRoom):
    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot)
        self.read_generators()
        self.form = self.chooser.form

    def recognise(self, path: str = PATH) -> None:
        self.workspace.catalogue.offer_generator(path)
        job = self.engine.job(RecogniseGenerator)
        found = GeneratorRecognised(job, path, 64, 9, "instance", False, COUNT, ("running statistics were dropped",))
        self.engine.answer(found, JobFinished(job))

    def name(self, text: str) -> None:
        self.form.name.setText(text)
        self.form.name.textEdited.emit(text)

    def back(self, text: str) -> None:
        self.form.way_back.setCurrentText(text)


@pytest.fixture
def here(qtbot: QtBot) -> Here:
    return Here(qtbot)


def test_a_file_is_looked_at_and_said_in_words(here: Here) -> None:
    here.workspace.catalogue.offer_generator(PATH)
    assert here.form._said.plain == "The file is being looked at, nothing in it is run..."
    assert not here.form.keep.isEnabled()
    here.recognise()
    assert here.form._said.plain == (
        "A generator: 64 channels wide, 9 residual blocks, instance norms, without dropout, 11,378,179 parameters."
        " Running statistics were dropped."
    )
    assert here.form.entry() == OwnGenerator("sunsets", PATH, "", 64, 9, COUNT)
    assert here.form.keep.isEnabled()


def test_a_kept_generator_closes_the_form_and_is_used(here: Here) -> None:
    here.recognise()
    here.back("fog")
    here.form.keep.click()
    job = here.engine.job(KeepGenerator)
    assert here.engine.all(KeepGenerator) == [KeepGenerator(OwnGenerator("sunsets", PATH, "fog", 64, 9, COUNT))]
    found = (*rows.generators(), rows.own("sunsets", "fog"))
    here.engine.answer(rows.read(job, found), JobFinished(job))
    assert here.chooser._pages.currentIndex() == 0
    assert here.chosen() == ("sunsets", "")
    assert here.card._back.plain == "The way back: fog"


def test_any_generator_but_itself_may_be_the_way_back(here: Here) -> None:
    here.recognise()
    here.back("fog")
    here.name("fog")
    offered = [here.form.way_back.itemText(place) for place in range(here.form.way_back.count())]
    assert offered == ["none", *(row.name for row in rows.generators() if row.name != "fog")]
    assert here.form.way_back.currentText() == "none"


def test_the_way_back_that_was_chosen_stays_when_the_list_is_read_again(here: Here) -> None:
    here.recognise()
    here.back("zebra2horse")
    here.read_generators((*rows.generators(), rows.own("a new one")))
    assert here.form.way_back.currentData() == "zebra2horse"


def test_a_file_that_is_no_generator_says_why_in_place(here: Here) -> None:
    here.workspace.catalogue.offer_generator("/tmp/unet.pth")
    job = here.engine.job(RecogniseGenerator)
    here.engine.answer(JobFailed(job, Problem("This is a U-Net.", "Only ResNet generators are drawn with.")))
    assert here.form._problem.plain == "This is a U-Net. Only ResNet generators are drawn with."
    assert here.form.entry() is None


def test_the_answer_for_a_file_chosen_before_is_dropped(here: Here) -> None:
    here.workspace.catalogue.offer_generator("/tmp/old.pth")
    old = here.engine.job(RecogniseGenerator)
    here.workspace.catalogue.offer_generator(PATH)
    found = GeneratorRecognised(old, "/tmp/old.pth", 32, 6, "batch", True, 5)
    here.engine.answer(found, JobFinished(old))
    assert here.form.entry() is None
    assert here.form.name.text() == "sunsets"


def test_a_path_that_is_changed_is_not_what_was_recognised(here: Here) -> None:
    here.recognise()
    here.form.path.setText("/tmp/other.pth")
    here.form.path.textEdited.emit("/tmp/other.pth")
    assert here.form.entry() is None
    assert here.form._said.plain == ""
    here.form.path.editingFinished.emit()
    assert here.engine.last(RecogniseGenerator).path == "/tmp/other.pth"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Horse2Zebra", "horse2zebra is the name of another model."),
        ("alexnet", "alexnet is the name of another model."),  # of the other task
        ("FOG", "fog is the name of another model."),
        ("my.PTH", "A name that ends in .pth would be taken for a file."),
        ("a:b", "A name has none of : / \\ in it."),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused_in_place(here: Here, name: str, said: str) -> None:
    here.recognise()
    here.name(name)
    assert here.form._name_problem.plain.startswith(said)
    assert not here.form.keep.isEnabled()


def test_a_suggested_name_is_free(here: Here) -> None:
    here.recognise("/tmp/alexnet.pth")
    assert here.form.name.text() == "my alexnet"
    here.recognise("/tmp/a:b.pt")
    assert here.form.name.text() == "a b"


def test_an_own_name_is_replaced_only_after_a_question(here: Here) -> None:
    here.recognise()
    here.name("fog")
    here.form.keep.click()
    assert here.engine.all(KeepGenerator) == []
    assert here.form.question.text.plain == "fog is kept already. Replace it?"
    here.form.question.yes.click()
    assert here.engine.last(KeepGenerator).entry.name == "fog"


def test_one_that_cannot_be_kept_leaves_the_form_open_with_the_reason(here: Here) -> None:
    here.recognise()
    here.form.keep.click()
    here.engine.answer(JobFailed(here.engine.job(KeepGenerator), Problem("The folder is read-only.")))
    assert here.form._problem.plain == "The folder is read-only."
    assert here.chooser._pages.currentIndex() == 1


def test_escape_gives_the_form_up_and_the_next_is_empty(here: Here) -> None:
    here.chooser.show()
    here.recognise()
    QTest.keyClick(here.form.name, Qt.Key.Key_Escape)
    assert here.chooser._pages.currentIndex() == 0
    here.workspace.catalogue.offer_generator()
    assert (here.form.path.text(), here.form.name.text(), here.form._said.plain) == ("", "", "")


def test_the_dialog_fills_the_form_and_giving_it_up_does_nothing(here: Here) -> None:
    here.workspace.catalogue.offer_generator()
    here.form._choose_path()
    assert here.engine.all(RecogniseGenerator) == []
    here.file = PATH
    here.form._choose_path()
    assert here.engine.last(RecogniseGenerator).path == PATH


def test_everything_that_takes_the_keyboard_has_a_name(here: Here) -> None:
    here.recognise()
    assert nameless(here.form) == []
