"""The table of known networks against the installed torchvision, and every one of its networks recognised.

Must not know how names are matched.
"""

from __future__ import annotations

import pytest

from tensorviz.core.families import guess, recognise
from tensorviz.core.layout import contiguous
from tensorviz.core.stored import Contents, StoredTensor
from tensorviz.engine.checkpoints.known import known_networks
from tensorviz.engine.tasks.classify.empty import architectures, build_empty

Shapes = dict[str, tuple[int, ...]]


def shapes_of(name: str, **options: object) -> Shapes:
    return {key: tuple(value.shape) for key, value in build_empty(name, **options).state_dict().items()}


def contents(shapes: Shapes) -> Contents:
    tensors = tuple(StoredTensor(name, contiguous(shape), "float32", "A") for name, shape in shapes.items())
    return Contents("x", "pt-zip", 0, tensors, ())


def test_the_table_has_every_architecture() -> None:
    assert [network.name for network in known_networks()] == list(architectures())


@pytest.mark.parametrize("name", architectures())
def test_every_network_is_recognised(name: str) -> None:
    shapes = shapes_of(name)
    found = recognise(contents(shapes), known_networks())
    assert found is not None
    assert found.exact
    classes = 10 if name == "cifar10_small" else 1000
    assert found.name == f"{'tensorviz' if name == 'cifar10_small' else 'torchvision'} {name}, {classes} classes"
    assert found.repairs == ()


@pytest.mark.parametrize("name", ["resnet50", "vit_b_16", "squeezenet1_1", "densenet121", "inception_v3", "swin_t"])
def test_other_numbers_of_classes(name: str) -> None:
    assert guess(contents(shapes_of(name, num_classes=7)), known_networks()) == f"torchvision {name}, 7 classes"


def test_other_picture_sizes_and_missing_optional_parts() -> None:
    assert (
        guess(contents(shapes_of("vit_l_16", image_size=512)), known_networks()) == "torchvision vit_l_16, 1000 classes"
    )
    plain = {name: shape for name, shape in shapes_of("googlenet").items() if not name.startswith("aux")}
    assert guess(contents(plain), known_networks()) == "torchvision googlenet, 1000 classes"


def test_published_names_of_densenet_and_files_without_counters() -> None:
    old: Shapes = {}
    for name, shape in shapes_of("densenet121").items():
        if not name.endswith("num_batches_tracked"):
            parts = name.split(".")
            parts = [f"{p[:-1]}.{p[-1]}" if p in ("norm1", "norm2", "conv1", "conv2") else p for p in parts]
            old[".".join(parts)] = shape
    found = recognise(contents(old), known_networks())
    assert found is not None
    assert found.name == "torchvision densenet121, 1000 classes"
    assert "rename" in found.repairs[0]
    assert any("num_batches_tracked" in fact for fact in found.facts)


def test_captioning_features_are_told_to_be_possible() -> None:
    found = recognise(contents(shapes_of("resnet101")), known_networks())
    assert found is not None
    assert any("Caffe-style" in fact for fact in found.facts)
    cut = {name: shape for name, shape in shapes_of("resnet101").items() if not name.startswith("fc.")}
    assert guess(contents(cut), known_networks()).startswith(
        "features of torchvision resnet101 or a Caffe-style ResNet"
    )
