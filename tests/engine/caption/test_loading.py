"""Captioners from files to a network that speaks; and every file that is something else, with a sentence of its own.

Must not know how sentences are decoded; torch and torchvision are the judges of what a network gives.
"""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torchvision import models as published

from tensorviz.core.caption_choice import CaptionerChoice
from tensorviz.core.errors import (
    Cancelled,
    CheckpointMismatch,
    CheckpointUnreadable,
    DeviceUnavailable,
    TensorvizError,
    ValueRefused,
    WeightsDamaged,
)
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.small_net import SmallNet
from tensorviz.engine.tasks.caption import seeing
from tensorviz.engine.tasks.caption.caffe_resnet import CaffeFeatures, empty_resnet
from tensorviz.engine.tasks.caption.decode import decode
from tensorviz.engine.tasks.caption.load import Loaded, load_captioner
from tensorviz.engine.tasks.caption.sentences import DecodingOptions
from tensorviz.engine.tasks.caption.tiles import TileFeatures
from tensorviz.engine.weights.fingerprints import fingerprints_file
from tests.engine.caption.made_captioners import SMALL, coming_along, infos, numbers, own_files, plan, resnet


def load(**options: Any) -> Loaded:
    return load_captioner(CaptionerChoice(device="cpu", **options))


@pytest.fixture(scope="module")
def caffe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a ResNet-101 with the published names."""
    path = tmp_path_factory.mktemp("caffe") / "resnet101.pth"
    torch.save(resnet(), path)
    return path


def test_what_comes_along_sees_and_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = coming_along(tmp_path, monkeypatch)
    found = load()
    assert isinstance(found.seeing, TileFeatures)
    features = found.seeing(torch.randint(0, 256, (3, 5, 3, 32, 32), dtype=torch.uint8))
    assert features.shape == (3, SMALL)
    said = decode(found.network, features, None, DecodingOptions(length=5))
    assert len(said) == 3
    assert (found.identity.model, found.identity.weights, found.identity.cnn) == (
        "cifar10_captioner", "V1", "cifar10_small",
    )  # fmt: skip
    assert found.notes == ()
    assert found.device == torch.device("cpu")
    assert not found.network.training
    assert not any(value.requires_grad for value in [*found.network.parameters(), *found.seeing.parameters()])
    wanted = numbers(plan())["logit.weight"].half().float()
    assert torch.equal(found.network.state_dict()["logit.weight"], wanted)
    assert "infos" not in (fingerprints_file().read_text() if fingerprints_file().exists() else "")
    (models / "cifar10_captioner.safetensors").write_bytes(b"damaged")
    with pytest.raises(WeightsDamaged, match="SHA-256"):
        load()


def test_its_trunk_gives_what_the_classifier_computes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from safetensors.torch import load_file

    models = coming_along(tmp_path, monkeypatch)
    found = load()
    card = json.loads((models / "cifar10_small.json").read_text())
    network = SmallNet()
    network.load_state_dict({k: v.float() for k, v in load_file(models / "cifar10_small.safetensors").items()}, False)
    network.eval()
    tiles = torch.randint(0, 256, (1, 5, 3, 32, 32), dtype=torch.uint8)
    mean, std = (torch.tensor(card[name]).view(3, 1, 1) for name in ("mean", "std"))
    with torch.no_grad():
        maps = network.blocks(network.whiten((tiles[0].float() / 255 - mean) / std))
        whole = nn.functional.adaptive_max_pool2d(maps[:1], 2).flatten()
        wanted = torch.cat([whole, *(half.flatten(1).max(1).values for half in maps[1:])])
        assert isinstance(found.seeing, TileFeatures)
        torch.testing.assert_close(found.seeing(tiles)[0], wanted)


def test_own_weights_without_a_cnn_only_decode(tmp_path: Path) -> None:
    weights, own = own_files(tmp_path, 2048)
    found = load(weights=weights, infos=own, largest_side=640)
    assert found.seeing is None
    assert (found.identity.model, found.identity.cnn, found.identity.largest_side) == ("mine", "", 640)
    assert len(decode(found.network, torch.randn(2, 2048), None, DecodingOptions(length=5))) == 2


def test_own_weights_see_with_a_caffe_resnet(tmp_path: Path, caffe: Path) -> None:
    weights, own = own_files(tmp_path, 2048)
    found = load(weights=weights, infos=own, cnn_weights=str(caffe))
    assert isinstance(found.seeing, CaffeFeatures)
    network = empty_resnet()
    network.load_state_dict(resnet(), strict=False)
    pixels = torch.randn(1, 3, 64, 96)
    with torch.no_grad():
        for one, other in zip(found.seeing(pixels), CaffeFeatures(network.eval())(pixels), strict=True):
            torch.testing.assert_close(one, other)


def test_a_resnet_without_its_head_sees_as_well(tmp_path: Path, caffe: Path) -> None:
    bare = tmp_path / "bare.pth"
    torch.save({name: value for name, value in resnet().items() if not name.startswith("fc.")}, bare)
    weights, own = own_files(tmp_path, 2048)
    found, other = (load(weights=weights, infos=own, cnn_weights=str(path)) for path in (bare, caffe))
    assert isinstance(found.seeing, CaffeFeatures)
    assert isinstance(other.seeing, CaffeFeatures)
    pixels = torch.randn(1, 3, 64, 64)
    assert torch.equal(found.seeing(pixels)[0], other.seeing(pixels)[0])


def test_tensors_and_infos_may_be_given(tmp_path: Path) -> None:
    given = {f"module.{name}": value.half() for name, value in numbers(plan(9)).items()}
    found = load_captioner(CaptionerChoice(device="cpu"), tensors=given, infos=infos(9))
    assert found.identity.weights == "given tensors"
    assert [note.split()[0] for note in found.notes] == ["The", "the"]  # the prefix, the precision
    assert found.infos.word(2) == "dog"
    weights, _ = own_files(tmp_path, 9)
    assert load_captioner(CaptionerChoice(weights=weights), infos=found.infos).infos is found.infos
    with pytest.raises(ValueRefused, match="hold no mapping"):
        load_captioner(CaptionerChoice(), tensors=given, infos=["no"])  # type: ignore[arg-type]  # as a person might
    with pytest.raises(CheckpointMismatch, match="no network"):
        load_captioner(CaptionerChoice(), tensors={}, infos=infos(9))


def test_cancelled_between_the_steps(tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    weights, own = own_files(tmp_path)
    with pytest.raises(Cancelled):
        load_captioner(CaptionerChoice(weights=weights, infos=own), token)


def test_a_device_that_is_not_there(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is one")
    weights, own = own_files(tmp_path)
    with pytest.raises(DeviceUnavailable):
        load_captioner(CaptionerChoice(weights=weights, infos=own, device="cuda"))


# ------------------------------------------------------------------------------------------- weights and infos


class Runs:
    """What a hostile pickle holds."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch ran",)


