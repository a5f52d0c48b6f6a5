"""What the card of some weights says: figures, licence, recipe and place, as label and text.

Must not know widgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tensorviz.core.text import bytes_text, count_text, path_text, percent_text, seconds_text, short_count_text

if TYPE_CHECKING:
    from tensorviz.core.catalogue import ModelRow, WeightsRow
    from tensorviz.engine.messages import JobProgress

LABELS = (
    "Parameters",
    "Computing",
    "Accuracy",
    "File",
    "Trained on",
    "Classes",
    "Architecture",
    "Recipe",
    "Licence",
    "Where",
)


def facts(model: ModelRow, weights: WeightsRow) -> tuple[tuple[str, str, str], ...]:
    """Label, text, and what stands behind the text (shown when pointed at), for each line of the card."""
    computing = computing_text(weights)
    said = (
        (short_count_text(weights.parameters), count_text(weights.parameters)),
        (f"{computing} a picture" if computing else "not known", ""),
        (_accuracy(weights), ""),
        (bytes_text(weights.file_bytes), f"{count_text(weights.file_bytes)} bytes"),
        (weights.trained_on, ""),
        (count_text(weights.classes) if weights.classes else "not known yet", ""),
        (model.architecture, ""),
        (weights.recipe.describe(), ""),
        (weights.licence, ""),
        (path_text(weights.path) if weights.path else "not on this computer", ""),
    )
    return tuple((label, text, behind) for label, (text, behind) in zip(LABELS, said, strict=True))


def computing_text(weights: WeightsRow) -> str:
    """ "0.301 GFLOPs"; "" when nobody has counted."""
    return f"{weights.gflops:.3g} GFLOPs" if weights.gflops else ""


def weights_title(weights: WeightsRow, *, alone: bool) -> str:
    """How weights are named where they are chosen: "IMAGENET1K_V2, default, on this computer"."""
    said = [weights.name]
    if weights.is_default and not alone:
        said.append("default")
    if weights.here and not alone:
        said.append("on this computer")
    return ", ".join(said)


def fetch_question(weights: WeightsRow) -> str:
    """What is asked before a download."""
    host = urlsplit(weights.url).hostname or weights.url
    return f"Fetch {bytes_text(weights.file_bytes)} from {host}? The file is {file_of(weights)}."


def delete_question(weights: WeightsRow) -> str:
    """What is asked before a file is deleted."""
    return f"Delete {path_text(weights.path or '')} ({bytes_text(weights.file_bytes)})? It can be fetched again."


def file_of(weights: WeightsRow) -> str:
    """The published file's name."""
    return weights.url.rsplit("/", 1)[-1]


def progress_text(progress: JobProgress | None) -> str:
    """ "31.2 MB of 97.8 MB, 4.1 MB/s, 16.2 s left"."""
    if progress is None:
        return "waiting"
    if progress.unit != "byte":
        return progress.stage or "under way"
    done = bytes_text(progress.done)
    said = [done if progress.total is None else f"{done} of {bytes_text(progress.total)}"]
    if progress.rate:
        said.append(f"{bytes_text(progress.rate)}/s")
    if progress.seconds_left is not None:
        said.append(f"{seconds_text(progress.seconds_left)} left")
    if progress.stage:
        said.insert(0, progress.stage)
    return ", ".join(said)


def _accuracy(weights: WeightsRow) -> str:
    if weights.accuracy_1 is None:
        return "not published"
    best = f"{percent_text(weights.accuracy_1)} top-1"
    return best if weights.accuracy_5 is None else f"{best}, {percent_text(weights.accuracy_5)} top-5"
