"""How the room beside one another is given to cards: small ones get what they ask for, large ones what is left.

Must not know cards, or Qt: widths in pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FAVOURED = 560  # what the favoured card keeps when there is too little room


def card_widths(
    least: Sequence[int], asked: Sequence[int], liked: Sequence[int], room: int, favoured: int | None = None
) -> tuple[int, ...]:
    """The width of each card: what it asks for, and where there is room for all of that, up to what it would like.

    least: what each must keep. favoured: the number of the card that matters most. All together they take more than
    `room` only when each has no more than it must keep.
    """
    if sum(asked) <= room:
        return _grown(asked, liked, room - sum(asked), favoured)
    if sum(least) <= room:
        return _grown(least, asked, room - sum(least), favoured)
    return tuple(
        max(min(one, FAVOURED), width) if at == favoured else width
        for at, (one, width) in enumerate(zip(asked, least, strict=True))
    )


def _grown(widths: Sequence[int], wanted: Sequence[int], spare: int, favoured: int | None) -> tuple[int, ...]:
    """The widths with `spare` more between them: the favoured one may take all, the others share."""
    found = list(widths)
    waiting = sorted(range(len(found)), key=lambda at: (at != favoured, wanted[at] - found[at]))
    for done, at in enumerate(waiting):
        # Those that want little come first and leave the rest of their share to those after.
        share = spare if at == favoured else spare // (len(waiting) - done)
        more = min(wanted[at] - found[at], share)
        found[at] += more
        spare -= more
    return tuple(found)
