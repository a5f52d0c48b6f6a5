"""What decoding found, in words: sentences, alternatives, where the network looked.

Must not know networks, pictures or how words were chosen.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tensorviz.core.captions import END, Beam, SaidWord, WordPlace

if TYPE_CHECKING:
    from tensorviz.core.captions import Weights
    from tensorviz.engine.tasks.caption.infos import Infos
    from tensorviz.engine.tasks.caption.sentences import Decoded, DecodingStep, Sentence


def beams_of(decoded: Decoded, infos: Infos) -> tuple[Beam, ...]:
    """The sentences, best first."""
    return tuple(_beam(sentence, infos) for sentence in decoded.sentences)


def _beam(sentence: Sentence, infos: Infos) -> Beam:
    return Beam(
        caption=infos.text(sentence.tokens),
        log_probability=sentence.log_probability,
        words=tuple(map(infos.word, sentence.tokens)),
        tokens=sentence.tokens,
        token_log_probabilities=sentence.log_probabilities,
        ended=sentence.ended,
    )


def places_of(decoded: Decoded, infos: Infos, grid: tuple[int, ...] = ()) -> tuple[WordPlace, ...]:
    """The places of the best sentence, one for each word and one for its ending; none when it was not explained.

    grid: (H, W) of the places that the network looks at.
    """
    return tuple(_place(*pair, infos, grid) for pair in zip(decoded.steps, decoded.best.rows, strict=False))


def _place(step: DecodingStep, row: int, infos: Infos, grid: tuple[int, ...]) -> WordPlace:
    words = tuple(
        SaidWord(infos.word(token) if token else END, token, math.exp(log)) for token, log in step.alternatives[row]
    )
    attention: Weights | None = None
    if step.attention is not None:
        attention = step.attention[row].reshape(grid) if grid else step.attention[row][None]
    return WordPlace(words, attention)
