"""Captioners with numbers that mean nothing: one that comes along, in assets of the test, and files of a person's own.

Must not know how they are loaded.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file

from tensorviz.engine.places import assets_folder
from tensorviz.engine.tasks.caption.caffe_resnet import empty_resnet
from tensorviz.engine.tasks.caption.network import empty_captioner
from tensorviz.engine.tasks.caption.plan import CaptionerPlan
from tensorviz.engine.weights import captioners

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from torch import Tensor

WORDS = ("a", "dog", "cat", "left", "of", "UNK")
SMALL = 1920  # features of the trunk: 240 channels, 2 x 2 places of the whole and one of each of four halves


def numbers(plan: CaptionerPlan, seed: int = 0) -> dict[str, Tensor]:
    """The tensors of a captioner, drawn."""
    torch.manual_seed(seed)
    return {name: value.clone() for name, value in empty_captioner(plan).state_dict().items()}


def plan(features: int = SMALL, words: int = len(WORDS) + 1) -> CaptionerPlan:
    return CaptionerPlan("fc", words, 8, 8, features)


def infos(features: int = SMALL, words: tuple[str, ...] = WORDS, **options: Any) -> dict[str, Any]:
    told = {"caption_model": "fc", "rnn_size": 8, "input_encoding_size": 8, "fc_feat_size": features,
            "vocab_size": len(words), "seq_length": 5}  # fmt: skip
    return {"opt": {**told, **options}, "vocab": {str(at): word for at, word in enumerate(words, 1)}}


@cache
def _resnet() -> dict[str, Tensor]:
    torch.manual_seed(0)
    return dict(empty_resnet().state_dict())


def resnet() -> dict[str, Tensor]:
    """The tensors of a ResNet-101 as it was published: from before torch counted batches. Not to be written to."""
    return {name: value for name, value in _resnet().items() if not name.endswith("num_batches_tracked")}


def own_files(folder: Path, features: int = SMALL) -> tuple[str, str]:
    """Paths of weights and infos of a person's own."""
    torch.save(numbers(plan(features)), folder / "mine.pth")
    (folder / "mine.json").write_text(json.dumps(infos(features)))
    return str(folder / "mine.pth"), str(folder / "mine.json")


def coming_along(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Assets with a captioner, which the catalogue of captioners is read from; gives the folder of its models."""
    assets, real = folder / "assets", assets_folder()
    models = assets / "models"
    models.mkdir(parents=True)
    (assets / "catalogue").mkdir()
    shutil.copy(real / "catalogue" / "neuraltalk2.json", assets / "catalogue")
    for name in ("cifar10_small.json", "cifar10_small.safetensors"):
        shutil.copy(real / "models" / name, models)
    file = models / "cifar10_captioner.safetensors"
    save_file({name: value.half() for name, value in numbers(plan()).items()}, file)
    (models / "cifar10_captioner.infos.json").write_text(json.dumps(infos()))
    card = {"family": "fc", "trunk": "cifar10_small", "parameters": 1000, "words": len(WORDS),
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}  # fmt: skip
    (models / "cifar10_captioner.json").write_text(json.dumps(card))
    monkeypatch.setattr(captioners, "assets_folder", lambda: assets)
    return models
