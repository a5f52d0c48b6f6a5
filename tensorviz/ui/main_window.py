"""The window: a menu bar, a top bar, and one page at a time; what is dropped anywhere on it is taken.

Must not hold behaviour: pages come from `PAGES`, actions from `COMMANDS`, everything else from `ui/window`.
"""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QIcon
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from tensorviz.ui.icons import use_icons
from tensorviz.ui.pages import PAGES, Page
from tensorviz.ui.screen import Context
from tensorviz.ui.theme import Theme
from tensorviz.ui.window.actions import Actions
from tensorviz.ui.window.dropping import Dropping
from tensorviz.ui.window.failures import Failures
from tensorviz.ui.window.memory import WindowMemory
from tensorviz.ui.window.refusals import Refusals
from tensorviz.ui.window.toasts import Toasts
from tensorviz.ui.window.top_bar import TopBar
from tensorviz.ui.window.window_screen import WindowScreen
from tensorviz.ui.window.written import Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.ui.screen import Place
    from tensorviz.ui.state.workspace import Workspace
    from tensorviz.ui.window.drops import Offer
    from tensorviz.ui.window.palette import CommandPalette

FIRST_SIZE = QSize(1280, 800)
FRAME = QSize(8, 36)  # what the system's window manager adds, which is not known before it has done so
LEAST_SIZE = QSize(760, 480)


class MainWindow(QMainWindow):
    """Built whole, shown by whoever made it. Signals: first_painted(), once, when the person can see it."""

    first_painted = Signal()

    def __init__(self, workspace: Workspace, window_settings: QSettings, pages: Sequence[Page] = PAGES) -> None:
        super().__init__()
        use_icons(workspace.assets / "icons")
        self._workspace, self._pages = workspace, {page.key: page for page in pages}
        self._painted, self._shown = False, ""
        self._built: dict[str, QWidget] = {}
        self.memory = WindowMemory(window_settings, self)
        self.theme = Theme(workspace.settings, self)
        self.screen_asked = WindowScreen(self, workspace, self.memory)
        self.context = Context(workspace, self.screen_asked)
        self.actions_table = Actions(self.context, self)
        self.top_bar = TopBar(workspace, pages)
        self._stack = QStackedWidget()
        self._stack.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._build()
        self.toasts = Toasts(workspace.messages, self)
        self.dropping = Dropping(self, workspace.files.suffixes)
        self._listen()
        self.show_page(self.memory.page if self.memory.page in self._pages else pages[0].key)
        self.theme.dress()

    @cached_property
    def palette_frame(self) -> CommandPalette:
        """The command palette, built when it is first asked for: the window is there sooner."""
        from tensorviz.ui.window.palette import CommandPalette

        return CommandPalette(self.context, self.actions_table, self)

    # --------------------------------------------------------------------------------------------------- building

    def _build(self) -> None:
        self.setWindowTitle("tensorviz")
        self.setWindowIcon(QIcon("icons:tensorviz.png"))
        self.setAcceptDrops(True)
        self.setMinimumSize(LEAST_SIZE)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self._stack, 1)
        self.setCentralWidget(whole)
        self._add_recent(self.actions_table.fill(self.menuBar())["&File"])
        if not self.memory.restore(self):
            self.resize(FIRST_SIZE.boundedTo(QGuiApplication.primaryScreen().availableSize() - FRAME))

    def _add_recent(self, menu: QMenu) -> None:
        self._recent = QMenu("Open r&ecent", menu)
        first_line = next((action for action in menu.actions() if action.isSeparator()), None)
        menu.insertMenu(first_line, self._recent) if first_line else menu.addMenu(self._recent)
        self.memory.recent_changed.connect(self._fill_recent)
        self._fill_recent()

    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self.memory.recent:
            action = self._recent.addAction(Path(path).name.replace("&", "&&") or path)
            action.setToolTip(path)
            action.triggered.connect(partial(self._open_recent, path))
        self._recent.addSeparator()
        self._recent.addAction("&Forget these", self.memory.forget_recent)
        self._recent.setToolTipsVisible(True)
        self._recent.setEnabled(bool(self.memory.recent))

    def _open_recent(self, path: str, checked: bool = False) -> None:
        self.screen_asked.take([path], self.memory.place_of(path))

    def _listen(self) -> None:
        self.top_bar.page_chosen.connect(self.show_page)
        Refusals(self._workspace.pictures, self._workspace.messages, self)
        Failures(self.context, self)
        Written(self._workspace, self.screen_asked, self)
        self.dropping.dropped.connect(self._take_dropped)
        self._workspace.settings.not_saved.connect(partial(self._workspace.messages.say, tone="warning"))

    # ------------------------------------------------------------------------------------------------------ pages

    def show_page(self, key: str) -> None:
        """Shows the page of that key, building it when it is shown for the first time; not one that is shown already.

        A key that no page has is passed over: not every window has every page.
        """
        if key not in self._pages or key == self._shown:
            return
        self._shown = key
        if key not in self._built:
            widget = self._pages[key].build(self._workspace)
            self._built[key] = widget
            self._stack.addWidget(widget)
            self.memory.restore_splitters(widget)
            made = getattr(widget, "panels_made", None)
            if made is not None:
                made.connect(self.memory.restore_splitters)
        self._stack.setCurrentWidget(self._built[key])
        self._give_keyboard(self._built[key])
        self.top_bar.show_page(key)

    def _give_keyboard(self, page: QWidget) -> None:
        """To what the page names as its first; while that is hidden to none of its buttons, so that none is marked."""
        first = page.focusProxy()
        (first if first is not None and first.isVisibleTo(page) else self._stack).setFocus()

    def page(self) -> QWidget:
        """The page that is shown."""
        page = self._stack.currentWidget()
        assert page is not None, "one is shown from the beginning"
        return page

    def open_paths(self, paths: Sequence[str]) -> None:
        """Opens what was named on the command line."""
        self.screen_asked.take(list(paths))

    def _take_dropped(self, offer: Offer, place: Place) -> None:
        nothing = "What was dropped holds no file and no picture."
        self.screen_asked.take_offer(offer, nothing, "Drop picture files, files of tensors or folders.", place)

    # ----------------------------------------------------------------------------------------------------- hearing

    def event(self, event: QEvent) -> bool:
        """Tells when the window has been painted for the first time."""
        if event.type() == QEvent.Type.Paint and not self._painted:
            self._painted = True
            self.dropping.watch()
            QTimer.singleShot(0, self.first_painted.emit)
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remembers how the window stood."""
        self.memory.keep(self, self._shown)
        super().closeEvent(event)
