"""Which models are listed, in which order, under which headings: plain arithmetic on the catalogue's rows.

Must not know Qt or what is selected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tensorviz.core.catalogue import ModelRow, WeightsRow
from tensorviz.core.text import bytes_text, percent_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Order = Literal["family", "name", "accuracy", "parameters", "gflops", "size"]
Tie = Literal["", "below", "above"]
SMALL_BYTES = 50_000_000
ORDERS: tuple[tuple[Order, str], ...] = (
    ("family", "by family"),
    ("name", "by name"),
    ("accuracy", "most accurate first"),
    ("parameters", "fewest parameters first"),
    ("gflops", "least computing first"),
    ("size", "smallest file first"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person wants to see. here: on this computer; small: fits in 50 MB; own: own checkpoints."""

    search: str = ""
    order: Order = "family"
    here: bool = False
    small: bool = False
    own: bool = False

    @property
    def narrows(self) -> bool:
        """Whether anything may be left out."""
        return bool(self.search.strip()) or self.here or self.small or self.own


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: a heading, or a model with the weights its figures are of."""

    heading: str = ""
    model: ModelRow | None = None
    weights: WeightsRow | None = None

    @property
    def figures(self) -> tuple[tuple[str, int], ...]:
        """What stands at the right of the line, from the right: each text and the letters that it may need."""
        if self.weights is None:
            return ()
        accuracy = self.weights.accuracy_1
        return (bytes_text(self.weights.file_bytes), 9), ("-" if accuracy is None else percent_text(accuracy), 6)

    @property
    def tie(self) -> Tie:
        """Whether it belongs to the line above or below."""
        return ""

    @property
    def spoken(self) -> str:
        """The line as a sentence, for those who do not see it."""
        if self.model is None or self.weights is None:
            return self.heading
        accuracy = self.weights.accuracy_1
        top = "accuracy not published" if accuracy is None else f"{percent_text(accuracy)} top-1"
        where = "on this computer" if self.model.here else "not on this computer"
        return f"{self.model.name}, {self.model.family}, {top}, {bytes_text(self.weights.file_bytes)}, {where}"


def arrange(models: Iterable[ModelRow], wanted: Wanted, used: WeightsRow | None = None) -> tuple[Line, ...]:
    """The lines of the list. The model that comes along is always first: its figures are of another data set.

    used: the weights in use; their model's line shows their figures, others show those of the default.
    """
    lines = [line for model in models if (line := _line(model, wanted, used)) is not None]
    first = [line for line in lines if line.model and line.model.kind == "bundled"]
    rest = [line for line in lines if line not in first]
    if wanted.order == "family":
        return _with_headings([*first, *_by_family(rest)])
    return (*first, *sorted(rest, key=_key(wanted.order)))


def _line(model: ModelRow, wanted: Wanted, used: WeightsRow | None) -> Line | None:
    fitting = [weights for weights in model.weights if _fits(model, weights, wanted)]
    if not fitting or not _matches(model, wanted.search):
        return None
    if used in fitting:
        return Line("", model, used)
    default = next((weights for weights in fitting if weights.is_default), fitting[0])
    return Line("", model, default)


def _fits(model: ModelRow, weights: WeightsRow, wanted: Wanted) -> bool:
    return (
        (weights.here or not wanted.here)
        and (weights.file_bytes <= SMALL_BYTES or not wanted.small)
        and (model.kind == "own" or not wanted.own)
    )


def _matches(model: ModelRow, search: str) -> bool:
    names = [weights.name for weights in model.weights]
    text = " ".join([model.name, model.family, model.architecture, *names]).casefold()
    bare = text.replace("_", "").replace("-", "")
    return all(word in text or word in bare for word in search.casefold().split())


def _by_family(lines: Sequence[Line]) -> list[Line]:
    """Own checkpoints first, then families by name; inside a family as the catalogue has them."""

    def key(line: Line) -> tuple[bool, str]:
        assert line.model is not None
        return line.model.kind != "own", line.model.family.casefold()

    return sorted(lines, key=key)


def _with_headings(lines: Sequence[Line]) -> tuple[Line, ...]:
    shown: list[Line] = []
    heading = ""
    for line in lines:
        assert line.model is not None
        if line.model.family != heading:
            heading = line.model.family
            shown.append(Line(heading))
        shown.append(line)
    return tuple(shown)


def _key(order: Order) -> Callable[[Line], tuple[float, str]]:
    def figure(weights: WeightsRow) -> float:
        match order:
            case "accuracy":
                return -(weights.accuracy_1 or 0.0)
            case "parameters":
                return weights.parameters
            case "gflops":
                return weights.gflops
            case "size":
                return weights.file_bytes
            case _:
                return 0.0

    def key(line: Line) -> tuple[float, str]:
        assert line.model is not None
        assert line.weights is not None
        return figure(line.weights), line.model.name.casefold()

    return key
