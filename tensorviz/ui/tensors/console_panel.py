"""The console and the history.

Must not know the other panels.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSplitter, QToolButton, QVBoxLayout, QWidget

from tensorviz.ui.icons import icon
from tensorviz.ui.tensors.console_copying import selected_code, selected_text
from tensorviz.ui.tensors.console_input import CodeInput
from tensorviz.ui.tensors.console_keys import InputKeys
from tensorviz.ui.tensors.console_questions import CostQuestion, RestoreQuestion, restored_text
from tensorviz.ui.tensors.console_recall import Recall
from tensorviz.ui.tensors.console_transcript import Transcript
from tensorviz.ui.tensors.history_model import first_line
from tensorviz.ui.tensors.history_panel import HistoryPanel
from tensorviz.ui.tensors.why_card import WhyCard
from tensorviz.ui.theme import number_font

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent

    from tensorviz.core.session_data import StepRow
    from tensorviz.engine.messages.session import SessionRestored
    from tensorviz.ui.state.workspace import Workspace

CONSOLE, HISTORY = 880, 320
CALM = 200  # milliseconds before a running step is shown as such


class ConsolePanel(QWidget):
    """What was run and what came of it; under it what is typed; beside it the history."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._session = workspace, workspace.session
        self._recall = Recall()
        self._told = 0  # the number of the step after which the transcript says that the session stands
        self.transcript = Transcript(self._card, self)
        self.input = CodeInput(self)
        self.keys = InputKeys(self.input, self._recall)
        self.input.keys = self.keys
        self.cost, self.restore = CostQuestion(self._session, self), RestoreQuestion(self._session, self)
        self.history = HistoryPanel(workspace, self)
        self.status = QLabel(self)
        self.button = QToolButton(self)
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._build()
        self._connect()
        for step in self._session.steps.values():
            self._stepped(step)
        self._follow_running()

    def write(self, code: str) -> None:
        """Puts code into the input, without running it."""
        self.input.put(code)
        self.input.setFocus()

    # ------------------------------------------------------------------------------------------------ building

    def _build(self) -> None:
        prompt = QLabel(">>>", self)
        prompt.setProperty("role", "muted")
        prompt.setFont(number_font())
        prompt.setContentsMargins(4, 7, 0, 0)
        self.status.setProperty("role", "muted")
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 6)
        line.setSpacing(6)
        line.addWidget(prompt, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.input, 1)
        line.addWidget(self.status)
        line.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(8, 0, 4, 0)
        column.setSpacing(4)
        self.transcript.setMinimumHeight(60)
        column.addWidget(self.transcript, 1)
        for question in (self.cost, self.restore):
            column.addWidget(question)
        column.addLayout(line)
        self._split(left)
        history = self.history
        buttons = (history.undo, history.redo, history.copy, history.new)
        for one, after in pairwise((self.transcript, self.input, self.button, *buttons, history.list)):
            QWidget.setTabOrder(one, after)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's: the keyboard begins in the input. A focus proxy would take the rest of the panel out of Tab's way."""
        self.input.setFocus(event.reason())

    def _split(self, left: QWidget) -> None:
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("tensors_console")
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(self.history)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        splitter.setSizes([CONSOLE, HISTORY])
        self.history.setMinimumWidth(200)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(splitter)

    def _connect(self) -> None:
        session = self._session
        session.stepped.connect(self._stepped)
        session.changed.connect(self._moved)
        session.began_anew.connect(self._began_anew)
        session.running_changed.connect(self._follow_running)
        session.restored.connect(self._restored)
        session.completed.connect(self.keys.show_found)
        self.keys.asked.connect(session.complete)
        self.input.entered.connect(self._enter)
        self.input.cancelled.connect(session.cancel)
        self.input.paged.connect(self.transcript.page)
        self.button.clicked.connect(self._press)
        self._calm.timeout.connect(self._show_running)
        self._workspace.engine.changed.connect(self._follow_running)
        self.transcript.named.connect(self._name)
        self.transcript.typed.connect(self._type)
        self.transcript.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.transcript.customContextMenuRequested.connect(self._menu)

    def _card(self, step: StepRow, parent: QWidget) -> QWidget:
        why = step.why
        assert why is not None
        tensor = self._session.facts.tensor(why.subject)
        card = WhyCard(why, step.code, tensor.keys if tensor is not None else (), parent)
        card.run_wanted.connect(self._enter)
        card.write_wanted.connect(self.write)
        return card

    # ------------------------------------------------------------------------------------------------- running

    def _enter(self, code: str) -> None:
        self._recall.add(code)
        self.transcript.go_to_end()
        self._session.run(code)

    def _press(self) -> None:
        if self._session.running:
            self._session.cancel()
        else:
            self.input.run()
        self.input.setFocus()

    def _follow_running(self) -> None:
        """A step that runs is shown as such when it takes a while, so that quick ones do not flicker."""
        self.input.can_cancel = self._session.running
        if not self._session.running:
            self._calm.stop()
            self._show_running()
        elif not self._calm.isActive() and not self._shows_cancel:
            self._calm.start()

    @property
    def _shows_cancel(self) -> bool:
        return self.button.accessibleName() == "Cancel"

    def _show_running(self) -> None:
        running = self._session.running
        name, tip = ("Cancel", "Cancel what is running (Esc)") if running else ("Run", "Run the code (Ctrl+Enter)")
        self.button.setIcon(icon("stop" if running else "run", "danger" if running else "accent"))
        self.button.setAccessibleName(name)
        self.button.setToolTip(tip)
        ready = self._workspace.engine.ready
        self.status.setText(("Running" if ready else "Waiting for torch to load") if running else "")
        self.status.setVisible(running)

    # -------------------------------------------------------------------------------------------- what happened

    def _stepped(self, step: StepRow) -> None:
        self._recall.add_step(step.code)
        self.transcript.add_step(step)
        self._told = step.number
        self.input.setAccessibleDescription(told(step))

    def _moved(self) -> None:
        """Says so when the session stands elsewhere than after the step that was told of last."""
        here = self._session.facts.here
        if here == self._told:
            return
        self._told = here
        step = self._session.steps.get(here)
        after = f"after step {step.number}: {first_line(step.code)}" if step is not None else "at the beginning"
        if self.transcript.steps:
            self.transcript.say_place(f"The session stands {after}")

    def _began_anew(self) -> None:
        self.transcript.forget()
        self._told = 0

    def _restored(self, restored: SessionRestored) -> None:
        if restored.refused:
            self.restore.about(restored)
        elif text := restored_text(restored):
            self.transcript.add_note(text)

    # ---------------------------------------------------------------------------------------------- transcript

    def _name(self, name: str) -> None:
        if self._session.facts.tensor(name) is not None:
            self._workspace.showing.show(name)

    def _type(self, text: str) -> None:
        self.input.setFocus()
        self.input.insertPlainText(text)

    def _menu(self, place: QPoint) -> None:
        menu = self.build_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.transcript.viewport().mapToGlobal(place))

    def build_menu(self) -> QMenu:
        """What can be done with what is selected in the transcript."""
        menu, code = QMenu(self), selected_code(self.transcript)
        clipboard = QGuiApplication.clipboard()
        copy = menu.addAction("Copy", lambda: clipboard.setText(selected_text(self.transcript)))
        copy.setEnabled(self.transcript.textCursor().hasSelection())
        rows = (
            ("Copy the code", lambda: clipboard.setText(code)),
            ("Write it into the input", lambda: self.write(code)),
            ("Run it again", lambda: self._enter(code)),
        )
        for text, run in rows:
            menu.addAction(text, run).setEnabled(bool(code))
        return menu


def told(step: StepRow) -> str:
    """What came of a step, in one sentence, for those who hear it."""
    if step.trouble is not None:
        return f"Refused: {step.trouble.message} {step.trouble.hint}".strip()
    output = step.output[:1000].strip().partition("\n")[0][:200]
    return ". ".join(part for part in (step.effect_text, output) if part)
