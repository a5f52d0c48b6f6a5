"""The catalogue's state: what it asks, what it believes, and what it tells of work under way and failed."""

from __future__ import annotations

import pytest

from tensorviz.core.catalogue import OwnEntry
from tensorviz.core.errors import Problem
from tensorviz.engine.messages import (
    CheckpointRecognised,
    FetchWeights,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    KeepEntry,
    ReadCatalogue,
    RecogniseCheckpoint,
)
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.catalogue import CatalogueState
from tensorviz.ui.state.jobs import JobsState
from tests.ui.fake_engine import FakeEngine
from tests.ui.models import rows

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def bridge() -> Bridge:
    return Bridge()


@pytest.fixture
def engine(bridge: Bridge) -> FakeEngine:
    return FakeEngine(bridge)


@pytest.fixture
def state(bridge: Bridge, engine: FakeEngine) -> CatalogueState:
    assert engine.sent == []
    return CatalogueState(bridge, JobsState(bridge))


def test_what_was_read_is_known(state: CatalogueState, engine: FakeEngine) -> None:
    job = state.read()
    assert not state.was_read
    engine.answer(rows.read(job, disk_bytes=7), JobFinished(job))
    assert (len(state.models), state.disk_bytes, state.folder) == (6, 7, "/cache/torch/hub/checkpoints")
    assert state.work() is None
    assert state.problem is None


def test_names_resolve_as_the_command_line_resolves_them(state: CatalogueState, engine: FakeEngine) -> None:
    engine.answer(rows.read(state.read()))
    bundled, default = state.weights("", ""), state.weights("resnet101", "DEFAULT")
    assert bundled is not None
    assert bundled.name == "CIFAR10_V1"
    assert default is not None
    assert default.name == "IMAGENET1K_V2"
    assert state.weights("resnet101", "IMAGENET1K_V9") is None
    assert state.model("no such model") is None


def test_an_empty_catalogue_answers_none(state: CatalogueState, engine: FakeEngine) -> None:
    engine.answer(rows.read(state.read(), ()))
    assert state.was_read
    assert state.model("") is None
    assert state.weights("", "") is None
    assert state.files() == ()
    assert state.architectures() == ()


def test_a_catalogue_nobody_asked_for_is_not_believed(state: CatalogueState, engine: FakeEngine) -> None:
    engine.answer(rows.read(99))
    assert not state.was_read


def test_a_fetch_under_way_is_not_started_twice(state: CatalogueState, engine: FakeEngine) -> None:
    job = state.fetch("resnet18", "IMAGENET1K_V1")
    assert state.fetch("resnet18", "IMAGENET1K_V1") == job
    assert engine.all(FetchWeights) == [FetchWeights("resnet18", "IMAGENET1K_V1")]


def test_a_fetch_tells_its_progress_and_then_nothing(state: CatalogueState, engine: FakeEngine) -> None:
    job = state.fetch("resnet18", "IMAGENET1K_V1")
    engine.answer(JobProgress(job, 10, 40, "byte"))
    work = state.work("resnet18", "IMAGENET1K_V1")
    assert work is not None
    assert work.progress == JobProgress(job, 10, 40, "byte")
    engine.answer(rows.read(job, rows.models(resnet18_here=True)), JobFinished(job))
    assert state.work("resnet18", "IMAGENET1K_V1") is None
    assert [row.model for row in state.files()] == ["resnet18"]


def test_a_fetch_that_fails_offline_keeps_its_sentence_until_the_next_try(
    state: CatalogueState, engine: FakeEngine
) -> None:
    problem = Problem("This computer is offline.", "Import the file instead.")
    engine.answer(JobFailed(state.fetch("resnet18", "IMAGENET1K_V1"), problem))
    work = state.work("resnet18", "IMAGENET1K_V1")
    assert work is not None
    assert (work.state, work.problem) == ("failed", problem)
    state.fetch("resnet18", "IMAGENET1K_V1")
    again = state.work("resnet18", "IMAGENET1K_V1")
    assert again is not None
    assert (again.state, again.problem) == ("running", None)


def test_cancelling_is_said_at_once_and_late_progress_does_not_unsay_it(
    state: CatalogueState, engine: FakeEngine
) -> None:
    job = state.fetch("resnet18", "IMAGENET1K_V1")
    state.cancel("resnet18", "IMAGENET1K_V1")
    engine.answer(JobProgress(job, 1, 2, "byte"))
    work = state.work("resnet18", "IMAGENET1K_V1")
    assert work is not None
    assert work.state == "cancelling"
    assert engine.cancelled == [job]
    engine.answer(JobCancelled(job))
    state.dismiss("resnet18", "IMAGENET1K_V1")
    assert state.work("resnet18", "IMAGENET1K_V1") is None


def test_recognition_and_keeping_tell_who_waits(state: CatalogueState, engine: FakeEngine) -> None:
    found: list[object] = []
    kept: list[str] = []
    state.recognised.connect(found.append)
    state.entry_kept.connect(kept.append)
    job = state.recognise("/tmp/a.pth")
    answer = CheckpointRecognised(job, "/tmp/a.pth", "resnet18", 10)
    engine.answer(answer, JobFinished(job))
    entry = OwnEntry("mine", "resnet18", "/tmp/a.pth")
    keeping = state.keep_entry(entry)
    engine.answer(rows.read(keeping, (rows.own("mine"),)), JobFinished(keeping))
    assert found == [answer]
    assert kept == ["mine"]
    assert engine.all(RecogniseCheckpoint) == [RecogniseCheckpoint("/tmp/a.pth")]
    assert engine.all(KeepEntry) == [KeepEntry(entry)]


def test_an_entry_that_cannot_be_kept_is_not_announced_as_kept(state: CatalogueState, engine: FakeEngine) -> None:
    kept: list[str] = []
    state.entry_kept.connect(kept.append)
    job = state.keep_entry(OwnEntry("alexnet", "resnet18", "/tmp/a.pth"))
    engine.answer(JobFailed(job, Problem("That is the name of a model of the catalogue.")))
    assert kept == []
    work = state.work("alexnet")
    assert work is not None
    assert work.problem == Problem("That is the name of a model of the catalogue.")


def test_a_catalogue_that_cannot_be_read_says_why(state: CatalogueState, engine: FakeEngine) -> None:
    engine.answer(JobFailed(state.read(), Problem("Broken.", "Install again.")))
    assert state.problem == Problem("Broken.", "Install again.")
    assert engine.all(ReadCatalogue) == [ReadCatalogue()]
