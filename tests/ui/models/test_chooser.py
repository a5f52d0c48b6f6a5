"""The chooser: the list, the card, fetching with its question and its failures, disk use."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.engine.messages import (
    DeleteWeights,
    DescribeNetwork,
    FetchWeights,
    ImportWeights,
    JobFailed,
    JobFinished,
    JobProgress,
    RecogniseCheckpoint,
    RemoveEntry,
)
from tensorviz.ui.models.chooser import ModelChooser
from tensorviz.ui.models.own_checkpoint import OwnCheckpointForm
from tensorviz.ui.models.stage_text import network_lines
from tensorviz.ui.widgets.wrapped_label import WrappedLabel
from tests.ui.models import rows
from tests.ui.models.room import Room, nameless


class Here(Room):
    def __init__(self, qtbot: QtBot, **settings: object) -> None:
        super().__init__(**settings)
        self.file = ""
        self.chooser = ModelChooser(self.workspace, lambda parent, title, filters: self.file)
        self.chooser.resize(320, 760)
        qtbot.addWidget(self.chooser)
        self.card = self.chooser.card

    def ask_to_fetch(self, model: str) -> None:
        self.chooser.select(model)
        self.card.fetch()

    def said(self, label: WrappedLabel) -> str:
        return label.plain if label.isVisibleTo(self.chooser) else ""


@pytest.fixture
def here(qtbot: QtBot) -> Here:
    found = Here(qtbot)
    found.read()
    return found


def test_the_model_in_use_is_selected_and_its_card_shown(here: Here) -> None:
    assert here.card.model is not None
    assert here.card.model.name == "cifar10_small"
    assert here.card._used.isVisibleTo(here.chooser)
    assert not here.card._use.isVisibleTo(here.chooser)  # "in use" is said once


def test_everything_that_takes_the_keyboard_has_a_name(here: Here) -> None:
    assert nameless(here.chooser) == []


def test_headings_are_not_reached_by_the_arrow_keys(here: Here) -> None:
    here.chooser.show()
    here.chooser.select("alexnet")
    QTest.keyClick(here.chooser.list, Qt.Key.Key_Down)
    assert here.card.model is not None
    assert here.card.model.name == "resnet101"


def test_the_list_speaks_what_it_paints(here: Here) -> None:
    index = here.chooser.model.index_of("cifar10_small")
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "cifar10_small, Comes with tensorviz, 93.1 % top-1, 2.8 MB, on this computer, in use"


def test_using_what_is_here(here: Here) -> None:
    here.read(rows.models(resnet18_here=True))
    here.chooser.select("resnet18")
    here.card._use.click()
    assert here.workspace.choice.choice.model == "resnet18"
    assert here.workspace.choice.choice.weights == "IMAGENET1K_V1"


def test_a_fetch_asks_once_with_size_and_address(here: Here) -> None:
    here.ask_to_fetch("alexnet")
    assert here.engine.all(FetchWeights) == []
    assert "244.4 MB from weights.example.org" in here.card._question.text.plain
    here.card._question.yes.click()
    assert here.engine.all(FetchWeights) == [FetchWeights("alexnet", "IMAGENET1K_V1")]


def test_no_is_no(here: Here) -> None:
    here.ask_to_fetch("alexnet")
    here.card._question.no.click()
    assert here.engine.all(FetchWeights) == []
    assert here.card._question.isHidden()


def test_the_question_does_not_outlive_its_card(here: Here) -> None:
    here.ask_to_fetch("alexnet")
    here.chooser.select("resnet18")
    assert here.card._question.isHidden()


def test_a_fetch_without_a_question_when_the_settings_say_so(qtbot: QtBot) -> None:
    here = Here(qtbot, confirm_fetch=False)
    here.read()
    here.ask_to_fetch("alexnet")
    assert here.engine.all(FetchWeights) == [FetchWeights("alexnet", "IMAGENET1K_V1")]


def test_progress_and_cancel_are_in_the_card(here: Here) -> None:
    here.ask_to_fetch("alexnet")
    here.card._question.yes.click()
    job = here.engine.job(FetchWeights)
    here.engine.answer(JobProgress(job, 61_000_000, 244_000_000, "byte", 4_000_000, 45.8))
    assert here.said(here.card._progress) == "61.0 MB of 244.0 MB, 4.0 MB/s, 45.8 s left"
    assert here.card._bar.value() == 250
    assert not here.card._fetch.isEnabled()
    here.card._cancel.click()
    assert here.said(here.card._progress) == "cancelling"
    assert here.engine.cancelled == [job]


def test_offline_shows_the_sentence_the_hint_and_the_way_by_file(here: Here) -> None:
    here.ask_to_fetch("alexnet")
    here.card._question.yes.click()
    here.engine.answer(JobFailed(here.engine.job(FetchWeights), Problem("You are offline.", "Import the file.")))
    assert here.said(here.card._problem) == "You are offline."
    assert here.said(here.card._hint) == "Import the file."
    here.file = "/tmp/alexnet.pth"
    here.card._import.click()
    assert here.engine.all(ImportWeights) == [ImportWeights("alexnet", "IMAGENET1K_V1", "/tmp/alexnet.pth")]
    assert here.said(here.card._problem) == ""


def test_giving_up_the_file_dialog_imports_nothing(here: Here) -> None:
    here.chooser.select("alexnet")
    here.card._import.click()
    assert here.engine.all(ImportWeights) == []


def test_deleting_asks_first_and_the_choice_falls_back(here: Here) -> None:
    here.read(rows.models(resnet18_here=True))
    here.chooser.select("resnet18")
    here.card.use()
    here.card._delete.click()
    assert here.engine.all(DeleteWeights) == []
    here.card._question.yes.click()
    job = here.engine.job(DeleteWeights)
    here.engine.answer(rows.read(job), JobFinished(job))
    assert here.workspace.choice.choice.model == ""
    assert "is not here any more" in here.said(here.chooser._notes)


def test_removing_an_own_entry_asks_first(here: Here) -> None:
    here.chooser.select("my flowers")
    here.card._delete.click()
    here.card._question.yes.click()
    assert here.engine.all(RemoveEntry) == [RemoveEntry("my flowers")]


def test_other_weights_of_the_same_model_are_a_choice_on_the_card(here: Here) -> None:
    here.chooser.select("resnet101")
    assert here.card.weights is not None
    assert here.card.weights.name == "IMAGENET1K_V2"
    here.card._names.setCurrentIndex(0)
    here.card._names.activated.emit(0)
    assert here.card.weights.name == "IMAGENET1K_V1"
    here.card.fetch()
    here.card._question.yes.click()
    assert here.engine.last(FetchWeights) == FetchWeights("resnet101", "IMAGENET1K_V1")


def test_the_address_is_copied(here: Here) -> None:
    here.chooser.select("alexnet")
    here.card._address.click()
    assert QGuiApplication.clipboard().text() == "https://weights.example.org/alexnet-IMAGENET1K_V1-0123abcd.pth"


def test_layers_are_asked_for_and_shown_without_blocking(here: Here) -> None:
    here.chooser.select("alexnet")
    here.card._layers.click()
    assert here.engine.last(DescribeNetwork).choice.model == "alexnet"
    assert here.chooser._window is not None
    assert here.chooser._window.isVisible()
    assert not here.chooser._window.isModal()


def test_a_search_that_hides_the_model_leaves_its_card(here: Here) -> None:
    here.chooser.select("alexnet")
    here.chooser.search.setText("nothing is called that")
    assert here.said(here.chooser._nothing) == "No model fits the search and the filters."
    assert here.card.model is not None
    assert here.card.model.name == "alexnet"
    here.chooser.search.clear()
    assert here.chooser._selected() == "alexnet"


def test_selecting_a_hidden_model_takes_the_filters_off(here: Here) -> None:
    here.chooser.chips["own"].setChecked(True)
    here.chooser.search.setText("flowers")
    here.chooser.select("alexnet")
    assert here.chooser._selected() == "alexnet"
    assert not here.chooser.chips["own"].isChecked()


def test_an_empty_catalogue_says_so(qtbot: QtBot) -> None:
    here = Here(qtbot)
    assert here.said(here.chooser._nothing) == "The list of models is being read..."
    here.read(())
    assert here.said(here.chooser._nothing).startswith("There are no models.")
    assert here.card.model is None


def test_a_catalogue_that_cannot_be_read_says_why(qtbot: QtBot) -> None:
    here = Here(qtbot)
    here.engine.answer(JobFailed(here.workspace.catalogue.read(), Problem("It is broken.", "Install again.")))
    assert here.said(here.chooser._nothing) == "It is broken. Install again."


def test_the_precision_is_chosen_here_and_follows_the_settings(here: Here) -> None:
    box = here.chooser.precision
    box.activated.emit(box.findData("bf16"))
    assert here.workspace.choice.choice.precision == "bf16"
    here.workspace.settings.set("precision", "fp16")
    assert box.currentData() == "fp16"


def test_disk_use_and_the_files_behind_it(here: Here) -> None:
    here.read(rows.models(resnet18_here=True))
    assert here.chooser._disk.text() == "244.4 MB on disk"
    files = here.chooser.files.list
    assert files.topLevelItemCount() == 1
    assert files.model().index(0, 0).data() == "resnet18 IMAGENET1K_V1"
    here.chooser.select("alexnet")
    files.itemActivated.emit(files.topLevelItem(0), 0)
    assert here.chooser._selected() == "resnet18"


def test_an_offered_checkpoint_opens_the_form_which_is_not_built_before(here: Here) -> None:
    assert here.chooser.findChildren(OwnCheckpointForm) == []
    here.workspace.catalogue.offer("/tmp/flowers.PTH")
    assert here.engine.all(RecogniseCheckpoint) == [RecogniseCheckpoint("/tmp/flowers.PTH")]
    assert here.chooser._pages.currentWidget() is here.chooser._form_page


def test_enter_in_the_search_selects_what_was_found_and_enter_again_takes_it(here: Here, qtbot: QtBot) -> None:
    here.chooser.show()
    qtbot.waitExposed(here.chooser)
    here.chooser.search.setText("squeezenet")
    assert not here.chooser.list.selectedIndexes()
    QTest.keyClick(here.chooser.search, Qt.Key.Key_Return)
    assert [index.data() for index in here.chooser.list.selectedIndexes()] == ["squeezenet1_1"]
    QTest.keyClick(here.chooser.list, Qt.Key.Key_Return)
    assert here.card._question.isVisible()


def test_a_cost_that_nobody_counted_is_not_called_zero(here: Here) -> None:
    model = rows.own("flowers")
    unknown = replace(model, weights=(replace(model.weights[0], gflops=0.0),))
    here.read((rows.bundled(), unknown))
    here.chooser.select(model.name)
    assert here.card._facts["Computing"].plain == "not known"
    assert not [line for line in network_lines(unknown, unknown.weights[0]) if "GFLOPs" in line]
    assert "1 GFLOPs" in network_lines(model, model.weights[0])


def test_the_state_knows_whose_card_is_seen(here: Here, qtbot: QtBot) -> None:
    def looked_at() -> tuple[str, ...]:
        return here.workspace.catalogue.looked_at

    assert looked_at() == ()  # nothing is shown yet
    here.chooser.show()
    qtbot.waitExposed(here.chooser)
    here.chooser.select("alexnet")
    assert looked_at() == ("alexnet", "IMAGENET1K_V1")
    here.workspace.catalogue.offer()  # the form covers the card
    assert looked_at() == ()


def test_long_names_do_not_widen_the_panel(here: Here) -> None:
    here.chooser.show()
    narrow = here.chooser.minimumSizeHint().width()
    name = "a name that nobody would give to a model but that somebody will certainly give one day " * 4
    long = replace(rows.own(name), family="Own checkpoints")
    here.read((rows.bundled(), long))
    here.chooser.select(name)
    assert here.card.model == long
    assert here.chooser.minimumSizeHint().width() <= narrow
    assert here.card.minimumSizeHint().width() <= 320
