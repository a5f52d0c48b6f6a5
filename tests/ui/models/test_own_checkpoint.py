"""The form of own checkpoints: recognised, named, kept; what is wrong is said in place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tensorviz.core.catalogue import OwnEntry
from tensorviz.core.errors import Problem
from tensorviz.core.recipe import Recipe
from tensorviz.engine.messages import CheckpointRecognised, JobFailed, JobFinished, KeepEntry, RecogniseCheckpoint
from tensorviz.ui.models.chooser import ModelChooser
from tests.ui.models import rows
from tests.ui.models.room import Room, nameless

PATH = "/home/me/flowers.pth"


class Here(Room):
    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self.file = ""
        self.chooser = ModelChooser(self.workspace, lambda parent, title, filters: self.file)
        qtbot.addWidget(self.chooser)
        self.form = self.chooser.form

    def recognise(self, path: str = PATH, architecture: str = "resnet18") -> None:
        self.workspace.catalogue.offer(path)
        job = self.engine.job(RecogniseCheckpoint)
        self.engine.answer(CheckpointRecognised(job, path, architecture, 102, ("It was wrapped.",)), JobFinished(job))

    def name(self, text: str) -> None:
        self.form.name.setText(text)
        self.form.name.textEdited.emit(text)


@pytest.fixture
def here(qtbot: QtBot) -> Here:
    found = Here(qtbot)
    found.read()
    return found


def test_a_recognised_file_fills_the_form(here: Here) -> None:
    here.recognise()
    assert here.form.entry() == OwnEntry("flowers", "resnet18", PATH)
    assert here.form._said.plain == "This is a resnet18 with 102 classes. It was wrapped."
    assert here.form.keep.isEnabled()


def test_a_kept_entry_closes_the_form_and_is_used(here: Here) -> None:
    here.recognise()
    here.form.keep.click()
    job = here.engine.job(KeepEntry)
    assert here.engine.all(KeepEntry) == [KeepEntry(OwnEntry("flowers", "resnet18", PATH))]
    here.engine.answer(rows.read(job, (*rows.models(), rows.own("flowers"))), JobFinished(job))
    assert here.chooser._pages.currentIndex() == 0
    choice = here.workspace.choice.choice
    assert (choice.model, choice.weights) == ("flowers", "")  # a file's name would be read as a path


def test_labels_and_a_recipe_of_its_own_are_kept_with_it(here: Here) -> None:
    here.recognise()
    here.file = "/home/me/flowers.txt"
    here.form._choose_labels()
    here.form.other_recipe.setChecked(True)
    field = here.form.recipe.texts["resize"][0]
    field.setText("300")
    field.textEdited.emit("300")
    assert here.form.entry() == OwnEntry("flowers", "resnet18", PATH, "/home/me/flowers.txt", Recipe(300, 224))
    field.setText("none")
    field.textEdited.emit("none")
    here.form._redraw()
    assert here.form.entry() is None
    assert not here.form.keep.isEnabled()


def test_a_file_that_is_no_checkpoint_says_why_in_place(here: Here) -> None:
    here.workspace.catalogue.offer("/tmp/notes.pth")
    job = here.engine.job(RecogniseCheckpoint)
    here.engine.answer(JobFailed(job, Problem("/tmp/notes.pth is a text file.", "Choose a checkpoint.")))
    assert here.form._problem.plain == "/tmp/notes.pth is a text file. Choose a checkpoint."
    assert not here.form._problem.isHidden()
    assert here.form.entry() is None


def test_the_answer_for_a_file_chosen_before_is_dropped(here: Here) -> None:
    here.workspace.catalogue.offer("/tmp/old.pth")
    old = here.engine.job(RecogniseCheckpoint)
    here.workspace.catalogue.offer(PATH)
    here.engine.answer(CheckpointRecognised(old, "/tmp/old.pth", "alexnet", 5), JobFinished(old))
    assert here.form.architecture.currentText() == ""
    assert here.form.name.text() == "flowers"


def test_the_name_of_a_published_model_is_refused_in_place_in_any_case(here: Here) -> None:
    here.recognise()
    here.name("AlexNet")
    assert here.form._name_problem.plain.startswith("alexnet is the name of a model of the catalogue.")
    assert not here.form.keep.isEnabled()


def test_a_suggested_name_is_free(here: Here) -> None:
    here.recognise("/tmp/alexnet.pth")
    assert here.form.name.text() == "my alexnet"
    here.recognise("/tmp/my flowers.pt")
    assert here.form.name.text() == "my my flowers"


def test_a_name_that_is_kept_already_is_replaced_only_after_a_question(here: Here) -> None:
    here.recognise()
    here.name("my flowers")
    here.form.keep.click()
    assert here.engine.all(KeepEntry) == []
    assert "kept already" in here.form.question.text.plain
    here.form.question.yes.click()
    assert here.engine.last(KeepEntry).entry.name == "my flowers"


def test_an_entry_that_cannot_be_kept_leaves_the_form_open_with_the_reason(here: Here) -> None:
    here.recognise()
    here.form.keep.click()
    here.engine.answer(JobFailed(here.engine.job(KeepEntry), Problem("The folder is read-only.")))
    assert here.form._problem.plain == "The folder is read-only."
    assert here.chooser._pages.currentIndex() == 1


def test_escape_gives_the_form_up(here: Here) -> None:
    here.chooser.show()
    here.recognise()
    QTest.keyClick(here.form.name, Qt.Key.Key_Escape)
    assert here.chooser._pages.currentIndex() == 0
    assert here.engine.all(KeepEntry) == []


def test_everything_that_takes_the_keyboard_has_a_name(here: Here) -> None:
    here.recognise()
    assert nameless(here.form) == []
