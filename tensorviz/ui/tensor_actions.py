"""What the commands about the session of tensors do, and when they make sense.

Must not know widgets; the rows that name these functions are in `ui/commands.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tensorviz.core.session_script import script
from tensorviz.core.text import plural
from tensorviz.engine.messages.files import SavedPart
from tensorviz.ui.file_actions import with_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.screen import Context
    from tensorviz.ui.state.looking import Looking
    from tensorviz.ui.state.workspace import Workspace

PAGE = "tensors"
FORMATS = {"svg": "SVG picture (*.svg)", "png": "PNG picture (*.png)"}
CODE = "Python (*.py)"
SAVED = {
    "pt": "PyTorch (*.pt)",
    "safetensors": "safetensors (*.safetensors)",
    "npy": "NumPy array (*.npy)",
    "csv": "Table of numbers (*.csv)",
}
MANY = {suffix: SAVED[suffix] for suffix in ("pt", "safetensors")}


# --------------------------------------------------------------------------------------------------- when


def can_undo(workspace: Workspace) -> bool:
    """Whether there is a step to take back; not while one runs."""
    return workspace.session.facts.can_undo and not workspace.session.running


def can_redo(workspace: Workspace) -> bool:
    """Whether there is an undone step; not while one runs."""
    return workspace.session.facts.can_redo and not workspace.session.running


def has_steps(workspace: Workspace) -> bool:
    """Whether anything was done since the session began, undone steps included."""
    return bool(workspace.session.steps)


def has_path(workspace: Workspace) -> bool:
    """Whether steps led to where the session stands."""
    return workspace.session.facts.here > 0 and has_steps(workspace)


def is_running(workspace: Workspace) -> bool:
    """Whether a step runs or waits."""
    return workspace.session.running


def has_tensors(workspace: Workspace) -> bool:
    """Whether the session holds any."""
    return bool(workspace.session.facts.tensors)


def in_session(when: Callable[[Workspace], bool]) -> Callable[[Workspace], bool]:
    """The same, while the session is looked at and not a file."""
    return lambda workspace: workspace.files.current is None and when(workspace)


def has_drawing(kind: str) -> Callable[[Workspace], bool]:
    """Whether there is a drawing of that kind to export: somebody draws it, and there are tensors."""

    def there_is(workspace: Workspace) -> bool:
        looking = looked_at(workspace)
        return looking is not None and looking.drawings.offers(kind) and bool(looking.session.facts.tensors)

    return there_is


def looked_at(workspace: Workspace) -> Looking | None:
    """The states of what is looked at: the session, or a file; None for one that is not read."""
    file = workspace.files.current
    return workspace if file is None else file.looking


def has_tensor(workspace: Workspace) -> bool:
    """Whether there is a current tensor, in the session or the file that is looked at."""
    looking = looked_at(workspace)
    return looking is not None and looking.showing.current_tensor is not None


# --------------------------------------------------------------------------------------------------- what


def show(page: str) -> Callable[[Context], None]:
    """Shows a page of the window."""
    return lambda context: context.screen.show_page(page)


def show_session(context: Context) -> None:
    """Brings the session into sight."""
    context.screen.show_page(PAGE)
    context.workspace.files.look_at(None)


def undo(context: Context) -> None:
    """Takes the last step back, in sight."""
    show_session(context)
    context.workspace.session.undo()


def redo(context: Context) -> None:
    """Does the undone step again, in sight."""
    show_session(context)
    context.workspace.session.redo()


def stop(context: Context) -> None:
    """Ends the running step and those that wait."""
    context.workspace.session.cancel()


def begin_anew(context: Context) -> None:
    """Begins an empty session; asks first when there are steps."""
    session = context.workspace.session
    show_session(context)
    if not has_steps(context.workspace):
        session.begin_anew()
        return
    context.screen.confirm(
        "Begin a new session?",
        f"{plural(len(session.steps), 'step')} and all tensors go. The steps are kept in a file beside the settings.",
        "Begin anew",
        session.begin_anew,
    )


def script_text(workspace: Workspace) -> str:
    """The session as a plain PyTorch script."""
    return script(workspace.session.path(), workspace.session.facts.seed)


def copy_script(context: Context) -> None:
    """The script, on the clipboard."""
    context.screen.copy_text(script_text(context.workspace), "the session as a PyTorch script")


def save_script(context: Context) -> None:
    """Asks for a file and writes the script to it."""
    workspace = context.workspace

    def write(paths: list[str]) -> None:
        workspace.drawings.write_text(script_text(workspace), with_suffix(paths[0], "py"))

    context.screen.save_file("Save the session as a script", "session.py", (CODE,), write)


def save_tensor(context: Context) -> None:
    """Asks for a file and writes the current tensor to it, or the part of it that is selected."""
    workspace = context.workspace
    name = workspace.showing.current
    if name is None:
        return
    selection = workspace.pointing.selection
    part = SavedPart(name, selection.ranges if selection is not None and selection.tensor == name else None)
    what = name if part.ranges is None else f"the selected part of {name}"
    _ask_and_save(context, f"Save {what}", _file_name(name), (part,), SAVED)


def save_all(context: Context) -> None:
    """Asks for a file and writes every tensor of the session to it."""
    tensors = context.workspace.session.facts.tensors
    parts = tuple(SavedPart(one.name) for one in tensors)
    _ask_and_save(context, f"Save {plural(len(parts), 'tensor')}", "tensors", parts, MANY)


def _ask_and_save(
    context: Context, title: str, name: str, parts: tuple[SavedPart, ...], forms: Mapping[str, str]
) -> None:
    suffixes = [f".{suffix}" for suffix in forms]

    def save(paths: list[str]) -> None:
        with_name(context, paths[0], [*suffixes, ".pth"], lambda path: context.workspace.files.save(parts, path))

    context.screen.save_file(title, f"{name}{suffixes[0]}", tuple(forms.values()), save)


def export(kind: str, form: str) -> Callable[[Context], None]:
    """Asks for a file and writes a drawing to it. kind: "canvas" or "grid". form: "svg" or "png"."""

    def ask(context: Context) -> None:
        looking = looked_at(context.workspace)
        if looking is not None:
            context.screen.save_file(
                f"Export the {kind}",
                f"{_name(looking, kind)}.{form}",
                (FORMATS[form],),
                lambda paths: looking.drawings.write(kind, with_suffix(paths[0], form)),
            )

    return ask


def copy_text(kind: str) -> Callable[[Context], None]:
    """Copies the text twin of a drawing."""

    def copy(context: Context) -> None:
        looking = looked_at(context.workspace)
        drawing = looking.drawings.make(kind) if looking is not None else None
        if drawing is not None:
            context.screen.copy_text(drawing.description, f"the {kind} as text")

    return copy


def on_current(work: Callable[[Looking, TensorFacts], object]) -> Callable[[Context], None]:
    """Does something with the current tensor, in sight."""

    def run(context: Context) -> None:
        context.screen.show_page(PAGE)
        looking = looked_at(context.workspace)
        tensor = looking.showing.current_tensor if looking is not None else None
        if looking is not None and tensor is not None:
            work(looking, tensor)

    return run


def operations(context: Context) -> None:
    """The menu of operations for the current tensor, where the pointer is or in the middle of the page."""
    context.screen.show_page(PAGE)
    name = context.workspace.showing.current
    if name is not None:
        context.workspace.showing.operations_wished.emit(name, context.screen.place_for_menu())


def _name(looking: Looking, kind: str) -> str:
    """A name for the file: the tensor's for a grid, the storage's for the canvas."""
    showing = looking.showing
    if kind == "grid":
        return _file_name(showing.current or "grid")
    return f"storage_{showing.storage}" if showing.storage else kind


def _file_name(name: str) -> str:
    """A tensor's name as the name of a file."""
    return "".join(letter if letter.isalnum() else "_" for letter in name).strip("_") or "tensor"


def with_suffix(path: str, suffix: str) -> str:
    """The path with that ending, which decides the form; one of another form gets it added."""
    return path if Path(path).suffix.lower() == f".{suffix}" else f"{path}.{suffix}"
