"""What looking at the values of a checkpoint finds, as data: oddities, duplicates, differences, copies written.

Must not know how it was found, nor files or torch.
"""

from __future__ import annotations

from dataclasses import dataclass

Number = int | float
Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TensorValues:
    """What was seen of a tensor; all counts are exact and over its elements (parts of complex ones, packed numbers).

    least, largest: of what is not NaN, infinities included; None where there is nothing such, and for complex ones.
    mean: of the finite elements, summed in double precision (integers exactly); None without any, or for complex ones.
    constant: all have one value, which 0 and -0 are, and NaN is not. channels: how many slices of the first dimension
    were looked at, 0 for fewer than two dimensions or too many of them; zero_channels, constant_channels: how many of
    them are such (constant counts the zero ones), with the first of their indices. problem: why nothing was seen.
    """

    name: str
    dtype: str
    elements: int
    nan: int = 0
    positive_infinite: int = 0
    negative_infinite: int = 0
    least: Number | None = None
    largest: Number | None = None
    mean: float | None = None
    all_zero: bool = False
    constant: bool = False
    channels: int = 0
    zero_channels: int = 0
    constant_channels: int = 0
    first_zero: tuple[int, ...] = ()
    first_constant: tuple[int, ...] = ()
    problem: str = ""

    @property
    def healthy(self) -> bool:
        """Whether nothing is worth telling: no NaN, no infinity, not zero, no zero channel."""
        odd = self.nan or self.positive_infinite or self.negative_infinite or self.zero_channels
        return not (odd or self.constant or self.problem)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Names whose tensors hold the same bytes, element by element (tied ones are one, under its first name).

    saved: bytes that one copy instead of all would spare. constant: one value throughout, as fresh weights and counters
    have it, which says little.
    """

    names: tuple[str, ...]
    saved: int
    constant: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """How the values of one tensor differ. numbers: how many were compared (the parts of complex and packed elements).

    differing: how many are not equal; 0 and -0 are equal, and so are two NaN. nan: how many are NaN on one side only;
    they count as differing and have no distance. ulp: the largest distance in steps of the element type, None where
    the types differ. relative: the largest |a - b| over the larger of both sizes, inf where one is infinite; absolute:
    the largest |a - b|; both are of doubles, so that integers beyond 2^53 are rounded. at: index of the element with
    the largest relative distance, with both values there. problem: why nothing was compared.
    """

    name: str
    dtypes: tuple[str, str]
    numbers: int = 0
    differing: int = 0
    nan: int = 0
    ulp: int | None = None
    relative: float = 0.0
    absolute: float = 0.0
    at: Index | None = None
    values: tuple[float, float] | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """missing: in the first file only; extra: in the second only. shapes, dtypes: name, first, second. differences:
    tensors whose values differ or could not be read, the largest first. equal: how many are the same. other_names:
    whether names were compared without what is wrapped round them.
    """

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    shapes: tuple[tuple[str, Index, Index], ...]
    dtypes: tuple[tuple[str, str, str], ...]
    differences: tuple[Difference, ...]
    equal: int
    other_names: bool = False

    @property
    def same(self) -> bool:
        """Whether both hold the same tensors with the same values."""
        return not (self.missing or self.extra or self.shapes or self.dtypes or self.differences)


@dataclass(frozen=True, slots=True)
class Written:
    """A copy that was written, read back and found equal. lost: what is not as it was, in sentences."""

    path: str
    nbytes: int
    spared: int
    lost: tuple[str, ...] = ()
