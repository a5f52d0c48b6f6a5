"""Checkpoints that hold no generator, or a broken one: a sentence each, and nothing of them is run.

Must not know how they are told apart.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import resnet18

from tensorviz.core.errors import CheckpointMismatch, CheckpointUnreadable, TensorvizError
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.tasks.translate.load import load_translator
from tests.engine.translate.plain import State, Variant, checkpoint

SMALL = Variant(4, 6)
Kept = Callable[[object], Path]


def said(path: Path, kind: type[TensorvizError] = CheckpointMismatch) -> str:
    """The sentence for the file, which must have a hint."""
    with pytest.raises(kind) as caught:
        load_translator(GeneratorChoice(weights=str(path), device="cpu"))
    assert caught.value.message.endswith(".")
    assert caught.value.hint
    return str(caught.value)


def changed(**values: Tensor | None) -> State:
    """The small checkpoint with some tensors in place of others, or without them."""
    state = checkpoint(SMALL)
    for name, value in values.items():
        key = name.replace("__", ".")
        if value is None:
            del state[key]
        else:
            state[key] = value
    return state


def discriminator() -> State:
    """The authors' judge of patches: 4x4 convolutions with 64, 128, 256, 512 and 1 channels."""
    layers = {0: (64, 3), 2: (128, 64), 5: (256, 128), 8: (512, 256), 11: (1, 512)}
    state = {f"model.{at}.weight": torch.zeros(*sizes, 4, 4) for at, sizes in layers.items()}
    return state | {f"model.{at}.bias": torch.zeros(sizes[0]) for at, sizes in layers.items()}


def unet(depth: int = 3) -> State:
    """The beginning and end of the authors' U-Net, nested as they save it."""
    state, inside, width = State(), "model.model", 4
    state[f"{inside}.0.weight"], state[f"{inside}.3.weight"] = (
        torch.zeros(width, 3, 4, 4),
        torch.zeros(2 * width, 3, 4, 4),
    )
    state[f"{inside}.3.bias"] = torch.zeros(3)
    for _ in range(depth - 1):
        inside += ".1.model"
        state[f"{inside}.1.weight"] = torch.zeros(width, width, 4, 4)
    return state


def test_a_discriminator_is_told(kept: Kept) -> None:
    assert "discriminator" in said(kept(discriminator()))
    assert "latest_net_G" in said(kept(discriminator()))


def test_a_u_net_is_told(kept: Kept) -> None:
    assert "U-Net" in said(kept(unet()))


def test_a_classifier_is_told_by_its_name(kept: Kept) -> None:
    assert "torchvision resnet18" in said(kept(resnet18().state_dict()))


def test_a_network_of_nobody_is_told(kept: Kept) -> None:
    text = said(kept(nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 5)).state_dict()))
    assert text.startswith("The checkpoint holds no network that tensorviz knows.")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"model__12__conv_block__5__weight": None}, "model.12.conv_block.5.weight is missing"),
        ({"model__23__bias": None}, "model.23.bias is missing"),
        ({"model__99__weight": torch.zeros(3)}, "model.99.weight is extra"),
        ({"model__19__weight": torch.zeros(4, 8, 3, 3)}, "model.19.weight has another shape"),  # not transposed
        ({"model__1__weight": torch.zeros(4, 3, 5, 5)}, "model.1.weight"),
        ({"model__12__conv_block__1__bias": torch.full((16,), torch.nan)}, "NaN"),
        ({"model__4__weight": torch.full((8, 4, 3, 3), torch.inf)}, "NaN or infinity (model.4.weight first)"),
        ({"model__4__weight": torch.ones(8, 4, 3, 3, dtype=torch.int8)}, "of type int8"),
        ({"model__1__weight": torch.zeros(4, 1, 7, 7)}, "takes 1 channel and gives 3"),
        ({"extra": torch.zeros(3)}, "no CycleGAN generator as it was published"),
    ],
)
def test_a_changed_generator_says_what_differs(kept: Kept, change: dict[str, Any], word: str) -> None:
    assert word in said(kept(changed(**change)))


def test_nan_in_dropped_statistics_does_not_matter(kept: Kept) -> None:
    state = checkpoint(SMALL) | {"model.2.running_mean": torch.full((4,), torch.nan)}
    assert load_translator(GeneratorChoice(weights=str(kept(state)), device="cpu")).identity.model == "checkpoint"


@pytest.mark.parametrize("left", [0, 1, 100, 5000])
def test_a_truncated_file(kept: Kept, left: int) -> None:
    path = kept(checkpoint(SMALL))
    path.write_bytes(path.read_bytes()[:left])
    assert path.name in said(path, CheckpointUnreadable)


class _RunsCode:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (os.environ["TENSORVIZ_CACHE_HOME"] + "-was-run",)


def test_a_file_that_would_run_code_is_refused_and_does_not(kept: Kept) -> None:
    path = kept({**checkpoint(SMALL), "extra": _RunsCode()})
    assert "would run code" in said(path, CheckpointUnreadable)
    assert not Path(os.environ["TENSORVIZ_CACHE_HOME"] + "-was-run").exists()


def test_wrapped_and_prefixed_files_are_read_as_they_are(kept: Kept) -> None:
    for wrapped in (
        {f"module.{name}": value for name, value in checkpoint(SMALL).items()},
        {"state_dict": checkpoint(SMALL), "epoch": 200},
    ):
        translator = load_translator(GeneratorChoice(weights=str(kept(wrapped)), device="cpu"))
        assert translator.forward.network.plan.blocks == 6
        assert translator.identity.notes


def test_a_checkpoint_of_two_generators_is_not_said_to_be_empty(kept: Kept) -> None:
    path = kept({"netG_A": checkpoint(SMALL), "netG_B": checkpoint(SMALL, 1), "epoch": 3})
    with pytest.raises(CheckpointUnreadable, match=r"2 groups of tensors, .*: netG_A, netG_B\.") as caught:
        load_translator(GeneratorChoice(weights=str(path), device="cpu"))
    assert "['netG_A']" in caught.value.hint
    with pytest.raises(CheckpointUnreadable, match="no tensors in it"):
        load_translator(GeneratorChoice(weights=str(kept({"a": {}, "b": {"c": 1}})), device="cpu"))