def mixed(folder: Path, **changes: Any) -> tuple[str, str]:
    """Own files, with numbers or infos changed."""
    tensors, told = changes.get("tensors", numbers(plan())), changes.get("infos", infos())
    torch.save(tensors, folder / "w.pth")
    (folder / "i.json").write_text(json.dumps(told))
    return str(folder / "w.pth"), str(folder / "i.json")


def with_nan() -> dict[str, torch.Tensor]:
    tensors = numbers(plan())
    tensors["logit.bias"][2] = float("nan")
    return tensors


@pytest.mark.parametrize(
    ("changes", "sentence", "hint"),
    [
        ({"infos": infos(words=("a", "b"))}, "know 6 words, and the vocabulary of the infos has 2", "published with"),
        ({"infos": infos(rnn_size=512)}, "rnn_size 512, and the weights have 8", "published with"),
        ({"infos": infos(2048)}, "fc_feat_size 2,048, and the weights have 1,920", "published with"),
        ({"infos": infos(vocab_size=9487)}, "vocab_size 9,487, and their vocabulary has 6 words", "damaged"),
        ({"tensors": with_nan()}, "NaN or infinity .*so every sentence would be empty", "earlier one"),
        ({"tensors": SmallNet().state_dict()}, "describes no pictures|no network that tensorviz knows", "NeuralTalk2"),
        ({"tensors": resnet()}, "looks like torchvision resnet101", "NeuralTalk2"),
        ({"tensors": {"a": torch.ones(2)}}, "no network that tensorviz knows", "NeuralTalk2"),
        ({"tensors": {k: v for k, v in numbers(plan()).items() if k != "logit.bias"}}, "lacks.*logit.bias", "cut"),
    ],
)
def test_weights_and_infos_that_do_not_fit(changes: dict[str, Any], sentence: str, hint: str, tmp_path: Path) -> None:
    weights, own = mixed(tmp_path, **changes)
    with pytest.raises(CheckpointMismatch, match=sentence) as met:
        load(weights=weights, infos=own)
    assert hint in met.value.hint


def test_pickles_that_run_code_run_nothing_and_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    weights, own = own_files(tmp_path)
    hostile = tmp_path / "hostile.pkl"
    hostile.write_bytes(pickle.dumps({"opt": Runs(), "vocab": {"1": "a"}}, protocol=0))
    with pytest.raises(CheckpointUnreadable, match=r"would run code: it names \w+\.system"):
        load(weights=weights, infos=str(hostile))
    torch.save({"state_dict": Runs()}, tmp_path / "hostile.pth")
    with pytest.raises(CheckpointUnreadable, match=r"would run code.*system"):
        load(weights=str(tmp_path / "hostile.pth"), infos=own)
    with pytest.raises(CheckpointUnreadable, match=r"would run code.*system"):
        load(weights=weights, infos=own, cnn_weights=str(tmp_path / "hostile.pth"))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("which", ["weights", "infos", "cnn_weights"])
