"""The list of models, compared value by value with the installed torchvision, which the list itself never imports.

Must not know how the file was made.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torchvision import models
from torchvision.models import get_model_builder, get_model_weights, list_models

from tensorviz.core.catalogue import ModelRow, OwnEntry, WeightsRow
from tensorviz.core.errors import LabelsInvalid, NameUnknown
from tensorviz.core.recipe import Recipe
from tensorviz.engine.places import assets_folder, weights_folder
from tensorviz.engine.weights import catalogue

if TYPE_CHECKING:
    from pathlib import Path

NAMES = list_models(module=models)


def published_rows() -> dict[str, ModelRow]:
    return {row.name: row for row in catalogue.read_catalogue() if row.kind == "torchvision"}


def test_all_builders_and_all_usable_weights_are_listed() -> None:
    rows = published_rows()
    assert list(rows) == NAMES
    assert len(rows) == 80
    assert sum(len(row.weights) for row in rows.values()) == 114
    assert [w.name for w in rows["vgg16"].weights] == ["IMAGENET1K_V1"]


@pytest.mark.parametrize("name", NAMES)
def test_every_value_is_the_enums(name: str) -> None:
    model, enum = published_rows()[name], get_model_weights(name)
    usable = [weights for weights in enum if weights.meta["categories"] is not None]
    assert [row.name for row in model.weights] == [weights.name for weights in usable]
    assert model.first == usable[0].name
    assert model.default().name == enum.DEFAULT.name
    for row, weights in zip(model.weights, usable, strict=True):
        check_weights(row, weights)


def check_weights(row: WeightsRow, weights: Any) -> None:
    meta, scores, preset = weights.meta, weights.meta["_metrics"]["ImageNet-1K"], weights.transforms()
    assert (row.url, row.parameters, row.gflops) == (weights.url, meta["num_params"], meta["_ops"])
    assert row.accuracy_1 == pytest.approx(scores["acc@1"] / 100, abs=1e-9)
    assert row.accuracy_5 == pytest.approx(scores["acc@5"] / 100, abs=1e-9)
    assert row.file_bytes == pytest.approx(meta["_file_size"] * 2**20, abs=1)
    assert len(row.sha256_prefix) >= 8
    assert row.url.endswith(f"-{row.sha256_prefix}.pth")
    assert ("license" not in meta and "not stated" in row.licence) or meta.get("license", "-") in row.licence
    assert catalogue.categories(row) == tuple(meta["categories"])
    assert row.classes == len(meta["categories"])
    assert catalogue.smallest_size(row) == meta["min_size"]
    assert ([row.recipe.resize], [row.recipe.crop]) == (preset.resize_size, preset.crop_size)
    assert (list(row.recipe.mean), list(row.recipe.std)) == (preset.mean, preset.std)
    assert row.recipe.interpolation == preset.interpolation.value
    assert row.recipe.fit == "shorter"


class Built(Exception):
    """Stops the builder at the moment it would load the numbers."""


@pytest.mark.parametrize("name", ["googlenet", "inception_v3", "vit_b_16", "vit_h_14", "maxvit_t", "resnet18"])
def test_builder_options_are_what_the_enum_sets(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for row in published_rows()[name].weights:
        weights = get_model_weights(name)[row.name]
        said = construction(name, monkeypatch, weights=weights)
        told = construction(name, monkeypatch, weights=None, num_classes=1000, **catalogue.builder_options(row))
        assert told == said


def construction(name: str, monkeypatch: pytest.MonkeyPatch, **options: Any) -> dict[str, Any]:
    """The attributes and shapes of the network that the builder makes, without its numbers."""
    built: list[torch.nn.Module] = []

    def keep(network: torch.nn.Module, *_: object, **__: object) -> None:
        built.append(network)

    weights = options.get("weights")
    with monkeypatch.context() as patch, torch.device("meta"):
        patch.setattr(torch.nn.Module, "load_state_dict", keep)
        if weights is not None:
            patch.setattr(type(weights), "get_state_dict", lambda *_, **__: {})
        network = get_model_builder(name)(**options)
    shapes: dict[str, Any] = {key: tuple(value.shape) for key, value in network.state_dict().items()}
    kept = ("transform_input", "image_size")
    shapes |= {key: getattr(network, key, None) for key in kept}
    # googlenet's enum drops the helper heads after loading; they take no part in an answer.
    return {key: shape for key, shape in shapes.items() if not key.startswith("aux")}


def test_listing_imports_no_torch() -> None:
    code = (
        "import sys, tensorviz.engine.weights.catalogue as c, tensorviz.engine.weights.entries as e;"
        "c.read_catalogue(e.list_entries());"
        "print([m for m in ('torch', 'torchvision', 'PySide6', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_names_are_answered_with_the_near_ones() -> None:
    with pytest.raises(NameUnknown) as met:
        catalogue.find_model("resnet81")
    assert "resnet81" in met.value.message
    assert "Did you mean" in met.value.hint
    with pytest.raises(NameUnknown) as met:
        catalogue.find_weights(catalogue.find_model("resnet101"), "IMAGENET1K_V3")
    assert "IMAGENET1K_V2" in met.value.hint


def test_default_weights_are_found_by_three_spellings() -> None:
    model = catalogue.find_model("resnet101")
    names = [catalogue.find_weights(model, name).name for name in ("", "DEFAULT", "IMAGENET1K_V2")]
    assert names == ["IMAGENET1K_V2"] * 3
    assert catalogue.find_weights(model, "IMAGENET1K_V1").recipe.resize == 256


def test_a_file_that_is_here_brings_its_path_and_exact_size() -> None:
    weights_folder().mkdir(parents=True)
    file = weights_folder() / "squeezenet1_1-b8a52dc0.pth"
    file.write_bytes(b"x" * 123)
    row = catalogue.find_model("squeezenet1_1").default()
    assert (row.path, row.file_bytes, row.here) == (str(file), 123, True)
    assert not catalogue.find_model("squeezenet1_0").here


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An assets folder with the real list and a bundled model of our own making."""
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "models").mkdir()
    real = assets_folder() / "catalogue" / "torchvision.json"
    (tmp_path / "catalogue" / "torchvision.json").write_bytes(real.read_bytes())
    monkeypatch.setattr(catalogue, "assets_folder", lambda: tmp_path)
    return tmp_path


