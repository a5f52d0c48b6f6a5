"""Answers in words: for tooltips, for the clipboard, for screen readers.

Must not know widgets.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from tensorviz.core.results import Classified
from tensorviz.core.text import count_text, path_text, percent_text, plural, seconds_text

if TYPE_CHECKING:
    from tensorviz.core.catalogue import ModelChoice, ModelRow
    from tensorviz.core.errors import Problem
    from tensorviz.core.results import Row
    from tensorviz.ui.state.jobs import JobItem
    from tensorviz.ui.state.pictures import PictureItem

STATE_WORDS = {"new": "not classified yet", "waiting": "waiting", "running": "being classified"}
DRAWN_WORDS = {
    "new": "not translated yet",
    "waiting": "waiting",
    "running": "being translated",
    "done": "translated",
}


def name_text(path: str) -> str:
    """The name of a file as it can be shown."""
    return path_text(os.path.basename(path) or path)  # noqa: PTH119 - a Path would change what was given


def size_text(item: PictureItem) -> str:
    """ "1280 x 853, JPEG"; empty while the picture has not been read."""
    size = f"{item.size[0]} \N{MULTIPLICATION SIGN} {item.size[1]}" if item.size else ""
    return ", ".join(filter(None, (size, item.format)))


def problem_text(problem: Problem) -> str:
    """The sentence and the hint."""
    return f"{problem.message} {problem.hint}".strip()


def state_text(item: PictureItem) -> str:
    """What is known of a picture's answer, or of its translation, in a few words."""
    if item.state == "done" and item.best is not None:
        other = ", from another model" if item.stale else ""
        return f"{item.best.label} {percent_text(item.best.probability)}{other}"
    if item.problem is not None:
        return problem_text(item.problem)
    if item.task == "translate":
        other = ", with another choice" if item.stale and item.state == "done" else ""
        return f"{DRAWN_WORDS.get(item.state, 'not translated')}{other}"
    return STATE_WORDS.get(item.state, "no answer")


def tip_text(item: PictureItem) -> str:
    """The tooltip of a picture: path, size, answer."""
    return "\n".join(filter(None, (path_text(item.path), size_text(item), state_text(item))))


def row_text(row: Row) -> str:
    """An answer as plain text, for the clipboard."""
    if not isinstance(row, Classified):
        return f"{path_text(row.path)}\n{problem_text(row.problem)}"
    widest = max((len(label.label) for label in row.top), default=0)
    lines = [f"  {label.label:<{widest}}  {percent_text(label.probability):>8}" for label in row.top]
    how = f"{row.model} {row.weights}, {row.device}, {row.precision}, {seconds_text(row.seconds.total)}"
    return "\n".join([path_text(row.path), *lines, how, *row.notes])


def row_json(row: Row) -> str:
    """An answer as the command line would print it."""
    return json.dumps(row.as_dict(), ensure_ascii=False, indent=2)


def choice_text(choice: ModelChoice, model: ModelRow | None) -> str:
    """What is chosen, in few words; a file is named without its folder."""
    name = choice.model or (model.name if model else "the model that comes with tensorviz")
    weights = name_text(choice.weights) if os.sep in choice.weights else choice.weights
    return f"{name} {weights}".strip()


def batch_text(batches: tuple[JobItem, ...]) -> str:
    """How far the running batch is: "312 of 1,000 pictures, 14.2 a second, 48 s left; 1 more batch waits"."""
    if not batches:
        return ""
    item = batches[0]
    parts = [_done_text(item)]
    if item.state == "running":
        parts += [f"{item.rate:.1f} a second"] if item.rate else []
        parts += [f"{seconds_text(item.seconds_left)} left"] if item.seconds_left is not None else []
        parts += [item.stage] if item.stage else []
    waiting = f"; {plural(len(batches) - 1, 'more batch').replace('batchs', 'batches')} queued" if batches[1:] else ""
    return ", ".join(parts) + waiting


def short_batch_text(batches: tuple[JobItem, ...]) -> str:
    """The same where there is little room: "312 of 1,000 pictures"."""
    return _done_text(batches[0]) if batches else ""


def _done_text(item: JobItem) -> str:
    if item.state == "queued":
        return f"{item.title}: queued"
    total = f" of {plural(item.total, 'picture')}" if item.total is not None else ""
    done = f"{item.done:,}{total}" if total or item.done else item.title
    return f"Cancelling: {done}" if item.state == "cancelling" else done


def own_model_text(model: ModelRow | None) -> str:
    """What the model that comes along is and does not know; "" for others."""
    if model is None or model.kind != "bundled":
        return ""
    count = model.default().classes if model.weights else 0
    known = "ten" if count == 10 else count_text(count)
    return f"This small network knows {known} kinds of things; anything else is called the nearest of them."
