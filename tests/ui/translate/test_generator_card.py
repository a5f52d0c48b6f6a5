"""The card of a generator: its facts, its way back, fetching with consent, failures, deleting."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.engine.messages import (
    DeleteWeights,
    FetchWeights,
    ImportWeights,
    JobFailed,
    JobFinished,
    JobProgress,
    RemoveEntry,
)
from tests.ui.translate import generator_rows as rows
from tests.ui.translate.generator_rows import GeneratorRoom


@pytest.fixture
def room(qtbot: QtBot) -> GeneratorRoom:
    found = GeneratorRoom(qtbot)
    found.read_generators()
    return found


def facts(room: GeneratorRoom, generator: str) -> dict[str, str]:
    room.chooser.select(generator)
    return {label: field.plain for label, field in room.card._facts.items()}


# ---------------------------------------------------------------------------------------------------- facts


def test_what_is_said_of_the_pair_that_comes_along(room: GeneratorRoom) -> None:
    assert facts(room, "photo2painting") == {
        "Trained on": "pictures of photo2painting",
        "Network": "16 channels wide, 6 residual blocks",
        "Parameters": "11.4 M",
        "Computing": "49.5 GFLOPs for 256 \N{MULTIPLICATION SIGN} 256 pixels",
        "File": "2.0 MB",
        "From": "comes with tensorviz",
        "Fingerprint": "SHA-256 7b4fe82001cc..., comes with it; the file is checked by it",
        "Licence": "not stated",
        "Where": "/somewhere/photo2painting.safetensors",
    }
    assert room.said(room.card._summary) == "Draws photographs as oil paintings"


def test_what_is_said_of_where_a_published_file_comes_from_and_by_what_it_is_checked(room: GeneratorRoom) -> None:
    book = facts(room, "horse2zebra")
    assert book["From"] == "book.example.org, over https"
    assert book["Fingerprint"] == "git blob id ce10268a67fb..., published; the file is checked by it"
    assert rows.BLOB in room.card._facts["Fingerprint"].toolTip()
    assert book["Where"] == "not on this computer"
    authors = facts(room, "zebra2horse")
    assert authors["From"] == "authors.example.edu, over plain http"
    assert authors["Fingerprint"] == (
        "none is published, and it comes over plain http: nobody can tell whether the file is the authors'"
    )
    assert authors["File"] == "about 45.5 MB"  # four bytes for each parameter; the file has a head
    assert facts(room, "fog")["Fingerprint"] == "none: a file of your own is taken as it is"


def test_an_unchecked_file_that_is_here_is_known_by_the_first(room: GeneratorRoom) -> None:
    room.read_generators(rows.generators(zebra_here=True))
    text = facts(room, "zebra2horse")["Fingerprint"]
    assert text == "none is published; the file is checked against the one that came first"


def test_which_weights_is_a_choice_and_said_in_words(room: GeneratorRoom) -> None:
    room.chooser.select("horse2zebra")
    names = room.card._names
    said = [names.itemText(place) for place in range(names.count())]
    assert said == ["BOOK, the book's file, default", "AUTHORS, the authors' file"]
    names.setCurrentIndex(1)
    names.activated.emit(1)
    assert room.card.weights is not None
    assert room.card.weights.name == "AUTHORS"
    room.card.fetch()
    assert "without a fingerprint" in room.said(room.card._question.text)


def test_an_own_file_named_like_published_weights_is_not_called_that(room: GeneratorRoom) -> None:
    strange = rows.own("strange")
    row = replace(strange, weights=(replace(strange.weights[0], name="BOOK"),))
    room.read_generators((*rows.generators(), row))
    room.chooser.select("strange")
    assert room.card._names.currentText() == "BOOK"


# ------------------------------------------------------------------------------------------------- way back


def test_the_way_back_is_selected_and_not_used(room: GeneratorRoom) -> None:
    assert room.card._back.plain == "The way back: painting2photo"
    room.card._back.click()
    assert room.shown() == "painting2photo"
    assert room.chooser._selected() == "painting2photo"
    assert room.chosen() == ("", "")
    assert room.card._back.plain == "The way back: photo2painting"


def test_swapping_the_direction_uses_the_other_at_once(room: GeneratorRoom) -> None:
    room.card._swap.click()
    assert room.chosen() == ("painting2photo", "V1")
    assert room.shown() == room.chooser._selected() == "painting2photo"
    room.card._swap.click()
    assert room.chosen() == ("photo2painting", "V1")


def test_the_keyboard_stays_on_the_button_that_swaps(room: GeneratorRoom) -> None:
    room.chooser.show()
    room.chooser.activateWindow()
    room.card._swap.setFocus()
    room.card._swap.click()
    assert room.chooser.focusWidget() is room.card._swap


def test_swapping_leaves_a_search_that_hides_the_other(room: GeneratorRoom) -> None:
    room.chooser.search.setText("oil")
    room.card._swap.click()
    assert room.chosen() == ("painting2photo", "V1")
    assert room.shown() == "painting2photo"
    assert room.chooser.search.text() == "oil"


def test_only_the_card_in_use_swaps(room: GeneratorRoom) -> None:
    assert room.card._swap.isVisibleTo(room.chooser)
    room.chooser.select("zebra2horse")
    assert not room.card._swap.isVisibleTo(room.chooser)


def test_swapping_to_one_that_is_not_here_asks_to_fetch_it(room: GeneratorRoom) -> None:
    room.read_generators(rows.generators(book_here=True))
    room.workspace.generator.set_model("horse2zebra", "BOOK")
    assert room.card._swap.text().endswith("...")
    room.card._swap.click()
    assert room.shown() == "zebra2horse"
    assert room.said(room.card._question.text).startswith("zebra2horse AUTHORS is published over plain http")
    assert room.chosen() == ("horse2zebra", "BOOK")


def test_swapping_takes_other_weights_than_the_default_where_only_they_are_here(room: GeneratorRoom) -> None:
    room.read_generators(rows.generators(authors_here=True, zebra_here=True))
    room.workspace.generator.set_model("zebra2horse", "AUTHORS")
    room.card._swap.click()
    assert room.chosen() == ("horse2zebra", "AUTHORS")


def test_one_without_a_way_back_says_so(room: GeneratorRoom) -> None:
    room.chooser.select("style_cezanne")
    assert room.said(room.card._alone) == "No generator of the other direction is known."
    assert not room.card._back.isVisibleTo(room.chooser)


# ------------------------------------------------------------------------------------------------- fetching


def test_what_nobody_can_check_is_fetched_only_after_consent(room: GeneratorRoom) -> None:
    room.chooser.select("zebra2horse")
    room.card._fetch.click()
    assert room.engine.all(FetchWeights) == []
    assert room.card._question.text.plain == (
        "zebra2horse AUTHORS is published over plain http, which anybody on the way can change, and without a"
        " fingerprint: nothing tells whether the file that comes is the one its authors made. Nothing in it is ever"
        " run. Fetch about 45.5 MB from authors.example.edu all the same?"
    )
    room.card._question.no.click()
    assert room.engine.all(FetchWeights) == []
    room.card._fetch.click()
    room.card._question.yes.click()
    assert room.engine.all(FetchWeights) == [FetchWeights("zebra2horse", "AUTHORS", trusted=True)]


def test_consent_is_asked_for_whatever_the_settings_say_and_enter_is_no(qtbot: QtBot) -> None:
    room = GeneratorRoom(qtbot, confirm_fetch=False)
    room.read_generators()
    room.chooser.show()
    qtbot.waitExposed(room.chooser)
    room.chooser.select("zebra2horse")
    room.card.fetch()
    assert room.chooser.focusWidget() is room.card._question.no
    QTest.keyClick(room.card._question.no, Qt.Key.Key_Return)
    assert room.engine.all(FetchWeights) == []


def test_a_file_over_https_without_a_fingerprint_is_not_said_to_come_over_plain_http(room: GeneratorRoom) -> None:
    row = rows.published("new", "Draws", rows.weights("new", url="https://new.example.org/new.pth"))
    room.read_generators((*rows.generators(), row))
    room.chooser.select("new")
    room.card.fetch()
    assert "plain http" not in room.card._question.text.plain
    assert "without a fingerprint" in room.card._question.text.plain


def test_what_can_be_checked_is_asked_about_once_and_not_taken_on_trust(room: GeneratorRoom) -> None:
    room.chooser.select("horse2zebra")
    room.card._fetch.click()
    assert room.card._question.text.plain == (
        "Fetch about 45.5 MB from book.example.org? The file is horse2zebra_0.4.0.pth."
    )
    room.card._question.yes.click()
    assert room.engine.all(FetchWeights) == [FetchWeights("horse2zebra", "BOOK", trusted=False)]


def test_a_fetch_without_a_question_when_the_settings_say_so(qtbot: QtBot) -> None:
    room = GeneratorRoom(qtbot, confirm_fetch=False)
    room.read_generators()
    room.chooser.select("horse2zebra")
    room.card.fetch()
    assert room.engine.all(FetchWeights) == [FetchWeights("horse2zebra", "BOOK")]


def test_the_question_does_not_outlive_its_card(room: GeneratorRoom) -> None:
    room.chooser.select("zebra2horse")
    room.card.fetch()
    room.card._back.click()
    assert room.card._question.isHidden()


def test_progress_cancel_failure_and_the_next_try(room: GeneratorRoom) -> None:
    room.chooser.select("horse2zebra")
    room.card.fetch()
    room.card._question.yes.click()
    job = room.engine.job(FetchWeights)
    room.engine.answer(JobProgress(job, 11_400_000, 45_600_000, "byte", 2_000_000, 17.1))
    assert room.said(room.card._progress) == "11.4 MB of 45.6 MB, 2.0 MB/s, 17.1 s left"
    assert room.card._bar.value() == 250
    assert not room.card._fetch.isEnabled()
    room.card._cancel.click()
    assert room.engine.cancelled == [job]
    assert room.said(room.card._progress) == "cancelling"
    room.engine.answer(JobFailed(job, Problem("You are offline.", "Import the file.")))
    assert (room.said(room.card._problem), room.said(room.card._hint)) == ("You are offline.", "Import the file.")
    room.file = "/tmp/horse.pth"
    room.card._import.click()
    assert room.engine.all(ImportWeights) == [ImportWeights("horse2zebra", "BOOK", "/tmp/horse.pth")]
    assert room.said(room.card._problem) == ""


def test_what_was_fetched_can_be_used_and_deleted(room: GeneratorRoom) -> None:
    room.read_generators(rows.generators(zebra_here=True))
    room.chooser.select("zebra2horse")
    assert not room.card._fetch.isVisibleTo(room.chooser)
    room.card._use.click()
    assert room.chosen() == ("zebra2horse", "AUTHORS")
    room.card._delete.click()
    assert room.engine.all(DeleteWeights) == []
    room.card._question.yes.click()
    job = room.engine.job(DeleteWeights)
    room.engine.answer(rows.read(job), JobFinished(job))
    assert room.chosen() == ("", "")
    assert "not here any more" in room.said(room.chooser._notes)


# ----------------------------------------------------------------------------------------------------- own


def test_an_own_generator_is_used_by_its_name_and_removed_after_a_question(room: GeneratorRoom) -> None:
    room.chooser.select("fog")
    room.card._use.click()
    assert room.chosen() == ("fog", "")  # a file's name would be read as a path
    room.card._delete.click()
    assert room.card._question.text.plain == "Remove fog from the list? Its file stays where it is."
    room.card._question.yes.click()
    assert room.engine.all(RemoveEntry) == [RemoveEntry("fog")]


def test_an_own_file_that_is_gone_says_what_to_do(room: GeneratorRoom) -> None:
    room.read_generators((*rows.generators()[:-1], rows.own("fog", here=False)))
    room.chooser.select("fog")
    assert room.said(room.card._gone) == (
        "fog.pth is not where it was. Put it back, or remove fog and add the file anew."
    )
    assert facts(room, "fog")["File"] == "size not known"
    room.chooser.list.activated.emit(room.chooser.list.currentIndex())
    assert room.chosen() == ("", "")
    assert room.engine.all(FetchWeights) == []
    assert room.card._delete.isVisibleTo(room.chooser)
    assert not room.card._use.isVisibleTo(room.chooser)
