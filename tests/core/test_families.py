"""Guesses of families: names and shapes as the projects publish them, made by hand here.

Must not know torch: networks that torch builds are recognised in tests/engine/checkpoints/test_known.py.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorviz.core.families import guess, recognise
from tensorviz.core.family_table import Network, Shape, shortened, spelled_out
from tensorviz.core.layout import contiguous
from tensorviz.core.stored import Contents, StoredTensor, letters

Shapes = Mapping[str, tuple[int, ...]]
ShapesMade = dict[str, tuple[int, ...]]
SMALL = Network(
    "tiny",
    "torchvision",
    ("conv.weight 8,3,3,3", "conv.bias 8", "layer.0~2.a|b.weight 8,8", "fc.weight C,8", "fc.bias C"),
)
TINY: Shapes = {
    "conv.weight": (8, 3, 3, 3), "conv.bias": (8,), "fc.weight": (10, 8), "fc.bias": (10,),
    **{f"layer.{n}.{part}.weight": (8, 8) for n in range(3) for part in "ab"},
}  # fmt: skip  # a table
FC: Shapes = {
    "img_embed.weight": (512, 2048), "img_embed.bias": (512,), "core.i2h.weight": (2560, 512), "core.i2h.bias": (2560,),
    "core.h2h.weight": (2560, 512), "core.h2h.bias": (2560,), "embed.weight": (9488, 512), "logit.weight": (9488, 512),
    "logit.bias": (9488,),
}  # fmt: skip  # a table


def contents(shapes: Shapes, others: tuple[str, ...] = (), structure: Any = None) -> Contents:
    rows = enumerate(shapes.items())
    tensors = tuple(StoredTensor(name, contiguous(shape), "float32", letters(at)) for at, (name, shape) in rows)
    return Contents("x", "pt-zip", 0, tensors, (), others=tuple((o, "") for o in others), structure=structure)


def told(shapes: Shapes, others: tuple[str, ...] = (), structure: Any = None) -> str:
    return guess(contents(shapes, others, structure), [SMALL])


def generator(blocks: int = 9, statistics: bool = False, dropout: bool = False) -> ShapesMade:
    """The published generator, as its description says: no code of ours."""
    up, second = 10 + blocks, 6 if dropout else 5
    shapes: ShapesMade = {}
    rows = [(1, (64, 3, 7, 7), 64), (4, (128, 64, 3, 3), 128), (7, (256, 128, 3, 3), 256)]
    rows += [(up, (256, 128, 3, 3), 128), (up + 3, (128, 64, 3, 3), 64)]
    places = [(f"model.{at}", at, "model", shape, channels) for at, shape, channels in rows]
    for n in range(10, up):
        places += [
            (f"model.{n}.conv_block.{at}", at, f"model.{n}.conv_block", (256, 256, 3, 3), 256) for at in (1, second)
        ]
    for name, at, stem, shape, channels in places:
        shapes |= {f"{name}.weight": shape, f"{name}.bias": (channels,)}
        if statistics:
            shapes |= {f"{stem}.{at + 1}.{kept}": (channels,) for kept in ("running_mean", "running_var")}
            shapes[f"{stem}.{at + 1}.num_batches_tracked"] = ()
    return shapes | {f"model.{up + 7}.weight": (3, 64, 7, 7), f"model.{up + 7}.bias": (3,)}


def test_the_described_generator_has_the_published_numbers() -> None:
    assert len(generator()) == 48
    assert sum(_product(shape) for shape in generator().values()) == 11_378_179
    assert len(generator(statistics=True)) == 48 + 69


def _product(shape: tuple[int, ...]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def test_generators() -> None:
    assert told(generator()) == "CycleGAN generator, 9 blocks"
    assert told(generator(6)) == "CycleGAN generator, 6 blocks"
    found = recognise(contents(generator(statistics=True)))
    assert found is not None
    assert found.name == "CycleGAN generator, 9 blocks, with running statistics"
    assert found.repairs == ("drop running_mean, running_var and num_batches_tracked",)
    dropped = recognise(contents(generator(dropout=True)))
    assert dropped is not None
    assert dropped.exact
    assert "dropout in the blocks" in dropped.facts
    near = {name: shape for name, shape in generator().items() if name != "model.26.bias"}
    assert told(near) == "like CycleGAN generator, 9 blocks, but model.26.bias is missing"
    assert told({f"module.{name}": shape for name, shape in generator().items()}).endswith('blocks; strip "module."')


def test_discriminators_and_unets() -> None:
    conv = [
        (0, (64, 3, 4, 4)),
        (2, (128, 64, 4, 4)),
        (5, (256, 128, 4, 4)),
        (8, (512, 256, 4, 4)),
        (11, (1, 512, 4, 4)),
    ]
    instance = {
        f"model.{at}.{kind}": shape if kind == "weight" else shape[:1]
        for at, shape in conv
        for kind in ("weight", "bias")
    }
    assert told(instance) == "CycleGAN discriminator"
    batch: ShapesMade = {f"model.{at}.weight": shape for at, shape in conv} | {
        "model.0.bias": (64,),
        "model.11.bias": (1,),
    }
    batch["model.0.weight"] = (64, 6, 4, 4)
    for at, channels in ((3, 128), (6, 256), (9, 512)):
        batch |= {f"model.{at}.{kind}": (channels,) for kind in ("weight", "bias", "running_mean", "running_var")}
    assert told(batch) == "pix2pix discriminator"
    assert told(unet(8)) == "pix2pix U-Net, 8 levels"


def unet(levels: int) -> ShapesMade:
    widths = [64 * min(2**n, 8) for n in range(levels)]
    shapes: ShapesMade = {
        "model.model.0.weight": (64, 3, 4, 4),
        "model.model.3.weight": (128, 3, 4, 4),
        "model.model.3.bias": (3,),
    }
    stem = "model.model.1"
    for level in range(1, levels):
        last = level == levels - 1
        shapes[f"{stem}.model.1.weight"] = (widths[level], widths[level - 1], 4, 4)
        shapes[f"{stem}.model.{3 if last else 5}.weight"] = (
            widths[level] * (1 if last else 2),
            widths[level - 1],
            4,
            4,
        )
        for norm, channels in ([] if last else [(2, widths[level])]) + [(4 if last else 6, widths[level - 1])]:
            shapes |= {f"{stem}.model.{norm}.{kind}": (channels,) for kind in ("weight", "bias")}
        stem += ".model.3"
    return shapes


def test_captioners() -> None:
    assert told(FC) == "NeuralTalk2 fc, vocabulary 9487"
    new = {name.replace("img_embed", "fc_embed").replace("core", "_core"): shape for name, shape in FC.items()}
    assert told(new) == "NeuralTalk2 newfc, vocabulary 9487"
    assert told({name: shape for name, shape in FC.items() if name != "embed.weight"}).startswith(
        "like NeuralTalk2 fc, but embed.weight is missing"
    )
    shared = {
        "logit.weight": (9488, 512),
        "logit.bias": (9488,),
        "core.a2c.weight": (1024, 512),
        "core.i2h.weight": (2560, 512),
    }
    attention = {"core.attention.h2att.weight": (512, 512), "core.attention.alpha_net.weight": (1, 512)}
    att2in2 = {
        **shared,
        **attention,
        "embed.0.weight": (9488, 512),
        "att_embed.0.weight": (512, 2048),
        "ctx2att.weight": (512, 512),
    }
    assert told(att2in2) == "NeuralTalk2 att2in2, vocabulary 9487"
    book = {**shared, "embed.weight": (9488, 512), "ctx2att.weight": (512, 2048), "core.h2att.weight": (512, 512)}
    assert told(book) == "NeuralTalk2 att2in, vocabulary 9487"
    later = {**shared, **attention, "embed.weight": (9488, 512), "ctx2att.weight": (512, 2048)}
    assert told(later) == "NeuralTalk2 att2in, vocabulary 9487"
    top = {
        "core.att_lstm.weight_ih": (4000, 3000),
        "core.lang_lstm.weight_ih": (4000, 2000),
        "logit.weight": (9488, 1000),
    }
    assert told({**top, "embed.0.weight": (9488, 1000)}) == "NeuralTalk2 topdown (updown), vocabulary 9487"


@pytest.mark.parametrize(
    ("kept", "kind"),
    [
        (("step", "exp_avg", "exp_avg_sq"), "Adam, AdamW or RAdam"), (("momentum_buffer",), "SGD with momentum"),
        (("step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"), "Adam with amsgrad"), (("square_avg", "step"), "RMSprop"),
        (("step", "mu_product", "exp_avg", "exp_avg_sq"), "NAdam"), (("step", "sum"), "Adagrad"),
    ],
)  # fmt: skip  # a table
def test_states_of_optimisers(kept: tuple[str, ...], kind: str) -> None:
    shapes: ShapesMade = {f"state.{n}.{key}": (3,) for n in range(5) for key in kept}
    assert told(shapes, ("param_groups.0.lr",)) == f"state of an optimiser: {kind}, 5 parameters"


def test_wrapped_networks() -> None:
    assert told(TINY) == "torchvision tiny, 10 classes"
    state = {f"optimizer.state.{n}.momentum_buffer": (8,) for n in range(4)}
    wrapped = {f"state_dict.module.{name}": shape for name, shape in TINY.items()}
    found = recognise(contents({**wrapped, **state}, ("epoch", "optimizer.param_groups.0.lr")), [SMALL])
    assert found is not None
    assert found.name == "training checkpoint: torchvision tiny, 10 classes"
    assert found.repairs == ('take "state_dict"', 'strip "module."')
    assert found.facts[-1] == 'beside it: "optimizer" (state of SGD with momentum, 4 parameters), "epoch"'


def test_the_nesting_tells_a_key_from_a_module() -> None:
    shapes = {f"model.{name}": shape for name, shape in TINY.items()}
    assert told(shapes, structure={"model": dict.fromkeys(TINY)}).endswith('take "model"')
    assert told(shapes, structure=OrderedDict.fromkeys(shapes)).endswith('strip "model."')
    assert told(generator(), structure=dict.fromkeys(generator())) == "CycleGAN generator, 9 blocks"


def test_near_misses_say_what_differs() -> None:
    assert told({name: shape for name, shape in TINY.items() if name != "fc.weight"}) == (
        "like torchvision tiny, 10 classes, but fc.weight is missing"
    )
    assert told({**TINY, "conv.weight": (8, 1, 3, 3)}).endswith("but conv.weight has another shape")
    assert told({**TINY, "more": (1,)}).endswith("but more is extra")
    assert "without its last layer" in told({name: s for name, s in TINY.items() if not name.startswith("fc")})
    assert told({**TINY, "fc.bias": (11,)}).endswith("but fc.bias has another shape")


def test_networks_without_a_name() -> None:
    bert: ShapesMade = {f"bert.encoder.layer.{n}.attention.self.query.weight": (768, 768) for n in range(12)}
    said = told({**bert, "bert.embeddings.word_embeddings.weight": (30522, 768)})
    assert said.startswith("unknown network with the names of BERT, 12 layers, vocabulary 30522, width 768")
    lora: ShapesMade = {
        f"base_model.model.l.{n}.q_proj.lora_{side}.weight": (8, 64) if side == "A" else (64, 8)
        for n in range(3)
        for side in "AB"
    }
    assert told(lora) == "LoRA, rank 8, for 3 layers"
    llama: ShapesMade = {f"model.layers.{n}.self_attn.q_proj.weight": (64, 64) for n in range(4)}
    llama["lm_head.weight"] = (99, 64)
    assert told(llama).startswith("unknown network with the names of LLaMA, 4 layers")


def test_tied_weights_are_parameters_once() -> None:
    shapes: ShapesMade = {
        "module.in.weight": (40, 8),
        "module.out.weight": (40, 8),
        "module.out.bias": (40,),
        "module.h.w": (8, 8),
    }
    whole = contents(shapes)
    tied = tuple(
        replace(tensor, storage="A") if tensor.name == "module.out.weight" else tensor for tensor in whole.tensors
    )
    assert guess(whole).startswith(f"unknown network, {2 * 40 * 8 + 40 + 8 * 8} parameters")
    assert guess(replace(whole, tensors=tied)).startswith(f"unknown network, {40 * 8 + 40 + 8 * 8} parameters")


def test_little_is_said_of_little() -> None:
    assert told({}) == "no tensors"
    assert told({"x": (3, 4)}) == "one tensor of 3x4, float32"
    assert told({"x": (), "y": (2,)}) == "2 tensors of float32, no network that is known"


@given(
    st.dictionaries(
        st.lists(
            st.sampled_from(["a", "b", "layer_0", "layer_1", "layer_12", "0", "1", "2", "10", "03"]),
            min_size=1,
            max_size=4,
        ).map(".".join),
        st.lists(st.sampled_from([1, 64, "C", "*"]), max_size=2).map(tuple),
    )
)
def test_short_lines_spell_out_to_the_same(shapes: dict[str, Shape]) -> None:
    assert spelled_out(shortened(shapes)) == shapes


@given(st.dictionaries(st.text("a.1model_state", max_size=20), st.just((2, 2)), max_size=8))
def test_any_names_get_a_guess(shapes: Shapes) -> None:
    assert guess(contents(shapes), [SMALL])
