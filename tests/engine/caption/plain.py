"""Captioning networks and their decoding once more, in plain numpy and double precision, written from the sources.

The expectation of tests: nothing here comes from tensorviz. Sources: models/FCModel.py, ShowTellModel.py, OldModel.py,
Att2inModel.py, AttModel.py, CaptionModel.py of deep-learning-with-pytorch/ImageCaptioning.pytorch (4cb53fd). One
picture at a time, one sentence at a time, as there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
State = list[tuple[Array, Array]]  # hidden and cell of each layer
Numbers = Mapping[str, Array]


def sigmoid(x: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-x))
    return found


def relu(x: Array) -> Array:
    found: Array = np.maximum(x, 0)
    return found


def softmax(x: Array) -> Array:
    e: Array = np.exp(x - x.max())
    found: Array = e / e.sum()
    return found


def log_softmax(x: Array) -> Array:
    found: Array = x - x.max() - np.log(np.exp(x - x.max()).sum())
    return found


def linear(w: Numbers, name: str, x: Array) -> Array:
    bias = w.get(f"{name}.bias")
    out = x @ w[f"{name}.weight"].T
    return out if bias is None else out + bias


def maxout(sums: Array, cell: Array) -> tuple[Array, Array]:
    r = len(cell)
    i, f, o = (sigmoid(sums[k * r : (k + 1) * r]) for k in range(3))
    cell = f * cell + i * np.maximum(sums[3 * r : 4 * r], sums[4 * r :])
    return o * np.tanh(cell), cell


def torch_lstm(gates: Array, cell: Array) -> tuple[Array, Array]:
    """Gates in torch's order: in, forget, candidate, out."""
    i, f, g, o = np.split(gates, 4)
    cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(cell), cell


def stacked_lstm(w: Numbers, prefix: str, x: Array, state: State) -> tuple[Array, State]:
    following = []
    for layer, (h, c) in enumerate(state):
        gates = w[f"{prefix}.weight_ih_l{layer}"] @ x + w[f"{prefix}.weight_hh_l{layer}"] @ h
        h, c = torch_lstm(gates, c)
        following.append((h, c))
        x = h
    return x, following


def attention(w: Numbers, prefix: str, h: Array, places: Array, projected: Array) -> tuple[Array, Array]:
    e = np.tanh(projected + linear(w, f"{prefix}h2att", h))
    weights = softmax(linear(w, f"{prefix}alpha_net", e)[:, 0])
    return weights @ places, weights


