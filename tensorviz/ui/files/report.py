"""What was found in a file: what it is, what is wrong with it, and what can be done about it.

Must not know the tree beside it.
"""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from tensorviz.core.checkpoint_report_text import report_lines
from tensorviz.core.file_facts import NAMELESS
from tensorviz.ui.files.report_identity import IdentitySection
from tensorviz.ui.files.report_other import CompareSection, ConvertSection
from tensorviz.ui.files.report_parts import DTypesSection, ModulesSection, StoragesSection
from tensorviz.ui.files.report_section import Section
from tensorviz.ui.files.report_values import ValuesSection
from tensorviz.ui.files.report_wrong import WrongSection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tensorviz.core.checkpoint_analysis import Analysis
    from tensorviz.core.stored import Contents
    from tensorviz.ui.state.tensor_file import TensorFile, Work
    from tensorviz.ui.state.workspace import Workspace

    Maker = Callable[[Contents, Analysis], None]

S = TypeVar("S", bound=Section)
WIDEST, MARGIN, BETWEEN = 980, 20, 20
LINES_AT_ONCE = 100
SETTLED = 60  # milliseconds until a section that says more has its new size
TOLD_OF: dict[Work, type[Section]] = {
    "compare": CompareSection, "compact": WrongSection, "safetensors": ConvertSection
}  # fmt: skip  # a table


def place_of(file: TensorFile, name: str) -> int | None:
    """Where the tensor of that name stands in the file; None when there is none that can be named so."""
    try:
        return None if file.tensors is None else file.tensors.place(name or NAMELESS)
    except KeyError:
        return None


class Report(QWidget):
    """The panel. Signals: tensor_wished(place) when the name of a tensor was chosen; begun() when work began of which
    it tells: a comparison, a copy. Its section is brought in sight then, and when there is more to say.

    sections: from above; all but the first are made once the file is analysed, one by one, so that the window never
    waits for all of them. ready: whether all are there.
    """

    tensor_wished = Signal(int)
    begun = Signal()

    def __init__(self, workspace: Workspace, file: TensorFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._file = workspace, file
        self._place_of = partial(place_of, file)
        self.sections: list[Section] = []
        self.area, self._body, self._column = QScrollArea(self), QWidget(self), QVBoxLayout()
        self._steps: list[Callable[[], object]] = []
        self._copying: Iterator[str] = iter(())
        self._copied: list[str] = []
        self._under_way: set[Work] = set()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._step)
        self.identity = IdentitySection(workspace, file, self._body)
        self._build()
        file.read_to_end.connect(self.identity.show_file)
        file.analysed.connect(self._analysed)
        file.working_changed.connect(self._follow)
        self.identity.show_file()
        if file.analysis is not None:
            self._analysed()

    @property
    def ready(self) -> bool:
        """Whether nothing is left to be filled in."""
        return not self._steps and self._file.analysis is not None

    @Slot()
    def _analysed(self) -> None:
        makers: tuple[Maker, ...] = (
            self._wrong, self._storages, self._modules, self._dtypes, self._values, self._compare, self._convert
        )  # fmt: skip  # from above
        self._steps = [
            self.identity.show_file,
            partial(self._place_of, ""),
            *(partial(self._make, maker) for maker in makers),
            self.updateGeometry,  # by then the last is shown
        ]
        self._timer.start(0)

    def _make(self, maker: Maker) -> None:
        contents, analysis = self._file.contents, self._file.analysis
        assert contents is not None, "it is analysed"
        assert analysis is not None, "it is analysed"
        maker(contents, analysis)

    def _wrong(self, contents: Contents, analysis: Analysis) -> None:
        section = self._add(WrongSection(self._workspace, self._file, self._place_of, self._body))
        section.show_file(contents, analysis)

    def _storages(self, contents: Contents, analysis: Analysis) -> None:
        self._add(StoragesSection(self._place_of, self._body)).show_analysis(analysis)

    def _modules(self, contents: Contents, analysis: Analysis) -> None:
        self._add(ModulesSection(self._place_of, self._body)).show_analysis(analysis)

    def _dtypes(self, contents: Contents, analysis: Analysis) -> None:
        self._add(DTypesSection(self._body)).show_analysis(analysis)

    def _values(self, contents: Contents, analysis: Analysis) -> None:
        self._add(ValuesSection(self._workspace, self._file, self._place_of, self._body)).show_file()

    def _compare(self, contents: Contents, analysis: Analysis) -> None:
        self._add(CompareSection(self._workspace, self._file, self._place_of, self._body))

    def _convert(self, contents: Contents, analysis: Analysis) -> None:
        section = self._add(ConvertSection(self._workspace, self._file, self._place_of, self._body))
        section.show_file(contents, analysis, self._file.lost)

    def _add(self, section: S) -> S:
        """Puts it under the others; before it says anything, for one that is shown elsewhere would be a window."""
        section.tensor_wished.connect(self.tensor_wished)
        self.sections.append(section)
        self._column.insertWidget(len(self.sections) - 1, section)
        return section

    @Slot()
    def _step(self) -> None:
        """Makes one section; the others wait for their turn. Then a text that is being made goes on."""
        if self._steps:
            self._steps.pop(0)()
        elif not self._copy_more():
            self._timer.stop()

    # ---------------------------------------------------------------------------------------------- under way

    @Slot()
    def _follow(self) -> None:
        """Work that was asked for elsewhere is told of here, in sight."""
        now = {work for work in TOLD_OF if self._file.is_working(work)}
        changed, begun = now ^ self._under_way, now - self._under_way
        self._under_way = now
        for work in changed:
            self._bring_in_sight(TOLD_OF[work])
        if begun:
            self.begun.emit()

    def _bring_in_sight(self, kind: type[Section]) -> None:
        """Once it has the size that what it says needs."""
        section = next((one for one in self.sections if isinstance(one, kind)), None)
        if section is not None:
            QTimer.singleShot(SETTLED, section, lambda: self._show_top(section))

    def _show_top(self, section: Section) -> None:
        """All of it, or as much of it from its top as there is room for."""
        inside, bar = self.area.widget(), self.area.verticalScrollBar()
        assert inside is not None, "it was given one"
        top = section.mapTo(inside, QPoint(0, 0)).y()
        bottom = top + section.height() - self.area.viewport().height()
        bar.setValue(min(max(bar.value(), bottom), top))

    # ----------------------------------------------------------------------------------------------- as text

    @Slot()
    def copy_text(self) -> None:
        """The report as text, on the clipboard; made in turns, as it may have thousands of lines."""
        self._copying, self._copied = report_lines(self._file), []
        self._timer.start(0)

    def _copy_more(self) -> bool:
        """Takes more lines; the last ones bring all to the clipboard. Gives whether there may be more."""
        lines = list(islice(self._copying, LINES_AT_ONCE))
        self._copied += lines
        if len(lines) == LINES_AT_ONCE:
            return True
        if self._copied:
            QGuiApplication.clipboard().setText("\n".join(self._copied) + "\n")
            self._workspace.messages.say("Copied: the report as text.")
            self._copied = []
        return False

    def _build(self) -> None:
        body, column = self._body, self._column
        body.setLayout(column)
        column.setContentsMargins(MARGIN, 8, MARGIN, 28)
        column.setSpacing(BETWEEN)
        column.addStretch(1)
        self._add(self.identity)
        body.setMaximumWidth(WIDEST)
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(body, 1)
        row.addStretch(0)
        self.area.setWidget(held)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName("Report on this file")
        self.identity.copy.clicked.connect(self.copy_text)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.area)
        self.setFocusProxy(self.area)
