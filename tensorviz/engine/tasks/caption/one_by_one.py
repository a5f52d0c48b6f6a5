"""Decoding a word at a time: the most probable one, or one drawn with its probability.

Must not know vocabularies or pictures. The book's repository: FCModel.sample, AttModel.sample.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tensorviz.engine.tasks.caption.explaining import step_of
from tensorviz.engine.tasks.caption.sentences import Decoded, Sentence

if TYPE_CHECKING:
    from torch import Tensor

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.caption.network import Captioner, Context
    from tensorviz.engine.tasks.caption.sentences import DecodingOptions, DecodingStep


def one_by_one(
    network: Captioner, context: Context, options: DecodingOptions, token: CancelToken | None = None
) -> list[Decoded]:
    """One sentence for each picture. Raises Cancelled between two words.

    No rule keeps a word out. When words are drawn, each picture has a generator of its own with the seed, so that what
    is said of it does not depend on the others; the log-probabilities are those of the network, without temperature.
    """
    many = len(context[0])
    tokens: list[list[int]] = [[] for _ in range(many)]
    logs: list[list[float]] = [[] for _ in range(many)]
    steps: list[list[DecodingStep]] = [[] for _ in range(many)]
    draw = _Drawing(many, options) if options.sample else None
    working = list(range(many))
    words, state = torch.zeros(many, dtype=torch.long, device=context[0].device), network.start(context)
    ended = [False] * many
    for _ in range(options.length):
        if token is not None:
            token.check()
        step = network.step(words, context, state)
        known = step.log_probabilities.float().cpu()
        chosen = draw.words(known, working) if draw else known.argmax(dim=1)
        values = known.gather(1, chosen[:, None])[:, 0].tolist()
        for at, (picture, word) in enumerate(zip(working, chosen.tolist(), strict=True)):
            if options.explain:
                columns = ([0], [word], [values[at]], [sum(logs[picture]) + values[at]])
                steps[picture].append(step_of(step, slice(at, at + 1), options.alternatives, columns, 1))
            ended[picture] = word == 0
            if word:
                tokens[picture].append(word)
                logs[picture].append(values[at])
        stay = chosen.nonzero()[:, 0]
        if not len(stay):
            break
        working = [working[at] for at in stay.tolist()]
        index = stay.to(words.device)
        context, state = tuple(part[index] for part in context), tuple(part[:, index] for part in step.state)
        words = chosen[stay].to(words.device)
    sentences = [
        Sentence(tuple(own), tuple(values), sum(values), end, (0,) * (len(own) + end))
        for own, values, end in zip(tokens, logs, ended, strict=True)
    ]
    return [Decoded((sentence,), tuple(told)) for sentence, told in zip(sentences, steps, strict=True)]


class _Drawing:
    """Words drawn with their probabilities."""

    def __init__(self, many: int, options: DecodingOptions) -> None:
        self._temperature = options.temperature
        self._generators = [torch.Generator().manual_seed(options.seed) for _ in range(many)]

    def words(self, logs: Tensor, pictures: list[int]) -> Tensor:
        """A word for each row (N,), of the pictures named."""
        shares = (logs / self._temperature).softmax(dim=1)
        drawn = [
            torch.multinomial(row, 1, generator=self._generators[picture])
            for row, picture in zip(shares, pictures, strict=True)
        ]
        return torch.cat(drawn)