class Plain:
    """A network of one family. `begin` gives the state before word 0; `step` goes on; `looked` are the last weights."""

    def __init__(self, family: str, w: Numbers, layers: int, fc: Array, att: Array) -> None:
        self.family, self.w, self.fc, self.att = family, w, fc, att.reshape(-1, att.shape[-1])
        self.size = w["logit.weight"].shape[1]
        self.layers = layers
        self.looked: Array | None = None

    def begin(self) -> State:
        w, zero = self.w, np.zeros(self.size)
        if self.family == "fc":
            sums = linear(w, "core.i2h", linear(w, "img_embed", self.fc)) + linear(w, "core.h2h", zero)
            return [maxout(sums, zero)]
        if self.family == "show_tell":
            state = [(zero, zero)] * self.layers
            return stacked_lstm(w, "core", linear(w, "img_embed", self.fc), state)[1]
        if self.family in ("show_attend_tell", "all_img"):
            rows = linear(w, "linear", self.fc).reshape(self.layers, self.size)
            return [(row, row) for row in rows]
        return [(zero, zero)] * self.layers

    def step(self, word: int, state: State) -> tuple[Array, State]:
        out, following = getattr(self, f"_{self.family}")(word, state)
        return log_softmax(linear(self.w, "logit", out)), following

    def _fc(self, word: int, state: State) -> tuple[Array, State]:
        (h, c), w = state[0], self.w
        h, c = maxout(linear(w, "core.i2h", w["embed.weight"][word]) + linear(w, "core.h2h", h), c)
        return h, [(h, c)]

    def _show_tell(self, word: int, state: State) -> tuple[Array, State]:
        return stacked_lstm(self.w, "core", self.w["embed.weight"][word], state)

    def _all_img(self, word: int, state: State) -> tuple[Array, State]:
        return stacked_lstm(self.w, "core.rnn", np.concatenate([self.w["embed.weight"][word], self.fc]), state)

    def _show_attend_tell(self, word: int, state: State) -> tuple[Array, State]:
        w = self.w
        projected = linear(w, "core.ctx2att", self.att)
        what, self.looked = attention(w, "core.", state[-1][0], self.att, projected)
        return stacked_lstm(w, "core.rnn", np.concatenate([w["embed.weight"][word], what]), state)

    def _att2in(self, word: int, state: State) -> tuple[Array, State]:
        return self._into_candidates(self.w["embed.weight"][word], self.att, state, "core.")

    def _att2in2(self, word: int, state: State) -> tuple[Array, State]:
        places = relu(linear(self.w, "att_embed.0", self.att))
        return self._into_candidates(relu(self.w["embed.0.weight"][word]), places, state, "core.attention.")

    def _into_candidates(self, x: Array, places: Array, state: State, prefix: str) -> tuple[Array, State]:
        (h, c), w, r = state[0], self.w, self.size
        what, self.looked = attention(w, prefix, h, places, linear(w, "ctx2att", places))
        sums = linear(w, "core.i2h", x) + linear(w, "core.h2h", h)
        sums[3 * r :] += linear(w, "core.a2c", what)
        h, c = maxout(sums, c)
        return h, [(h, c)]

    def _topdown(self, word: int, state: State) -> tuple[Array, State]:
        w, (h1, c1), (h2, c2) = self.w, *state
        places, whole = relu(linear(w, "att_embed.0", self.att)), relu(linear(w, "fc_embed.0", self.fc))
        h1, c1 = self._cell("core.att_lstm", np.concatenate([h2, whole, relu(w["embed.0.weight"][word])]), h1, c1)
        what, self.looked = attention(w, "core.attention.", h1, places, linear(w, "ctx2att", places))
        h2, c2 = self._cell("core.lang_lstm", np.concatenate([what, h1]), h2, c2)
        return h2, [(h1, c1), (h2, c2)]

    def _cell(self, prefix: str, x: Array, h: Array, c: Array) -> tuple[Array, Array]:
        w = self.w
        gates = w[f"{prefix}.weight_ih"] @ x + w[f"{prefix}.bias_ih"] + w[f"{prefix}.weight_hh"] @ h
        return torch_lstm(gates + w[f"{prefix}.bias_hh"], c)

    def _adaatt(self, word: int, state: State) -> tuple[Array, State]:
        w, r = self.w, self.size
        x, whole = relu(w["embed.0.weight"][word]), relu(linear(w, "fc_embed.0", self.fc))
        following: State = []
        below = x
        for layer, (h, c) in enumerate(state):
            below = following[-1][0] if layer else x
            first = linear(w, f"core.lstm.i2h.{layer - 1}", below) if layer else linear(w, "core.lstm.w2h", x)
            sums = first + (0 if layer else linear(w, "core.lstm.v2h", whole)) + linear(w, f"core.lstm.h2h.{layer}", h)
            if len(sums) == 5 * r:
                following.append(maxout(sums, c))
            else:
                i, f, o = (sigmoid(sums[k * r : (k + 1) * r]) for k in range(3))
                cell = f * c + i * np.tanh(sums[3 * r :])
                following.append((o * np.tanh(cell), cell))
        deep = len(state) > 1
        gate = linear(w, "core.lstm.r_i2h", below) if deep else linear(w, "core.lstm.r_w2h", x)
        gate = gate + (0 if deep else linear(w, "core.lstm.r_v2h", whole)) + linear(w, "core.lstm.r_h2h", state[-1][0])
        sentinel = relu(linear(w, "core.attention.fr_linear.0", sigmoid(gate) * np.tanh(following[-1][1])))
        places = relu(linear(w, "att_embed.0", self.att))
        said = np.tanh(linear(w, "core.attention.ho_linear.0", following[-1][0]))
        everything = np.vstack([sentinel, places])
        embedded = np.vstack([linear(w, "core.attention.fr_embed", sentinel), linear(w, "ctx2att", places)])
        scores = linear(w, "core.attention.alpha_net", np.tanh(embedded + linear(w, "core.attention.ho_embed", said)))[
            :, 0
        ]
        weights = softmax(scores)
        self.looked = weights[1:]
        return np.tanh(linear(w, "core.attention.att2h", weights @ everything + said)), following

    _adaattmo = _adaatt


def greedy(network: Plain, length: int) -> tuple[list[int], list[float]]:
    """Words until 0, and their log-probabilities."""
    words: list[int] = []
    logs: list[float] = []
    state, word = network.begin(), 0
    for _ in range(length):
        known, state = network.step(word, state)
        word = int(known.argmax())
        if not word:
            break
        words.append(word)
        logs.append(float(known[word]))
    return words, logs


def beam_search(network: Plain, length: int, beam: int) -> list[tuple[list[int], list[float], float]]:
    """Words with the 0 they end with, their log-probabilities, and the sum; best first. The last word has 1000 less."""
    known, state = network.step(0, network.begin())
    rows = [Row([], [], 0.0, known, state)] * beam
    done: list[tuple[list[int], list[float], float]] = []
    for place in range(length):
        candidates = []
        best = [_best(row.known, beam) for row in rows]
        for column in range(min(beam, len(known))):
            for at in range(1 if place == 0 else beam):
                word, log = best[at][column]
                candidates.append((rows[at].total + log, at, word, log))
        candidates.sort(key=lambda candidate: -candidate[0])
        following = []
        for total, at, word, log in candidates[:beam]:
            words, logs = [*rows[at].words, word], [*rows[at].logs, log]
            if word == 0 or place == length - 1:
                done.append((words, logs, total))
                total = -1000.0
            following.append(Row(words, logs, total, *network.step(word, rows[at].state)))
        rows = following
    return sorted(done, key=lambda one: -one[2])[:beam]


class Row(NamedTuple):
    """A sentence that is followed, and what may come next."""

    words: list[int]
    logs: list[float]
    total: float
    known: Array
    state: State


def _best(known: Array, count: int) -> list[tuple[int, float]]:
    less = known.copy()
    less[-1] -= 1000
    return [(int(at), float(less[at])) for at in np.argsort(-less, kind="stable")[:count]]
