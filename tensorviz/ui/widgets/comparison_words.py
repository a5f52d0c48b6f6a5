"""What a comparison shows, in words.

Must not know how it is painted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorviz.ui.widgets.comparison_stage import ComparisonStage


def told(stage: ComparisonStage, description: str) -> str:
    """The text twin: what the caller says, the way it is seen, the zoom, the pixel under the lens."""
    if not stage.view.width:
        return stage.placeholder
    stale = _sentence(stage.stale_text or "Out of date") if stage.stale else ""
    words = [description, stale, _seen(stage), _sizes(stage), f"Zoom {zoom_text(stage.view.zoom)}.", _pixel(stage)]
    return " ".join(word for word in words if word)


def zoom_text(zoom: float) -> str:
    """As in "273 %"."""
    return f"{100 * zoom:.0f} %" if zoom >= 0.1 else f"{100 * zoom:.2g} %"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _seen(stage: ComparisonStage) -> str:
    before, after = stage.labels
    if stage.held and stage.seen != "side":
        return f"{before} alone."
    if stage.seen == "slider":
        return f"{round(100 * stage.share)} % {before}, the rest {after}."
    if stage.seen == "side":
        return f"{before} and {after} beside one another."
    if stage.seen == "difference":
        return f"The difference of {before} and {after}. {stage.scale.note()}"
    return f"{before if stage.alone == 'before' else after} alone."


def _sizes(stage: ComparisonStage) -> str:
    before, after = stage.sizes
    if stage.seen == "alone" or before == after:
        return ""
    names = stage.labels
    return f"{names[0]} is {before[0]} x {before[1]}, {names[1]} {after[0]} x {after[1]}."


def _pixel(stage: ComparisonStage) -> str:
    if not stage.lens_seen or stage.pixel is None:
        return ""
    rows = ", ".join(f"{row.name} {' '.join(row.numbers.split())}" for row in stage.readings())
    return f"x {stage.pixel[0]}, y {stage.pixel[1]}: {rows}."
