"""`tensorviz.load_classifier`, as a person uses it from Python.

Must not know the engine behind it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

import tensorviz

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def classifier(small_file: Path) -> tensorviz.PictureClassifier:
    return tensorviz.load_classifier("shufflenet_v2_x0_5", small_file, device="cpu")


def test_a_path_an_image_and_a_list_give_the_same_answers(
    classifier: tensorviz.PictureClassifier,
    pictures: list[Path],
    small_network: nn.Module,
    answer_of: Callable[..., Tensor],
) -> None:
    wanted = answer_of(small_network, pictures[0])
    with Image.open(pictures[0]) as image:
        several = classifier.classify([pictures[0], str(pictures[0]), image])
        single = classifier.classify(image)
    for answer in (*several, single, classifier.classify(pictures[0])):
        assert torch.allclose(answer.probabilities, wanted, atol=1e-4)
        assert isinstance(answer.top, list)
        assert answer.top[0].index == int(wanted.argmax())
        assert answer.top[0].label == f"class {answer.top[0].index}"
        assert (answer.model, answer.device, answer.precision) == ("shufflenet_v2_x0_5", "cpu", "fp32")
        assert answer.seconds.total > 0
    assert classifier.classify([]) == []


def test_labels_and_recipe_may_be_given_in_part(small_file: Path, pictures: list[Path]) -> None:
    names = ["ant", "bee", "crane", "crane", "elk", "fox"]
    made = tensorviz.load_classifier(
        "shufflenet_v2_x0_5", small_file, labels=names, recipe={"mean": [0.5, 0.5, 0.5]}, device="cpu"
    )
    assert made.recipe == tensorviz.Recipe(256, 224, (0.5, 0.5, 0.5))
    assert {label.label for label in made.classify(pictures[0], top=6).top} == set(names)


def test_what_cannot_be_answered_is_a_tensorviz_error(
    classifier: tensorviz.PictureClassifier, small_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "text.png").write_text("no picture")
    for thing in (tmp_path / "text.png", tmp_path / "absent.png", 17):
        with pytest.raises(tensorviz.TensorvizError):
            classifier.classify(thing)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(tensorviz.TensorvizError, match="2 labels"):
        tensorviz.load_classifier("shufflenet_v2_x0_5", small_file, labels=["a", "b"], device="cpu")
    with pytest.raises(tensorviz.TensorvizError, match="no croop"):
        tensorviz.load_classifier("shufflenet_v2_x0_5", small_file, recipe={"croop": 3}, device="cpu")


def test_an_image_without_pixels_has_no_answer(classifier: tensorviz.PictureClassifier) -> None:
    with pytest.raises(tensorviz.TensorvizError, match="no pixels"):
        classifier.classify(Image.new("RGB", (0, 5)))


@pytest.mark.parametrize(
    "given",
    [
        {"model": 3},
        {"weights": 3},
        {"labels": 3},
        {"labels": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]},
        {"recipe": 3},
        {"recipe": "crop"},
        {"recipe": {"mean": 3}},
        {"recipe": {3: 4}},
        {"batch": 0},
        {"batch": "many"},
        {"device": None},
        {"device": "gpu"},
    ],
    ids=str,
)
def test_arguments_of_another_kind_are_refused_with_a_sentence(given: dict[str, Any]) -> None:
    with pytest.raises(tensorviz.TensorvizError) as caught:
        tensorviz.load_classifier(**given)
    assert caught.value.hint


@pytest.mark.parametrize("top", [0, -1, 2.5, "many", None, True])
def test_a_number_of_classes_that_is_none_is_refused(classifier: tensorviz.PictureClassifier, top: Any) -> None:
    with pytest.raises(tensorviz.TensorvizError, match="whole number"):
        classifier.classify(Image.new("RGB", (8, 8)), top=top)


def test_the_device_may_be_torchs_own(small_file: Path) -> None:
    made = tensorviz.load_classifier("shufflenet_v2_x0_5", small_file, device=torch.device("cpu"))
    assert made.classify(Image.new("RGB", (8, 8))).device == "cpu"


def test_importing_and_naming_the_errors_loads_no_torch() -> None:
    script = "import sys, tensorviz as t; t.TensorvizError, t.Recipe, dir(t); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_here"):
        _ = tensorviz.nothing_here
