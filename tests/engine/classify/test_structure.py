"""The tree of layers: every model of the catalogue, with the published number of parameters.

Must not know how a tree is shown.
"""

from __future__ import annotations

import pytest
from torchvision import models

from tensorviz.engine.tasks.classify.structure import describe_network
from tensorviz.engine.weights.catalogue import find_model, find_weights, read_catalogue

QUICK = ("alexnet", "resnet18", "googlenet", "inception_v3", "vit_b_16", "swin_t", "squeezenet1_0", "maxvit_t")


@pytest.mark.parametrize("name", QUICK)
def test_the_parameters_are_those_that_torchvision_publishes(name: str) -> None:
    published = models.get_model_weights(name)["IMAGENET1K_V1"].meta["num_params"]
    assert describe_network(find_model(name)).parameters == published


@pytest.mark.slow
def test_every_published_model_and_weights_has_its_tree() -> None:
    for model in read_catalogue():
        for row in model.weights:
            if not row.bundled:
                assert describe_network(model, row).parameters == row.parameters, (model.name, row.name)


def test_the_tree_has_the_layers_by_name_and_their_settings() -> None:
    model = find_model("resnet18")
    root = describe_network(model, find_weights(model, "IMAGENET1K_V1"))
    names = [child.name for child in root.children]
    assert (root.kind, names) == ("ResNet", [name for name, _ in models.resnet18().named_children()])
    first = root.children[0]
    assert (first.name, first.kind, first.parameters) == ("conv1", "Conv2d", 64 * 3 * 7 * 7)
    assert "kernel_size=(7, 7)" in first.detail
    assert root.parameters == sum(child.parameters for child in root.children)
