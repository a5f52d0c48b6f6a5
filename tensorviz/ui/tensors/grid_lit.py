"""Which elements of a grid light up: those on the memory that is pointed at, however many they are.

Must not know painting; of very many, only those in sight matter.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from tensorviz.ui.state.pointing import MOST_INDICES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tensorviz.core.grid_geometry import Piece
    from tensorviz.core.grid_map import GridPlan, Index
    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.state.pointing import PointingState

MOST_LIT, MOST_LOOKED_AT = 500, 4000  # cells; beyond, where they are a pixel or two, the first ones do


def lit_indices(
    pointing: PointingState,
    tensor: TensorFacts,
    plan: GridPlan,
    in_sight: Iterable[tuple[Piece, int, int, int]],
) -> tuple[Index, ...]:
    """The elements of `tensor` to light up. in_sight: piece, address, row and column of each cell; () for none."""
    found = pointing.indices(tensor)
    hover = pointing.hover
    if len(found) < MOST_INDICES or hover is None:
        return found
    size = tensor.layout.itemsize
    addresses = range(hover.start // size, -(-hover.stop // size))
    seen = []
    for piece, address, row, column in islice(in_sight, MOST_LOOKED_AT):
        if address in addresses:
            seen.append(plan.index(piece.panel, row, column))
            if len(seen) == MOST_LIT:
                break
    return tuple(seen) or found
