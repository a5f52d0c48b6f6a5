"""What the commands about the session of tensors do, and when they make sense.

Must not know widgets; the rows that name these functions are in `ui/commands.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tensorviz.core.session_script import script
from tensorviz.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.screen import Context
    from tensorviz.ui.state.workspace import Workspace

PAGE = "tensors"
FORMATS = {"svg": "SVG picture (*.svg)", "png": "PNG picture (*.png)"}
CODE = "Python (*.py)"


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


def has_drawing(kind: str) -> Callable[[Workspace], bool]:
    """Whether there is a drawing of that kind to export: somebody draws it, and there are tensors."""
    return lambda workspace: workspace.drawings.offers(kind) and bool(workspace.session.facts.tensors)


def has_tensor(workspace: Workspace) -> bool:
    """Whether there is a tensor to work with."""
    return workspace.showing.current_tensor is not None


# --------------------------------------------------------------------------------------------------- what


def show(page: str) -> Callable[[Context], None]:
    """Shows a page of the window."""
    return lambda context: context.screen.show_page(page)


def undo(context: Context) -> None:
    """Takes the last step back, in sight."""
    context.screen.show_page(PAGE)
    context.workspace.session.undo()


def redo(context: Context) -> None:
    """Does the undone step again, in sight."""
    context.screen.show_page(PAGE)
    context.workspace.session.redo()


def stop(context: Context) -> None:
    """Ends the running step and those that wait."""
    context.workspace.session.cancel()


def begin_anew(context: Context) -> None:
    """Begins an empty session; asks first when there are steps."""
    session = context.workspace.session
    context.screen.show_page(PAGE)
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


def export(kind: str, form: str) -> Callable[[Context], None]:
    """Asks for a file and writes a drawing to it. kind: "canvas" or "grid". form: "svg" or "png"."""

    def ask(context: Context) -> None:
        workspace = context.workspace
        context.screen.save_file(
            f"Export the {kind}",
            f"{_name(workspace, kind)}.{form}",
            (FORMATS[form],),
            lambda paths: workspace.drawings.write(kind, with_suffix(paths[0], form)),
        )

    return ask


def copy_text(kind: str) -> Callable[[Context], None]:
    """Copies the text twin of a drawing."""

    def copy(context: Context) -> None:
        drawing = context.workspace.drawings.make(kind)
        if drawing is not None:
            context.screen.copy_text(drawing.description, f"the {kind} as text")

    return copy


def on_current(work: Callable[[Workspace, TensorFacts], object]) -> Callable[[Context], None]:
    """Does something with the current tensor, in sight."""

    def run(context: Context) -> None:
        context.screen.show_page(PAGE)
        tensor = context.workspace.showing.current_tensor
        if tensor is not None:
            work(context.workspace, tensor)

    return run


def operations(context: Context) -> None:
    """The menu of operations for the current tensor, where the pointer is or in the middle of the page."""
    context.screen.show_page(PAGE)
    name = context.workspace.showing.current
    if name is not None:
        context.workspace.showing.operations_wished.emit(name, context.screen.place_for_menu())


def _name(workspace: Workspace, kind: str) -> str:
    """A name for the file: the tensor's for a grid, the storage's for the canvas."""
    showing = workspace.showing
    if kind == "grid":
        plain = "".join(letter if letter.isalnum() else "_" for letter in showing.current or "grid").strip("_")
        return plain or "grid"
    return f"storage_{showing.storage}" if showing.storage else kind


def with_suffix(path: str, suffix: str) -> str:
    """The path with that ending, which decides the form; one of another form gets it added."""
    return path if Path(path).suffix.lower() == f".{suffix}" else f"{path}.{suffix}"
