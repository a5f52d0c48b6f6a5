"""What the commands about pictures and their answers do, and when they make sense.

Must not know widgets; the rows that name these functions are in `ui/commands.py`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tensorviz.core.results import Classified
from tensorviz.core.script import Asked, command_line, python_script
from tensorviz.core.text import path_text, plural
from tensorviz.ui.models.answer_text import row_json, row_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.results import Row
    from tensorviz.ui.screen import Context
    from tensorviz.ui.state.workspace import Workspace

ASKED_BEFORE_CLEARING = 50  # answers that took a while to get are not thrown away by a slip
EXPORTS = {"csv": "Table (*.csv)", "json": "JSON (*.json)", "jsonl": "JSON lines (*.jsonl)"}


def chosen(workspace: Workspace) -> tuple[str, ...]:
    """The selected pictures, or the current one."""
    pictures = workspace.pictures
    if pictures.selected_count:
        return pictures.selection
    return (pictures.current,) if pictures.current is not None else ()


def current_row(workspace: Workspace) -> Row | None:
    """The answer of the current picture."""
    current = workspace.pictures.current
    return workspace.results.row(current) if current is not None else None


# --------------------------------------------------------------------------------------------------- when


def has_pictures(workspace: Workspace) -> bool:
    """Whether there are any."""
    return workspace.pictures.count > 0


def has_answers(workspace: Workspace) -> bool:
    """Whether there is anything to export."""
    return workspace.results.count > 0


def has_answer(workspace: Workspace) -> bool:
    """Whether the current picture has a row."""
    return current_row(workspace) is not None


def has_rest(workspace: Workspace) -> bool:
    """Whether some pictures have no answer of what is chosen now, and none is on its way."""
    return workspace.results.rest_count > 0 and not workspace.results.busy


def has_batch(workspace: Workspace) -> bool:
    """Whether a batch runs or waits."""
    return bool(workspace.results.batches)


# --------------------------------------------------------------------------------------------------- what


def remove(context: Context) -> None:
    """Takes the chosen pictures out of the well."""
    context.workspace.pictures.remove(chosen(context.workspace))


def clear(context: Context) -> None:
    """Takes all pictures out; asks first when many answers would go with them."""
    workspace = context.workspace
    if workspace.results.count < ASKED_BEFORE_CLEARING:
        workspace.pictures.clear()
        return
    context.screen.confirm(
        f"Take all {plural(workspace.pictures.count, 'picture')} out of the well?",
        f"The answers of {plural(workspace.results.count, 'picture')} go with them. No file is deleted.",
        "Take them out",
        workspace.pictures.clear,
    )


def step(rows: int) -> Callable[[Context], None]:
    """Looks at the picture that many rows further."""
    return lambda context: context.workspace.pictures.step(rows)


def copy_path(context: Context) -> None:
    """The paths of the chosen pictures, one per line."""
    paths = chosen(context.workspace)
    context.screen.copy_text("\n".join(map(path_text, paths)), plural(len(paths), "path"))


def show_folder(context: Context) -> None:
    """Opens the folder of the current picture in the system's file manager."""
    current = context.workspace.pictures.current
    if current is not None:
        folder = os.path.dirname(os.path.abspath(current))  # noqa: PTH100, PTH120 - the very bytes of the path
        context.screen.open_link(Path(folder).as_uri())


def run(context: Context) -> None:
    """Classifies the chosen pictures with what is chosen now."""
    context.workspace.results.classify(chosen(context.workspace))


def run_all(context: Context) -> None:
    """Classifies every picture with what is chosen now."""
    context.workspace.results.classify()


def run_rest(context: Context) -> None:
    """Classifies the pictures that have no answer of what is chosen now."""
    results = context.workspace.results
    results.classify(results.rest())


def cancel_batches(context: Context) -> None:
    """Ends the running batch and those that wait."""
    for item in context.workspace.results.batches:
        context.workspace.results.cancel(item.number)


def toggle_view(context: Context) -> None:
    """From the picture to the table and back."""
    results = context.workspace.results
    results.set_view("table" if results.view == "picture" else "picture")


def asked(workspace: Workspace) -> Asked | None:
    """All that the current answer came from; None when its model is not in the catalogue (any more)."""
    current = workspace.pictures.current
    answer = workspace.results.answer(current) if current is not None else None
    if answer is None or not isinstance(answer.row, Classified):
        return None
    model = workspace.catalogue.model(answer.choice.model)
    row = workspace.catalogue.weights(answer.choice.model, answer.choice.weights)
    if model is None or row is None:
        return None
    top = max(1, len(answer.row.top))
    return Asked(answer.row.path, answer.choice, model, row, top=top, device=answer.row.device)


def can_be_scripted(workspace: Workspace) -> bool:
    """Whether the current answer can be had again by a script or a command."""
    return asked(workspace) is not None


def copy_python(context: Context) -> None:
    """A plain script that gives the current answer."""
    if known := asked(context.workspace):
        context.screen.copy_text(python_script(known), "a Python script that gives this result")


def copy_command(context: Context) -> None:
    """The command that gives the current answer."""
    if known := asked(context.workspace):
        text = command_line([known.path], known.choice, known.row.recipe, known.top)
        context.screen.copy_text(text, "the command that gives this result")


def copy_text(context: Context) -> None:
    """The current answer as plain text."""
    if row := current_row(context.workspace):
        context.screen.copy_text(row_text(row), "the result as text")


def copy_json(context: Context) -> None:
    """The current answer as JSON."""
    if row := current_row(context.workspace):
        context.screen.copy_text(row_json(row), "the result as JSON")


def export(kind: str) -> Callable[[Context], None]:
    """Asks for a file and writes all answers to it: "csv", "json" or "jsonl"."""

    def ask(context: Context) -> None:
        results = context.workspace.results
        title = f"Export {plural(results.count, 'answer')}"
        context.screen.save_file(
            title, f"answers.{kind}", (EXPORTS[kind],), lambda chosen: write(context.workspace, chosen[0], kind)
        )

    return ask


def write(workspace: Workspace, path: str, kind: str) -> None:
    """Writes all answers; a name without an ending gets the one of its kind, since the ending decides the form."""
    name = path if Path(path).suffix.lower() == f".{kind}" else f"{path}.{kind}"
    workspace.results.export(name)
