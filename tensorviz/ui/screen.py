"""What a command may ask of the screen: dialogs, pages, the clipboard.

Must not know any widget: tests give a screen that only remembers what it was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from tensorviz.ui.state.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.errors import Problem
    from tensorviz.core.pipeline import Preview

    Chosen = Callable[[list[str]], None]

Place = Literal["", "tensors", "models"]


class Screen(Protocol):
    """Everything that needs widgets, by its purpose. Nothing here waits: answers come through callables.

    filters are those of file dialogs: "Pictures (*.png *.jpg)". `then` is not called when the person gives up.
    """

    def choose_files(self, title: str, filters: tuple[str, ...], then: Chosen, folder: str = "") -> None:
        """Asks for files that exist; begins in a folder, "" for the one of the last time."""

    def choose_folder(self, title: str, then: Chosen) -> None:
        """Asks for a folder; `then` gets a list of one."""

    def save_file(self, title: str, suggested: str, filters: tuple[str, ...], then: Chosen) -> None:
        """Asks for a file to write; `suggested` is its name or whole path. `then` gets a list of one."""

    def confirm(self, question: str, detail: str, yes: str, then: Callable[[], None]) -> None:
        """Asks a real question; `yes` is the text of the button that calls `then`."""

    def show_page(self, key: str) -> None:
        """Shows a page of the window."""

    def focus_panel(self, name: str) -> None:
        """Gives the keyboard to the widget of that object name on the current page."""

    def place_for_menu(self) -> object:
        """Where on the screen a menu opens that was asked for by the keyboard: by the widget that has it (a QPoint)."""

    def show_palette(self, text: str = "") -> None:
        """Opens the command palette, with a text already typed."""

    def show_settings(self) -> None:
        """Opens the settings."""

    def show_shortcuts(self) -> None:
        """Opens the list of shortcuts."""

    def show_jobs(self) -> None:
        """Opens the list of jobs."""

    def show_about(self) -> None:
        """Tells what this program is."""

    def show_problem(self, problem: Problem) -> None:
        """Opens a problem report: for what nobody foresaw."""

    def open_link(self, address: str) -> None:
        """Opens an address, or a folder, in the program the system has for it."""

    def copy_text(self, text: str, what: str) -> None:
        """Puts a text on the clipboard and says so: "Copied: `what`."."""

    def copy_picture(self, picture: Preview, what: str) -> None:
        """Puts a picture on the clipboard and says so: "Copied: `what`."."""

    def take(self, paths: list[str], place: Place = "") -> None:
        """Takes files and folders as if dropped, and remembers them as recent.

        place: "tensors" or "models", the page that is to have them; "" sends each where its kind belongs.
        """

    def paste(self) -> None:
        """Takes what is on the clipboard as it would be taken when dropped."""

    def recent_files(self) -> tuple[str, ...]:
        """What was opened lately, newest first."""

    def forget_recent_files(self) -> None:
        """Empties that list."""

    def toggle_full_screen(self) -> None:
        """Fills the screen, or goes back."""

    def close(self) -> None:
        """Closes the window."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a command runs on."""

    workspace: Workspace
    screen: Screen
