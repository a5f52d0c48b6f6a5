"""Translations in words: what a range does, how two pictures differ, what lies under the pointer.

Must not know widgets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tensorviz.core.drawn import LEVELS
from tensorviz.core.errors import Problem
from tensorviz.core.text import bytes_text, count_text, percent_text, seconds_text
from tensorviz.core.translation import RESIZE
from tensorviz.ui.models.answer_text import name_text

if TYPE_CHECKING:
    from tensorviz.core.catalogue import ModelRow
    from tensorviz.core.drawn import Difference, Translation
    from tensorviz.core.pipeline import Preview
    from tensorviz.core.translation import GeneratorChoice, Size, TranslationPlan
    from tensorviz.ui.state.jobs import JobItem

RANGES = {"trained": "as trained", "book": "as in the book"}
AS_IT_IS = "as it is"
RGB = 3
SIZES = (RESIZE, 512, 1024, 0)  # that are offered; 0 keeps the size


def times(size: Size) -> str:
    """A size: "316 x 256" with the sign for times."""
    return f"{size[0]} \N{MULTIPLICATION SIGN} {size[1]}"


def resize_text(resize: int) -> str:
    """A shorter side as it is chosen: "256", "as it is"."""
    return str(resize) if resize else AS_IT_IS


def resize_of(text: str) -> int | None:
    """The shorter side that a text means, None for what is no whole number and no "as it is"; any number counts."""
    plain = text.strip().removesuffix("pixels").strip().replace(",", "")
    if plain.casefold() == AS_IT_IS:
        return 0
    return int(plain) if plain.isascii() and plain.isdecimal() else None


def range_text(input_range: str, plan: TranslationPlan | Problem | None) -> str:
    """What an input range does, in a sentence; with the sizes where they are known."""
    if isinstance(plan, Problem):
        return f"{_values(input_range)}. {problem_words(plan)}"
    if plan is None:
        rest = "mirrored to a multiple of four, cut back" if input_range == "trained" else "the network's own size"
        return f"{_values(input_range)}; {rest}."
    if input_range == "book":
        return f"{_values(input_range)}; drawn at the network's own size, {times(plan.result)}."
    if plan.network == plan.resized:
        return f"{_values(input_range)}; {times(plan.resized)} is a multiple of four already, nothing is mirrored."
    mirrored = f"mirrored to {times(plan.network)}, a multiple of four, cut back to {times(plan.result)}"
    return f"{_values(input_range)}; {mirrored}."


def _values(input_range: str) -> str:
    return "Values from -1 to 1" if input_range == "trained" else "Values from 0 to 1"


def norm_text(row: ModelRow | None) -> str:
    """How much the range matters for a generator: its norms decide that; "" while none is known."""
    if row is None:
        return ""
    if row.kind == "bundled":
        return "With batch norms, as in this pair, the way it was not trained in draws wrong colours."
    same = "With instance norms both ways give nearly the same picture"
    return f"{same}; with batch norms they do not." if row.kind == "own" else f"{same}."


def problem_words(problem: Problem) -> str:
    """The sentence, with what can be done in the window: its hints are written for the command line."""
    return f"{problem.message} {window_hint(problem)}".strip()


def window_hint(problem: Problem) -> str:
    """The hint in words of the window."""
    hint = re.sub(r" \(--resize( \d+)?\)", "", problem.hint)
    for option, words in (
        ("Use --input-range trained, or --resize", "Choose the range as trained, or a shorter side of"),
        ("--resize", "A shorter side of"),
    ):
        hint = hint.replace(option, words)
    return hint


def fitting_resize(problem: Problem) -> int | None:
    """The shorter side that a problem says would fit, None when it says nothing of that."""
    words = problem.hint.partition("--resize ")[2].split()
    number = words[0].strip(".,;)") if words else ""
    return int(number) if number.isdecimal() else None


def memory_text(nbytes: int | None) -> str:
    """The memory that is predicted: "about 73 MB of memory"; "" while it is not known."""
    if nbytes is None:
        return ""
    return (
        f"about {nbytes / 1e6:.0f} MB of memory" if 10**6 <= nbytes < 10**9 else f"about {bytes_text(nbytes)} of memory"
    )


# --------------------------------------------------------------------------------------------- differences


def mean_text(difference: Difference) -> str:
    """The mean with one digit after the point; a small one is not called nothing."""
    return f"{difference.mean:.1f}" if difference.mean >= 0.05 or not difference.mean else f"{difference.mean:.1g}"


def _rest(difference: Difference) -> str:
    """What is told behind the mean: the largest difference, and how many pixels have none."""
    share = percent_text(difference.equal / difference.pixels)
    equal = f"{share} of the pixels are equal" if difference.equal else "no pixel is equal"
    return f"on average, {difference.largest} at most; {equal}."


def difference_text(translation: Translation) -> str:
    """How before and after differ, and where they were compared when their sizes differ."""
    difference = translation.difference
    compared = _compared(difference, translation.before, translation.after)
    if not difference.largest:
        return f"Nothing was changed: every pixel is equal.{compared}"
    return f"Differs by {mean_text(difference)} of {LEVELS} levels {_rest(difference)}{compared}"


def error_text(translation: Translation) -> str:
    """The reconstruction error in a sentence; "" when nothing was translated back."""
    back = translation.way_back
    if back is None:
        return ""
    compared = _compared(back.difference, translation.before, back.picture)
    if not back.difference.largest:
        return f"Comes back as it was: every pixel is equal.{compared}"
    error = mean_text(back.difference)
    return f"Comes back with {error} of {LEVELS} levels of error {_rest(back.difference)}{compared}"


def _compared(difference: Difference, one: Preview, other: Preview) -> str:
    sizes = {(one.width, one.height), (other.width, other.height)}
    if sizes == {(difference.width, difference.height)}:
        return ""
    return (
        f" Compared where both have pixels: {times((difference.width, difference.height))} from the upper left corner."
    )


# ------------------------------------------------------------------------------------------------- a pixel


def pixel_of(picture: Preview, x: int, y: int) -> tuple[int, int, int] | None:
    """Red, green and blue, 0 to 255; None outside."""
    if not (0 <= x < picture.width and 0 <= y < picture.height):
        return None
    at = (y * picture.width + x) * RGB
    red, green, blue = picture.pixels[at : at + RGB]
    return red, green, blue


def pixel_text(x: int, y: int, pictures: list[tuple[str, Preview]]) -> str:
    """A place and what the pictures have there: "120, 88: before 12 34 56, after 20 30 60, difference 8".

    The difference is between the first picture and the last, the largest of the three channels.
    """
    values = [_pixel(picture, x, y) for _, picture in pictures]
    parts = [f"{name} {value}" for (name, _), value in zip(pictures, values, strict=True)]
    differing = _differing(x, y, pictures)
    return f"{x}, {y}:  {',  '.join(parts)}{f',  difference {differing}' if differing is not None else ''}"


def short_pixel_text(x: int, y: int, pictures: list[tuple[str, Preview]]) -> str:
    """The same without names: "120, 88: 12 34 56 > 20 30 60, 8" with arrows."""
    values = " \N{RIGHTWARDS ARROW} ".join(_pixel(picture, x, y) for _, picture in pictures)
    differing = _differing(x, y, pictures)
    return f"{x}, {y}: {values}{f', {differing}' if differing is not None else ''}"


def _pixel(picture: Preview, x: int, y: int) -> str:
    value = pixel_of(picture, x, y)
    return " ".join(map(str, value)) if value else "none"


def _differing(x: int, y: int, pictures: list[tuple[str, Preview]]) -> int | None:
    """The largest difference of the channels, of the first picture and the last."""
    first, last = pixel_of(pictures[0][1], x, y), pixel_of(pictures[-1][1], x, y)
    if len(pictures) < 2 or first is None or last is None:
        return None
    return max(abs(a - b) for a, b in zip(first, last, strict=True))


# --------------------------------------------------------------------------------------------------- facts


def fact_lines(translation: Translation) -> dict[str, str]:
    """What drew it, where, how large: a line for each."""
    row = translation.row
    lines = {
        "Generator": row.model,
        "Weights": name_text(row.weights),
        "Computed on": f"{row.device}, {row.precision}",
        "Result": times(row.size),
    }
    if back := translation.way_back:
        lines["Way back"] = f"{back.model} {name_text(back.weights)}, {seconds_text(back.forward)}"
    return lines


def choice_words(choice: GeneratorChoice, name: str) -> str:
    """What is chosen, in few words. name: of the generator."""
    shorter = f"shorter side {choice.resize}" if choice.resize else "size as it is"
    return f"{name}, {RANGES[choice.input_range]}, {shorter}"


def stale_text(translation: Translation, chosen: GeneratorChoice, row: ModelRow | None) -> str:
    """That a translation is of something else than what is chosen now."""
    old = choice_words(translation.choice, translation.row.model)
    new = choice_words(chosen, chosen.model or (row.name if row is not None else ""))
    if old == new:
        return "This was drawn with other weights, or without the way back that is asked for now."
    return f"This is of {old}; chosen is {new}."


def progress_text(job: JobItem) -> str:
    """How far the drawing is: what the engine says it does ("Block 5 of 9"), else how much is done."""
    if job.state in ("queued", "cancelling"):
        return "Waiting..." if job.state == "queued" else "Cancelling..."
    if job.stage:
        return job.stage[0].upper() + job.stage[1:]
    return f"{job.unit.capitalize()} {job.done} of {count_text(job.total)}" if job.total else "Translating..."
