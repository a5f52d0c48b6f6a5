"""The jobs as they are shown: indicator, list, sentences."""

from __future__ import annotations

import pytest

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.errors import Problem
from tensorviz.engine.messages import Classify, JobCancelled, JobFailed, JobFinished, JobProgress, JobStarted
from tensorviz.ui.state.jobs import JobItem
from tensorviz.ui.window.jobs_list import JobRow, progress_text
from tests.ui.small_window import Scene

BATCH = Classify(tuple(f"{number}.png" for number in range(1200)), ModelChoice())


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (JobItem(1, "t"), "waiting"),
        (JobItem(1, "t", "running"), "running"),
        (JobItem(1, "t", "running", stage="loading resnet101"), "loading resnet101"),
        (
            JobItem(1, "t", "running", 124, 1200, "picture", 54.23, 19.84),
            "124 of 1,200 pictures, 54 pictures/s, 19.8 s left",
        ),
        (JobItem(1, "t", "running", 1, 2, "picture", 0.51, 2), "1 of 2 pictures, 0.5 pictures/s, 2.0 s left"),
        (
            JobItem(1, "t", "running", 51_000_000, 178_000_000, "byte", 9.1e6, 14),
            "51.0 MB of 178.0 MB, 9.1 MB/s, 14.0 s left",
        ),
        (JobItem(1, "t", "running", 51_000_000, None, "byte"), "51.0 MB"),
        (JobItem(1, "t", "cancelling"), "cancelling"),
        (JobItem(1, "t", "cancelling", 3, 7, "picture"), "cancelling, 3 of 7 pictures"),
        (JobItem(1, "t", "cancelled"), "cancelled"),
        (JobItem(1, "t", "cancelled", 3, 7, "picture"), "cancelled after 3 of 7 pictures"),
        (JobItem(1, "t", "done", 7, 7, "picture"), "done"),
        (JobItem(1, "t", "done", 7, 7, "picture", failed=2), "done, 2 without an answer"),
        (JobItem(1, "t", "failed", problem=Problem("It broke.", "Mend it.")), "It broke. Mend it."),
    ],
)
def test_how_far_a_job_is_in_words(item: JobItem, text: str) -> None:
    assert progress_text(item) == text


def test_the_indicator_counts_what_has_not_ended(scene: Scene) -> None:
    indicator, jobs = scene.window.top_bar.jobs, scene.workspace.jobs
    assert indicator.button.text() == "Jobs"
    first, second = jobs.send(BATCH), jobs.send(BATCH)
    assert indicator.button.text() == "2 jobs"
    scene.engine.answer(JobStarted(first), JobProgress(first, 600, 1200))
    assert indicator._bar.value() == 250, "half of one of two, in thousandths"
    scene.engine.answer(JobFinished(first), JobCancelled(second))
    assert indicator.button.text() == "Jobs"
    assert not indicator._bar.isVisible()


def test_a_failure_is_marked_until_the_list_was_opened(scene: Scene) -> None:
    indicator = scene.window.top_bar.jobs
    scene.engine.answer(JobFailed(scene.workspace.jobs.send(BATCH), Problem("It broke.")))
    assert indicator.button.text() == "1 failed"
    scene.workspace.wishes.run("window.jobs")
    assert indicator.button.text() == "Jobs"
    indicator.popup.close()


def test_the_list_shows_the_newest_first_and_cancels(scene: Scene) -> None:
    jobs, popup = scene.workspace.jobs, scene.window.top_bar.jobs.popup
    first = jobs.send(BATCH)
    scene.workspace.wishes.run("window.jobs")
    second = jobs.send(BATCH)
    rows = popup._rows
    assert popup._column.indexOf(rows[second]) < popup._column.indexOf(rows[first])
    rows[first]._cancel.click()
    assert scene.engine.cancelled == [first]
    assert (rows[first]._cancel.text(), rows[first]._cancel.isEnabled()) == ("Cancelling…", False)
    scene.engine.answer(JobCancelled(first))
    assert rows[first]._cancel.isHidden()
    popup._clear.click()
    assert set(popup._rows) == {second}
    popup.close()


def test_an_empty_list_says_what_will_be_there(scene: Scene) -> None:
    scene.workspace.wishes.run("window.jobs")
    popup = scene.window.top_bar.jobs.popup
    assert popup._empty.isVisible()
    assert popup.findChildren(JobRow) == []
    popup.close()
