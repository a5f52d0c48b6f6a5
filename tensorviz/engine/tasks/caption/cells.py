"""The recurrent cells and the attention of the captioning networks, with the names of the published checkpoints.

Must not know words, vocabularies or pictures. N pictures (or sentences of them) at a time; L places of a picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from tensorviz.engine.tasks.caption.plan import CaptionerPlan

GATES = 3  # in, forget, out
MAXOUT = 5  # chunks of a maxout LSTM: the gates and two candidates
PLAIN = 4  # chunks of an LSTM

State = tuple[Tensor, ...]  # each (layers, N, rnn_size): hidden and cell, or hidden alone


def gated(sums: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    """The next hidden state and cell (N, R) of summed inputs (N, 5R or 4R) and the cell before.

    With five chunks the candidate is the larger of the last two, without tanh (Rennie et al., arXiv 1612.00563, as
    ImageCaptioning.pytorch has it: gates in the order in, forget, out); with four it is the tanh of the last.
    """
    size = cell.shape[1]
    enter, forget, out = sums[:, : GATES * size].sigmoid().chunk(GATES, dim=1)
    rest = sums[:, GATES * size :]
    candidate = rest.tanh() if rest.shape[1] == size else torch.maximum(rest[:, :size], rest[:, size:])
    following = forget * cell + enter * candidate
    return out * following.tanh(), following


class MaxoutCell(nn.Module):
    """An LSTM whose candidate is a maximum of two. Takes (N, E) and a state; gives (N, R) and the next state."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__()
        self.i2h = nn.Linear(plan.input_encoding_size, MAXOUT * plan.rnn_size)
        self.h2h = nn.Linear(plan.rnn_size, MAXOUT * plan.rnn_size)

    def forward(self, word: Tensor, state: State) -> tuple[Tensor, State]:
        """Output (N, R), and the next state."""
        hidden, cell = gated(self.i2h(word) + self.h2h(state[0][-1]), state[1][-1])
        return hidden, (hidden[None], cell[None])


class Attention(nn.Module):
    """Where to look: a weight for each place. Takes the hidden state (N, R), places (N, L, A) and them projected."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__()
        self.h2att = nn.Linear(plan.rnn_size, plan.att_hid_size)
        self.alpha_net = nn.Linear(plan.att_hid_size, 1)

    def forward(self, hidden: Tensor, places: Tensor, projected: Tensor) -> tuple[Tensor, Tensor]:
        """What is seen (N, A), and the weights (N, L), which sum to 1."""
        return seen(self.alpha_net((projected + self.h2att(hidden)[:, None]).tanh()).squeeze(-1), places)


def seen(scores: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
    """The mean of the places (N, A), weighted by the softmax of their scores (N, L), and the weights."""
    weights = scores.softmax(dim=1)
    return torch.bmm(weights[:, None], places)[:, 0], weights


class AttentiveMaxoutCell(nn.Module):
    """A maxout LSTM whose candidates see a place of the picture (att2in, att2in2)."""

    def __init__(self, plan: CaptionerPlan, place_size: int) -> None:
        super().__init__()
        self.a2c = nn.Linear(place_size, 2 * plan.rnn_size)
        self.i2h = nn.Linear(plan.input_encoding_size, MAXOUT * plan.rnn_size)
        self.h2h = nn.Linear(plan.rnn_size, MAXOUT * plan.rnn_size)
        self.attention = Attention(plan)

    def forward(self, word: Tensor, places: Tensor, projected: Tensor, state: State) -> tuple[Tensor, State, Tensor]:
        """Output (N, R), the next state, and the weights of the places (N, L)."""
        hidden, cell = state[0][-1], state[1][-1]
        what, weights = self.attention(hidden, places, projected)
        sums = self.i2h(word) + self.h2h(hidden)
        gates = GATES * hidden.shape[1]
        sums = torch.cat([sums[:, :gates], sums[:, gates:] + self.a2c(what)], 1)
        following, cell = gated(sums, cell)
        return following, (following[None], cell[None]), weights


class TopDownCell(nn.Module):
    """Two LSTMs: one decides where to look, the other what to say (Anderson et al., arXiv 1707.07998)."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__()
        self.att_lstm = nn.LSTMCell(plan.input_encoding_size + 2 * plan.rnn_size, plan.rnn_size)
        self.lang_lstm = nn.LSTMCell(2 * plan.rnn_size, plan.rnn_size)
        self.attention = Attention(plan)

    def forward(
        self, word: Tensor, whole: Tensor, places: Tensor, projected: Tensor, state: State
    ) -> tuple[Tensor, State, Tensor]:
        """Output (N, R), the next state (2, N, R), and the weights of the places (N, L)."""
        hidden, cells = state
        looking, looking_cell = self.att_lstm(torch.cat([hidden[-1], whole, word], 1), (hidden[0], cells[0]))
        what, weights = self.attention(looking, places, projected)
        saying, saying_cell = self.lang_lstm(torch.cat([what, looking], 1), (hidden[1], cells[1]))
        return saying, (torch.stack([looking, saying]), torch.stack([looking_cell, saying_cell])), weights
