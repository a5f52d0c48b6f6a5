"""Beam search: the most probable sentences, several followed at a time, for many pictures at once.

Must not know vocabularies or pictures. The rules are those of the book's repository (ImageCaptioning.pytorch,
models/CaptionModel.py), which goes picture by picture; here all go together, and give the same sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from tensorviz.engine.tasks.caption.explaining import step_of
from tensorviz.engine.tasks.caption.network import Context
from tensorviz.engine.tasks.caption.penalty import penalty_of
from tensorviz.engine.tasks.caption.sentences import Decoded, DecodingStep, Sentence

if TYPE_CHECKING:
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.caption.cells import State
    from tensorviz.engine.tasks.caption.network import Captioner, Step
    from tensorviz.engine.tasks.caption.sentences import DecodingOptions

OUT = 1000.0  # taken from a sum that shall not win


@dataclass(slots=True)
class _Picture:
    """What is known of one picture."""

    done: list[Sentence] = field(default_factory=list)
    steps: list[DecodingStep] = field(default_factory=list)


@dataclass(slots=True)
class _Beams:
    """The sentences that are followed: P pictures still at work, B rows each. words, rows: (P, B, t) so far."""

    pictures: list[int]
    context: Context
    sums: Tensor
    words: Tensor
    logs: Tensor
    rows: Tensor


def beam_search(
    network: Captioner, context: Context, options: DecodingOptions, last_is_out: bool, token: CancelToken | None = None
) -> list[Decoded]:
    """The sentences of each picture, `options.beam` of them. last_is_out: whether the last word is kept out.

    Raises Cancelled between two words.
    """
    many, beam = len(context[0]), min(options.beam, network.plan.words)
    found = [_Picture() for _ in range(many)]
    first = torch.zeros(many, dtype=torch.long, device=context[0].device)
    step = network.step(first, context, network.start(context))
    beams = _Beams(
        list(range(many)),
        tuple(part.repeat_interleave(beam, 0) for part in context),
        torch.zeros(many, beam),
        torch.zeros(many, beam, 0, dtype=torch.long),
        torch.zeros(many, beam, 0),
        torch.zeros(many, beam, 0, dtype=torch.long),
    )
    for place in range(options.length):
        if token is not None:
            token.check()
        chosen = _choose(step, beams, 1 if place == 0 else beam, beam, last_is_out)
        if options.explain:
            _explain(found, beams, step, chosen, options)
        state = _follow(step.state, beams, chosen)
        _finish(found, beams, place == options.length - 1, options)
        state = _leave(found, beams, state, beam)
        if not beams.pictures or place == options.length - 1:
            break
        words = beams.words[:, :, -1].reshape(-1).to(first.device)
        step = network.step(words, beams.context, state)
    return [_decoded(picture, beam) for picture in found]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Candidates of each picture, best first: (P, C) each, the first B of which are kept. rows: of the beam before."""

    totals: Tensor
    rows: Tensor
    words: Tensor
    logs: Tensor
    before: int

    def of(self, picture: int, most: int) -> tuple[list[int], list[int], list[float], list[float]]:
        """Rows, words, logs and totals of one picture, best first."""
        own = slice(0, most)
        rows, words = self.rows[picture, own].tolist(), self.words[picture, own].tolist()
        return rows, words, self.logs[picture, own].tolist(), self.totals[picture, own].tolist()


def _choose(step: Step, beams: _Beams, before: int, beam: int, last_is_out: bool) -> _Chosen:
    """Each row gives as many continuations as there are rows; ties are in the order of the book's two loops."""
    logs = step.log_probabilities.float().cpu().view(len(beams.pictures), before, -1)
    last = logs[:, :, -1].clone()
    if last_is_out:
        logs[:, :, -1] -= OUT
    best, words = logs.topk(beam, dim=2)
    logs[:, :, -1] = last  # put back: a copy of all of it would take as long as the search
    totals = beams.sums[:, :before, None] + best
    flat, order = (part for part in totals.transpose(1, 2).flatten(1).sort(dim=1, descending=True, stable=True))
    rows, column = order % before, order // before
    place = rows * beam + column
    return _Chosen(flat, rows, words.flatten(1).gather(1, place), best.flatten(1).gather(1, place), before)


