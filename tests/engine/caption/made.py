"""A small captioner that sees with the trunk that comes along, and one that sees as published but quickly.

Must not know how captioners are loaded or how rows are printed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from tensorviz.engine.places import assets_folder
from tensorviz.engine.tasks.caption.infos import Infos, infos_of
from tensorviz.engine.tasks.caption.load import Identity, Loaded
from tensorviz.engine.tasks.caption.network import empty_captioner
from tensorviz.engine.tasks.caption.plan import CaptionerPlan, FamilyName

WORDS, SIZE, ENCODING, HIDDEN = 14, 8, 6, 5
TRUNK = assets_folder() / "models" / "cifar10_small.safetensors"
TRUNK_FEATURES = 1920  # 8 pooled cells of 240 channels
LENGTH = 7


def plan(family: FamilyName, features: int, words: int = WORDS) -> CaptionerPlan:
    encoding = SIZE if family.startswith("adaatt") else ENCODING
    places = features if family not in ("fc", "show_tell", "all_img") else 0
    layers = 2 if family == "topdown" else 1
    whole = 0 if family in ("att2in", "att2in2") else features
    return CaptionerPlan(family, words, SIZE, encoding, whole, places, HIDDEN if places else 0, layers)


def tensors(family: FamilyName, features: int, seed: int = 1) -> dict[str, Tensor]:
    """Numbers for which words differ; small where many features are summed."""
    torch.manual_seed(seed)
    network = empty_captioner(plan(family, features))
    return {
        name: torch.randn_like(value) * (0.9 if value.shape[-1] < 20 else 2 / value.shape[-1] ** 0.5)
        for name, value in network.state_dict().items()
    }


def infos(**options: Any) -> dict[str, Any]:
    """As JSON has them; the last word is UNK."""
    words = {str(at): f"w{at}" for at in range(1, WORDS - 1)} | {str(WORDS - 1): "UNK"}
    return {"opt": {"seq_length": LENGTH, **options}, "vocab": words}


def on_disk(folder: Path) -> list[str]:
    """The options that choose a captioner on disk: weights, infos, and what it sees with."""
    save_file(tensors("fc", TRUNK_FEATURES), folder / "small.safetensors")
    (folder / "small.json").write_text(json.dumps(infos()))
    files = {"--weights": folder / "small.safetensors", "--infos": folder / "small.json", "--cnn-weights": TRUNK}
    return [part for name, path in files.items() for part in (name, str(path))]


class Glance(nn.Module):
    """Stands in for the ResNet: takes the same, gives features of the same form, of three numbers each."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Conv2d(3, 3, 1, bias=False)
        nn.init.eye_(self.scale.weight[:, :, 0, 0])
        self.sizes: list[tuple[int, ...]] = []

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        maps = self.scale(pixels)
        self.sizes.append(tuple(pixels.shape))
        return maps.mean((2, 3)), nn.functional.adaptive_avg_pool2d(maps, (3, 2)).permute(0, 2, 3, 1)


def loaded(family: FamilyName = "fc", seeing: Any = None, largest_side: int = 0, seed: int = 1) -> Loaded:
    """A captioner of three features; seeing: what it sees with, None for nothing."""
    network = empty_captioner(plan(family, 3)).eval()
    network.load_state_dict(tensors(family, 3, seed))
    known: Infos = infos_of(infos())
    return Loaded(network, known, seeing, Identity("made", "numbers", "", largest_side), torch.device("cpu"))