def test_the_bundled_model_is_absent_until_it_is_there(assets: Path) -> None:
    assert all(row.kind != "bundled" for row in catalogue.read_catalogue())
    card = {
        "architecture": "cifar10_small", "classes": ["cat", "dog"], "mean": [0.5, 0.4, 0.3], "std": [0.2, 0.2, 0.2],
        "size": 32, "interpolation": "bilinear", "parameters": 7, "test_accuracy": 0.93,
    }  # fmt: skip
    (assets / "models" / "cifar10_small.json").write_text(json.dumps(card))
    (assets / "models" / "cifar10_small.safetensors").write_bytes(b"12345")
    model = catalogue.find_model("")
    row = catalogue.find_weights(model)
    assert (model.name, model.kind, row.name, row.trained_on) == ("cifar10_small", "bundled", "CIFAR10_V1", "CIFAR-10")
    assert (row.accuracy_1, row.parameters, row.classes, row.file_bytes, row.here) == (0.93, 7, 2, 5, True)
    assert row.recipe == Recipe(32, 32, (0.5, 0.4, 0.3), (0.2, 0.2, 0.2), "bilinear", "stretch")
    assert catalogue.categories(row) == ("cat", "dog")
    assert catalogue.read_catalogue()[0] == model


def test_own_entries_follow_the_published(tmp_path: Path) -> None:
    file, labels = tmp_path / "mine.pth", tmp_path / "labels.txt"
    file.write_bytes(b"1234")
    labels.write_text("ant\nbee\n\n")
    own = OwnEntry("insects", "resnet101", str(file), str(labels), None)
    model = catalogue.find_model("insects", [own])
    row = model.default()
    assert (model.kind, model.family, model.architecture) == ("own", "Own checkpoints", "resnet101")
    assert (row.file_bytes, row.classes, row.here, row.accuracy_1) == (4, 2, True, None)
    assert row.recipe.resize == 256  # the builder's first weights, not its default
    gone = OwnEntry("gone", "resnet18", str(tmp_path / "no.pth"), None, Recipe(40, 40))
    row = catalogue.find_model("gone", [gone]).default()
    assert (row.here, row.classes, row.recipe.crop) == (False, 0, 40)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00"])
def test_labels_that_are_none_are_said(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_bytes(content)
    with pytest.raises(LabelsInvalid):
        catalogue.read_labels(str(tmp_path / "labels.txt"))
    with pytest.raises(LabelsInvalid):
        catalogue.read_labels(str(tmp_path / "none.txt"))
