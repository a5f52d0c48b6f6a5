"""The catalogue's state about generators: consent goes out with a fetch, own ones are recognised and kept."""

from __future__ import annotations

import pytest

from tensorviz.core.errors import Problem
from tensorviz.core.generators import OwnGenerator
from tensorviz.engine.messages import FetchWeights, JobFailed, JobFinished
from tensorviz.engine.messages.translate import GeneratorRecognised, KeepGenerator, RecogniseGenerator
from tests.ui.models.room import Room
from tests.ui.translate import generator_rows as rows


@pytest.fixture
def room() -> Room:
    return Room()


def test_consent_goes_out_with_a_fetch_and_is_not_assumed(room: Room) -> None:
    room.workspace.catalogue.fetch("zebra2horse", "AUTHORS")
    assert room.engine.last(FetchWeights).trusted is False
    other = Room()
    other.workspace.catalogue.fetch("zebra2horse", "AUTHORS", trusted=True)
    assert other.engine.last(FetchWeights).trusted is True


def test_a_kept_generator_is_announced_as_one(room: Room) -> None:
    catalogue = room.workspace.catalogue
    kept: list[str] = []
    others: list[str] = []
    catalogue.generator_kept.connect(kept.append)
    catalogue.entry_kept.connect(others.append)
    job = catalogue.keep_generator(OwnGenerator("fog", "/x/fog.pth"))
    assert room.engine.all(KeepGenerator) == [KeepGenerator(OwnGenerator("fog", "/x/fog.pth"))]
    room.engine.answer(rows.read(job), JobFinished(job))
    assert (kept, others) == (["fog"], [])
    assert catalogue.generator("fog") is not None


def test_one_that_cannot_be_kept_is_remembered_under_its_name(room: Room) -> None:
    catalogue = room.workspace.catalogue
    job = catalogue.keep_generator(OwnGenerator("fog", "/x/fog.pth"))
    room.engine.answer(JobFailed(job, Problem("The folder is read-only.")))
    work = catalogue.work("fog")
    assert work is not None
    assert work.problem == Problem("The folder is read-only.")


def test_recognising_as_a_generator_does_not_mix_with_recognising_as_a_classifier(room: Room) -> None:
    catalogue = room.workspace.catalogue
    found: list[object] = []
    catalogue.generator_recognised.connect(found.append)
    catalogue.recognise("/x/a.pth")
    job = catalogue.recognise_generator("/x/a.pth")
    assert room.engine.last(RecogniseGenerator).path == "/x/a.pth"
    event = GeneratorRecognised(job, "/x/a.pth", 64, 9, "instance", False, 11_378_179)
    room.engine.answer(event, JobFinished(job))
    assert found == [event]
    assert catalogue.work("/x/a.pth", "generator") is None
    assert catalogue.work("/x/a.pth") is not None  # the other goes on


def test_files_are_told_apart_by_task_largest_first(room: Room) -> None:
    job = room.workspace.catalogue.read()
    room.engine.answer(rows.read(job, rows.generators(book_here=True, zebra_here=True)), JobFinished(job))
    files = room.workspace.catalogue.generator_files()
    assert [(one.model, one.name) for one in files] == [("horse2zebra", "BOOK"), ("zebra2horse", "AUTHORS")]
    assert room.workspace.catalogue.files() == ()
