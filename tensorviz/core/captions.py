"""What is said of a picture, as data: sentences, their words, what else might have stood there, and where it was seen.

Must not know torch, files or Qt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Weights = npt.NDArray[np.float32]

END = ""  # how the end of a sentence is told among alternatives


class SaidWord(str):
    """A word of a sentence: a str that also knows its index and how probable it was there (0 to 1)."""

    token: int
    probability: float

    def __new__(cls, word: str, token: int = 0, probability: float = 1.0) -> SaidWord:
        """The word as it is in the vocabulary."""
        made = super().__new__(cls, word)
        made.token, made.probability = token, probability
        return made

    def __getnewargs__(self) -> tuple[str, int, float]:  # type: ignore[override]  # so that copies know it all, too
        return str(self), self.token, self.probability

    @property
    def word(self) -> str:
        """The word as a plain str."""
        return str(self)

    def as_dict(self) -> dict[str, Any]:
        """What stands under "words" in a row."""
        return {"word": str(self), "probability": self.probability}


@dataclass(frozen=True, slots=True)
class Beam:
    """One of the sentences that were followed to their end.

    tokens: indices of its words, without the 0 that ends it. token_log_probabilities: of each (natural logarithms).
    log_probability: by which it was compared; with a beam above 1 the sum with that of the ending, as in the book's
    repository, with a beam of 1 the sum of the words' alone. ended: whether it was the network that ended it.
    """

    caption: str
    log_probability: float
    words: tuple[str, ...] = ()
    tokens: tuple[int, ...] = ()
    token_log_probabilities: tuple[float, ...] = ()
    ended: bool = True

    def said(self) -> list[SaidWord]:
        """The words with their probabilities."""
        parts = zip(self.words, self.tokens, self.token_log_probabilities, strict=True)
        return [SaidWord(word, token, math.exp(log)) for word, token, log in parts]

    def as_dict(self) -> dict[str, Any]:
        """What stands under "beams" in a row."""
        return {"caption": self.caption, "log_probability": self.log_probability}


@dataclass(frozen=True, slots=True)
class WordPlace:
    """A place in the best sentence. alternatives: the most probable words there with their probabilities, END for the
    end of the sentence. attention: (H, W), which sums to 1, where the network looked; None where it does not look at
    places.
    """

    alternatives: tuple[SaidWord, ...] = ()
    attention: Weights | None = field(default=None, compare=False)
