"""Over the translation: how it is shown, the lens, and what can be kept or copied of it.

Must not know what is shown. Texts go where there is no room for them; the pictures of the buttons stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from tensorviz.ui.commands import command
from tensorviz.ui.icons import icon
from tensorviz.ui.widgets.segmented_switch import SegmentedSwitch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QResizeEvent, QShowEvent

    from tensorviz.ui.state.workspace import Workspace

VIEWS = (
    ("slider", "Slider", "slider", "translate.view_slider"),
    ("side", "Side by side", "side", "translate.view_side"),
    ("difference", "Difference", "compare", "translate.view_difference"),
    ("back", "There and back", "back", "translate.view_back"),
)
COPIES = ("translate.copy_picture", "translate.copy_python", "translate.copy_command", "translate.copy_json")
FOLDERS = ("translate.to_folder", "translate.to_folder_jpeg", "translate.selected_to_folder")
STYLES = (
    Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
    Qt.ToolButtonStyle.ToolButtonTextBesideIcon,
    Qt.ToolButtonStyle.ToolButtonTextOnly,
    Qt.ToolButtonStyle.ToolButtonIconOnly,
    Qt.ToolButtonStyle.ToolButtonIconOnly,
)
TIGHT = len(STYLES) - 1  # the level at which the buttons at the right are one with a menu
GAP, APART = 6, 16  # pixels: between buttons, and between the two groups


class Heading(QWidget):
    """Switch and lens at the left, the buttons at the right. Signals: lens_wanted(bool)."""

    lens_wanted = Signal(bool)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.switch = SegmentedSwitch("How the translation is shown", self)
        self.lens = QToolButton(self)
        self.save, self.copy, self.folder = QPushButton(self), QPushButton(self), QPushButton(self)
        self.more = QPushButton(self)
        self._texts = {self.save: "Save picture...", self.copy: "Copy", self.folder: "All to a folder"}
        self._level = -1
        self._build()
        self.refresh()

    def refresh(self) -> None:
        """Enables what makes sense now."""
        self.switch.set_current(self._workspace.translations.view)
        self.save.setEnabled(command("translate.save").applies(self._workspace))
        self.copy.setEnabled(command("translate.copy_picture").applies(self._workspace))
        self.folder.setEnabled(command("translate.to_folder").applies(self._workspace))

    def show_lens(self, shown: bool) -> None:
        """Shows whether the lens is there; says nothing."""
        self.lens.setChecked(shown)

    # ------------------------------------------------------------------------------------------------ building

    def _build(self) -> None:
        for key, text, picture, identifier in VIEWS:
            row = command(identifier)
            self.switch.add(key, text, icon(picture), f"{row.tip} ({row.shortcut})")
        self.lens.setIcon(icon("lens"))
        self.lens.setCheckable(True)
        self.lens.setAccessibleName("Lens")
        self.lens.setToolTip("Enlarge what is under the pointer, in both pictures (L)")
        self.lens.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lens.clicked.connect(self.lens_wanted)
        self._dress(self.save, "export", "Save the translated picture", command("translate.save").tip)
        self._dress(self.copy, "copy", "Copy the translation", "Copy it as a picture, Python, a command or JSON")
        self._dress(self.folder, "folder", "Translate all to a folder", "Draw every picture and keep it in a folder")
        self.save.clicked.connect(lambda: self._workspace.wishes.run("translate.save"))
        self.switch.chosen.connect(self._choose)
        self._dress(self.more, "more", "Keep or copy the translation", "Save, copy, or translate all to a folder")
        self.more.setMenu(self._menu(("translate.save", *COPIES, *FOLDERS)))
        self.copy.setMenu(self._menu(COPIES))
        self.folder.setMenu(self._menu(FOLDERS))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GAP)
        line.addWidget(self.switch)
        line.addWidget(self.lens)
        line.addStretch(1)
        for button in (*self._texts, self.more):
            line.addWidget(button)
        self.more.hide()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _choose(self, key: str) -> None:
        self._workspace.wishes.run(f"translate.view_{key}")

    @staticmethod
    def _dress(button: QPushButton, picture: str, name: str, tip: str) -> None:
        button.setIcon(icon(picture, "muted"))
        button.setAccessibleName(name)
        button.setToolTip(tip)

    def _menu(self, identifiers: Sequence[str]) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for identifier in identifiers:
            row = command(identifier)
            action = QAction(icon(row.icon), row.text.replace("...", "\N{HORIZONTAL ELLIPSIS}"), menu)
            action.setToolTip(row.tip)
            action.setObjectName(identifier)
            action.triggered.connect(lambda _=False, wish=identifier: self._workspace.wishes.run(wish))
            menu.addAction(action)
        menu.aboutToShow.connect(lambda: self._enable(menu))
        return menu

    def _enable(self, menu: QMenu) -> None:
        for action in menu.actions():
            action.setEnabled(command(action.objectName()).applies(self._workspace))

    # ---------------------------------------------------------------------------------------------- the room

    def minimumSizeHint(self) -> QSize:
        """Every button as a picture."""
        return QSize(240, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: as many texts as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: by then the buttons have their font."""
        super().showEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Qt's: another font or style takes other room."""
        super().changeEvent(event)
        if event.type() in (event.Type.FontChange, event.Type.StyleChange) and self._level >= 0:
            self._fit()

    def _fit(self) -> None:
        for level in range(len(STYLES)):
            self._show_level(level)
            if self._wanted() <= self.width():
                break

    def _show_level(self, level: int) -> None:
        """0: all texts. The buttons at the right become pictures, the switch texts, then pictures; last one menu."""
        if level == self._level:
            return
        self._level = level
        self.switch.show_as(STYLES[level])
        for button, text in self._texts.items():
            button.setText(text if level < 1 else "")
            button.setVisible(level < TIGHT)
        self.more.setVisible(level == TIGHT)

    def _wanted(self) -> int:
        buttons = [self.more] if self._level == TIGHT else list(self._texts)
        widths = [self.lens.sizeHint().width(), *(button.sizeHint().width() for button in buttons)]
        return self.switch.wanted_width() + sum(widths) + GAP * len(widths) + APART
