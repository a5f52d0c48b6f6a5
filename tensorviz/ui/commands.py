"""Every action once: menus, the command palette, the shortcut list and the panels' buttons are built from this table.

Must not know widgets: what needs one is asked of the `Screen`. To add an action, add a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.errors import NameUnknown
from tensorviz.core.names import did_you_mean
from tensorviz.ui import model_actions as models
from tensorviz.ui import picture_actions as actions
from tensorviz.ui.screen import Context
from tensorviz.ui.state.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

PICTURE_FILTERS = (
    "Pictures (*.jpg *.jpeg *.png *.webp *.gif *.bmp *.tif *.tiff *.heic *.heif *.avif *.ppm *.pgm *.ico)",
    "All files (*)",
)


def _always(workspace: Workspace) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """One action. text: with its mnemonic ("&Open"); "..." when it asks for more before it does anything.

    shortcut: "Ctrl+O", several separated by ", " where they are alternatives ("F1, Ctrl+/"); "" for none.
    menu: the title of its menu, "" for none. section: rows of one menu with other sections have a line between them.
    when: whether it makes sense now. run: does it. A panel's button runs it by `workspace.wishes.run(id)`.
    """

    id: str
    text: str
    tip: str
    run: Callable[[Context], None]
    shortcut: str = ""
    icon: str = ""
    menu: str = ""
    section: str = ""
    when: Callable[[Workspace], bool] = _always

    @property
    def plain_text(self) -> str:
        """The text without mnemonic and dots, as the palette and the shortcut list show it."""
        return self.text.replace("&", "").removesuffix("...")

    @property
    def shortcuts(self) -> tuple[str, ...]:
        """The alternatives."""
        return tuple(part for part in self.shortcut.split(", ") if part)


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

MENUS = ("&File", "&Edit", "&Pictures", "&Model", "&View", "&Help")

COMMANDS: tuple[Command, ...] = (
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
    # Pictures and results.
    Command(
        "pictures.next", "&Next picture", "Look at the next picture",
        actions.step(1), "Alt+Right", "next", "&Pictures", "step", actions.has_pictures,
    ),
    Command(
        "pictures.previous", "Pre&vious picture", "Look at the picture before",
        actions.step(-1), "Alt+Left", "previous", "&Pictures", "step", actions.has_pictures,
    ),
    Command(
        "results.run", "&Classify", "Classify the selected pictures with the chosen model",
        actions.run, "Ctrl+Return", "run", "&Pictures", "run", actions.has_pictures,
    ),
    Command(
        "results.run_all", "Run &all again", "Classify every picture with the chosen model",
        actions.run_all, "F5", "retry", "&Pictures", "run", actions.has_pictures,
    ),
    Command(
        "results.run_rest", "Classify the r&est", "Classify the pictures that have no answer of the chosen model",
        actions.run_rest, "Shift+F5", "run", "&Pictures", "run", actions.has_rest,
    ),
    Command(
        "results.cancel", "Cancel the &batch", "End the running batch and those that are queued",
        actions.cancel_batches, "Ctrl+.", "stop", "&Pictures", "run", actions.has_batch,
    ),
    Command(
        "results.toggle_view", "Picture or &table", "Show one answer in full, or those of all pictures in a table",
        actions.toggle_view, "Ctrl+T", "table", "&Pictures", "show",
    ),
    Command(
        "pictures.copy_path", "Copy &path", "Copy the paths of the selected pictures",
        actions.copy_path, "", "copy", "&Pictures", "well", actions.has_pictures,
    ),
    Command(
        "pictures.show_folder", "Show in its &folder", "Open the folder of the picture",
        actions.show_folder, "", "folder", "&Pictures", "well", actions.has_pictures,
    ),
    Command(
        "pictures.remove", "&Remove", "Take the selected pictures out of the well; their files stay (Delete there)",
        actions.remove, "", "trash", "&Pictures", "well", actions.has_pictures,
    ),
    Command(
        "pictures.clear", "Remove a&ll", "Take every picture out of the well; their files stay",
        actions.clear, "", "close", "&Pictures", "well", actions.has_pictures,
    ),
    Command(
        "results.copy_python", "Copy as P&ython", "A plain torchvision script that gives the same numbers",
        actions.copy_python, "", "code", "&Edit", "result", actions.can_be_scripted,
    ),
    Command(
        "results.copy_command", "Copy as c&ommand", "The command that gives the same result",
        actions.copy_command, "", "terminal", "&Edit", "result", actions.can_be_scripted,
    ),
    Command(
        "results.copy_text", "Copy result as &text", "The answer as plain text",
        actions.copy_text, "Ctrl+Shift+C", "copy", "&Edit", "result", actions.has_answer,
    ),
    Command(
        "results.copy_json", "Copy result as &JSON", "The answer as the command line prints it",
        actions.copy_json, "", "copy", "&Edit", "result", actions.has_answer,
    ),
    Command(
        "results.export_csv", "Export &CSV...", "Write all answers to a table",
        actions.export("csv"), "Ctrl+E", "export", "&File", "export", actions.has_answers,
    ),
    Command(
        "results.export_json", "Export &JSON...", "Write all answers to one JSON array",
        actions.export("json"), "", "export", "&File", "export", actions.has_answers,
    ),
    Command(
        "results.export_jsonl", "Export JSON &lines...", "Write all answers, one JSON object per line",
        actions.export("jsonl"), "", "export", "&File", "export", actions.has_answers,
    ),
    # Models and weights.
    Command(
        "model.find", "&Find a model", "Search the models by name, family or weights",
        models.find, "Ctrl+M", "search", "&Model", "find",
    ),
    Command(
        "model.layers", "&Layers of the network", "The network in use, printed layer by layer",
        models.show_layers, "Ctrl+L", "network", "&Model", "find", models.ready,
    ),
    Command(
        "model.own_recipe", "Back to the weights' own &recipe", "Prepare pictures as the weights were trained",
        models.own_recipe, "", "undo", "&Model", "recipe", models.recipe_differs,
    ),
    Command(
        "model.use_bundled", "&Use the model that comes along", "The small model that needs no download",
        models.use_bundled, "", "model", "&Model", "recipe", models.other_model,
    ),
    Command(
        "model.add_checkpoint", "&Add an own checkpoint...", "Keep a .pth, .pt or .safetensors file as a model",
        models.add_checkpoint, "", "import", "&Model", "weights",
    ),
    Command(
        "model.read_again", "Look a&gain which weights are here", "After files were added or removed by hand",
        models.read_again, "", "retry", "&Model", "weights",
    ),
    Command(
        "model.free_memory", "Free the &memory of networks", "Forgets the networks that are kept warm",
        models.free_memory, "", "trash", "&Model", "weights",
    ),
)


def command(identifier: str) -> Command:
    """The row of that id; raises NameUnknown with what was probably meant."""
    for row in COMMANDS:
        if row.id == identifier:
            return row
    raise NameUnknown(f"There is no command {identifier!r}.", did_you_mean(identifier, (row.id for row in COMMANDS)))
