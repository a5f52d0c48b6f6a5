"""What is opened from the Models page: equal to Pillow's, torchvision's and torch's own, and told as code that runs.

Must not know how it is computed here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from safetensors.torch import load_file
from torch import nn
from torchvision import models, transforms

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.errors import MemoryExhausted, NameUnknown, NothingFound, TensorvizError, WeightsMissing
from tensorviz.core.recipe import Recipe
from tensorviz.core.structure import Layer
from tensorviz.engine.messages.session import OpenParameter, OpenPrediction
from tensorviz.engine.tasks.classify.classifier import Classifier
from tensorviz.engine.tasks.classify.load import load_classifier
from tensorviz.engine.tasks.classify.structure import layer_of
from tensorviz.engine.tensors import opening
from tensorviz.engine.tensors.board import Board
from tensorviz.engine.tensors.desk import Desk, Questions
from tensorviz.engine.tensors.opening import action_of, bring
from tensorviz.engine.tensors.opening_action import choice_data, choice_of, identifier
from tensorviz.engine.tensors.opening_terms import ChangedFile
from tests.engine.classify.conftest import seeded_network

BUNDLED = Path("assets/models/cifar10_small.safetensors")
RECIPE = Recipe(40, 32, (0.5, 0.4, 0.3), (0.2, 0.3, 0.4), "bicubic")
MEMORY = ModelChoice(recipe=RECIPE, device="cpu")


@pytest.fixture
def small_network() -> nn.Module:
    """A small torchvision network for six classes."""
    return seeded_network("shufflenet_v2_x0_5", side=64, num_classes=6)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Turned by its EXIF orientation, no square, no even sides."""
    pixels = torch.randint(0, 256, (47, 61, 3), generator=torch.Generator().manual_seed(4), dtype=torch.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels.numpy()).save(tmp_path / "it's turned.png", exif=exif)
    return tmp_path / "it's turned.png"


def opened(path: Path, stage: str, choice: ModelChoice = MEMORY) -> tuple[str, dict[str, torch.Tensor]]:
    """What is brought after a trip through the log."""
    code, values = bring(json.loads(json.dumps(action_of(OpenPrediction(str(path), choice, stage)))))
    return code, dict(values)


def run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {"torch": torch}
    exec(code, names)
    return names


def upright(path: Path) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(path)).convert("RGB")


def reproduced(code: str, values: dict[str, torch.Tensor]) -> bool:
    """Whether the code gives the same tensors, layouts included, by itself."""
    assert "tensorviz" not in code
    names = run(code)
    same = [torch.equal(names[key], value) and names[key].stride() == value.stride() for key, value in values.items()]
    return all(same) and bool(same)


def test_the_decoded_picture_is_pillows_and_its_channels_first_are_the_same_bytes(picture: Path) -> None:
    code, values = opened(picture, "original")
    pixels, planes, numbers = values["picture"], values["picture_chw"], values["picture_float"]
    assert torch.equal(pixels, torch.from_numpy(np.array(upright(picture))))
    assert pixels.shape == (61, 47, 3)
    assert planes.untyped_storage().data_ptr() == pixels.untyped_storage().data_ptr()
    assert (planes.shape, planes.stride()) == ((3, 61, 47), (1, 141, 3))
    assert torch.equal(numbers, transforms.functional.to_tensor(upright(picture)))
    assert numbers.stride() == (1, 141, 3)
    assert reproduced(code, values)


@pytest.mark.parametrize("stage", ["original", "cropped", "normalised"])
@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "CMYK", "1"])
def test_pictures_of_every_kind_are_opened_as_their_code_says(tmp_path: Path, mode: str, stage: str) -> None:
    noise = torch.randint(0, 256, (50, 40, 4), generator=torch.Generator().manual_seed(1), dtype=torch.uint8)
    image = Image.fromarray(noise.numpy(), "RGBA").convert(mode)
    options: Any = {"transparency": 3} if mode == "P" else {}
    image.save(tmp_path / f"a.{'tif' if mode == 'CMYK' else 'png'}", **options)
    code, values = opened(next(tmp_path.glob("a.*")), stage)
    names = run(code)
    assert all(torch.equal(names[name], value) for name, value in values.items())
    assert ("laid on white" in code) is (mode in ("RGBA", "LA", "P"))


