"""Captioners from checkpoints with the published names and shapes, in both spellings; and what does not fit."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tensorviz.core.errors import CheckpointMismatch
from tensorviz.engine.tasks.caption.build import build_captioner
from tensorviz.engine.tasks.caption.decode import decode
from tensorviz.engine.tasks.caption.infos import Infos, infos_of
from tensorviz.engine.tasks.caption.sentences import DecodingOptions

V, R, E, H, F, A = 12, 8, 6, 5, 9, 7  # words with 0, and the widths of options


def infos(words: int = V - 1, **options: Any) -> Infos:
    return infos_of({"opt": options, "vocab": {str(at): f"w{at}" for at in range(1, words + 1)}})


def linear(name: str, out: int, into: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (out, into), f"{name}.bias": (out,)}


# Names and shapes as published, written from the sources and not from our networks.
ATTENTION = {**linear("core.attention.h2att", H, R), **linear("core.attention.alpha_net", 1, H)}
MAXOUT = {**linear("core.i2h", 5 * R, E), **linear("core.h2h", 5 * R, R)}
LOGIT = linear("logit", V, R)
PUBLISHED: dict[str, dict[str, tuple[int, ...]]] = {
    "fc": {**linear("img_embed", E, F), **MAXOUT, "embed.weight": (V, E), **LOGIT},
    "newfc": {
        **linear("fc_embed", E, F), **linear("_core.i2h", 5 * R, E), **linear("_core.h2h", 5 * R, R),
        "embed.weight": (V, E), **LOGIT,
    },
    "show_tell": {
        **linear("img_embed", E, F), "core.weight_ih_l0": (4 * R, E), "core.weight_hh_l0": (4 * R, R),
        "embed.weight": (V, E), **LOGIT,
    },
    "att2in2": {
        "embed.0.weight": (V, E), **linear("att_embed.0", R, A), **linear("ctx2att", H, R), **LOGIT,
        **linear("core.a2c", 2 * R, R), **MAXOUT, **ATTENTION,
    },
    "att2in, the book's": {
        "embed.weight": (V, E), **linear("ctx2att", H, A), **LOGIT, **linear("core.a2c", 2 * R, A), **MAXOUT,
        **linear("core.h2att", H, R), **linear("core.alpha_net", 1, H),
    },
    "att2in, upstream's": {
        "embed.weight": (V, E), **linear("ctx2att", H, A), **LOGIT, **linear("core.a2c", 2 * R, A), **MAXOUT,
        **ATTENTION,
    },
    "topdown": {
        "embed.0.weight": (V, E), **linear("fc_embed.0", R, F), **linear("att_embed.0", R, A),
        **linear("ctx2att", H, R), **LOGIT, **ATTENTION,
        "core.att_lstm.weight_ih": (4 * R, E + 2 * R), "core.att_lstm.weight_hh": (4 * R, R),
        "core.att_lstm.bias_ih": (4 * R,), "core.att_lstm.bias_hh": (4 * R,),
        "core.lang_lstm.weight_ih": (4 * R, 2 * R), "core.lang_lstm.weight_hh": (4 * R, R),
        "core.lang_lstm.bias_ih": (4 * R,), "core.lang_lstm.bias_hh": (4 * R,),
    },
    "adaatt": {
        "embed.0.weight": (V, R), **linear("fc_embed.0", R, F), **linear("att_embed.0", R, A),
        **linear("ctx2att", H, R), **LOGIT,
        **linear("core.lstm.w2h", 4 * R, R), **linear("core.lstm.v2h", 4 * R, R), **linear("core.lstm.h2h.0", 4 * R, R),
        **linear("core.lstm.r_w2h", R, R), **linear("core.lstm.r_v2h", R, R), **linear("core.lstm.r_h2h", R, R),
        **linear("core.attention.fr_linear.0", R, R), **linear("core.attention.fr_embed", H, R),
        **linear("core.attention.ho_linear.0", R, R), **linear("core.attention.ho_embed", H, R),
        **linear("core.attention.alpha_net", 1, H), **linear("core.attention.att2h", R, R),
    },
}  # fmt: skip  # a table
BATCH_NORM = {"weight": (A,), "bias": (A,), "running_mean": (A,), "running_var": (A,)}


def made(shapes: dict[str, tuple[int, ...]], seed: int = 1) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    return {name: torch.randn(shape).abs() if "var" in name else torch.randn(shape) for name, shape in shapes.items()}


def said(tensors: dict[str, torch.Tensor], known: Infos | None = None) -> list[tuple[int, ...]]:
    torch.manual_seed(5)
    network = build_captioner(tensors, known or infos()).network
    found = decode(network, torch.randn(3, F), torch.randn(3, 2, 2, A).abs(), DecodingOptions(length=6))
    return [one.best.tokens for one in found]


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_family_is_recognised_and_says_something(name: str) -> None:
    network = build_captioner(made(PUBLISHED[name]), infos()).network
    assert network.plan.family == name.split(",", maxsplit=1)[0].replace("newfc", "fc")
    assert (network.plan.words, network.plan.rnn_size) == (V, R)
    assert any(said(made(PUBLISHED[name])))


def test_the_later_spelling_is_the_same_network() -> None:
    old = made(PUBLISHED["fc"])
    new = {name.replace("img_embed", "fc_embed").replace("core", "_core"): value for name, value in old.items()}
    assert set(new) == set(PUBLISHED["newfc"])
    assert said(old) == said(new)
    old = made(PUBLISHED["att2in, the book's"])
    new = {name.replace("core.h2att", "core.attention.h2att"): value for name, value in old.items()}
    new = {name.replace("core.alpha_net", "core.attention.alpha_net"): value for name, value in new.items()}
    assert set(new) == set(PUBLISHED["att2in, upstream's"])
    assert said(old) == said(new)


def test_batch_norms_of_the_later_code_move_the_layer_behind_them() -> None:
    plain = made(PUBLISHED["att2in2"])
    normed = {name.replace("att_embed.0", "att_embed.1"): value for name, value in plain.items()}
    normed |= {f"att_embed.0.{name}": torch.ones(shape) for name, shape in BATCH_NORM.items()}
    normed["att_embed.0.bias"] = normed["att_embed.0.running_mean"] = torch.zeros(A)
    normed["att_embed.0.running_var"] -= 1e-5  # what a batch norm adds, so that it changes nothing
    network = build_captioner(normed, infos()).network
    assert network.plan.batch_norms == 1
    assert said(normed) == said(plain)


def test_a_vocabulary_of_another_model() -> None:
    with pytest.raises(CheckpointMismatch, match="know 11 words, and the vocabulary of the infos has 9"):
        build_captioner(made(PUBLISHED["fc"]), infos(9))


@pytest.mark.parametrize(("option", "value"), [("rnn_size", 512), ("fc_feat_size", 2048), ("input_encoding_size", 7)])
def test_options_that_lie_about_sizes(option: str, value: int) -> None:
    with pytest.raises(CheckpointMismatch, match=rf"say {option} {value:,}, and the weights have"):
        build_captioner(made(PUBLISHED["fc"]), infos(**{option: value}))


def test_options_that_agree_are_fine() -> None:
    build_captioner(made(PUBLISHED["fc"]), infos(rnn_size=R, fc_feat_size=F, input_encoding_size=E, att_feat_size=2048))


def test_a_tensor_that_is_missing_too_much_or_of_another_shape() -> None:
    tensors = made(PUBLISHED["topdown"])
    less = {name: value for name, value in tensors.items() if name != "core.attention.alpha_net.bias"}
    with pytest.raises(CheckpointMismatch, match=r"lacks the tensor core\.attention\.alpha_net\.bias"):
        build_captioner(less, infos())
    with pytest.raises(CheckpointMismatch, match="tensor that the network does not: more"):
        build_captioner({**tensors, "more": torch.zeros(2)}, infos())
    with pytest.raises(CheckpointMismatch, match=r"core\.lang_lstm\.bias_hh"):
        build_captioner({**tensors, "core.lang_lstm.bias_hh": torch.zeros(3)}, infos())


def test_nan_and_whole_numbers() -> None:
    tensors = made(PUBLISHED["fc"])
    tensors["core.h2h.bias"][3] = float("nan")
    with pytest.raises(CheckpointMismatch, match=r"NaN or infinity \(core.h2h.bias"):
        build_captioner(tensors, infos())
    tensors = made(PUBLISHED["fc"])
    tensors["logit.bias"] = tensors["logit.bias"].long()
    with pytest.raises(CheckpointMismatch, match=r"logit\.bias of the checkpoint is of type int64"):
        build_captioner(tensors, infos())


def test_half_precision_is_told_of() -> None:
    built = build_captioner({name: value.half() for name, value in made(PUBLISHED["fc"]).items()}, infos())
    assert built.notes == ("the checkpoint's float16 weights are computed with as float32",)


@pytest.mark.parametrize(
    ("tensors", "told"),
    [
        (
            {"model.1.weight": torch.zeros(64, 3, 7, 7), "model.10.conv_block.1.weight": torch.zeros(1)},
            "no network|looks",
        ),
        ({"a": torch.zeros(3)}, "no network that tensorviz knows"),
        ({}, "no network that tensorviz knows"),
    ],
)
def test_checkpoints_of_something_else(tensors: dict[str, torch.Tensor], told: str) -> None:
    with pytest.raises(CheckpointMismatch, match=told):
        build_captioner(tensors, infos())


def test_widths_of_nothing_and_layers_that_are_cut() -> None:
    shapes = {**PUBLISHED["fc"], "logit.weight": (V, 0)}
    with pytest.raises(CheckpointMismatch):
        build_captioner({name: torch.zeros(shape) for name, shape in shapes.items()}, infos())
    shapes = {**PUBLISHED["show_tell"], "core.weight_hh_l0": (5,)}
    with pytest.raises(CheckpointMismatch):
        build_captioner({name: torch.zeros(shape) for name, shape in shapes.items()}, infos())
