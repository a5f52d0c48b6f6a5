"""Two dialogs that mainly show text: what this program is, and the report of a problem that nobody foresaw.

Must not know where problems come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from tensorviz.ui.theme import number_font
from tensorviz.ui.window_commands import versions_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.errors import Problem
    from tensorviz.ui.state.workspace import Workspace

    Copy = Callable[[str, str], None]

ABOUT = (
    "See tensors as views on memory, and run pretrained networks on your own pictures.\n\n"
    "Everything is computed on this computer. Nothing is sent anywhere; weights are fetched only when you ask for them."
)
LICENCE = "Apache License 2.0. The weights of published models have licences of their own; the model list tells them."


class _TextDialog(QDialog):
    """A heading, sentences, a text in fixed width, and a button that copies it."""

    def __init__(self, parent: QWidget, title: str, copy: Copy) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.details = QPlainTextEdit(readOnly=True)
        self.details.setFont(number_font())
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.setTabChangesFocus(True)
        self.copy_button = QPushButton("&Copy")
        self.copy_button.setAccessibleName("Copy the details")
        self.copy_button.clicked.connect(lambda: copy(self.details.toPlainText(), "details"))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 16)
        self.column.setSpacing(12)

    def say(self, text: str, role: str = "") -> QLabel:
        """Adds a sentence."""
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setProperty("role", role)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.column.addWidget(label)
        return label

    def finish(self) -> None:
        """Adds the details and the buttons."""
        self.column.addWidget(self.details, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.close)
        self.column.addWidget(buttons)


class AboutDialog(_TextDialog):
    """What this program is, its licence, and what it runs on."""

    def __init__(self, workspace: Workspace, copy: Copy, parent: QWidget) -> None:
        super().__init__(parent, "About tensorviz", copy)
        self.resize(520, 420)
        self.say("tensorviz", "title")
        self.say(ABOUT)
        self.say(LICENCE, "muted")
        self.details.setPlainText(versions_text(workspace))
        self.details.setAccessibleName("Versions")
        self.finish()


class ProblemReport(_TextDialog):
    """A problem that is not one of ours, with what helps to find its cause."""

    def __init__(self, workspace: Workspace, problem: Problem, copy: Copy, parent: QWidget) -> None:
        super().__init__(parent, "Something unexpected happened", copy)
        self._workspace = workspace
        self.resize(680, 480)
        self.sentence = self.say(problem.message, "heading")
        self.say(
            "This is an error in tensorviz or in a library it uses. Your pictures and results are still there. If you "
            "report it, please add these details; they name files on this computer, so look them over first."
        )
        self.details.setAccessibleName("Details of the problem")
        self.show_problem(problem)
        self.finish()

    def show_problem(self, problem: Problem) -> None:
        """Adds a problem to the report: a second one while it is open joins the first."""
        said = self.details.toPlainText()
        head = said or versions_text(self._workspace)
        self.details.setPlainText(f"{head}\n\n{problem.message}\n{problem.details.strip()}")