def test_what_pillow_alone_would_do_otherwise_is_said(tmp_path: Path) -> None:
    Image.fromarray(np.full((3, 3), 40_000, np.uint16)).save(tmp_path / "deep.png")
    code, values = opened(tmp_path / "deep.png", "original")
    assert values["picture"].unique().tolist() == [40_000 >> 8]
    assert "16 bits per channel reduced to 8; Pillow's own conversion may give other numbers" in code


@pytest.mark.parametrize("stage", ["resized", "cropped"])
@pytest.mark.parametrize("recipe", [RECIPE, Recipe(36, 40, fit="stretch", interpolation="nearest"), Recipe(90, 300)])
def test_resized_and_cropped_are_torchvisions(picture: Path, stage: str, recipe: Recipe) -> None:
    code, values = opened(picture, stage, ModelChoice(recipe=recipe))
    size: Any = [recipe.resize] * 2 if recipe.fit == "stretch" else recipe.resize
    mode = transforms.InterpolationMode(recipe.interpolation)
    image = transforms.functional.resize(upright(picture), size, interpolation=mode)
    image = transforms.functional.center_crop(image, [recipe.crop]) if stage == "cropped" else image
    assert torch.equal(values[stage], torch.from_numpy(np.array(image)))
    assert torch.equal(values[f"{stage}_chw"], values[stage].permute(2, 0, 1))
    assert reproduced(code, values)


def test_the_batch_is_what_torchvisions_transforms_give(picture: Path) -> None:
    code, values = opened(picture, "normalised")
    steps = [
        transforms.Resize(40, interpolation=transforms.InterpolationMode.BICUBIC), transforms.CenterCrop(32),
        transforms.ToTensor(), transforms.Normalize(RECIPE.mean, RECIPE.std),
    ]  # fmt: skip
    expected = transforms.Compose(steps)(upright(picture)).unsqueeze(0)
    assert torch.equal(values["batch"], expected)
    assert values["batch"].is_contiguous()
    names = run(code)
    assert torch.equal(names["batch"], expected)


def test_the_scores_are_the_classifiers_before_and_after_the_softmax(picture: Path) -> None:
    choice = ModelChoice(device="cpu")
    code, values = opened(picture, "scores", choice)
    (row,) = load_classifier(choice).classify_stream([str(picture)], top=10)
    by_index = {label.index: label.probability for label in row.top}  # type: ignore[union-attr]  # it was answered
    assert values["probabilities"].tolist() == [by_index[index] for index in range(10)]
    assert torch.equal(values["scores"].softmax(0), values["probabilities"])
    assert not values["scores"].is_inference()
    names = run(code)
    assert torch.allclose(names["scores"], values["scores"], atol=1e-4)
    assert torch.allclose(names["probabilities"], values["probabilities"], atol=1e-5)
    assert "last digits may differ" in code


