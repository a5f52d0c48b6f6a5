"""A translation block by block as text: titles, figures of the boxes, details, and the sentence for each box.

Must not know widgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.text import plural
from tensorviz.ui.translate.words import RANGES

if TYPE_CHECKING:
    from tensorviz.core.drawn import BlockPicture, Translation
    from tensorviz.core.translation import InputRange, Size, TranslationPlan

TIMES = "\N{MULTIPLICATION SIGN}"
LONGEST = 16  # letters of a figure that fit into a box
RGB = 3
SEEN, DRAWN = "What the generator sees", "Finished picture"
WIDEST = 10**5  # from here on, numbers are told with an exponent
WHOLE = 0.1  # from this share on, whole percents
LEAST = 0.0001  # below this share no figure fits into a box


def shape_text(shape: tuple[int, ...]) -> str:
    """ "1x64x64x79", with a multiplication sign."""
    return TIMES.join(map(str, shape))


def picture_shape(size: Size) -> tuple[int, int, int]:
    """The shape of a picture of (width, height) as an array."""
    return size[1], size[0], RGB


def tensor_shape(size: Size) -> tuple[int, int, int, int]:
    """The shape of a picture of (width, height) as the generator takes and gives it."""
    return 1, RGB, size[1], size[0]


def drawn_size(plan: TranslationPlan) -> Size:
    """The size (width, height) that the generator draws at, before what was mirrored is cut off again."""
    return -(-plan.network[0] // 4) * 4, -(-plan.network[1] // 4) * 4


# ------------------------------------------------------------------------------------------------------ titles


def short_title(block: int, blocks: int) -> str:
    """What a box is called: "Block 3 of 9"; the picture in it is that after the block."""
    return f"Block {block} of {blocks}" if block else "Before"


def long_title(block: int, blocks: int) -> str:
    """The same where there is room: "After block 3 of 9", as `BlockPicture.title`."""
    return f"After block {block} of {blocks}" if block else "Before the blocks"


# ----------------------------------------------------------------------------------------------------- figures


def change_text(share: float) -> str:
    """How much a block changes, in a few letters: "changes 12 %", "changes 1.2 %", "changes 0.04 %"."""
    if 0 < share < LEAST:
        return "hardly changes"
    return f"changes {share_text(share)}"


def share_text(share: float) -> str:
    """A share with two digits, whole percents from ten on: "132 %", "12 %", "1.2 %", "0.12 %", "0 %"."""
    percent = share * 100
    if share >= WHOLE:
        return f"{percent:.0f} %"
    return f"{percent:.2g} %" if percent >= LEAST or not percent else "less than 0.0001 %"


def short_range(low: float, high: float) -> str:
    """The smallest and the largest number in a few letters: "-12.3..45.6"; fewer digits where there is no room."""
    text = ""
    for digits in (3, 2, 1):
        text = f"{_number(low, digits)}..{_number(high, digits)}"
        if len(text) <= LONGEST:
            break
    return text


def _number(value: float, digits: int) -> str:
    """With that many digits that count, in as few letters as can be: "-12.3", "1234", "4e6"."""
    if 10**digits <= abs(value) < WIDEST:
        return f"{value:.0f}"
    text = f"{value:.{digits}g}"
    return text.replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")


def given_range(input_range: InputRange) -> str:
    """The numbers that a generator is given: "-1..1"."""
    return "-1..1" if input_range == "trained" else "0..1"


def block_figures(picture: BlockPicture) -> tuple[str, ...]:
    """The lines under a picture, below the shape."""
    change = () if picture.change is None else (change_text(picture.change),)
    return (short_range(picture.minimum, picture.maximum), *change)


def drawn_figures(plan: TranslationPlan) -> tuple[str, ...]:
    """The lines of the finished picture, below the shape of what was drawn."""
    cut = (f"cut to {plan.result[0]}{TIMES}{plan.result[1]}",) if drawn_size(plan) != plan.result else ()
    return ("-1..1", *cut)


# ----------------------------------------------------------------------------------------------------- details


def block_details(picture: BlockPicture) -> tuple[str, ...]:
    """The figures with four digits, for where there is room: two lines."""
    low, high, mean = (f"{value:.4g}" for value in (picture.minimum, picture.maximum, picture.mean))
    change = "" if picture.change is None else f"   changes {share_text(picture.change)}"
    return f"{shape_text(picture.shape)} float32", f"smallest {low}   largest {high}   mean {mean}{change}"


def picture_details(size: Size, kind: str) -> tuple[str, ...]:
    """Of the person's picture: two lines."""
    return f"{shape_text(picture_shape(size))} uint8", ", ".join(filter(None, (wide_text(size), kind)))


