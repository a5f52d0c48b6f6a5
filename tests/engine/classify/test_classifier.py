"""A stream of pictures through a classifier: in order, in bounded memory, with failures in their rows.

Must not know the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from tensorviz.core.catalogue import ModelChoice, OwnEntry
from tensorviz.core.errors import (
    Cancelled,
    DeviceUnavailable,
    LabelsInvalid,
    NameUnknown,
    Problem,
    ValueRefused,
    WeightsMissing,
)
from tensorviz.core.recipe import Recipe
from tensorviz.core.results import Classified, Failed
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.tasks.classify.load import load_classifier
from tensorviz.engine.weights.entries import keep_entry

HALVES = (0.5, 0.5, 0.5)


@pytest.fixture
def choice(small_file: Path) -> ModelChoice:
    return ModelChoice("shufflenet_v2_x0_5", str(small_file), device="cpu")


def rows_of(choice: ModelChoice, paths: list[Path], top: int = 5) -> list[Classified]:
    rows = list(load_classifier(choice).classify_stream(map(str, paths), top))
    assert all(isinstance(row, Classified) for row in rows), [row for row in rows if isinstance(row, Failed)]
    return [row for row in rows if isinstance(row, Classified)]


def agrees(row: Classified, wanted: Tensor) -> bool:
    return all(abs(float(wanted[label.index]) - label.probability) < 1e-4 for label in row.top)


def test_answers_are_those_of_a_plain_script(
    choice: ModelChoice, pictures: list[Path], small_network: nn.Module, answer_of: Callable[..., Tensor]
) -> None:
    rows = rows_of(choice, pictures)
    assert [row.path for row in rows] == [str(path) for path in pictures]
    for row, path in zip(rows, pictures, strict=True):
        wanted = answer_of(small_network, path)
        assert [label.index for label in row.top] == wanted.argsort(descending=True)[:5].tolist()
        assert agrees(row, wanted)
        assert (row.model, row.device, row.precision) == ("shufflenet_v2_x0_5", "cpu", "fp32")
        assert row.top[0].label == f"class {row.top[0].index}"


def test_the_batch_size_changes_no_answer(choice: ModelChoice, pictures: list[Path]) -> None:
    classifier = load_classifier(choice)
    each = [list(classifier.classify_stream(map(str, pictures), batch=size)) for size in (1, 2, 8)]
    for one, two, eight in zip(*each, strict=True):
        for other in (two, eight):
            assert isinstance(one, Classified)
            assert isinstance(other, Classified)
            assert [label.index for label in one.top] == [label.index for label in other.top]
            assert all(abs(a.probability - b.probability) < 1e-5 for a, b in zip(one.top, other.top, strict=True))


def test_a_file_that_is_no_picture_is_a_row_in_its_place(
    choice: ModelChoice, pictures: list[Path], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8\xff\xe0 and nothing more")
    refused = Failed("folder", Problem("It holds no picture."))
    items: list[str | Failed] = [str(pictures[0]), str(bad), refused, str(pictures[1])]
    rows = list(load_classifier(choice).classify_stream(items))
    assert [row.path for row in rows] == [str(pictures[0]), str(bad), "folder", str(pictures[1])]
    assert [type(row) for row in rows] == [Classified, Failed, Failed, Classified]
    assert isinstance(rows[1], Failed)
    assert rows[1].problem.expected
    assert rows[2] is refused


def test_no_more_than_a_batch_is_taken_ahead(choice: ModelChoice, pictures: list[Path]) -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield str(pictures[4])

    stream = load_classifier(choice).classify_stream(endless(), batch=2)
    for _ in range(3):
        next(stream)
    assert isinstance(stream, Generator)
    stream.close()
    assert taken <= 4


def test_two_jobs_may_take_turns_on_one_network(choice: ModelChoice, pictures: list[Path]) -> None:
    classifier = load_classifier(choice)
    alone = [row.top for row in classifier.classify_stream(map(str, pictures), batch=1) if isinstance(row, Classified)]
    long = classifier.classify_stream(map(str, pictures), batch=1)
    mixed = []
    for _ in pictures:
        row = next(long)
        assert isinstance(row, Classified)
        mixed.append(row.top)
        between = next(classifier.classify_stream([str(pictures[2])], top=1))
        assert isinstance(between, Classified)
        assert between.top == alone[2][:1]
    assert mixed == alone


def test_cancel_ends_the_stream(choice: ModelChoice, pictures: list[Path]) -> None:
    token = CancelToken()
    stream = load_classifier(choice).classify_stream(map(str, pictures), token=token, batch=1)
    next(stream)
    token.cancel()
    with pytest.raises(Cancelled):
        next(stream)


def test_scores_that_are_not_numbers_are_a_failure_not_an_answer(
    small_network: nn.Module, tmp_path: Path, pictures: list[Path]
) -> None:
    state = dict(small_network.state_dict())
    state["fc.bias"] = torch.full_like(state["fc.bias"], float("nan"))
    torch.save(state, tmp_path / "nan.pth")
    choice = ModelChoice("shufflenet_v2_x0_5", str(tmp_path / "nan.pth"), device="cpu")
    (row,) = load_classifier(choice).classify_stream([str(pictures[0])])
    assert isinstance(row, Failed)
    assert "not numbers" in row.problem.message


def test_seconds_are_shares_of_what_passed(choice: ModelChoice, pictures: list[Path]) -> None:
    for row in rows_of(choice, pictures):
        stages = row.seconds.decode, row.seconds.preprocess, row.seconds.forward
        assert all(stage > 0 for stage in stages)
        assert row.seconds.total == pytest.approx(sum(stages))


def test_more_classes_asked_for_than_there_are_gives_all(choice: ModelChoice, pictures: list[Path]) -> None:
    (row,) = rows_of(choice, pictures[:1], top=50)
    assert sorted(label.index for label in row.top) == list(range(6))
    assert sum(label.probability for label in row.top) == pytest.approx(1, abs=1e-5)


def test_labels_come_from_the_file_and_must_be_as_many(
    choice: ModelChoice, pictures: list[Path], tmp_path: Path
) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_bytes("\ufeffant\nbee\ncrane\ncrane\nélan\nfox\n\n".encode())
    named = ModelChoice(choice.model, choice.weights, labels=str(labels), device="cpu")
    (row,) = rows_of(named, pictures[:1], top=6)
    names = ("ant", "bee", "crane", "crane", "élan", "fox")
    assert all(label.label == names[label.index] for label in row.top)
    labels.write_text("ant\nbee\n")
    with pytest.raises(LabelsInvalid, match=r"2 lines.* 6 classes"):
        load_classifier(named)


def test_a_recipe_that_the_network_cannot_take_is_a_sentence(
    choice: ModelChoice, pictures: list[Path], tmp_path: Path
) -> None:
    from torchvision.models import alexnet

    torch.save(alexnet(num_classes=3).state_dict(), tmp_path / "alexnet.pth")
    small = ModelChoice("alexnet", str(tmp_path / "alexnet.pth"), recipe=Recipe(20, 16), device="cpu")
    with pytest.raises(ValueRefused, match=r"alexnet cannot take pictures of 16 x 16"):
        list(load_classifier(small).classify_stream([str(pictures[0])]))


def test_a_transformer_of_another_size_brings_it_or_says_it(tmp_path: Path, pictures: list[Path]) -> None:
    from torchvision.models import vit_b_32

    torch.manual_seed(1)
    torch.save(vit_b_32(image_size=96, num_classes=3).state_dict(), tmp_path / "vit.pth")
    choice = ModelChoice("vit_b_32", str(tmp_path / "vit.pth"), device="cpu")
    (row,) = rows_of(choice, pictures[:1])
    assert any("96 x 96" in note for note in row.notes)
    asked = ModelChoice("vit_b_32", choice.weights, recipe=Recipe(256, 224), device="cpu")
    with pytest.raises(ValueRefused) as refusal:
        load_classifier(asked)
    assert "--crop 96" in refusal.value.hint


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"model": "resnet1O1"}, NameUnknown, "resnet101"),
        ({"weights": "IMAGENET1K_V3"}, NameUnknown, "IMAGENET1K_V1"),
        ({"weights": "nothing/here.pth"}, WeightsMissing, "here.pth"),
        ({"weights": "DEFAULT"}, WeightsMissing, "tensorviz fetch shufflenet_v2_x0_5:IMAGENET1K_V1"),
        ({"device": "cuda:99"}, DeviceUnavailable, "cuda:99"),
    ],
)
def test_what_cannot_be_had_is_a_sentence(
    choice: ModelChoice, changed: dict[str, str], error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as raised:
        load_classifier(replace(choice, **changed))  # type: ignore[arg-type]  # texts only
    assert words in str(raised.value)


def test_real_weights_agree_with_torchvision_on_real_photographs(data: Path, answer_of: Callable[..., Tensor]) -> None:
    from torchvision.models import mobilenet_v2

    file = data / "mobilenet_v2_imagenet.pth"
    network = mobilenet_v2()
    network.load_state_dict(torch.load(file, weights_only=True))
    network.eval()
    choice = ModelChoice("mobilenet_v2", str(file), recipe=Recipe(256, 224, HALVES, HALVES), device="cpu")
    paths = [data / "bobby.jpg", *sorted((data / "photos").iterdir())[:20]]
    rows = rows_of(choice, paths)
    assert rows[0].top[0].label == "Labrador retriever"
    assert rows[0].top[0].probability == pytest.approx(0.427, abs=0.01)
    for row, path in zip(rows, paths, strict=True):
        wanted = answer_of(network, path, mean=HALVES, std=HALVES)
        assert row.top[0].index == int(wanted.argmax())
        assert agrees(row, wanted)


def test_a_deep_network_agrees_with_torchvision(
    data: Path,
    make_network: Callable[..., nn.Module],
    answer_of: Callable[..., Tensor],
    input_of: Callable[..., Tensor],
    tmp_path: Path,
) -> None:
    paths = [data / "bobby.jpg", data / "horse.jpg", *sorted((data / "photos").iterdir())[:4]]
    network = make_network("resnet101", pictures=torch.stack([input_of(path) for path in paths]))
    torch.save(network.state_dict(), tmp_path / "resnet101.pth")
    choice = ModelChoice("resnet101", str(tmp_path / "resnet101.pth"), device="cpu")
    for row, path in zip(rows_of(choice, paths), paths, strict=True):
        wanted = answer_of(network, path)
        assert 0.002 < float(wanted.max()) < 0.99
        assert agrees(row, wanted)


def test_a_kept_checkpoint_brings_its_labels_and_recipe(
    small_file: Path, pictures: list[Path], tmp_path: Path, small_network: nn.Module, answer_of: Callable[..., Tensor]
) -> None:
    (tmp_path / "labels.txt").write_text("ant\nbee\ncrane\ndeer\nelk\nfox\n", encoding="utf-8")
    recipe = Recipe(200, 160, HALVES, HALVES)
    keep_entry(OwnEntry("mine", "shufflenet_v2_x0_5", str(small_file), str(tmp_path / "labels.txt"), recipe))
    wanted = answer_of(small_network, pictures[0], 200, 160, mean=HALVES, std=HALVES)
    for weights in ("", "DEFAULT", small_file.name):
        (row,) = rows_of(ModelChoice("mine", weights, device="cpu"), pictures[:1])
        assert (row.model, row.weights) == ("mine", small_file.name)
        assert row.top[0].label == ("ant", "bee", "crane", "deer", "elk", "fox")[row.top[0].index]
        assert agrees(row, wanted)


def test_a_kept_checkpoint_whose_file_is_gone_says_so(small_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "gone.pth"
    file.write_bytes(small_file.read_bytes())
    keep_entry(OwnEntry("mine", "shufflenet_v2_x0_5", str(file)))
    file.unlink()
    with pytest.raises(WeightsMissing, match="not there any more"):
        load_classifier(ModelChoice("mine", device="cpu"))
