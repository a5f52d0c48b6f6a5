"""What a choice of captioner means: which files, under which names; and what it cannot mean."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tensorviz.core.caption_choice import CaptionerChoice
from tensorviz.core.errors import NameUnknown, TensorvizError, ValueRefused, WeightsMissing
from tensorviz.engine.places import weights_folder
from tensorviz.engine.tasks.caption.source import source_of
from tests.engine.caption.made_captioners import coming_along, own_files

if TYPE_CHECKING:
    from pathlib import Path

BOOK = ("neuraltalk2-fc-model.pth", "neuraltalk2-fc-infos.pkl", "neuraltalk2-resnet101.pth")


def have(*names: str) -> list[str]:
    """Files in the weights folder."""
    weights_folder().mkdir(parents=True, exist_ok=True)
    for name in names:
        (weights_folder() / name).write_bytes(b"1")
    return [str(weights_folder() / name) for name in names]


def test_without_a_choice_it_is_what_comes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = coming_along(tmp_path, monkeypatch)
    source = source_of(CaptionerChoice())
    assert (source.model, source.weights, source.cnn) == ("cifar10_captioner", "V1", "cifar10_small")
    assert source.file == str(models / "cifar10_captioner.safetensors")
    assert source.infos == str(models / "cifar10_captioner.infos.json")
    assert source.cnn_file == str(models / "cifar10_small.safetensors")
    assert [file.role for file in source.published] == ["weights", "infos", "cnn"]
    assert source.row is not None
    assert source.row.bundled


@pytest.mark.parametrize(
    "choice",
    [
        CaptionerChoice(model="neuraltalk2"),
        CaptionerChoice(model="neuraltalk2", weights="BOOK"),
        CaptionerChoice(model="neuraltalk2", weights="DEFAULT"),
        CaptionerChoice(weights="neuraltalk2"),
        CaptionerChoice(weights="neuraltalk2:BOOK"),
    ],
)
def test_the_books_captioner_once_all_its_files_are_here(choice: CaptionerChoice) -> None:
    have(*BOOK[:2])
    with pytest.raises(WeightsMissing, match=r"neuraltalk2-resnet101\.pth of them") as met:
        source_of(choice)
    assert met.value.hint == "Fetch them with `tensorviz fetch neuraltalk2:BOOK` (about 178.6 MB)."
    paths = have(*BOOK)
    source = source_of(choice)
    assert [source.file, source.infos, source.cnn_file] == paths
    assert (source.model, source.weights, source.cnn) == ("neuraltalk2", "BOOK", "neuraltalk2-resnet101")
    assert len(source.published) == 3


def test_nothing_of_it_here_says_how_much_it_is() -> None:
    with pytest.raises(WeightsMissing, match=r"The weights BOOK of neuraltalk2 are not on this computer\.") as met:
        source_of(CaptionerChoice(model="neuraltalk2"))
    assert "(about 233.5 MB)" in met.value.hint


def test_what_is_given_beside_need_not_be_here(tmp_path: Path) -> None:
    _, infos = own_files(tmp_path)
    (weights,) = have(BOOK[0])
    cnn = tmp_path / "cnn.pth"
    cnn.write_bytes(b"1")
    source = source_of(CaptionerChoice(model="neuraltalk2", infos=infos, cnn_weights=str(cnn)))
    assert (source.file, source.infos, source.cnn_file, source.cnn) == (weights, infos, str(cnn), "cnn")
    assert [file.role for file in source.published] == ["weights"]


def test_own_weights_come_with_their_infos(tmp_path: Path) -> None:
    weights, infos = own_files(tmp_path)
    with pytest.raises(ValueRefused, match=r"mine\.pth says nothing of words") as met:
        source_of(CaptionerChoice(weights=weights))
    assert "--infos FILE" in met.value.hint
    source = source_of(CaptionerChoice(weights=weights, infos=infos))
    assert (source.model, source.weights, source.file, source.infos) == ("mine", weights, weights, infos)
    assert (source.cnn, source.cnn_file, source.row, source.published) == ("", "", None, ())
    assert source_of(CaptionerChoice(weights=weights), infos_given=True).infos == ""
    given = source_of(CaptionerChoice(), tensors_given=True, infos_given=True)
    assert (given.weights, given.file, given.infos) == ("given tensors", "", "")
    with pytest.raises(ValueRefused, match="The tensors that were given say nothing of words"):
        source_of(CaptionerChoice(), tensors_given=True)


def test_own_weights_may_see_with_a_published_network(tmp_path: Path) -> None:
    weights, infos = own_files(tmp_path)
    choice = CaptionerChoice(weights=weights, infos=infos, cnn_weights="neuraltalk2")
    with pytest.raises(WeightsMissing, match="are not on this computer"):
        source_of(choice)
    (cnn,) = have(BOOK[2])
    source = source_of(choice)
    assert (source.cnn, source.cnn_file) == ("neuraltalk2-resnet101", cnn)
    assert [file.role for file in source.published] == ["cnn"]
    named = source_of(CaptionerChoice(model="neuraltalk2", weights=weights, infos=infos))
    assert (named.model, named.cnn_file) == ("neuraltalk2", cnn)


@pytest.mark.parametrize(
    ("options", "kind", "sentence", "hint"),
    [
        ({"model": "neuraltalk3"}, NameUnknown, "no model named", "neuraltalk2"),
        ({"model": "resnet101"}, NameUnknown, "that describes pictures", "--task caption"),
        ({"weights": "gone.pth", "infos": "x"}, WeightsMissing, r"weights file gone\.pth is not there", "--task"),
        ({"weights": "{tmp}", "infos": "x"}, WeightsMissing, "is a folder", "Give a file"),
        ({"weights": "{mine}", "infos": "gone.pkl"}, WeightsMissing, r"infos file gone\.pkl is not there", "JSON"),
        ({"weights": "{mine}", "infos": "{mine}", "cnn_weights": "gone.pth"}, WeightsMissing, "CNN weights", "neural"),
        ({"model": "neuraltalk2", "weights": "BOOKS"}, NameUnknown, "no weights named", "A file with that name is not"),
    ],
)
def test_what_it_cannot_mean_is_a_sentence_with_a_hint(
    options: dict[str, Any], kind: type[TensorvizError], sentence: str, hint: str, tmp_path: Path
) -> None:
    weights, _ = own_files(tmp_path)
    filled = {name: value.format(tmp=tmp_path, mine=weights) for name, value in options.items()}
    with pytest.raises(kind, match=sentence) as met:
        source_of(CaptionerChoice(**filled))
    assert hint in met.value.hint


@pytest.mark.parametrize("side", [-1, 1, 31, 65537, 1.5, True, "640"])
def test_sides_that_make_no_sense(side: Any) -> None:
    with pytest.raises(ValueRefused, match="largest side"):
        CaptionerChoice(largest_side=side)
    assert CaptionerChoice(largest_side=640).largest_side == 640


def test_a_choice_is_understood_without_torch() -> None:
    code = (
        "import sys; from tensorviz.core.caption_choice import CaptionerChoice;"
        "from tensorviz.engine.tasks.caption.source import source_of\n"
        "try: source_of(CaptionerChoice(model='neuraltalk2'))\n"
        "except Exception as error: print(type(error).__name__)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["WeightsMissing", "False"]
