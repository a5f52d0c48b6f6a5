"""Which generators are listed, in which order, which of them belong together: plain arithmetic on the catalogue's rows.

Must not know Qt or what is selected.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tensorviz.core.generators import GeneratorWeights
from tensorviz.ui.models.model_order import Line, Tie
from tensorviz.ui.translate.generator_text import size_text, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tensorviz.core.catalogue import ModelRow

GROUPS = ("bundled", "own", "published")  # kinds, in the order in which they are listed


@dataclass(frozen=True, slots=True)
class GeneratorLine(Line):
    """A heading, or a generator with the weights its figures are of. tied: to the line above or below, its way back."""

    tied: Tie = ""

    @property
    def figures(self) -> tuple[tuple[str, int], ...]:
        """The size of the file; nobody has measured how well a generator draws."""
        return ((size_text(self.weights), 9),) if self.weights is not None else ()

    @property
    def tie(self) -> Tie:
        """Whether its way back is the line above or below."""
        return self.tied

    @property
    def spoken(self) -> str:
        """The line as a sentence, for those who do not see it."""
        if self.model is None or self.weights is None:
            return self.heading
        return spoken(self.model, self.weights)


def arrange(
    generators: Iterable[ModelRow], search: str = "", *, here: bool = False, used: GeneratorWeights | None = None
) -> tuple[GeneratorLine, ...]:
    """The lines of the list, in groups; a generator stands by its way back. here: only those on this computer.

    used: the weights in use. A line shows the figures of the weights in use, else of the default, unless only others
    are on this computer.
    """
    fitting = [row for row in generators if row.weights and (row.here or not here) and _matches(row, search)]
    lines: list[GeneratorLine] = []
    for kind in GROUPS:
        group = [row for row in fitting if row.kind == kind]
        if group:
            lines.append(GeneratorLine(group[0].family))
            lines += _in_pairs([GeneratorLine("", row, _weights_of(row, used)) for row in _in_order(group)])
    return tuple(lines)


def way_back_of(row: ModelRow) -> str:
    """The name of the generator of the other direction, "" when none is known."""
    weights = row.default()
    return weights.way_back if isinstance(weights, GeneratorWeights) else ""


def best_of(row: ModelRow) -> GeneratorWeights | None:
    """The weights to take of a generator: its default, unless only others are on this computer."""
    found = row.at_hand()
    return found if isinstance(found, GeneratorWeights) else None


def _weights_of(row: ModelRow, used: GeneratorWeights | None) -> GeneratorWeights | None:
    return used if used in row.weights else best_of(row)


def _matches(row: ModelRow, search: str) -> bool:
    names = [f"{weights.name} {weights.trained_on}" for weights in row.weights]
    text = " ".join([row.name, row.family, row.summary, way_back_of(row), *names]).casefold()
    bare = text.replace("_", "").replace("-", "")
    return all(word in text or word in bare for word in search.casefold().split())


def _in_order(rows: Sequence[ModelRow]) -> list[ModelRow]:
    """Published ones whose file can be checked go first; else as the catalogue has them."""
    return sorted(rows, key=lambda row: all(isinstance(w, GeneratorWeights) and w.unchecked for w in row.weights))


def _in_pairs(lines: Sequence[GeneratorLine]) -> list[GeneratorLine]:
    """The same lines, each way back right after the one that names it; the two are tied when both name each other."""
    waiting = {line.model.name: line for line in lines if line.model is not None}
    placed: list[GeneratorLine] = []
    while waiting:
        name = next(iter(waiting))
        line = waiting.pop(name)
        assert line.model is not None
        other = waiting.get(way_back_of(line.model))
        if other is None or other.model is None or way_back_of(other.model) != name:
            placed.append(line)
        else:
            del waiting[other.model.name]
            placed += [replace(line, tied="below"), replace(other, tied="above")]
    return placed
