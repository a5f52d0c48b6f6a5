"""How well a few typed letters fit a text: the order of the command palette.

Must not know what the texts are of.
"""

from __future__ import annotations


def fit(query: str, text: str) -> float | None:
    """How well `query` fits, higher is better; None when some word of it does not.

    Each word of the query must be found: as a whole, better at the beginning of a word, or else letter by letter.
    """
    folded = text.casefold()
    total = 0.0
    for word in query.casefold().split():
        found = _fit_word(word, folded)
        if found is None:
            return None
        total += found
    return total - len(folded) / 1000  # of two that fit alike the shorter one is meant


def _fit_word(word: str, text: str) -> float | None:
    place = text.find(word)
    if place < 0:
        return _scattered(word, text)
    starts = [at for at in range(len(text)) if text.startswith(word, at) and _begins_word(text, at)]
    if not starts:
        return 3.0
    end = starts[0] + len(word)
    whole = end == len(text) or not text[end].isalnum()
    return 5.0 + (2.0 if whole else 0.0) + (0.5 if starts[0] == 0 else 0.0)


def _begins_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()


def _scattered(word: str, text: str) -> float | None:
    """The letters in order with others between; a third of them must begin words: "cap" is Copy as Python."""
    at, begun = -1, 0
    for letter in word:
        at = text.find(letter, at + 1)
        if at < 0:
            return None
        begun += _begins_word(text, at)
    return begun / len(word) if begun * 3 >= len(word) else None
