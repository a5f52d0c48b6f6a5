"""The report on a file: what it says, its links and buttons, work under way, failures, thousands of tensors."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tensorviz.core.checkpoint_values import Written
from tensorviz.core.family import Family
from tensorviz.engine.messages import JobFinished, JobProgress, JobStarted
from tensorviz.engine.messages.files import (
    CopyWritten,
    WriteCopy,
)
from tensorviz.ui.files.report import Report
from tensorviz.ui.files.report_other import ConvertSection
from tensorviz.ui.files.report_parts import DTypesSection, ModulesSection, StoragesSection
from tensorviz.ui.files.report_table import MOST_ROWS
from tensorviz.ui.files.report_wrong import WRONG, WrongSection
from tests.ui.files.report_room import SLICE, TIED, Rig, cells, figures_of
from tests.ui.files.shelf import contents, many, stored
from tests.ui.models.room import nameless


def test_it_says_what_it_is_and_what_it_needs(qtbot: QtBot) -> None:
    family = Family("torchvision mobilenet_v2, 1000 classes", ("seen before",), ('strip "module."',))
    rig = Rig(qtbot, TIED, family)
    identity = rig.report.identity
    assert rig.waiting == "Looking at its layouts..."
    assert identity.title.plain == "torchvision mobilenet_v2, 1000 classes"
    assert identity.form.plain == "PyTorch zip archive. Seen before."
    assert identity.needs.findChild(QWidget).plain == 'To load it: strip "module.".'  # type: ignore[union-attr]  # a Sentence
    assert figures_of(rig.report)[:3] == ["4 tensors", "24 elements, tied ones each time", "3 storages"]


def test_a_report_that_is_made_after_the_file_was_analysed_says_the_same_once(qtbot: QtBot) -> None:
    rig = Rig(qtbot, TIED, Family("a network", repairs=("Take the prefix off",)))
    late = Report(rig.workspace, rig.file)
    qtbot.addWidget(late)
    late.show()
    qtbot.waitUntil(lambda: late.ready)
    assert figures_of(late) == figures_of(rig.report)
    assert len(figures_of(late)) == len(set(figures_of(late)))


def test_a_classifier_can_be_used_as_a_model(qtbot: QtBot) -> None:
    rig = Rig(qtbot, TIED, Family("torchvision resnet18, 10 classes"))
    offered: list[str] = []
    rig.workspace.catalogue.offered.connect(offered.append)
    assert rig.report.identity.use.isVisible()
    rig.press(rig.report.identity.use)
    assert (rig.commands, offered) == (["page.models"], ["/x/model.pt"])


@pytest.mark.parametrize(
    "family",
    [
        None,
        Family("CycleGAN discriminator of 70 x 70"),
        Family("CycleGAN generator, 9 blocks", exact=False),
        Family("torchvision resnet18, 2 classes", exact=False),
    ],
)
def test_anything_else_is_no_model(qtbot: QtBot, family: Family | None) -> None:
    identity = Rig(qtbot, TIED, family).report.identity
    assert not identity.use.isVisible()
    assert not identity.translate.isVisible()


def test_a_generator_can_be_used_to_translate(qtbot: QtBot) -> None:
    rig = Rig(qtbot, TIED, Family("training checkpoint: CycleGAN generator, 9 blocks"))
    offered: list[str] = []
    rig.workspace.catalogue.generator_offered.connect(offered.append)
    assert not rig.report.identity.use.isVisible()
    rig.press(rig.report.identity.translate)
    assert (rig.commands, offered, rig.workspace.task.task) == (["page.models"], ["/x/model.pt"], "translate")


def test_metadata_is_folded_and_copied_exactly(qtbot: QtBot) -> None:
    rig = Rig(qtbot, replace(TIED, metadata={"note": "line\nnext", "n": 3}, others=(("epoch", "int 3"),)))
    folded = rig.report.identity.metadata
    assert (folded.toggle.text(), folded.place.table) == ("Metadata of the file (2)", None)
    rig.press(folded.toggle)
    table = folded.place.table
    assert cells(table) == [("note", "line\\nnext"), ("n", "3")]
    assert table is not None
    table.setCurrentIndex(table.rows.index(0, 0))
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "line\nnext"
    rig.press(folded.toggle)
    assert not table.isVisible()
    assert rig.report.identity.others.toggle.text() == "Beside the tensors (1)"


# -------------------------------------------------------------------------------------------------- what is wrong


def test_nothing_is_wrong_in_one_quiet_line(qtbot: QtBot) -> None:
    rig = Rig(qtbot, many(6))
    wrong = rig.part(WrongSection)
    assert wrong.quiet.plain.startswith("Nothing: no byte is wasted")
    assert not wrong.waste.isVisible()
    assert wrong.refused.table is None
    assert not rig.part(StoragesSection).isVisible()
    assert not rig.part(DTypesSection).isVisible()


def test_waste_has_a_bar_a_twin_and_a_way_out(qtbot: QtBot) -> None:
    rig = Rig(qtbot, SLICE)
    wrong = rig.part(WrongSection)
    assert wrong.waste.text.text() == "3.99996 MB of 4.00 MB wasted"
    assert "3,999,960 of 4,000,000 bytes" in wrong.waste.bar.accessibleDescription()
    assert "big[:10] was saved" in wrong.sentences.shown[0].plain
    assert wrong.quiet.plain == ""
    rig.press(wrong.waste.button)
    assert rig.commands == ["file.compact"]
    rig.file.write_copy("compact", "/x/small.pt")
    job = rig.engine.job(WriteCopy)
    rig.engine.answer(JobStarted(job), JobProgress(job, 20, 40, "byte"))
    assert wrong.waste.work.text.text() == "20 bytes of 40 bytes"
    assert not wrong.waste.button.isEnabled()
    written = Written("/x/small.pt", 1_860, 3_998_140, ("Order is lost.",))
    rig.engine.answer(CopyWritten(job, rig.file.number, "compact", written), JobFinished(job))
    assert wrong.waste.written.text.plain.startswith("Written, read back and found equal: /x/small.pt, 1,860 bytes")
    assert [one.plain for one in wrong.waste.written.lost.shown] == ["Order is lost."]
    assert wrong.waste.button.isEnabled()
    assert not rig.part(ConvertSection).written.isVisible()


def test_what_is_no_fault_is_not_called_one(qtbot: QtBot) -> None:
    tied = contents(stored("a", "A", (4,)), stored("b", "A", (4,)))
    ran = contents(stored("a", "A", (4,)), unsafe_globals=("posix.system",))
    for whole, heading in ((tied, "What to know of it"), (SLICE, WRONG), (ran, WRONG), (many(6), WRONG)):
        wrong = Rig(qtbot, whole).part(WrongSection)
        assert wrong.heading.text() == heading
        assert wrong.accessibleName() == heading


def test_globals_are_listed_and_nothing_was_run(qtbot: QtBot) -> None:
    rig = Rig(qtbot, replace(TIED, unsafe_globals=("posix.system", "builtins.eval")))
    wrong = rig.part(WrongSection)
    assert wrong.globals_text.plain.endswith("Nothing was run here.")
    assert cells(wrong.globals.table) == [("posix.system",), ("builtins.eval",)]


def test_names_in_sentences_and_tables_lead_to_tensors(qtbot: QtBot) -> None:
    rig = Rig(qtbot, TIED)
    wrong = rig.part(WrongSection)
    tied = wrong.sentences.shown[0]
    assert tied.plain == '"enc.weight" and "dec.weight" are one tensor under 2 names (tied).'
    assert tied.focusPolicy() == Qt.FocusPolicy.StrongFocus
    tied.linkActivated.emit("1")
    table = wrong.refused.table
    assert [(row[0], row[1].partition(";")[0]) for row in cells(table)] == [
        ("2 tensors", "memory is shared"),
        ("1 tensor", "not contiguous"),
    ]
    assert table is not None
    table.setCurrentIndex(table.rows.index(1, 0))
    qtbot.keyClick(table, Qt.Key.Key_Return)  # opens the group
    assert cells(table)[2] == ("t", "it is not contiguous (stride (1, 2))")
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert rig.wished == [1, 2]


def test_many_sentences_are_said_when_asked_for(qtbot: QtBot) -> None:
    made = [stored(f"{kind}{number}", f"S{number}", (2,)) for number in range(12) for kind in "ab"]
    wrong = Rig(qtbot, contents(*made)).part(WrongSection)
    assert (len(wrong.sentences.shown), wrong.sentences.more.text()) == (8, "Show 4 more")
    wrong.sentences.more.setFocus()
    qtbot.keyClick(wrong.sentences.more, Qt.Key.Key_Space)
    assert len(wrong.sentences.shown) == 12
    assert not wrong.sentences.more.isVisible()


# ---------------------------------------------------------------------------------------------- where the bytes are


def test_storages_modules_and_element_types(qtbot: QtBot) -> None:
    rig = Rig(qtbot, TIED)
    storages, modules = rig.part(StoragesSection), rig.part(ModulesSection)
    assert cells(storages.table) == [("A", "32", "32", "100.0 %", "enc.weight, dec.weight")]
    assert storages.beside.text() == "1 of 3 storages"
    assert [row[:4] for row in cells(modules.table)] == [
        ("dec", "1", "8", "32"), ("enc", "1", "8", "32"), ("t", "1", "6", "24"), ("h", "1", "2", "4")
    ]  # fmt: skip  # a table
    assert modules.beside.text() == "Tied tensors are counted under each name"
    assert rig.part(DTypesSection).bar.text().startswith("float32 95.7 %: 3 tensors, 22 elements, 88 bytes")
    qtbot.mouseClick(
        modules.table.viewport(), Qt.MouseButton.LeftButton,
        pos=modules.table.visualRect(modules.table.rows.index(2, 0)).center(),
    )  # fmt: skip  # one thought
    assert rig.wished == [2]


# --------------------------------------------------------------------------------------------------------- values


def test_what_converting_loses_is_said_before(qtbot: QtBot) -> None:
    rig = Rig(qtbot, TIED)
    section = rig.part(ConvertSection)
    assert [one.plain[:42] for one in section.lost.shown] == [
        '"enc.weight" and "dec.weight" were one ten', '"t" is contiguous there: their strides are'
    ]  # fmt: skip  # a table
    rig.press(section.button)
    assert rig.commands == ["file.to_safetensors"]
    written = Written("/x/out.safetensors", 200, -20, ("Gone.",))
    rig.file.write_copy("safetensors", "/x/out.safetensors")
    job = rig.engine.job(WriteCopy)
    rig.engine.answer(CopyWritten(job, rig.file.number, "safetensors", written), JobFinished(job))
    assert section.written.text.plain.endswith("/x/out.safetensors, 200 bytes, 20 bytes more.")


def test_what_cannot_be_converted_says_so(qtbot: QtBot) -> None:
    section = Rig(qtbot, contents(stored("z", "A", (2,), "complex128"))).part(ConvertSection)
    assert "the format has no element type complex128" in section.hindrance.plain
    assert not section.button.isEnabled()
    assert not Rig(qtbot, replace(TIED, format="safetensors")).part(ConvertSection).isVisible()


def test_the_report_is_copied_as_text(qtbot: QtBot) -> None:
    rig = Rig(qtbot, TIED, guess="4 tensors")
    rig.press(rig.report.identity.copy)
    qtbot.waitUntil(lambda: "looks like: 4 tensors" in QGuiApplication.clipboard().text())
    text = QGuiApplication.clipboard().text()
    assert text.startswith("/x/model.pt  (pt-zip")
    assert "enc.weight  4x2  float32  32 bytes  A\n" in text


def test_everything_has_a_name_for_the_keyboard(qtbot: QtBot) -> None:
    rig = Rig(
        qtbot,
        replace(TIED, unsafe_globals=("posix.system",), metadata={"a": 1}),
        Family("torchvision vgg11, 3 classes"),
    )
    assert nameless(rig.report) == []
    assert all(section.accessibleName() for section in rig.report.sections)


@pytest.mark.parametrize("width", [600, 860, 1400])
def test_nothing_is_wider_than_the_panel(qtbot: QtBot, width: int) -> None:
    rig = Rig(qtbot, replace(TIED, notes=("word" * 60,)))
    rig.report.resize(width, 700)
    qtbot.waitUntil(lambda: rig.report.area.viewport().width() >= width - 16)
    inside = rig.report.area.widget()
    assert inside is not None
    assert inside.width() <= rig.report.area.viewport().width()
    for section in rig.report.sections:
        if section.isVisible():
            assert section.mapTo(rig.report, section.rect().topRight()).x() < width


def test_thousands_of_tensors_make_few_widgets(qtbot: QtBot) -> None:
    made = [stored(f"w{number}", f"S{number // 2}", (2, 2), stride=(1, 2)) for number in range(3000)]
    rig = Rig(qtbot, replace(contents(*made), unsafe_globals=tuple(f"m.f{number}" for number in range(500))))
    for section in rig.report.sections:
        assert len(section.findChildren(QWidget)) <= 100, section.accessibleName()
    table = rig.part(ModulesSection).table
    assert table.rows.rowCount() < 500  # a view asks for one lot of rows more in some styles
    assert table.height() < 30 * (MOST_ROWS + 3)
    while table.rows.canFetchMore(QModelIndex()):
        table.rows.fetchMore(QModelIndex())
    assert table.rows.rowCount() == 3000
