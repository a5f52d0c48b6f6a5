"""The real `Screen`: what commands ask for, done with widgets. Nothing here waits for the person.

Must not know which command asks. Dialogs are imported when they are first opened: the window is there sooner.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from tensorviz.ui.state.pixels import preview_image
from tensorviz.ui.window.drops import Offer, offer_of
from tensorviz.ui.window.taking import Taking

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QDialog

    from tensorviz.core.errors import Problem
    from tensorviz.core.pipeline import Preview
    from tensorviz.ui.main_window import MainWindow
    from tensorviz.ui.screen import Chosen, Place
    from tensorviz.ui.state.workspace import Workspace
    from tensorviz.ui.window.memory import WindowMemory

D = TypeVar("D", bound="QDialog")


class WindowScreen:
    """Dialogs of one window; each kind is open once at most."""

    def __init__(self, window: MainWindow, workspace: Workspace, memory: WindowMemory) -> None:
        self._window, self._workspace, self._memory = window, workspace, memory
        self.taking = Taking(workspace, memory, window.show_page, window)

    # ------------------------------------------------------------------------------------------------ file dialogs

    def choose_files(self, title: str, filters: tuple[str, ...], then: Chosen, folder: str = "") -> None:
        """Asks for files that exist."""
        dialog = self._file_dialog(title, then)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(filters)
        if folder:
            dialog.setDirectory(folder)
        dialog.show()

    def choose_folder(self, title: str, then: Chosen) -> None:
        """Asks for a folder."""
        dialog = self._file_dialog(title, then)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.show()

    def save_file(self, title: str, suggested: str, filters: tuple[str, ...], then: Chosen) -> None:
        """Asks for a file to write; the suffix of the chosen filter is added to a name that has none."""
        dialog = self._file_dialog(title, then)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(filters)
        dialog.selectFile(suggested)
        dialog.setDefaultSuffix(suffix_of(filters[0]))
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(suffix_of(chosen)))
        dialog.show()

    def _file_dialog(self, title: str, then: Chosen) -> QFileDialog:
        dialog = QFileDialog(self._window, title, self._memory.folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(partial(self._files_chosen, then))
        return dialog

    def _files_chosen(self, then: Chosen, paths: list[str]) -> None:
        if paths:
            self._memory.remember_folder(paths[0])
            then(paths)

    # ------------------------------------------------------------------------------------------------ other dialogs

    def confirm(self, question: str, detail: str, yes: str, then: Callable[[], None]) -> None:
        """Asks a real question: the one kind of dialog that is modal, to the window only."""
        box = QMessageBox(QMessageBox.Icon.Question, "tensorviz", question, parent=self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setInformativeText(detail)
        box.setTextFormat(Qt.TextFormat.PlainText)
        button = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        box.setEscapeButton(box.addButton(QMessageBox.StandardButton.Cancel))
        button.clicked.connect(lambda: then())
        box.open()

    def show_settings(self) -> None:
        """Opens the settings."""
        from tensorviz.ui.window.settings_dialog import SettingsDialog

        self._once(SettingsDialog, lambda: SettingsDialog(self._workspace.settings, self._window))

    def show_shortcuts(self) -> None:
        """Opens the list of shortcuts."""
        from tensorviz.ui.window.shortcut_list import ShortcutList

        self._once(ShortcutList, lambda: ShortcutList(self._window))

    def show_about(self) -> None:
        """Tells what this program is."""
        from tensorviz.ui.window.text_dialogs import AboutDialog

        self._once(AboutDialog, lambda: AboutDialog(self._workspace, self.copy_text, self._window))

    def show_problem(self, problem: Problem) -> None:
        """Opens a problem report, or adds to the one that is open."""
        from tensorviz.ui.window.text_dialogs import ProblemReport

        report = self._window.findChild(ProblemReport)
        if report is not None:
            report.show_problem(problem)
        self._once(ProblemReport, lambda: ProblemReport(self._workspace, problem, self.copy_text, self._window))

    def _once(self, kind: type[D], build: Callable[[], D]) -> None:
        dialog = self._window.findChild(kind) or build()
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    # ------------------------------------------------------------------------------------------------ the window

    def show_page(self, key: str) -> None:
        """Shows a page of the window."""
        self._window.show_page(key)

    def focus_panel(self, name: str) -> None:
        """Gives the keyboard to the widget of that object name that the current page shows, if any."""
        panels = self._window.page().findChildren(QWidget, name)
        panel = next((one for one in panels if one.isVisible()), None)
        if panel is not None:
            panel.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def place_for_menu(self) -> QPoint:
        """Below the top left corner of the widget that has the keyboard, or of the window."""
        focused = QApplication.focusWidget()
        return (focused if focused is not None else self._window).mapToGlobal(QPoint(24, 24))

    def show_palette(self, text: str = "") -> None:
        """Opens the command palette."""
        self._window.palette_frame.open(text)

    def show_jobs(self) -> None:
        """Opens the list of jobs."""
        self._window.top_bar.jobs.open()

    def toggle_full_screen(self) -> None:
        """Fills the screen, or goes back."""
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def close(self) -> None:
        """Closes the window."""
        self._window.close()

    # ------------------------------------------------------------------------------- files, clipboard, addresses

    def open_link(self, address: str) -> None:
        """Opens an address, or a path, in the program the system has for it; says so when there is none."""
        url = QUrl.fromLocalFile(address) if "://" not in address else QUrl(address)
        if not QDesktopServices.openUrl(url):
            self._workspace.messages.say(f"No program here opens {address}.", "Copy it instead.", "warning")

    def copy_text(self, text: str, what: str) -> None:
        """Puts a text on the clipboard and says so."""
        QGuiApplication.clipboard().setText(text)
        self._workspace.messages.say(f"Copied: {what}.", tone="good")

    def copy_picture(self, picture: Preview, what: str) -> None:
        """Puts a picture on the clipboard and says so."""
        QGuiApplication.clipboard().setImage(preview_image(picture).copy())
        self._workspace.messages.say(f"Copied: {what}.", tone="good")

    def take(self, paths: list[str], place: Place = "") -> None:
        """Takes files and folders as if dropped, and remembers them."""
        self.taking.take(paths, place)

    def paste(self) -> None:
        """Takes what is on the clipboard."""
        self.take_offer(
            offer_of(QGuiApplication.clipboard().mimeData()),
            "The clipboard holds no picture, no file and no path.",
            "Copy a picture in another program, or files in the file manager.",
        )

    def take_offer(self, offer: Offer, otherwise: str, hint: str, place: Place = "") -> None:
        """Takes what was dropped or pasted; says `otherwise` when there is nothing in it."""
        if offer.image is not None:
            self._window.show_page("models")
            self._workspace.pictures.add_pasted(offer.image)
        elif offer.paths:
            self.take(list(offer.paths), place)
        else:
            self._workspace.messages.say(otherwise, hint, "warning")

    def recent_files(self) -> tuple[str, ...]:
        """What was opened lately, newest first."""
        return self._memory.recent

    def forget_recent_files(self) -> None:
        """Empties that list."""
        self._memory.forget_recent()


def suffix_of(name_filter: str) -> str:
    """The first suffix of a file dialog's filter: "CSV (*.csv)" gives "csv"; "" when it has none."""
    inside = name_filter.partition("(*.")[2]
    return inside.split(" ")[0].rstrip(")")
