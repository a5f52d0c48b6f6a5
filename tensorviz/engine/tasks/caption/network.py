"""The captioning networks: from features of pictures to the probabilities of the next word, step by step.

Must not know files, vocabularies, or how words are chosen. The names of the layers are those of the published
checkpoints of ImageCaptioning.pytorch, the book's repository and its upstream.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from tensorviz.engine.tasks.caption.adaptive import AdaptiveCell
from tensorviz.engine.tasks.caption.cells import AttentiveMaxoutCell, MaxoutCell, State, TopDownCell, seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.engine.tasks.caption.plan import CaptionerPlan

Context = tuple[Tensor, ...]  # what the network knows of each picture; the first dimension counts pictures


@dataclass(frozen=True, slots=True)
class Step:
    """What one word brings. log_probabilities: (N, words) of the next one. attention: (N, L), None without places."""

    log_probabilities: Tensor
    state: State
    attention: Tensor | None = None


class Captioner(nn.Module, ABC):
    """A captioning network. All tensors have N sentences side by side, of N pictures or of fewer."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__()
        self.plan = plan
        self.logit = _logit(plan)

    @abstractmethod
    def context(self, whole: Tensor | None, places: Tensor | None) -> Context:
        """What is computed once for each picture, of its features: whole (N, F), places (N, L, A)."""

    def start(self, context: Context) -> State:
        """The state before the first word, which is word 0."""
        state = torch.zeros(self.plan.layers, len(context[0]), self.plan.rnn_size).to(context[0])
        return state, state

    @abstractmethod
    def step(self, words: Tensor, context: Context, state: State) -> Step:
        """After these words (N,)."""

    def _told(self, output: Tensor, state: State, attention: Tensor | None = None) -> Step:
        return Step(self.logit(output).log_softmax(dim=1), state, attention)


def _logit(plan: CaptionerPlan) -> nn.Module:
    last = nn.Linear(plan.rnn_size, plan.words)
    if plan.logit_layers == 1:
        return last
    before = [
        [nn.Linear(plan.rnn_size, plan.rnn_size), nn.ReLU(), nn.Dropout(0.5)] for _ in range(plan.logit_layers - 1)
    ]
    return nn.Sequential(*(layer for layers in before for layer in layers), last)


class FcCaptioner(Captioner):
    """The picture comes first, as if it were a word (fc, newfc; Rennie et al., arXiv 1612.00563)."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__(plan)
        self.img_embed = nn.Linear(plan.fc_feat_size, plan.input_encoding_size)
        self.embed = nn.Embedding(plan.words, plan.input_encoding_size)
        self.core = MaxoutCell(plan)

    def context(self, whole: Tensor | None, places: Tensor | None) -> Context:
        """The picture as a word (N, E)."""
        assert whole is not None, "the plan says so"
        return (self.img_embed(whole),)

    def start(self, context: Context) -> State:
        """After the picture."""
        state: State = self.core(context[0], super().start(context))[1]
        return state

    def step(self, words: Tensor, context: Context, state: State) -> Step:
        """After these words (N,)."""
        return self._told(*self.core(self.embed(words), state))


class ShowTellCaptioner(Captioner):
    """The same with torch's own recurrent layers (Vinyals et al., arXiv 1411.4555)."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__(plan)
        self.img_embed = nn.Linear(plan.fc_feat_size, plan.input_encoding_size)
        self.embed = nn.Embedding(plan.words, plan.input_encoding_size)
        self.core = _recurrent(plan, plan.input_encoding_size)

    def context(self, whole: Tensor | None, places: Tensor | None) -> Context:
        """The picture as a word (N, E)."""
        assert whole is not None, "the plan says so"
        return (self.img_embed(whole),)

    def start(self, context: Context) -> State:
        """After the picture."""
        hidden = super().start(context)
        return _run(self.core, context[0], hidden if self.plan.rnn_type == "lstm" else hidden[:1])[1]

    def step(self, words: Tensor, context: Context, state: State) -> Step:
        """After these words (N,)."""
        return self._told(*_run(self.core, self.embed(words), state))


class _Core(nn.Module):
    """The recurrent layers of the oldest networks, under the name that they have there."""

    def __init__(self, plan: CaptionerPlan, size: int) -> None:
        super().__init__()
        self.rnn = _recurrent(plan, size)


class _LookingCore(_Core):
    """The same with attention."""

    def __init__(self, plan: CaptionerPlan, size: int) -> None:
        super().__init__(plan, size)
        self.ctx2att = nn.Linear(plan.att_feat_size, plan.att_hid_size)
        self.h2att = nn.Linear(plan.rnn_size, plan.att_hid_size)
        self.alpha_net = nn.Linear(plan.att_hid_size, 1)

    def scores(self, hidden: Tensor, projected: Tensor) -> Tensor:
        """A score for each place (N, L)."""
        found: Tensor = self.alpha_net((projected + self.h2att(hidden)[:, None]).tanh()).squeeze(-1)
        return found


class _FromPicture(Captioner):
    """The picture is where the state begins (the oldest networks)."""

    core: _Core

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__(plan)
        self.linear = nn.Linear(plan.fc_feat_size, plan.layers * plan.rnn_size)
        self.embed = nn.Embedding(plan.words, plan.input_encoding_size)

    def start(self, context: Context) -> State:
        """The picture's state, for hidden and cell alike."""
        plan = self.plan
        state = self.linear(context[0]).view(-1, plan.layers, plan.rnn_size).transpose(0, 1).contiguous()
        return (state, state) if plan.rnn_type == "lstm" else (state,)

    def _recur(self, word: Tensor, what: Tensor, state: State) -> tuple[Tensor, State]:
        return _run(self.core.rnn, torch.cat([word, what], 1), state)


