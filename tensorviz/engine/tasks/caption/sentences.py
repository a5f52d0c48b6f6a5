"""What comes of decoding, as indices of words: sentences, the candidates at each step, and where the network looked.

Must not know vocabularies, torch or pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tensorviz.core.errors import ValueRefused

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Weights = npt.NDArray[np.float32]

Rules = Literal["book", "upstream"]
LARGEST_BEAM = 100
LONGEST = 1000  # words of a sentence


@dataclass(frozen=True, slots=True)
class DecodingOptions:
    """How words are chosen. length: words of a sentence at most.

    beam: sentences that are followed at a time; 1 takes the most probable word each time. rules: "book" keeps the last
    word of the vocabulary out of beams (beams above 1 only), whatever it is; "upstream" does so only when that word is
    UNK. sample: draws words instead, with the temperature and the seed; a beam above 1 and drawing exclude each other.
    length_penalty: "" (sums are compared), or upstream's "avg_0" or "wu_X". explain: keep candidates and alternatives;
    alternatives: how many words for each place.
    """

    length: int = 16
    beam: int = 2
    rules: Rules = "book"
    sample: bool = False
    temperature: float = 1.0
    seed: int = 0
    length_penalty: str = ""
    explain: bool = False
    alternatives: int = 5

    def __post_init__(self) -> None:
        if not 1 <= self.beam <= LARGEST_BEAM:
            raise ValueRefused(f"The beam is {self.beam}; it must be from 1 to {LARGEST_BEAM}.", "2 is as in the book.")
        if not 1 <= self.length <= LONGEST:
            raise ValueRefused(f"A sentence cannot have {self.length} words at most.", f"Use 1 to {LONGEST}.")
        if not 0 < self.temperature < float("inf"):
            raise ValueRefused(
                f"The temperature is {self.temperature:g}; it must be a positive number.",
                "1 draws words with the probabilities that the network gives; less makes it surer.",
            )


@dataclass(frozen=True, slots=True)
class Sentence:
    """tokens: indices of words, without the 0 that ends it. log_probabilities: of each of them.

    log_probability: the sum by which it was compared with others; with a beam above 1 it has the ending in it, as in
    the book's repository. ended: whether the network ended it, rather than its length. rows: the row of the beam that
    each token was chosen in (where its alternatives and weights are), one more for the ending.
    """

    tokens: tuple[int, ...]
    log_probabilities: tuple[float, ...]
    log_probability: float
    ended: bool = True
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A continuation that was looked at. row: of the beam it continues. total: its sum. kept: its row now, or None."""

    row: int
    token: int
    log_probability: float
    total: float
    kept: int | None = None


@dataclass(frozen=True, slots=True)
class DecodingStep:
    """One word's place. candidates: best first, as many again as were kept. alternatives: for each row of the beam, the
    most probable words with their log-probabilities, before any rule. attention: (rows, L), None without places.
    """

    candidates: tuple[Candidate, ...] = ()
    alternatives: tuple[tuple[tuple[int, float], ...], ...] = ()
    attention: Weights | None = None


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was said of one picture: sentences, best first, and how they came about (when it was to be explained)."""

    sentences: tuple[Sentence, ...]
    steps: tuple[DecodingStep, ...] = ()

    @property
    def best(self) -> Sentence:
        """The sentence that won."""
        return self.sentences[0]
