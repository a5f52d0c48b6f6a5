"""Work under way that the report tells of: values, comparisons, copies, what fails, what is brought in sight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tensorviz.core.checkpoint_values import Comparison, Difference, Duplicates, TensorValues
from tensorviz.core.errors import Problem
from tensorviz.engine.messages import JobCancelled, JobFailed, JobFinished, JobProgress, JobStarted
from tensorviz.engine.messages.files import (
    CompareFiles,
    DuplicatesFound,
    FilesCompared,
    LookAtValues,
    ValuesSeen,
    WriteCopy,
)
from tensorviz.ui.files.report_other import CompareSection, ConvertSection
from tensorviz.ui.files.report_values import ValuesSection
from tensorviz.ui.state.tensor_file import TensorFile
from tests.ui.files.report_room import TIED, Rig, cells
from tests.ui.files.shelf import many


def odd(name: str, **more: object) -> TensorValues:
    return replace(TensorValues(name, "float32", 8), **more)  # type: ignore[arg-type]  # each of its own type


def test_values_appear_while_they_are_looked_at(qtbot: QtBot) -> None:
    rig = Rig(qtbot, TIED)
    values = rig.part(ValuesSection)
    assert values.invitation.plain.endswith("92 bytes are read.")  # 32 + 32 + 24 + 4
    rig.press(values.button)
    job = rig.engine.job(LookAtValues)
    rig.engine.answer(JobStarted(job), JobProgress(job, 46, 92, "byte", None, 2.0))
    rig.engine.answer(ValuesSeen(job, rig.file.number, (odd("enc.weight", nan=2), odd("dec.weight"))))
    qtbot.waitUntil(lambda: values.odd.table is not None)
    assert cells(values.odd.table) == [("enc.weight", "2 NaN")]
    assert values.beside.text() == "2 of 4 tensors looked at so far"
    assert values.work.text.text() == "46 bytes of 92 bytes, 2.0 s left"
    assert (values.work.bar.value(), values.work.bar.maximum()) == (500, 1000)
    assert not values.button.isVisible()
    rig.engine.answer(ValuesSeen(job, rig.file.number, (odd("t", problem="It is cut short."), odd("h"))))
    same = Duplicates(("enc.weight", "t"), 32, False)
    rig.engine.answer(DuplicatesFound(job, rig.file.number, (same,)), JobFinished(job))
    qtbot.waitUntil(lambda: values.equal.table is not None)
    assert cells(values.odd.table) == [("enc.weight", "2 NaN"), ("t", "not read: It is cut short")]
    assert values.beside.text() == "all 4 looked at"
    assert values.healthy.plain == "2 other tensors have no NaN, no infinity and nothing constant."
    assert cells(values.equal.table) == [('"enc.weight" and "t"', "2", "32")]
    assert values.equal.table is not None
    values.equal.table.expandAll()
    assert cells(values.equal.table)[1:] == [("enc.weight", "", ""), ("t", "", "")]
    assert not values.work.isVisible()
    rig.press(values.button)  # again: all is forgotten
    qtbot.waitUntil(lambda: not values.odd.isVisible())
    assert not values.equal.isVisible()


def test_looking_at_values_can_be_ended(qtbot: QtBot) -> None:
    rig = Rig(qtbot, TIED)
    values = rig.part(ValuesSection)
    rig.press(values.button)
    job = rig.engine.job(LookAtValues)
    rig.engine.answer(JobStarted(job), ValuesSeen(job, rig.file.number, (odd("enc.weight"),)))
    rig.press(values.work.cancel)
    assert rig.engine.cancelled == [job]
    assert (values.work.text.text(), values.work.cancel.isEnabled()) == ("Ending", False)
    rig.engine.answer(JobCancelled(job))
    qtbot.waitUntil(lambda: values.beside.text() == "1 of 4 tensors looked at before it ended")
    assert not values.work.isVisible()
    assert values.button.isVisible()


@pytest.mark.parametrize("part", [ValuesSection, CompareSection, ConvertSection])
def test_a_failure_is_said_where_it_belongs(
    qtbot: QtBot, part: type[ValuesSection | CompareSection | ConvertSection]
) -> None:
    rig = Rig(qtbot, TIED)
    section = rig.part(part)
    if part is ValuesSection:
        rig.file.look_at_values()
    elif part is CompareSection:
        rig.file.compare_with("/x/other.pt")
    else:
        rig.file.write_copy("safetensors", "/x/out.safetensors")
    asked = {ValuesSection: LookAtValues, CompareSection: CompareFiles, ConvertSection: WriteCopy}[part]
    rig.engine.answer(JobFailed(rig.engine.job(asked), Problem("It is gone.", "Fetch it again.")))
    assert (section.work.problem.plain, section.work.hint.plain) == ("It is gone.", "Fetch it again.")
    qtbot.waitUntil(section.work.problem.isVisible)
    others = [one for one in rig.report.findChildren(type(section.work)) if one is not section.work]
    assert others
    assert not any(one.problem.plain for one in others)


def test_comparing_with_another_file(qtbot: QtBot) -> None:
    rig = Rig(qtbot, TIED)
    section = rig.part(CompareSection)
    rig.press(section.button)
    assert rig.commands == ["file.compare"]
    rig.file.compare_with("/x/other.pt")
    job = rig.engine.job(CompareFiles)
    far = Difference("t", ("float32", "float32"), 6, 2, 0, 12, 0.5, 0.1, (1, 0), (0.1, 0.2))
    found = Comparison(("h",), (), (), (), (far,), 2)
    rig.engine.answer(FilesCompared(job, rig.file.number, "/x/other.pt", found), JobFinished(job))
    assert section.result.plain == "Of the tensors, 1 missing in other.pt, 1 with other values, 2 equal."
    assert cells(section.table.table)[1][0] == "h"
    assert cells(section.table.table)[3] == ("t", "0.1", "0.2", "~0.5", "12", "2 of 6", "[1, 0]")
    rig.file.compare_with("/x/model2.pt")
    assert not section.table.isVisible()
    assert section.result.plain == ""
    job = rig.engine.job(CompareFiles)
    rig.engine.answer(FilesCompared(job, rig.file.number, "/x/m", Comparison((), (), (), (), (), 4)), JobFinished(job))
    assert section.result.plain == "Both hold the same 4 tensors with the same values."


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        (lambda file: file.compare_with("/x/other.pt"), CompareSection),
        (lambda file: file.write_copy("safetensors", "/x/out.safetensors"), ConvertSection),
    ],
)
def test_what_was_asked_for_comes_in_sight(
    qtbot: QtBot, begin: Callable[[TensorFile], None], kind: type[CompareSection | ConvertSection]
) -> None:
    rig = Rig(qtbot, many(60))
    bar, section = rig.report.area.verticalScrollBar(), rig.part(kind)
    assert not section.work.isVisible()
    assert bar.value() == 0
    with qtbot.waitSignal(rig.report.begun):
        begin(rig.file)

    def all_of_it() -> bool:
        return bool(section.visibleRegion().boundingRect() == section.rect())

    qtbot.waitUntil(all_of_it)
    bar.setValue(0)  # the person looks elsewhere meanwhile; what comes of it is shown all the same
    job = rig.file.job_of("compare" if kind is CompareSection else "safetensors")
    assert job is not None
    rig.engine.answer(JobFinished(job))
    qtbot.waitUntil(all_of_it)