def seen_details(plan: TranslationPlan, input_range: InputRange) -> tuple[str, ...]:
    """Of what the generator sees: two lines."""
    words = "-1 to 1" if input_range == "trained" else "0 to 1"
    return f"{shape_text(tensor_shape(plan.network))} float32", f"numbers from {words}, {RANGES[input_range]}"


def drawn_details(plan: TranslationPlan) -> tuple[str, ...]:
    """Of what it drew: two lines."""
    return f"{shape_text(tensor_shape(drawn_size(plan)))} float32", "numbers from -1 to 1"


def wide_text(size: Size) -> str:
    """ "640 pixels wide, 427 high"."""
    return f"{plural(size[0], 'pixel')} wide, {size[1]} high"


# ------------------------------------------------------------------------------------------------------- notes


def seen_note(full: Size, plan: TranslationPlan) -> str:
    """What was done to the person's picture."""
    resized = f"{plan.resized[0]}{TIMES}{plan.resized[1]}"
    first = f"The size is left at {resized}." if plan.resized == full else f"Resized to {resized} (width first)."
    columns, rows = plan.network[0] - plan.resized[0], plan.network[1] - plan.resized[1]
    parts = [(columns, "column", "at the right"), (rows, "row", "at the bottom")]
    added = " and ".join(f"{plural(count, word)} {where}" for count, word, where in parts if count)
    return f"{first} {f'Mirrored: {added}.' if added else 'Nothing is mirrored.'}"


def block_note(block: int, blocks: int) -> str:
    """What the picture after a block is."""
    if block == 0:
        return "What the generator would draw if it had no residual blocks."
    if block < blocks:
        return f"What the generator would draw if it ended its work on the features after block {block}."
    return "The last block: this is what the generator draws."


def drawn_note(plan: TranslationPlan) -> str:
    """What becomes of what was drawn."""
    size = f"{plan.result[0]}{TIMES}{plan.result[1]}"
    return f"Cut back to {size}: what was mirrored is gone." if drawn_size(plan) != plan.result else f"Drawn at {size}."


# ------------------------------------------------------------------------------------------------------ spoken


def spoken_block(picture: BlockPicture) -> str:
    """A block's box as sentences, for those who do not see it."""
    low, high, mean = (f"{value:.4g}" for value in (picture.minimum, picture.maximum, picture.mean))
    said = [f"{picture.title}: features of {shape_text(picture.shape)}, smallest {low}, largest {high}, mean {mean}."]
    if picture.change is not None:
        said.append(f"The block changes {share_text(picture.change)}.")
    return " ".join(said)


def spoken_picture(size: Size | None) -> str:
    """The box of the person's picture."""
    return "Picture: not read yet." if size is None else f"Picture: {wide_text(size)}."


def spoken_seen(translation: Translation) -> str:
    """The box of what the generator sees."""
    plan, low_high = translation.plan, given_range(translation.choice.input_range).replace("..", " to ")
    words = f"numbers from {low_high}, {RANGES[translation.choice.input_range]}"
    return f"{SEEN}: {wide_text(plan.network)}, {words}. {seen_note(translation.full, plan)}"


def spoken_drawn(translation: Translation) -> str:
    """The box of the finished picture."""
    return f"{DRAWN}: {wide_text(translation.plan.result)}. {drawn_note(translation.plan)}"


# ------------------------------------------------------------------------------------------------------- hints


def hint_text(*, picture: bool, translated: bool, failed: bool, drawing: bool, stale: bool) -> str:
    """What is said beside the heading while the boxes do not say it."""
    if not picture:
        return "Select a picture to see it here."
    if not translated:
        return "It fills as the picture is translated." if drawing else "" if failed else "Not translated yet."
    return "Of what was chosen before." if stale else ""


def progress_text(drawn: int, blocks: int) -> str:
    """How far the drawing is: "3 of 10 drawn"."""
    return f"{drawn} of {blocks + 1} drawn"


def undrawn_text(*, drawn: int, blocks: int, size: Size, stale: bool, easy: bool) -> str:
    """Why there are blocks without a picture and none is on its way."""
    if drawn:
        return f"The drawing ended early: {drawn} of {blocks + 1} pictures are there."
    if stale:
        return "They are drawn by themselves only of what is chosen now."
    if easy:
        return "They are not drawn yet."
    return (
        f"For each picture the end of the generator runs once more: {plural(blocks + 1, 'time')} at"
        f" {size[0]}{TIMES}{size[1]} pixels. That takes a while, so it waits for your wish."
    )
