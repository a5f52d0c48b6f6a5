"""The cell of the adaptive attention networks: it may look at a place of the picture, or at what it knows already.

Must not know words, vocabularies or pictures. Lu, Xiong, Parikh, Socher, arXiv 1612.01887; layers and names as in
ImageCaptioning.pytorch, models/AttModel.py (AdaAtt_lstm, AdaAtt_attention).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from tensorviz.engine.tasks.caption.cells import MAXOUT, PLAIN, State, gated, seen

if TYPE_CHECKING:
    from tensorviz.engine.tasks.caption.plan import CaptionerPlan


class SentinelLstm(nn.Module):
    """An LSTM of several layers that also gives a sentinel: what it knows without looking."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__()
        size, deeper = plan.rnn_size, plan.layers - 1
        chunks = (MAXOUT if plan.family == "adaattmo" else PLAIN) * size
        self.w2h = nn.Linear(plan.input_encoding_size, chunks)
        self.v2h = nn.Linear(size, chunks)
        self.i2h = nn.ModuleList([nn.Linear(size, chunks) for _ in range(deeper)])
        self.h2h = nn.ModuleList([nn.Linear(size, chunks) for _ in range(plan.layers)])
        if deeper:
            self.r_i2h = nn.Linear(size, size)
        else:
            self.r_w2h = nn.Linear(plan.input_encoding_size, size)
            self.r_v2h = nn.Linear(size, size)
        self.r_h2h = nn.Linear(size, size)

    def forward(self, word: Tensor, whole: Tensor, state: State) -> tuple[Tensor, Tensor, State]:
        """Output (N, R), sentinel (N, R), and the next state."""
        hidden: list[Tensor] = []
        cells: list[Tensor] = []
        below = word
        for layer, across in enumerate(self.h2h):
            below = hidden[-1] if layer else word
            sums = self.i2h[layer - 1](below) if layer else self.w2h(word) + self.v2h(whole)
            following, cell = gated(sums + across(state[0][layer]), state[1][layer])
            hidden.append(following)
            cells.append(cell)
        deep = len(hidden) > 1
        gate = self.r_i2h(below) if deep else self.r_w2h(word) + self.r_v2h(whole)
        sentinel = (gate + self.r_h2h(state[0][-1])).sigmoid() * cells[-1].tanh()
        return hidden[-1], sentinel, (torch.stack(hidden), torch.stack(cells))


class SentinelAttention(nn.Module):
    """Weights for the sentinel and for each place, and the mean that they give."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__()
        size, encoding = plan.rnn_size, plan.input_encoding_size
        self.fr_linear = nn.Sequential(nn.Linear(size, encoding), nn.ReLU())
        self.fr_embed = nn.Linear(encoding, plan.att_hid_size)
        self.ho_linear = nn.Sequential(nn.Linear(size, encoding), nn.Tanh())
        self.ho_embed = nn.Linear(encoding, plan.att_hid_size)
        self.alpha_net = nn.Linear(plan.att_hid_size, 1)
        self.att2h = nn.Linear(size, size)

    def forward(self, output: Tensor, sentinel: Tensor, places: Tensor, projected: Tensor) -> tuple[Tensor, Tensor]:
        """Output (N, R), and the weights (N, 1 + L) of the sentinel and the places."""
        sentinel, output = self.fr_linear(sentinel), self.ho_linear(output)
        everything = torch.cat([sentinel[:, None], places], 1)
        embedded = torch.cat([self.fr_embed(sentinel)[:, None], projected], 1)
        scores = self.alpha_net((embedded + self.ho_embed(output)[:, None]).tanh()).squeeze(-1)
        what, weights = seen(scores, everything)
        following: Tensor = self.att2h(what + output).tanh()
        return following, weights


class AdaptiveCell(nn.Module):
    """The two together. Its widths must agree: rnn_size and input_encoding_size are the same."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__()
        self.lstm = SentinelLstm(plan)
        self.attention = SentinelAttention(plan)

    def forward(
        self, word: Tensor, whole: Tensor, places: Tensor, projected: Tensor, state: State
    ) -> tuple[Tensor, State, Tensor]:
        """Output (N, R), the next state, and the weights of the places (N, L): they sum to 1 less the sentinel's."""
        output, sentinel, state = self.lstm(word, whole, state)
        following, weights = self.attention(output, sentinel, places, projected)
        return following, state, weights[:, 1:]
