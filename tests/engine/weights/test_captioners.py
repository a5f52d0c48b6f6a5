"""The captioners of the catalogue: torch counts what they cost, git and the real infos say what they are."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from tensorviz.core.captioners import SIDE
from tensorviz.core.errors import NameUnknown, ValueRefused, WeightsMissing
from tensorviz.engine.places import weights_folder
from tensorviz.engine.tasks.caption.caffe_resnet import empty_resnet
from tensorviz.engine.tasks.caption.infos import read_infos
from tensorviz.engine.tasks.caption.network import empty_captioner
from tensorviz.engine.tasks.caption.plan import CaptionerPlan
from tensorviz.engine.weights import captioners
from tensorviz.engine.weights.captioners import BUNDLED, find_captioner, read_captioners, weights_of
from tensorviz.engine.weights.entry_names import catalogue_names, check_name
from tensorviz.engine.weights.every_model import every_model, find_any_model, stored_names

ROOT = Path(__file__).resolve().parents[3]


def test_the_books_captioner_is_three_files_of_four_downloads() -> None:
    (row,) = weights_of(find_captioner("neuraltalk2"))
    assert (row.name, row.licence, row.caption_family, row.words, row.here) == ("BOOK", "not stated", "fc", 9487, False)
    assert [file.role for file in row.files] == ["weights", "infos", "cnn"]
    urls = [piece.url for file in row.files for piece in file.pieces]
    book = "https://raw.githubusercontent.com/deep-learning-with-pytorch/ImageCaptioning.pytorch/master/data/"
    ends = ["FC/fc-model.pth", "FC/fc-infos.pkl", "imagenet_weights/resnet101a.pth", "imagenet_weights/resnet101b.pth"]
    assert urls == [book + end for end in ends]
    assert all(len(piece.git_blob) == 40 for file in row.files for piece in file.pieces)
    assert stored_names(row) == (
        "neuraltalk2-fc-model.pth", "neuraltalk2-fc-infos.pkl", "neuraltalk2-resnet101.pth",
        "neuraltalk2-resnet101a.pth", "neuraltalk2-resnet101b.pth",
    )  # fmt: skip


def test_figures_are_those_that_torch_counts() -> None:
    (row,) = weights_of(find_captioner("neuraltalk2"))
    with torch.device("meta"):
        network, resnet = empty_captioner(CaptionerPlan("fc", 9488, 512, 512, 2048)), empty_resnet().eval()
        with FlopCounterMode(display=False) as counted:
            resnet(torch.empty(1, 3, SIDE[1], SIDE[0]))
    counts = [sum(value.numel() for value in part.parameters()) for part in (network, resnet)]
    head = 2048 * 1000
    assert row.parameters == sum(counts)
    assert row.gflops == pytest.approx((counted.get_total_flops() / 2 - head) / 1e9, abs=0.01)
    numbers = sum(value.numel() for value in resnet.state_dict().values() if value.dim())
    assert [row.files[0].nbytes, row.files[2].nbytes] == [counts[0] * 4, numbers * 4]


def test_the_real_infos_have_the_published_fingerprints(data: Path) -> None:
    real = data / "fc-infos.pkl"
    if not real.is_file():
        pytest.skip("needs the book's infos")
    (row,) = weights_of(find_captioner("neuraltalk2"))
    file = row.file("infos")
    said = subprocess.run(["git", "hash-object", str(real)], capture_output=True, text=True, check=True).stdout
    assert file.git_blob == said.strip()
    assert file.sha256_prefix == hashlib.sha256(real.read_bytes()).hexdigest()
    assert file.nbytes == real.stat().st_size
    assert len(read_infos(real).words) == row.words


def test_the_file_is_what_the_tool_writes() -> None:
    path = ROOT / "assets" / "catalogue" / "neuraltalk2.json"
    before = path.read_text(encoding="utf-8")
    from tools import make_captioners

    assert json.loads(before) == {"models": [make_captioners._model()]}


def test_a_captioner_is_here_when_all_its_files_are() -> None:
    folder = weights_folder()
    folder.mkdir(parents=True)
    for name in ("neuraltalk2-fc-model.pth", "neuraltalk2-fc-infos.pkl", "resnet101.pth", "neuraltalk2-resnet101a.pth"):
        assert not find_captioner("neuraltalk2").here
        (folder / name).write_bytes(b"1")
    assert not find_captioner("neuraltalk2").here
    (folder / "neuraltalk2-resnet101.pth").write_bytes(b"12")
    (row,) = weights_of(find_captioner("neuraltalk2"))
    assert (row.path, row.file_bytes) == (str(folder / "neuraltalk2-fc-model.pth"), 4)


def test_one_name_means_one_model_of_whatever_task() -> None:
    names = [row.name for row in every_model()]
    assert len(names) == len(set(names))
    assert find_any_model("neuraltalk2").task == "caption"
    assert find_any_model("horse2zebra").task == "translate"
    assert find_any_model("resnet101").task == "classify"
    with pytest.raises(NameUnknown, match=r"Did you mean neuraltalk2\?"):
        find_any_model("neuraltalk")
    assert {"neuraltalk2", BUNDLED} <= set(catalogue_names())
    for taken in ("NeuralTalk2", BUNDLED):
        with pytest.raises(ValueRefused, match="name of a model of the catalogue"):
            check_name(taken)


def test_a_name_that_is_none_and_one_that_should_have_come_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NameUnknown, match=r"that describes pictures.*Did you mean neuraltalk2"):
        find_captioner("neuraltalk3")
    assets = tmp_path / "assets"
    (assets / "catalogue").mkdir(parents=True)
    (assets / "catalogue" / "neuraltalk2.json").write_text('{"models": []}')
    monkeypatch.setattr(captioners, "assets_folder", lambda: assets)
    assert read_captioners() == ()
    with pytest.raises(WeightsMissing, match="should come with tensorviz") as met:
        find_captioner("")
    assert "tensorviz fetch neuraltalk2" in met.value.hint