def _follow(state: State, beams: _Beams, chosen: _Chosen) -> State:
    """The kept candidates become the rows; gives the states that they go on from."""
    beam = beams.sums.shape[1]
    rows, words, logs = chosen.rows[:, :beam], chosen.words[:, :beam], chosen.logs[:, :beam]
    back = rows[:, :, None].expand(-1, -1, beams.words.shape[2])
    beams.words = torch.cat([beams.words.gather(1, back), words[:, :, None]], 2)
    beams.logs = torch.cat([beams.logs.gather(1, back), logs[:, :, None]], 2)
    beams.rows = torch.cat([beams.rows.gather(1, back), rows[:, :, None]], 2)
    beams.sums = chosen.totals[:, :beam].clone()
    first = torch.arange(len(rows))[:, None] * chosen.before
    index = (first + rows).reshape(-1).to(state[0].device)
    return tuple(part[:, index] for part in state)


def _finish(found: list[_Picture], beams: _Beams, at_end: bool, options: DecodingOptions) -> None:
    """Sentences that end are set aside; their rows cannot win any more, and go on as the book's do."""
    penalty = penalty_of(options.length_penalty)
    ended = (beams.words[:, :, -1] == 0) | at_end
    for at, row in ended.nonzero().tolist():
        words, logs = beams.words[at, row].tolist(), beams.logs[at, row].tolist()
        total = penalty(len(words), float(beams.sums[at, row]))
        stop = words.index(0) if 0 in words else len(words)
        rows = tuple(beams.rows[at, row].tolist()[: stop + 1])
        sentence = Sentence(tuple(words[:stop]), tuple(logs[:stop]), total, stop < len(words), rows)
        found[beams.pictures[at]].done.append(sentence)
    if options.rules == "book":
        beams.sums[ended] = -OUT
    else:
        beams.sums[ended] -= OUT


def _leave(found: list[_Picture], beams: _Beams, state: State, beam: int) -> State:
    """Pictures whose rows all have lost are done: whatever follows is below what they have."""
    lost = (beams.sums <= -OUT / 2).all(dim=1).tolist()
    enough = [sum(one.log_probability > -OUT / 2 for one in found[at].done) >= beam for at in beams.pictures]
    stay = [at for at, (gone, full) in enumerate(zip(lost, enough, strict=True)) if not (gone and full)]
    if len(stay) == len(beams.pictures):
        return state
    index = torch.tensor(stay, dtype=torch.long)
    every = (index[:, None] * beam + torch.arange(beam)).reshape(-1).to(state[0].device)
    beams.pictures = [beams.pictures[at] for at in stay]
    beams.context = tuple(part[every] for part in beams.context)
    beams.sums, beams.words = beams.sums[index], beams.words[index]
    beams.logs, beams.rows = beams.logs[index], beams.rows[index]
    return tuple(part[:, every] for part in state)


def _explain(found: list[_Picture], beams: _Beams, step: Step, chosen: _Chosen, options: DecodingOptions) -> None:
    beam = beams.sums.shape[1]
    for at, picture in enumerate(beams.pictures):
        columns = chosen.of(at, 2 * beam)
        own = slice(at * chosen.before, (at + 1) * chosen.before)
        found[picture].steps.append(step_of(step, own, options.alternatives, columns, beam))


def _decoded(picture: _Picture, beam: int) -> Decoded:
    best = sorted(picture.done, key=lambda sentence: -sentence.log_probability)[:beam]
    return Decoded(tuple(best), tuple(picture.steps))