def test_truncated_files_are_told(which: str, tmp_path: Path, caffe: Path) -> None:
    weights, own = own_files(tmp_path, 2048)
    files = {"weights": weights, "infos": own, "cnn_weights": str(caffe)}
    whole = Path(files[which]).read_bytes()
    for share in (0.0, 0.5, 0.99):
        cut = tmp_path / "cut.pth"
        cut.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(TensorvizError) as met:
            load(**{**files, which: str(cut)})
        assert isinstance(met.value, CheckpointUnreadable)
        assert met.value.hint


def test_infos_and_weights_in_each_others_place(tmp_path: Path) -> None:
    weights, own = own_files(tmp_path)
    with pytest.raises(CheckpointUnreadable, match="text file"):
        load(weights=own, infos=own)
    with pytest.raises(TensorvizError) as met:
        load(weights=weights, infos=weights)
    assert "infos" in str(met.value)


# ------------------------------------------------------------------------------------------------------- the CNN


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("resnet50", "torchvision resnet50"), ("resnet152", "torchvision resnet152"), ("vgg11", "torchvision vgg11")],
)
def test_another_network_is_named(name: str, sentence: str) -> None:
    with torch.device("meta"):
        network = published.get_model(name, weights=None)
    other = {k: torch.zeros(1).expand(v.shape) for k, v in network.state_dict().items() if "num_batches" not in k}
    with pytest.raises(CheckpointMismatch, match=f"holds no ResNet-101: it looks like .*{sentence}"):
        seeing.eyes_of(other, "cnn.pth")


def test_torchvisions_resnet_is_told_by_its_counters(tmp_path: Path) -> None:
    path = tmp_path / "resnet101.pth"
    counters = {name.replace("running_mean", "num_batches_tracked"): torch.tensor(7) for name in resnet()
                if name.endswith("running_mean")}  # fmt: skip
    torch.save({**resnet(), **counters}, path)
    weights, own = own_files(tmp_path, 2048)
    with pytest.raises(CheckpointMismatch, match=r"saved by a later torch.*every sentence would be nonsense") as met:
        load(weights=weights, infos=own, cnn_weights=str(path))
    assert "--cnn-weights neuraltalk2" in met.value.hint
    assert "num_batches_tracked" in met.value.hint


@pytest.mark.parametrize("prefix", ["63fe2227", "cd907fc2", "5d3b4d8f"])
def test_torchvisions_published_files_are_told_by_their_digests(
    prefix: str, caffe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeing, "remembered_digest", lambda *_: prefix + "0" * 56)
    weights, own = own_files(tmp_path, 2048)
    with pytest.raises(CheckpointMismatch, match=r"is torchvision's own ResNet-101.*strides in\s+another layer"):
        load(weights=weights, infos=own, cnn_weights=str(caffe))


def test_a_captioner_where_the_cnn_belongs(tmp_path: Path) -> None:
    weights, own = own_files(tmp_path, 2048)
    with pytest.raises(CheckpointMismatch, match="holds a captioner") as met:
        load(weights=weights, infos=own, cnn_weights=weights)
    assert "--weights" in met.value.hint


def test_features_of_another_width_are_told(tmp_path: Path, caffe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights, own = own_files(tmp_path, SMALL)
    with pytest.raises(CheckpointMismatch, match="takes 1,920 features of a picture, and resnet101 gives 2,048"):
        load(weights=weights, infos=own, cnn_weights=str(caffe))
    coming_along(tmp_path, monkeypatch)
    found = load(weights=weights, infos=own, cnn_weights="cifar10_captioner")
    assert isinstance(found.seeing, TileFeatures)
    (tmp_path / "wide").mkdir()
    weights, own = own_files(tmp_path / "wide", 2048)
    with pytest.raises(CheckpointMismatch, match="takes 2,048 features of a picture, and cifar10_small gives 1,920"):
        load(weights=weights, infos=own, cnn_weights="cifar10_captioner")


def test_nan_in_the_cnn() -> None:
    bad = torch.ones(1024)
    bad[5] = float("inf")
    tensors = {**resnet(), "layer3.22.bn3.running_var": bad}
    with pytest.raises(CheckpointMismatch, match=r"NaN or infinity \(layer3\.22\.bn3\.running_var first\)"):
        seeing.eyes_of(tensors, "cnn.pth")
