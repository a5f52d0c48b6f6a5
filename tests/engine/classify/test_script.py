"""The script that a result can be copied as is run, and must print the result's numbers.

Must not know how the script is written.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.recipe import Recipe
from tensorviz.core.results import Classified
from tensorviz.core.script import Asked, command_line, head_of, python_script
from tensorviz.engine.tasks.classify.build import head_name
from tensorviz.engine.tasks.classify.empty import architectures
from tensorviz.engine.tasks.classify.load import load_classifier
from tensorviz.engine.tasks.classify.recipe import source_of
from tensorviz.engine.weights.catalogue import find_weights

ROOT = Path(__file__).resolve().parents[3]


def printed(script: str) -> list[tuple[float, int, str]]:
    """What the script prints, run by itself in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = (line.split("  ", 2) for line in done.stdout.splitlines())
    return [(float(value), int(index), label) for value, index, label in lines]


def check(choice: ModelChoice, path: Path, recipe: Recipe | None = None) -> str:
    (row,) = load_classifier(choice).classify_stream([str(path)])
    assert isinstance(row, Classified)
    source = source_of(choice)
    script = python_script(Asked(str(path), choice, source.model, source.row, recipe))
    said = printed(script)
    assert [(index, label) for _, index, label in said] == [(label.index, label.label) for label in row.top]
    assert all(abs(value - label.probability) < 1e-4 for (value, _, _), label in zip(said, row.top, strict=True))
    return script


def test_the_script_for_an_own_checkpoint_on_a_turned_transparent_picture(
    small_network: nn.Module, tmp_path: Path
) -> None:
    torch.save(
        {"state_dict": {f"module.{k}": v for k, v in small_network.state_dict().items()}}, tmp_path / "it's own.pt"
    )
    (tmp_path / "labels.txt").write_text("ant\nbee\ncrane\ncrane\nelk\nfox\n", encoding="utf-8")
    pixels = torch.randint(0, 256, (300, 260, 4), generator=torch.Generator().manual_seed(4), dtype=torch.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels.numpy()).save(tmp_path / "turned.png", exif=exif)
    choice = ModelChoice(
        "shufflenet_v2_x0_5",
        str(tmp_path / "it's own.pt"),
        str(tmp_path / "labels.txt"),
        Recipe(200, 160, (0.5, 0.4, 0.3), (0.2, 0.3, 0.4), "bicubic"),
        "cpu",
    )
    assert "tensorviz" not in check(choice, tmp_path / "turned.png")


def test_the_script_for_a_safetensors_file_and_a_network_with_its_own_options(
    make_network: Callable[..., nn.Module], tmp_path: Path, pictures: list[Path]
) -> None:
    network = make_network("googlenet", num_classes=5, aux_logits=False, transform_input=True)
    save_file(network.state_dict(), tmp_path / "net.safetensors")
    check(ModelChoice("googlenet", str(tmp_path / "net.safetensors"), device="cpu"), pictures[0])


def test_the_script_for_the_network_that_comes_along(pictures: list[Path]) -> None:
    check(ModelChoice(device="cpu"), pictures[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["densenet121", "mnasnet0_5", "vit_b_32", "maxvit_t", "inception_v3"])
def test_the_script_for_architectures_with_traps(
    name: str, make_network: Callable[..., nn.Module], tmp_path: Path, pictures: list[Path]
) -> None:
    options = {"transform_input": True} if name == "inception_v3" else {}
    side = 299 if name == "inception_v3" else 224
    network = (
        make_network(name, side=side, num_classes=5, **options)
        if name != "inception_v3"
        else make_network(name, side=side, num_classes=5, aux_logits=False, **options)
    )
    torch.save(network.state_dict(), tmp_path / "net.pth")
    check(ModelChoice(name, str(tmp_path / "net.pth"), device="cpu"), pictures[0])


def test_the_head_of_every_architecture_is_known_without_torch() -> None:
    quick = [
        name
        for name in architectures()
        if not name.startswith(("convnext_l", "efficientnet_", "regnet", "densenet2", "vit_h"))
    ]
    assert {name: head_of(name) for name in quick} == {name: head_name(name) for name in quick}
    assert head_of("efficientnet_b0") == head_name("efficientnet_b0")
    assert head_of("regnet_x_400mf") == head_name("regnet_x_400mf")


def test_published_weights_are_named_by_torchvisions_own_enum() -> None:
    source_row = find_weights
    from tensorviz.engine.weights.catalogue import find_model

    model = find_model("resnet101")
    choice = ModelChoice("resnet101", "IMAGENET1K_V1")
    script = python_script(Asked("bobby.jpg", choice, model, source_row(model, "IMAGENET1K_V1")))
    assert "models.get_model_weights('resnet101')['IMAGENET1K_V1']" in script
    assert "Resize(256" in script
    compile(script, "script", "exec")


def test_the_command_gives_the_same_row(small_file: Path, tmp_path: Path, pictures: list[Path]) -> None:
    own = Recipe(256, 224)
    recipe = Recipe(200, 160, (-0.5, 0.4, 0.3), own.std, "nearest")
    choice = ModelChoice("shufflenet_v2_x0_5", str(small_file), recipe=recipe, device="cpu")
    path = tmp_path / "a 'quoted' name.png"
    path.write_bytes(pictures[0].read_bytes())
    (row,) = load_classifier(choice).classify_stream([str(path)], top=3)
    assert isinstance(row, Classified)
    words = shlex.split(command_line([str(path)], choice, own, 3))
    assert words[0] == "tensorviz"
    done = subprocess.run(
        [sys.executable, "-m", *words, "--format", "json"],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (printed_row,) = json.loads(done.stdout)
    for got, label in zip(printed_row["top"], row.top, strict=True):
        assert got["index"] == label.index
        assert got["probability"] == pytest.approx(label.probability, abs=1e-5)


def test_a_command_for_a_path_that_looks_like_an_option_guards_it() -> None:
    assert shlex.split(command_line(["-x.png"], ModelChoice(), Recipe(256, 224))) == [
        "tensorviz",
        "classify",
        "--",
        "-x.png",
    ]