def test_the_memory_of_the_network_that_gave_the_scores_is_given_back(
    picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[Classifier] = []

    def load(choice: ModelChoice) -> Classifier:
        loaded.append(load_classifier(choice))
        return loaded[-1]

    monkeypatch.setattr(opening, "load_classifier", load)
    opened(picture, "scores", ModelChoice(device="cpu"))
    assert loaded[0].bytes == 0
    assert opened(picture, "scores", ModelChoice(device="cpu"))[1]["scores"].isfinite().all()


def test_the_scores_of_an_own_checkpoint(small_network: nn.Module, picture: Path, tmp_path: Path) -> None:
    torch.save({"model": small_network.state_dict()}, tmp_path / "own.pt")
    choice = ModelChoice("shufflenet_v2_x0_5", str(tmp_path / "own.pt"), recipe=Recipe(70, 64), device="cpu")
    code, values = opened(picture, "scores", choice)
    steps = [transforms.Resize(70), transforms.CenterCrop(64), transforms.ToTensor(),
             transforms.Normalize(Recipe(70, 64).mean, Recipe(70, 64).std)]  # fmt: skip
    with torch.no_grad():
        expected = small_network.eval()(transforms.Compose(steps)(upright(picture)).unsqueeze(0))[0]
    assert torch.allclose(values["scores"], expected, atol=1e-4)
    assert torch.equal(run(code)["scores"], expected)


@pytest.mark.parametrize("name", ["head.weight", "whiten.0.bias"])
def test_a_parameter_is_that_of_the_file(name: str) -> None:
    code, values = bring(action_of(OpenParameter(ModelChoice(), name)))
    assert list(values) == [name.replace(".", "_")]
    assert torch.equal(values[name.replace(".", "_")], load_file(BUNDLED)[name])
    assert reproduced(code, dict(values))


@pytest.mark.parametrize("wrapper", [None, "state_dict"])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_a_parameter_of_an_own_checkpoint_keeps_the_type_that_the_file_has(
    small_network: nn.Module, tmp_path: Path, wrapper: str | None, prefix: str
) -> None:
    state: Any = {f"{prefix}{key}": value for key, value in small_network.half().state_dict().items()}
    torch.save({wrapper: state} if wrapper else state, tmp_path / "own.pt")
    choice = ModelChoice("shufflenet_v2_x0_5", str(tmp_path / "own.pt"))
    code, values = bring(action_of(OpenParameter(choice, "conv1.0.weight")))
    kept = values["conv1_0_weight"]
    assert kept.dtype is torch.float16
    assert torch.equal(kept, state[f"{prefix}conv1.0.weight"])
    assert reproduced(code, dict(values))
    kept.zero_()  # nobody else's memory
    again = bring(action_of(OpenParameter(choice, "conv1.0.weight")))[1]["conv1_0_weight"]
    assert torch.equal(again, state[f"{prefix}conv1.0.weight"])


def test_the_tree_of_layers_names_what_can_be_opened() -> None:
    def names(layer: Layer, above: str = "") -> list[str]:
        here = [f"{above}{one.name}" for one in layer.tensors]
        return here + [name for child in layer.children for name in names(child, f"{above}{child.name}.")]

    for network in (models.resnet18(num_classes=3), models.vit_b_32(image_size=64), models.swin_t()):
        assert sorted(names(layer_of(network))) == sorted(network.state_dict())
    swin = {one.name: one for one in layer_of(models.swin_t()).children[0].children[1].children[0].children[1].tensors}
    assert swin["relative_position_index"].learned is False
    table = swin["relative_position_bias_table"]
    assert (table.shape, table.learned) == ((169, 3), True)


def test_a_parameter_that_is_not_in_the_file_is_said_with_what_was_meant() -> None:
    with pytest.raises(NameUnknown, match=r"holds no head\.wait\. Did you mean head\.weight"):
        bring(action_of(OpenParameter(ModelChoice(), "head.wait")))
    with pytest.raises(NameUnknown, match="counts training steps"):
        bring(action_of(OpenParameter(ModelChoice(), "x.num_batches_tracked")))


def test_weights_that_are_not_here_are_said_to_be_missing(picture: Path) -> None:
    choice = ModelChoice("resnet18", "IMAGENET1K_V1")
    with pytest.raises(WeightsMissing):
        action_of(OpenParameter(choice, "conv1.weight"))
    with pytest.raises(WeightsMissing):
        action_of(OpenPrediction(str(picture), choice, "scores"))
    assert opened(picture, "normalised", choice)[1]["batch"].shape == (1, 3, 224, 224)  # needs the recipe only


def test_names_that_are_taken_get_a_number_which_the_log_keeps(picture: Path) -> None:
    request = OpenPrediction(str(picture), MEMORY, "original")
    action = action_of(request, {"picture", "picture_chw_2"})
    code, values = bring(json.loads(json.dumps(action)))
    assert sorted(values) == ["picture_3", "picture_chw_3", "picture_float_3"]
    assert reproduced(code, dict(values))


@pytest.mark.parametrize(("name", "expected"), [
    ("layer1.0.conv1.weight", "layer1_0_conv1_weight"), ("0.weight", "parameter_0_weight"), ("sum", "sum_value"),
    ("__class__", "class_value"), ("", "parameter"), ("torch", "torch_value"), ("a" * 300, "a" * 80), ("ü.w", "w"),
])  # fmt: skip
def test_names_of_parameters_become_names_of_the_console(name: str, expected: str) -> None:
    assert identifier(name) == expected
    assert expected.isidentifier()


def test_a_choice_comes_back_as_it_was_and_what_is_missing_is_as_in_a_new_one() -> None:
    choice = ModelChoice("resnet18", "DEFAULT", "labels.txt", RECIPE, "cuda:1", "bf16")
    assert choice_of(json.loads(json.dumps(choice_data(choice)))) == choice
    assert choice_of({}) == ModelChoice()


GOOD: dict[str, Any] = {"picture": {"path": "a.png", "stage": "original"}}


@pytest.mark.parametrize("action", [
    {}, {"picture": None}, {"picture": "a.png"}, {"picture": {"path": "a.png"}}, {"parameter": {}}, {"parameter": []},
    {"picture": {"path": "a.png", "stage": "deleted"}}, {"picture": {"path": "", "stage": "original"}},
    {"picture": {"path": 3, "stage": "original"}}, {"picture": {"path": "a\0b", "stage": "original"}},
    {"picture": {"path": "a" * 5000, "stage": "original"}}, {"picture": {"path": "a.png", "stage": ["original"]}},
    {"parameter": {"name": None}}, {"parameter": {"name": "fc.weight"}, **GOOD},
    {**GOOD, "number": 0}, {**GOOD, "number": True}, {**GOOD, "number": "1); import os; ("}, {**GOOD, "number": 1e9},
    {**GOOD, "choice": "resnet18"}, {**GOOD, "choice": {"model": 3}}, {**GOOD, "choice": {"recipe": {"resize": "x"}}},
    {**GOOD, "choice": {"recipe": [1]}}, {**GOOD, "choice": {"recipe": {"__class__": 1}}}, {**GOOD, "weights": "zz"},
    {**GOOD, "choice": {"model": "no_such"}}, {"picture": {"path": "a.png", "stage": "original", "file": 3}},
    {"parameter": {"name": "fc.weight"}, "choice": {"model": "no_such"}},
    {"parameter": {"name": "fc.weight"}, "choice": {"model": "resnet18", "weights": "/dev/zero"}},
    {"picture": {"path": "/dev/zero", "stage": "original"}}, {"picture": {"path": "/", "stage": "original"}},
    {"picture": {"path": "a.png", "stage": "scores"}, "choice": {"precision": "fp1"}},
    {"picture": {"path": "a.png", "stage": "scores"}, "choice": {"device": "the moon"}},
])  # fmt: skip
def test_actions_that_make_no_sense_get_a_sentence(action: dict[str, Any]) -> None:
    with pytest.raises(TensorvizError) as refused:
        bring(action)
    assert str(refused.value).endswith((".", "?"))


def test_names_of_files_and_parameters_cannot_become_code(small_network: nn.Module, tmp_path: Path) -> None:
    odd = "x\nraise SystemExit('escaped')\u2028raise SystemExit"
    torch.save({**small_network.state_dict(), odd: torch.ones(2)}, tmp_path / "own.pt")
    code, values = bring(action_of(OpenParameter(ModelChoice("shufflenet_v2_x0_5", str(tmp_path / "own.pt")), odd)))
    assert reproduced(code, dict(values))
    path = tmp_path / "a\nraise SystemExit\r.png"
    Image.new("RGB", (4, 3)).save(path)
    for stage in ("original", "normalised", "scores"):
        code, values = opened(path, stage, ModelChoice(device="cpu"))
        assert set(values) <= set(run(code))


def test_relative_paths_are_whole_in_the_log(
    picture: Path, small_network: nn.Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.save(small_network.state_dict(), picture.parent / "own.pt")
    monkeypatch.chdir(picture.parent)
    stage = action_of(OpenPrediction(picture.name, MEMORY, "original"))
    weight = action_of(OpenParameter(ModelChoice("shufflenet_v2_x0_5", "own.pt"), "conv1.0.weight"))
    monkeypatch.chdir("/")
    assert bring(stage)
    assert bring(weight)


def test_a_file_that_is_gone_or_another_by_now_is_not_brought(picture: Path) -> None:
    action = action_of(OpenPrediction(str(picture), MEMORY, "original"))
    picture.touch()  # the same bytes
    assert bring(action)
    Image.new("RGB", (3, 3)).save(picture)
    with pytest.raises(ChangedFile, match="another file"):
        bring(action)
    picture.unlink()
    with pytest.raises(NothingFound, match="does not exist"):
        bring(action)


def test_weights_that_changed_are_not_brought(small_network: nn.Module, tmp_path: Path) -> None:
    file = tmp_path / "own.pt"
    torch.save(small_network.state_dict(), file)
    action = action_of(OpenParameter(ModelChoice("shufflenet_v2_x0_5", str(file)), "conv1.0.weight"))
    torch.save({key: value + 1 for key, value in small_network.state_dict().items()}, file)
    with pytest.raises(ChangedFile):
        bring(action)


def test_a_tensor_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch, picture: Path) -> None:
    monkeypatch.setattr(opening, "LARGEST", 1000)
    with pytest.raises(TensorvizError, match=r"tensors of up to 1\.0 kB"):
        bring(action_of(OpenParameter(ModelChoice(), "head.weight")))
    with pytest.raises(TensorvizError, match="only what the network sees"):
        opened(picture, "resized")


def test_a_large_picture_is_not_also_made_of_numbers(monkeypatch: pytest.MonkeyPatch, picture: Path) -> None:
    monkeypatch.setattr(opening, "FLOATS", 4 * 61 * 47 * 3 - 1)
    code, values = opened(picture, "original")
    assert sorted(values) == ["picture", "picture_chw"]
    assert reproduced(code, values)


def test_memory_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, picture: Path) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    action = action_of(OpenPrediction(str(picture), MEMORY, "original"))
    monkeypatch.setattr(opening, "open_picture", full)
    with pytest.raises(MemoryExhausted):
        bring(action)


