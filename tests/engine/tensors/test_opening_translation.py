"""A stage of a translation as a tensor of the session: equal to plain torch's, and told as code that runs.

Must not know how it is computed here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from tensorviz.core.errors import (
    CheckpointMismatch,
    NothingFound,
    ValueRefused,
    WeightsMissing,
)
from tensorviz.core.translation import GeneratorChoice, InputRange
from tensorviz.engine.messages.session import OpenTranslation
from tensorviz.engine.tensors.opening import bring
from tensorviz.engine.tensors.opening_terms import Terms
from tensorviz.engine.tensors.opening_translation import open_translation
from tests.engine.translate.plain import Variant, checkpoint, drawn, with_statistics

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL = Variant(4, 6)


def opened(path: Path, choice: GeneratorChoice, stage: str, taken: Any = ()) -> tuple[str, str, Tensor]:
    """The code, the name and the tensor; those that come back through the log are the same."""
    action, (code, values) = open_translation(OpenTranslation(str(path), choice, stage), taken, Terms())
    again_code, again = bring(json.loads(json.dumps(action)))
    ((name, value),) = values.items()
    assert list(again) == [name]
    assert torch.equal(again[name], value)
    assert [line.partition(" computed")[0] for line in again_code.splitlines()] == [
        line.partition(" computed")[0] for line in code.splitlines()
    ]
    return code, name, value


def reproduced(code: str, name: str, value: Tensor) -> bool:
    """Whether the code alone gives the same tensor to the bit, layout included, and nothing else but a function."""
    assert "tensorviz" not in code
    names: dict[str, Any] = {"torch": torch}
    state = torch.random.get_rng_state()
    exec(code, names)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert len(set(names) - {"torch", "__builtins__"}) == 2
    return torch.equal(names[name], value) and names[name].stride() == value.stride()


def upright(path: Path) -> np.ndarray[Any, Any]:
    return np.array(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))


def seen(path: Path, way: InputRange) -> Tensor:
    """What the generator should see of a picture at its own size."""
    pixels = upright(path)
    if way == "trained":
        height, width = pixels.shape[:2]
        pixels = np.pad(pixels, ((0, -height % 4), (0, -width % 4), (0, 0)), mode="reflect")
    numbers = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255
    return numbers * 2 - 1 if way == "trained" else numbers


def features(state: dict[str, Tensor], batch: Tensor, block: int) -> Tensor:
    """What the layers before the residual blocks and the first `block` of them give; instance norm."""

    def layer(values: Tensor, name: str, mirrored: int = 0, stride: int = 1, padding: int = 0) -> Tensor:
        values = functional.pad(values, (mirrored,) * 4, mode="reflect") if mirrored else values
        values = functional.conv2d(values, state[f"{name}.weight"], state[f"{name}.bias"], stride, padding)
        return functional.instance_norm(values)

    values = functional.relu(layer(batch, "model.1", 3))
    for name in ("model.4", "model.7"):
        values = functional.relu(layer(values, name, stride=2, padding=1))
    for at in range(10, 10 + block):
        inner = functional.relu(layer(values, f"model.{at}.conv_block.1", 1))
        values = values + layer(inner, f"model.{at}.conv_block.5", 1)
    return values


@pytest.mark.parametrize("way", ["trained", "book"])
def test_the_input_is_what_the_generator_sees(picture: Path, network: Path, way: InputRange) -> None:
    choice = GeneratorChoice(weights=str(network), input_range=way, resize=0)
    code, name, value = opened(picture, choice, "input")
    assert name == "generator_input"
    assert value.shape == ((1, 3, 64, 48) if way == "trained" else (1, 3, 61, 47))
    assert torch.allclose(value, seen(picture, way), atol=1e-6)
    assert value.is_contiguous()
    assert reproduced(code, name, value)
    assert ("mirrored up to 48 x 64" in code) is (way == "trained")


def test_the_input_needs_no_weights_and_is_resized(picture: Path) -> None:
    code, name, value = opened(picture, GeneratorChoice("horse2zebra", resize=30), "input")
    assert value.shape == (1, 3, 40, 32)  # 30 x 38: int(30 * 61 / 47) = 38
    assert reproduced(code, name, value)


@pytest.mark.parametrize("stage", ["block-0", "block-1", "block-6"])
def test_features_after_a_block_are_those_of_plain_torch(picture: Path, choice: GeneratorChoice, stage: str) -> None:
    code, name, value = opened(picture, choice, stage)
    block = int(stage[-1])
    expected = features(checkpoint(SMALL), seen(picture, "trained"), block)
    assert name == (f"after_block_{block}" if block else "before_blocks")
    assert value.shape == (1, 16, 16, 12)
    assert torch.allclose(value, expected, atol=1e-4)
    assert (value.is_inference(), value.requires_grad) == (False, False)
    assert reproduced(code, name, value)


@pytest.mark.parametrize("way", ["trained", "book"])
def test_the_output_is_all_that_the_generator_draws(picture: Path, network: Path, way: InputRange) -> None:
    choice = GeneratorChoice(weights=str(network), input_range=way, resize=0, device="cpu")
    code, name, value = opened(picture, choice, "output")
    assert (name, tuple(value.shape)) == ("generator_output", (1, 3, 64, 48))
    assert torch.allclose(value, drawn(checkpoint(SMALL), seen(picture, way), SMALL), atol=1e-4)
    assert reproduced(code, name, value)


@pytest.mark.parametrize("variant", [Variant(4, 9, dropout=True), Variant(4, 6, batch=True), SMALL], ids=str)
def test_the_variants_as_training_programs_save_them(picture: Path, tmp_path: Path, variant: Variant) -> None:
    state = checkpoint(variant) if variant.batch else with_statistics(checkpoint(variant), variant)
    torch.save({"G": {f"module.{key}": value for key, value in state.items()}}, tmp_path / "own.pth")
    choice = GeneratorChoice(weights=str(tmp_path / "own.pth"), resize=0, device="cpu")
    for stage in ("block-6", "output"):
        code, name, value = opened(picture, choice, stage)
        assert reproduced(code, name, value)
    assert torch.allclose(value, drawn(state, seen(picture, "trained"), variant), atol=1e-4)


def test_the_pair_that_comes_along(picture: Path) -> None:
    choice = GeneratorChoice(resize=24, device="cpu")
    code, name, value = opened(picture, choice, "block-2")
    assert value.shape[1] == 4 * len(load_file("assets/models/photo2painting.safetensors")["model.1.weight"])
    assert "photo2painting V1" in code
    assert reproduced(code, name, value)


def test_the_code_runs_in_a_python_of_its_own(picture: Path, choice: GeneratorChoice, tmp_path: Path) -> None:
    code, name, value = opened(picture, choice, "block-3")
    torch.save(value, tmp_path / "value.pt")
    program = (
        "import sys; sys.modules['tensorviz'] = None\nimport torch\ntorch.set_num_threads(1)\n"
        f"{code}\nassert torch.equal({name}, torch.load('value.pt'))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_names_that_are_taken_get_a_number(picture: Path, choice: GeneratorChoice) -> None:
    code, name, value = opened(picture, choice, "block-3", {"after_block_3", "after_block_3_2"})
    assert name == "after_block_3_3"
    assert reproduced(code, name, value)


def test_names_of_files_cannot_become_code(network: Path, tmp_path: Path) -> None:
    odd = tmp_path / "x'\nraise SystemExit\u2028.safetensors"
    odd.write_bytes(network.read_bytes())
    path = tmp_path / "a\nraise SystemExit\r.png"
    Image.effect_noise((9, 12), 90).convert("RGB").save(path)
    for stage in ("input", "output"):
        code, name, value = opened(path, GeneratorChoice(weights=str(odd), resize=0, device="cpu"), stage)
        assert reproduced(code, name, value)


@pytest.mark.parametrize("stage", ["", "block", "block-", "block-x", "block--1", "block-01", "scores", "block-9999"])
def test_a_stage_that_there_is_not_is_a_sentence(picture: Path, choice: GeneratorChoice, stage: str) -> None:
    with pytest.raises(ValueRefused, match="There is no stage") as refused:
        open_translation(OpenTranslation(str(picture), choice, stage), (), Terms())
    assert "block-0" in refused.value.hint


def test_a_block_that_the_generator_has_not_is_a_sentence(picture: Path, choice: GeneratorChoice) -> None:
    with pytest.raises(ValueRefused, match="There is no block 7: small has 6 residual blocks"):
        open_translation(OpenTranslation(str(picture), choice, "block-7"), (), Terms())


def test_what_is_missing_or_is_no_generator_is_said(picture: Path, choice: GeneratorChoice, tmp_path: Path) -> None:
    def refused(error: type[Exception], path: Path, choice: GeneratorChoice) -> None:
        with pytest.raises(error):
            open_translation(OpenTranslation(str(path), choice, "block-1"), (), Terms())

    torch.save({"fc.weight": torch.ones(2, 2)}, tmp_path / "other.pth")
    refused(NothingFound, tmp_path / "absent.png", choice)
    refused(WeightsMissing, picture, GeneratorChoice("horse2zebra"))
    refused(CheckpointMismatch, picture, GeneratorChoice(weights=str(tmp_path / "other.pth"), device="cpu"))


def test_relative_paths_are_whole_in_the_log(picture: Path, network: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(picture.parent)
    request = OpenTranslation(picture.name, GeneratorChoice(weights=network.name, resize=0, device="cpu"), "block-1")
    action, _ = open_translation(request, (), Terms())
    monkeypatch.chdir("/")
    assert bring(json.loads(json.dumps(action)))
