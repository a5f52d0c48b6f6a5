"""A checkpoint becomes the network that torchvision would have built, or a sentence that says why not.

Must not know files: state_dicts only, except where the file's form is the question.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision import models
from torchvision.models import mnasnet

from tensorviz.core.errors import CheckpointMismatch, NameUnknown, ValueRefused
from tensorviz.engine.tasks.classify.build import build_network
from tensorviz.engine.tasks.classify.empty import architectures, build_empty
from tensorviz.engine.tasks.classify.matching import recognise
from tensorviz.engine.weights.checkpoint import read_checkpoint

PUBLISHED = tuple(models.list_models(module=models))
QUICK = (
    "alexnet",
    "resnet18",
    "squeezenet1_1",
    "mobilenet_v2",
    "densenet121",
    "vit_b_32",
    "swin_t",
    "maxvit_t",
    "regnet_x_400mf",
)
Make = Callable[..., nn.Module]


def empty_state(name: str, **options: Any) -> dict[str, Tensor]:
    """The state_dict of a builder with one zero shown everywhere: every shape, no memory."""
    own = build_empty(name, **options).state_dict()
    zero = torch.zeros(1)
    return {
        key: zero.to(value.dtype).expand(value.shape) if value.ndim else zero.to(value.dtype)[0]
        for key, value in own.items()
    }


def same_scores(ours: nn.Module, theirs: nn.Module, side: int = 224) -> bool:
    pictures = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(3)) * 2 - 1
    with torch.no_grad():
        wanted = theirs(pictures)
        return bool(torch.allclose(ours(pictures), wanted, atol=1e-5)) and bool(wanted.std() > 0.01)


def test_all_of_torchvisions_builders_are_known() -> None:
    assert set(PUBLISHED) <= set(architectures())
    assert len(PUBLISHED) >= 80


@pytest.mark.parametrize("name", QUICK)
def test_another_number_of_classes_is_read_from_the_last_layer(name: str) -> None:
    built = build_network(name, empty_state(name, num_classes=7))
    assert built.classes == 7
    assert all(value.device.type == "cpu" for value in built.network.state_dict().values())


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLISHED)
def test_every_builder_loads_its_own_weights(name: str) -> None:
    state = {f"module.{key}": value for key, value in empty_state(name).items()}
    built = build_network(name, state)
    wanted = (
        {key: value.shape for key, value in models.get_model_builder(name)().state_dict().items()}
        if (sum(value.numel() for value in state.values()) < 3e7 and name not in ("googlenet", "inception_v3"))
        else None
    )
    assert built.classes == 1000
    assert not built.network.training
    assert wanted is None or {key: value.shape for key, value in built.network.state_dict().items()} == wanted


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLISHED)
def test_every_architecture_is_recognised_among_its_relatives(name: str) -> None:
    assert recognise(empty_state(name, num_classes=7)) == name


@pytest.mark.parametrize("name", ["resnet18", "vit_b_32", "mobilenet_v3_small", "vgg11_bn"])
def test_an_architecture_is_recognised_whatever_its_classes(name: str) -> None:
    assert recognise(empty_state(name, num_classes=7)) == name


def test_the_answers_are_those_of_torchvision(make_network: Make) -> None:
    network = make_network("resnet18")
    assert same_scores(build_network("resnet18", network.state_dict()).network, network)


@pytest.mark.parametrize("wrapper", ["state_dict", "model", None])
def test_a_saved_checkpoint_with_wrapper_and_prefix_is_the_same_network(
    make_network: Make, tmp_path: Path, wrapper: str | None
) -> None:
    network = make_network("squeezenet1_1", num_classes=5)
    state: Any = {f"module.{key}": value for key, value in network.state_dict().items()}
    torch.save({wrapper: state, "epoch": 3} if wrapper else state, tmp_path / "own.pt")
    built = build_network("squeezenet1_1", read_checkpoint(tmp_path / "own.pt").tensors)
    assert built.classes == 5
    assert same_scores(built.network, network)


def test_half_precision_weights_are_computed_with_as_float32_and_it_is_said(make_network: Make) -> None:
    network = make_network("squeezenet1_1", num_classes=5)
    built = build_network("squeezenet1_1", {key: value.half() for key, value in network.state_dict().items()})
    assert {value.dtype for value in built.network.parameters()} == {torch.float32}
    assert any("float16" in note for note in built.notes)


def test_weights_that_are_not_numbers_are_noted(make_network: Make) -> None:
    state = make_network("squeezenet1_1", num_classes=5).state_dict()
    state["features.0.weight"][0, 0, 0, 0] = float("nan")
    assert any("features.0.weight" in note and "NaN" in note for note in build_network("squeezenet1_1", state).notes)


@pytest.mark.parametrize("auxiliary", [True, False])
@pytest.mark.parametrize(("name", "side"), [("googlenet", 224), ("inception_v3", 299)])
def test_inception_and_googlenet_turn_the_input_as_their_published_weights_need(
    make_network: Make, name: str, side: int, auxiliary: bool
) -> None:
    # what torchvision's enum sets: transform_input=True; without it the answers differ and nothing complains
    network = make_network(name, side=side, aux_logits=False, transform_input=True)
    state = network.state_dict()
    if auxiliary:
        full = models.get_model(name, init_weights=False, aux_logits=True).state_dict()
        state = {key: state.get(key, value) for key, value in full.items()}
    built = build_network(name, state)
    plain = models.get_model(name, init_weights=False, aux_logits=False, transform_input=False).eval()
    plain.load_state_dict(network.state_dict())
    assert same_scores(built.network, network, side)
    assert not same_scores(built.network, plain, side)


def test_names_of_published_densenets_are_the_old_ones(make_network: Make) -> None:
    network = make_network("densenet121", num_classes=5)
    old = {
        key.replace("norm1", "norm.1").replace("norm2", "norm.2").replace("conv1", "conv.1").replace("conv2", "conv.2")
        if "denselayer" in key
        else key: value
        for key, value in network.state_dict().items()
    }
    assert old.keys() != network.state_dict().keys()
    assert same_scores(build_network("densenet121", old).network, network)


def test_the_picture_size_of_a_vision_transformer_is_read_from_its_positions(make_network: Make) -> None:
    network = make_network("vit_b_32", side=96, image_size=96, num_classes=5)
    built = build_network("vit_b_32", network.state_dict())
    assert built.side == 96
    assert same_scores(built.network, network, 96)


def test_maxvit_is_built_for_the_crop_or_refuses_it() -> None:
    state = empty_state("maxvit_t", num_classes=3)
    assert build_network("maxvit_t", state, crop=224).side == 224
    with pytest.raises(ValueRefused, match=r"maxvit_t.*200"):
        build_network("maxvit_t", state, crop=200)


def first_version_of_mnasnet() -> Any:
    """mnasnet0_5 as it was before version 2: the stem has 32 and 16 channels whatever the width."""
    network = models.mnasnet0_5(num_classes=5)
    momentum, depth = mnasnet._BN_MOMENTUM, mnasnet._get_depths(0.5)[2]
    network.layers[0] = nn.Conv2d(3, 32, 3, padding=1, stride=2, bias=False)
    network.layers[1] = nn.BatchNorm2d(32, momentum=momentum)
    network.layers[3] = nn.Conv2d(32, 32, 3, padding=1, groups=32, bias=False)
    network.layers[4] = nn.BatchNorm2d(32, momentum=momentum)
    network.layers[6] = nn.Conv2d(32, 16, 1, bias=False)
    network.layers[7] = nn.BatchNorm2d(16, momentum=momentum)
    network.layers[8] = mnasnet._stack(16, depth, 3, 2, 3, 3, momentum)
    with torch.no_grad():
        network.train()(torch.randn(4, 3, 224, 224))
    return network.eval()


@pytest.mark.parametrize("version", [1, 2])
def test_both_versions_of_mnasnet_load_though_a_plain_mapping_names_none(make_network: Make, version: int) -> None:
    torch.manual_seed(5)
    network = first_version_of_mnasnet() if version == 1 else make_network("mnasnet0_5", num_classes=5)
    built = build_network("mnasnet0_5", dict(network.state_dict()))
    assert not any(module.training for module in built.network.modules())
    pictures = torch.randn(2, 3, 224, 224)
    with torch.no_grad():
        assert torch.allclose(built.network(pictures), network(pictures), atol=1e-5)


def test_another_architectures_checkpoint_is_refused_and_named(make_network: Make) -> None:
    state = make_network("resnet18", num_classes=5).state_dict()
    with pytest.raises(CheckpointMismatch, match=r"missing.*layer1\.2") as refusal:
        build_network("resnet34", state)
    assert "--model resnet18" in refusal.value.hint


def test_a_shape_that_differs_is_said_with_both_shapes(make_network: Make) -> None:
    state = make_network("resnet18", num_classes=5).state_dict()
    state["layer1.0.conv1.weight"] = torch.zeros(64, 64, 5, 5)
    with pytest.raises(CheckpointMismatch, match=r"layer1\.0\.conv1\.weight is 64x64x5x5 instead of 64x64x3x3"):
        build_network("resnet18", state)


def test_a_checkpoint_of_no_known_network_is_refused() -> None:
    with pytest.raises(CheckpointMismatch) as refusal:
        build_network("resnet18", {"a": torch.zeros(2), "b": torch.zeros(3)})
    assert "none of the architectures" in refusal.value.hint


def test_a_quantised_checkpoint_is_refused_with_its_reason() -> None:
    state = {
        "conv1.scale": torch.tensor(1.0),
        "conv1.zero_point": torch.tensor(0),
        "conv1.weight": torch.zeros(64, 3, 7, 7),
    }
    with pytest.raises(CheckpointMismatch) as refusal:
        build_network("resnet18", state)
    assert "quantised" in refusal.value.hint


def test_an_unknown_architecture_gets_a_guess() -> None:
    with pytest.raises(NameUnknown) as refusal:
        build_network("resnet19", {})
    assert "resnet18" in refusal.value.hint
