"""The actions of the window itself, of files and of help: their rows, and what the short ones do.

Must not know widgets: what needs one is asked of the `Screen`. To add an action, add a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.ui.command import Command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tensorviz.ui.screen import Context
    from tensorviz.ui.state.workspace import Workspace

PICTURE_FILTERS = (
    "Pictures (*.jpg *.jpeg *.png *.webp *.gif *.bmp *.tif *.tiff *.heic *.heif *.avif *.ppm *.pgm *.ico)",
    "All files (*)",
)


# ------------------------------------------------------------------------------------------- what the rows do


def _open_files(context: Context) -> None:
    context.screen.choose_files("Open pictures", PICTURE_FILTERS, context.screen.take)


def _open_folder(context: Context) -> None:
    context.screen.choose_folder("Open a folder of pictures", context.screen.take)


def sample_folder(workspace: Workspace) -> Path:
    """Where the sample pictures lie."""
    return workspace.assets / "samples"


def _take_samples(context: Context) -> None:
    context.screen.show_page("models")
    context.workspace.pictures.add([str(sample_folder(context.workspace))])


def _set(key: str, value: str) -> Callable[[Context], None]:
    return lambda context: context.workspace.settings.set(key, value)


def _copy_versions(context: Context) -> None:
    context.screen.copy_text(versions_text(context.workspace), "versions")


def versions_text(workspace: Workspace) -> str:
    """Which programs this window runs on, one per line, for bug reports."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    import PySide6

    try:
        own = version("tensorviz")
    except PackageNotFoundError:
        own = "not installed"
    rows = {"tensorviz": own, "Python": platform.python_version(), "PySide6": PySide6.__version__}
    rows["torch"] = workspace.engine.torch_version or "not loaded"
    rows["system"] = platform.platform()
    return "\n".join(f"{name} {value}" for name, value in rows.items())


# --------------------------------------------------------------------------------------------- when rows apply


def _has_samples(workspace: Workspace) -> bool:
    return sample_folder(workspace).is_dir()


def _has_active_jobs(workspace: Workspace) -> bool:
    return bool(workspace.jobs.active)


def _engine_failed(workspace: Workspace) -> bool:
    return workspace.engine.phase == "failed"


# --------------------------------------------------------------------------------------------------- the table

WINDOW_COMMANDS: tuple[Command, ...] = (
    # The window and its file dialogs.
    Command(
        "pictures.open", "&Open pictures...", "Choose picture files",
        _open_files, shortcut="Ctrl+O", icon="open", menu="&File", section="open",
    ),
    Command(
        "pictures.open_folder", "Open &folder...", "Take every picture in a folder and the folders in it",
        _open_folder, shortcut="Ctrl+Shift+O", icon="folder", menu="&File", section="open",
    ),
    Command(
        "pictures.samples", "Take the &samples", "Take the pictures that come with tensorviz",
        _take_samples, icon="sparkles", menu="&File", section="open", when=_has_samples,
    ),
    Command(
        "window.close", "&Quit", "Close the window; running jobs are cancelled",
        lambda context: context.screen.close(), shortcut="Ctrl+Q", menu="&File", section="~end",
    ),
    Command(
        "edit.paste", "&Paste", "Take a picture, files or paths from the clipboard",
        lambda context: context.screen.paste(), shortcut="Ctrl+V", icon="paste", menu="&Edit", section="clipboard",
    ),
    Command(
        "window.settings", "&Settings...", "Change how tensorviz looks and works",
        lambda context: context.screen.show_settings(), shortcut="Ctrl+,", icon="settings", menu="&Edit",
        section="~settings",
    ),
    Command(
        "window.palette", "&Command palette...", "Find a command or a model by typing",
        lambda context: context.screen.show_palette(), shortcut="Ctrl+K", icon="search", menu="&View",
        section="palette",
    ),
    Command(
        "window.jobs", "&Jobs", "What is running, how far it is, and what failed",
        lambda context: context.screen.show_jobs(), shortcut="Ctrl+J", icon="jobs", menu="&View", section="palette",
    ),
    Command(
        "jobs.cancel_all", "Cancel &all jobs", "End everything that is running or waiting",
        lambda context: context.workspace.jobs.cancel_all(), icon="close", menu="&View", section="palette",
        when=_has_active_jobs,
    ),
    Command(
        "theme.system", "Theme: follow the s&ystem", "Light or dark, as the system is",
        _set("theme", "system"), icon="theme", menu="&View", section="theme",
    ),
    Command(
        "theme.light", "Theme: &light", "Dark on light",
        _set("theme", "light"), icon="theme", menu="&View", section="theme",
    ),
    Command(
        "theme.dark", "Theme: &dark", "Light on dark",
        _set("theme", "dark"), icon="theme", menu="&View", section="theme",
    ),
    Command(
        "window.full_screen", "&Full screen", "Fill the screen, or go back",
        lambda context: context.screen.toggle_full_screen(), shortcut="F11", menu="&View", section="~screen",
    ),
    Command(
        "engine.retry", "&Try to load torch again", "After a failure that was repaired",
        lambda context: context.workspace.engine.start(), icon="retry", menu="&Model", section="~engine",
        when=_engine_failed,
    ),
    Command(
        "help.shortcuts", "&Keyboard shortcuts", "Every command with its keys",
        lambda context: context.screen.show_shortcuts(), shortcut="F1, Ctrl+/", icon="keyboard", menu="&Help",
    ),
    Command(
        "help.copy_versions", "Copy &versions", "For bug reports: what this window runs on",
        _copy_versions, icon="copy", menu="&Help",
    ),
    Command(
        "help.about", "&About tensorviz", "What this program is",
        lambda context: context.screen.show_about(), icon="info", menu="&Help", section="~about",
    ),
)
