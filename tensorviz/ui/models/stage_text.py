"""The steps between a picture and its answer as text: shapes, statistics, and the sentence for each box.

Must not know widgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.text import percent_text, seconds_text, short_count_text
from tensorviz.ui.models.card_text import computing_text

if TYPE_CHECKING:
    from tensorviz.core.catalogue import ModelRow, WeightsRow
    from tensorviz.core.pipeline import ChannelStatistics, Pipeline, PipelineStage
    from tensorviz.core.results import Classified

HEADER = "   min  max mean"
TIMES = "\N{MULTIPLICATION SIGN}"


def shape_text(stage: PipelineStage) -> str:
    """ "427x640x3", as the array has it, with a multiplication sign."""
    return TIMES.join(str(side) for side in stage.shape)


def channel_line(channel: ChannelStatistics) -> str:
    """ "R -2.1 2.25  .03": one channel in fixed-width columns, under `HEADER`."""
    return " ".join([channel.name[:1], *(short_number(v) for v in (channel.minimum, channel.maximum, channel.mean))])


def short_number(value: float) -> str:
    """A statistic in four places, with as many decimals as find room: " 243", "17.6", "-2.1", "-.03"."""
    text = ""
    for decimals in (0,) if value == int(value) else (2, 1, 0):
        text = f"{value:.{decimals}f}".replace("-0.", "-.")
        if len(text) <= 4:
            return f"{text:>4}"
    return text


def full_number(value: float) -> str:
    """A statistic as it is read when there is room."""
    return f"{value:.4g}"


def detail_lines(stage: PipelineStage) -> tuple[str, ...]:
    """The statistics as a table with four significant digits, for where there is room."""
    head = f"{'':9}{'min':>10}{'max':>10}{'mean':>10}"
    rows = [
        f"{c.name:9}" + "".join(f"{full_number(v):>10}" for v in (c.minimum, c.maximum, c.mean)) for c in stage.channels
    ]
    return (f"{shape_text(stage)} {stage.dtype}", head, *rows)


def note_text(stage: PipelineStage, pipeline: Pipeline) -> str:
    """What happened in this step, what is cut away, and at which size it is drawn where that is another."""
    said = [f"{stage.note[:1].upper()}{stage.note[1:]}."] if stage.note else []
    if stage.key == "original" and stage.crop_box is not None:
        left, top, right, bottom = (round(value) for value in stage.crop_box)
        lost = percent_text(lost_share(pipeline))
        said.append(f"The network sees columns {left} to {right} and rows {top} to {bottom}; {lost} is cut away.")
    drawn = (stage.preview.height, stage.preview.width)
    if drawn != stage.shape[:2] and drawn != stage.shape[-2:]:
        said.append(f"Drawn at {drawn[1]}{TIMES}{drawn[0]} pixels.")
    return " ".join(said)


def lost_share(pipeline: Pipeline) -> float:
    """Which share of the picture the network does not see, 0 to 1."""
    original = next((stage for stage in pipeline.stages if stage.key == "original"), None)
    if original is None or original.crop_box is None:
        return 0.0
    left, top, right, bottom = original.crop_box
    height, width = original.shape[:2]
    return max(0.0, 1 - (right - left) * (bottom - top) / (width * height))


def spoken(stage: PipelineStage, pipeline: Pipeline) -> str:
    """The box as sentences, for those who do not see it."""
    said = [f"{stage.title}: {shape_text(stage)}, {stage.dtype}."]
    for channel in stage.channels:
        low, high, mean = (full_number(v) for v in (channel.minimum, channel.maximum, channel.mean))
        said.append(f"{channel.name}: smallest {low}, largest {high}, mean {mean}.")
    return " ".join([*said, note_text(stage, pipeline)]).strip()


def network_lines(model: ModelRow | None, weights: WeightsRow | None) -> tuple[str, ...]:
    """What the network's box says: name, weights, size, cost."""
    if model is None or weights is None:
        return ("not known yet",)
    numbers = f"{short_count_text(weights.parameters)} numbers"
    classes = f"{weights.classes} classes" if weights.classes else "own classes"
    return tuple(filter(None, (model.name, weights.name, numbers, computing_text(weights), classes)))


def answer_lines(row: Classified) -> tuple[str, ...]:
    """What the scores' box says: the best class, how probable, the next ones, how long the network took and where."""
    first, others = row.top[0], row.top[1:4]
    best = [first.label, percent_text(first.probability)]
    best += [f"{percent_text(label.probability)} {label.label}" for label in others]
    return (*best, f"{seconds_text(row.seconds.forward)}, {row.device}")
