"""Builds the object graph of the window: engine, bridge, state, window. The only file that knows everybody.

Must not hold behaviour: each part does its own.
"""

from __future__ import annotations

import gc
import re
import signal
import sys
import traceback
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from tensorviz.core.code_lines import CONSOLE
from tensorviz.core.errors import problem_of
from tensorviz.engine.files.handlers import file_handlers
from tensorviz.engine.files.open_files import OpenFiles
from tensorviz.engine.formats import suffixes
from tensorviz.engine.handlers import NetworkCacheSource, handlers
from tensorviz.engine.messages import EngineReady, Event, JobFailed, RowsReady
from tensorviz.engine.messages.files import FileAnalysed
from tensorviz.engine.places import assets_folder, config_folder, session_folder
from tensorviz.engine.tensors.handlers import DeskSource, tensor_handlers
from tensorviz.engine.translating.handlers import TranslatorSource, translation_handlers
from tensorviz.engine.worker import Engine
from tensorviz.settings_file import SettingsFile
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.main_window import MainWindow
from tensorviz.ui.state.workspace import Workspace, build_workspace
from tensorviz.ui.window.ahead import OF_FILES, Ahead
from tensorviz.ui.window.drops import sort_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

SMOKE_PATIENCE = 180_000  # milliseconds
# Seconds after which a busy thread must offer the interpreter lock (Python's own: 0.005). The window's thread asks for
# it at every call from Qt; with two lanes at work, a paint of ten calls took up to 70 ms.
SWITCH_INTERVAL = 0.0005
# How many looks for young garbage come before one at all there is (Python's own: 10). It stops every thread, for 80 ms
# when a file of 10,000 tensors is open; what counts in bytes is freed without it, by counting references.
SELDOM = 100


@dataclass(frozen=True, slots=True)
class Program:
    """Everything that lives as long as the window."""

    application: QApplication
    engine: Engine
    bridge: Bridge
    workspace: Workspace
    window: MainWindow

    def end(self, seconds: float = 3.0) -> bool:
        """Stops the engine; gives whether its threads ended in time."""
        ended = self.engine.stop(seconds)
        self.bridge.close()
        return ended


def run(paths: Sequence[str] = (), *, smoke: bool = False) -> int:
    """Opens the window with these files and folders, and stays until it is closed; gives the exit code.

    smoke: close again as soon as torch is loaded, one of the pictures is answered and one of the files of tensors is
    analysed, where such were given (for tests of an installation); the exit code then says whether that happened.
    """
    if sys.platform == "win32":  # there torch's libraries cannot be loaded after Qt's (torch 2.9 and newer)
        from tensorviz.engine.torch_loading import load_torch

        load_torch()
    program = build(paths)
    if smoke:
        Smoke(program, paths)
    program.window.show()
    code = program.application.exec()
    program.end()
    return int(code)


def build(paths: Sequence[str] = ()) -> Program:
    """Builds everything and shows nothing yet; the engine starts to load when the window has been painted."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.set_threshold(*gc.get_threshold()[:2], SELDOM)
    warnings.filterwarnings("ignore", module=re.escape(CONSOLE))
    application = _application()
    bridge = Bridge()
    desk = DeskSource(session_folder())
    tensors = tensor_handlers(desk)
    generators = TranslatorSource()
    table = {
        **handlers(NetworkCacheSource(generators)), **translation_handlers(generators), **tensors,
        **file_handlers(OpenFiles(), tensors),
    }  # fmt: skip  # one room of the engine after the other
    engine = Engine(table, bridge.report)
    bridge.attach(engine)
    settings = SettingsFile(config_folder() / "settings.json")
    workspace = build_workspace(bridge, settings, assets_folder(), suffixes())
    window = MainWindow(workspace, QSettings(str(config_folder() / "window.ini"), QSettings.Format.IniFormat))
    window.first_painted.connect(lambda: _begin(workspace, window, tuple(paths)))
    if settings.problem:
        window.first_painted.connect(lambda: workspace.messages.say(settings.problem, tone="warning"))
    ahead = Ahead(OF_FILES, window)
    bridge.event.connect(lambda event: ahead.start() if isinstance(event, EngineReady) else None)
    sys.excepthook = _reporter(window)
    return Program(application, engine, bridge, workspace, window)


def _application() -> QApplication:
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("tensorviz")
    application.setApplicationDisplayName("tensorviz")
    application.setDesktopFileName("tensorviz")
    application.setWindowIcon(QIcon(str(assets_folder() / "icons" / "tensorviz.png")))
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal ends the program even while Qt waits
    return application


def _begin(workspace: Workspace, window: MainWindow, paths: tuple[str, ...]) -> None:
    """What is asked of the engine once there is something to see."""
    workspace.engine.start()
    workspace.session.restore()
    workspace.catalogue.read()
    if paths:
        window.open_paths(paths)


def _reporter(window: MainWindow) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """An `excepthook` that shows what went wrong in the window's own code, and still prints it."""

    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        details = "".join(traceback.format_exception(kind, error, trace))
        sys.__excepthook__(kind, error, trace)
        window.screen_asked.show_problem(problem_of(error, details))

    return report


class Smoke:
    """Closes the program when it has shown that it works, or after three minutes when it has not."""

    def __init__(self, program: Program, paths: Sequence[str]) -> None:
        self._program = program
        given = sort_out(paths, program.workspace.files.suffixes)
        asked = ((EngineReady, True), (RowsReady, given.others), (FileAnalysed, given.files))
        self._awaited: set[type[Event]] = {event for event, wanted in asked if wanted}
        program.bridge.event.connect(self._saw)
        QTimer.singleShot(SMOKE_PATIENCE, program.window, lambda: self._end("nothing was answered in time"))

    def _saw(self, event: Event) -> None:
        self._awaited.discard(type(event))
        if isinstance(event, JobFailed):
            self._end(event.problem.message)
        elif not self._awaited:
            self._end("")

    def _end(self, complaint: str) -> None:
        if complaint:
            print(complaint, file=sys.stderr)  # noqa: T201 - the terminal is the only reader here
        self._program.window.close()
        self._program.application.exit(1 if complaint else 0)