class AllImgCaptioner(_FromPicture):
    """The picture as a whole is there at every word."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__(plan)
        self.core = _Core(plan, plan.input_encoding_size + plan.fc_feat_size)

    def context(self, whole: Tensor | None, places: Tensor | None) -> Context:
        """The picture as it is."""
        assert whole is not None, "the plan says so"
        return (whole,)

    def step(self, words: Tensor, context: Context, state: State) -> Step:
        """After these words (N,)."""
        return self._told(*self._recur(self.embed(words), context[0], state))


class ShowAttendTellCaptioner(_FromPicture):
    """It looks at places (Xu et al., arXiv 1502.03044)."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__(plan)
        self.core: _LookingCore = _LookingCore(plan, plan.input_encoding_size + plan.att_feat_size)

    def context(self, whole: Tensor | None, places: Tensor | None) -> Context:
        """The picture, its places, and them projected."""
        assert whole is not None, "the plan says so"
        assert places is not None, "the plan says so"
        return whole, places, self.core.ctx2att(places)

    def step(self, words: Tensor, context: Context, state: State) -> Step:
        """After these words (N,)."""
        _, places, projected = context
        what, weights = seen(self.core.scores(state[0][-1], projected), places)
        return self._told(*self._recur(self.embed(words), what, state), weights)


class _Attending(Captioner):
    """What the networks of models/AttModel.py share: features and words through a layer each, with a ReLU."""

    def __init__(self, plan: CaptionerPlan, *, whole: bool) -> None:
        super().__init__(plan)
        self.embed = nn.Sequential(nn.Embedding(plan.words, plan.input_encoding_size), nn.ReLU())
        if whole:
            self.fc_embed = nn.Sequential(nn.Linear(plan.fc_feat_size, plan.rnn_size), nn.ReLU())
        self.att_embed = nn.Sequential(*_place_layers(plan))
        self.ctx2att = nn.Linear(plan.rnn_size, plan.att_hid_size)

    def context(self, whole: Tensor | None, places: Tensor | None) -> Context:
        """Places (N, L, R) and them projected; then the picture as a whole (N, R), where it is looked at."""
        assert places is not None, "the plan says so"
        many, count, size = places.shape
        embedded = self.att_embed(places.reshape(-1, size)).view(many, count, -1)  # as a batch norm wants it
        first = (embedded, self.ctx2att(embedded))
        if "fc_embed" not in self._modules:
            return first
        assert whole is not None, "the plan says so"
        return *first, self.fc_embed(whole)


class Att2in2Captioner(_Attending):
    """Attention into the candidates of a maxout LSTM (Rennie et al., arXiv 1612.00563), with embedded features."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__(plan, whole=False)
        self.core = AttentiveMaxoutCell(plan, plan.rnn_size)

    def step(self, words: Tensor, context: Context, state: State) -> Step:
        """After these words (N,)."""
        return self._told(*self.core(self.embed(words), *context, state))


class Att2inCaptioner(Captioner):
    """The same on the features as they are."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__(plan)
        self.embed = nn.Embedding(plan.words, plan.input_encoding_size)
        self.ctx2att = nn.Linear(plan.att_feat_size, plan.att_hid_size)
        self.core = AttentiveMaxoutCell(plan, plan.att_feat_size)

    def context(self, whole: Tensor | None, places: Tensor | None) -> Context:
        """Places (N, L, A) and them projected."""
        assert places is not None, "the plan says so"
        return places, self.ctx2att(places)

    def step(self, words: Tensor, context: Context, state: State) -> Step:
        """After these words (N,)."""
        return self._told(*self.core(self.embed(words), *context, state))


class CoreCaptioner(_Attending):
    """Top-down attention, and adaptive attention: they differ in their cell."""

    def __init__(self, plan: CaptionerPlan) -> None:
        super().__init__(plan, whole=True)
        self.core: nn.Module = TopDownCell(plan) if plan.family == "topdown" else AdaptiveCell(plan)

    def step(self, words: Tensor, context: Context, state: State) -> Step:
        """After these words (N,)."""
        places, projected, whole = context
        return self._told(*self.core(self.embed(words), whole, places, projected, state))


def _place_layers(plan: CaptionerPlan) -> list[nn.Module]:
    first = [nn.BatchNorm1d(plan.att_feat_size)] if plan.batch_norms else []
    last = [nn.BatchNorm1d(plan.rnn_size)] if plan.batch_norms == 2 else []
    # The dropout is idle; its place counts in the names of the layers behind it.
    return [*first, nn.Linear(plan.att_feat_size, plan.rnn_size), nn.ReLU(), nn.Dropout(0.5), *last]


def _recurrent(plan: CaptionerPlan, size: int) -> nn.Module:
    kinds: dict[str, Callable[..., nn.Module]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
    return kinds[plan.rnn_type](size, plan.rnn_size, plan.layers, bias=False)


def _run(layers: nn.Module, given: Tensor, state: State) -> tuple[Tensor, State]:
    """One step of torch's recurrent layers: output (N, R), and the next state."""
    alone = len(state) == 1
    output, following = layers(given[None], state[0] if alone else state)
    return output[0], (following,) if alone else following


CAPTIONERS: dict[str, type[Captioner]] = {
    "fc": FcCaptioner,
    "show_tell": ShowTellCaptioner,
    "show_attend_tell": ShowAttendTellCaptioner,
    "all_img": AllImgCaptioner,
    "att2in": Att2inCaptioner,
    "att2in2": Att2in2Captioner,
    "topdown": CoreCaptioner,
    "adaatt": CoreCaptioner,
    "adaattmo": CoreCaptioner,
}


def empty_captioner(plan: CaptionerPlan) -> Captioner:
    """The network of a plan, with numbers that mean nothing yet."""
    return CAPTIONERS[plan.family](plan)
