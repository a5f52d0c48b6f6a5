"""Files of tensors: what was written is said, and what failed is said where nobody else says it."""

from __future__ import annotations

import pytest

from tensorviz.core.checkpoint_values import Written
from tensorviz.core.errors import Problem
from tensorviz.engine.messages import JobFailed, JobFinished
from tensorviz.engine.messages.files import (
    CompareFiles,
    CopyWritten,
    FileOpened,
    LookAtValues,
    OpenFile,
    SaveTensors,
    TensorsSaved,
    WriteCopy,
)
from tensorviz.ui.window.text_dialogs import ProblemReport
from tests.ui.files.shelf import contents, stored
from tests.ui.small_window import Scene

KNOWN = Problem("It broke.", "Mend it.")


def said(scene: Scene) -> list[tuple[str, str, str]]:
    messages = [toast.message for toast in scene.window.toasts.shown]
    return [(message.text, message.hint, message.tone) for message in messages]


def quiet(scene: Scene) -> None:
    for toast in scene.window.toasts.shown:
        toast.close()


# ------------------------------------------------------------------------------------------------------ written


def test_saved_tensors_are_told_with_what_is_not_as_it_was(scene: Scene) -> None:
    scene.workspace.files.save((), "/x/all.pt")
    job = scene.engine.job(SaveTensors)
    scene.engine.answer(TensorsSaved(job, "/x/all.pt", 3, 12_345, ("One.", "Two.", "Three.")), JobFinished(job))
    assert said(scene) == [("Saved 3 tensors, 12.3 kB: /x/all.pt", "One. Two. And 1 more remark.", "good")]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (Written("/x/m-compact.pt", 40_200, 3_960_000), "Written, 40.2 kB, 4.0 MB less than before: /x/m-compact.pt"),
        (Written("/x/m.safetensors", 1_500, -500), "Written, 1.5 kB, 500 bytes more than before: /x/m.safetensors"),
        (Written("/x/m.safetensors", 1_500, 0), "Written, 1.5 kB: /x/m.safetensors"),
    ],
)
def test_a_copy_is_told_with_what_it_spared(scene: Scene, written: Written, text: str) -> None:
    file = scene.workspace.files.open("/x/m.pt")
    file.write_copy("compact", written.path)
    job = scene.engine.job(WriteCopy)
    scene.engine.answer(CopyWritten(job, file.number, "compact", written), JobFinished(job))
    assert said(scene) == [(text, "", "good")]
    quiet(scene)
    file.write_copy("compact", written.path)
    job = scene.engine.job(WriteCopy)
    lossy = Written(written.path, 1, 1, ("Names are gone.",))
    scene.engine.answer(CopyWritten(job, file.number, "compact", lossy), JobFinished(job))
    assert said(scene)[-1][1] == "Names are gone."


# ------------------------------------------------------------------------------------------------------- failed


def test_why_a_file_could_not_be_read_is_in_its_tab_only(scene: Scene) -> None:
    file = scene.workspace.files.open("/x/m.pt")
    scene.workspace.files.look_at(None)
    scene.engine.answer(JobFailed(scene.engine.job(OpenFile), KNOWN))
    assert file.problem == KNOWN
    assert said(scene) == []


def test_what_fails_after_a_file_was_read_is_said_while_the_tab_is_out_of_sight(scene: Scene) -> None:
    files = scene.workspace.files
    file = files.open("/x/m.pt")
    job = scene.engine.job(OpenFile)
    scene.engine.answer(FileOpened(job, file.number, contents(stored("a", "A", (2,)))))
    files.look_at(None)
    scene.engine.answer(JobFailed(job, KNOWN))
    assert said(scene) == [("It broke.", "Mend it.", "danger")]


@pytest.mark.parametrize("kind", [LookAtValues, CompareFiles])
def test_values_and_a_comparison_fail_in_the_tab_else_they_are_said(scene: Scene, kind: type) -> None:
    files = scene.workspace.files
    file = files.open("/x/m.pt")
    ask = file.look_at_values if kind is LookAtValues else lambda: file.compare_with("/x/n.pt")
    ask()
    scene.engine.answer(JobFailed(scene.engine.job(kind), KNOWN))
    assert said(scene) == []
    files.look_at(None)
    ask()
    scene.engine.answer(JobFailed(scene.engine.job(kind), KNOWN))
    assert said(scene) == [("It broke.", "Mend it.", "danger")]


def test_a_copy_and_saving_that_failed_are_said_with_what_to_try_and_open_no_report(scene: Scene) -> None:
    file = scene.workspace.files.open("/x/m.pt")
    file.write_copy("compact", "/x/out.pt")
    scene.engine.answer(JobFailed(scene.engine.job(WriteCopy), KNOWN))
    assert said(scene) == [("It broke.", "Mend it.", "danger")]
    quiet(scene)
    scene.workspace.files.save((), "/x/all.pt")
    scene.engine.answer(JobFailed(scene.engine.job(SaveTensors), KNOWN))
    assert said(scene) == [("It broke.", "Mend it.", "danger")]
    assert scene.window.findChild(ProblemReport) is None


def test_only_what_nobody_foresaw_opens_a_report(scene: Scene) -> None:
    file = scene.workspace.files.open("/x/m.pt")
    file.look_at_values()
    scene.engine.answer(JobFailed(scene.engine.job(LookAtValues), Problem("Unexpected: boom.", "", "Traceback")))
    report = scene.window.findChild(ProblemReport)
    assert report is not None
    report.close()