def test_the_desk_puts_it_into_the_session_and_brings_it_back(picture: Path, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "session", Board(), Questions(), bring)
    list(desk.run("picture = torch.ones(2)", None, None))
    row = desk.put(action_of(OpenPrediction(str(picture), MEMORY, "original"), desk.session.variables))
    list(desk.run("picture_2[0, 0] = 0\npicture_chw_2[:, 0, 0].sum()", None, None))
    assert (row.effect, row.trouble) == ("new", None)
    again = Desk(tmp_path / "session", Board(), Questions(), bring)
    saved = again.saved()
    assert saved is not None
    rows = list(again.restore(saved, None))
    assert not any(isinstance(one, str) for one in rows)
    for name, value in desk.session.tensors().items():
        assert torch.equal(again.session.tensors()[name], value)
    assert again.session.tensors()["picture_2"][0, 0].tolist() == [0, 0, 0]


def test_a_session_whose_picture_is_gone_is_brought_back_up_to_there(picture: Path, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "session", Board(), Questions(), bring)
    list(desk.run("x = torch.ones(2)", None, None))
    desk.put(action_of(OpenPrediction(str(picture), MEMORY, "original"), desk.session.variables))
    picture.unlink()
    again = Desk(tmp_path / "session", Board(), Questions(), bring)
    saved = again.saved()
    assert saved is not None
    *_, said = again.restore(saved, None)
    assert isinstance(said, str)
    assert "does not exist" in said
    assert list(again.session.tensors()) == ["x"]
