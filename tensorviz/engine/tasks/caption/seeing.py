"""What a captioner sees with, made from the tensors of a checkpoint: a Caffe-style ResNet-101, or the small trunk.

Must not know sentences, vocabularies or devices. torchvision's own ResNet-101 has the same names and shapes and sees
other things: it is refused wherever it can be told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from tensorviz.core.errors import CheckpointMismatch
from tensorviz.core.family_captions import captioner
from tensorviz.core.family_match import best_match
from tensorviz.core.text import path_text, printable
from tensorviz.engine.checkpoints.known import known_networks
from tensorviz.engine.small_net import SmallNet
from tensorviz.engine.tasks.caption.caffe_resnet import FEATURES, CaffeFeatures, empty_resnet
from tensorviz.engine.tasks.caption.tiles import QUARTERS, TILES, TileFeatures
from tensorviz.engine.weights.assigning import COUNTER, assign
from tensorviz.engine.weights.catalogue import BUNDLED, find_model
from tensorviz.engine.weights.checkpoint import read_checkpoint
from tensorviz.engine.weights.store import remembered_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from tensorviz.engine.cancel import CancelToken

    Seeing = TileFeatures | CaffeFeatures

TRUNK_MARK, RESNET = "whiten.0.weight", "resnet101"
HEAD = ("fc.weight", "fc.bias")  # classes; no feature comes from it
# The ResNet-101 that torchvision published before those of today's catalogue, from a time without counters.
EARLIER = "5d3b4d8f"
ITS_OWN = (
    "The captioners were trained with a ResNet-101 converted from Caffe. `tensorviz fetch neuraltalk2` gets it, and"
    " --cnn-weights neuraltalk2 takes it."
)


@dataclass(frozen=True, slots=True)
class Eyes:
    """What is seen with. width: of the features of a picture as a whole; places: of each place, 0 where it has none."""

    seeing: Seeing
    width: int
    places: int = 0
    notes: tuple[str, ...] = ()


def read_eyes(path: str, published: bool, token: CancelToken | None = None) -> Eyes:
    """The network of the file `path`. published: whether its bytes are known to be right.

    Raises CheckpointUnreadable; CheckpointMismatch for another network, torchvision's ResNet-101 among them; Cancelled.
    """
    shown = path_text(path)
    if not published:
        _refuse_torchvisions_file(path, shown, token)
    checkpoint = read_checkpoint(path)
    if token is not None:
        token.check()
    eyes = eyes_of(checkpoint.tensors, shown)
    return replace(eyes, notes=() if published else (*checkpoint.notes, *eyes.notes))  # of published ones it is known


def eyes_of(tensors: Mapping[str, Tensor], shown: str) -> Eyes:
    """The network that the tensors are; shown: their file, for sentences. Raises CheckpointMismatch."""
    if TRUNK_MARK in tensors:
        return _small(tensors)
    with torch.device("meta"):
        network = empty_resnet()
    network.fc = nn.Identity()  # the head is not looked at
    if _plain_names(tensors) != _plain_names(network.state_dict()):
        _check_resnet(tensors, shown)
    _refuse_counters(tensors, shown)
    notes = assign(network, {name: value for name, value in tensors.items() if name not in HEAD}, "sentence")
    return Eyes(CaffeFeatures(network).eval(), FEATURES, FEATURES, notes)


def _plain_names(tensors: Mapping[str, Tensor]) -> set[str]:
    """Names without those of the head and of counters."""
    return {name for name in tensors if name not in HEAD and not name.endswith(COUNTER)}


def _small(tensors: Mapping[str, Tensor]) -> Eyes:
    """The classifier that comes along, without its head."""
    recipe = find_model(BUNDLED).default().recipe
    classes = len(tensors["head.weight"]) if "head.weight" in tensors else 1
    with torch.device("meta"):
        network = SmallNet(classes)
    notes = assign(network, tensors, "sentence")
    trunk = nn.Sequential(network.whiten, network.blocks)
    channels = network.head.in_features
    return Eyes(
        TileFeatures(trunk, recipe.mean, recipe.std).eval(), channels * (QUARTERS**2 + len(TILES) - 1), notes=notes
    )


def _check_resnet(tensors: Mapping[str, Tensor], shown: str) -> None:
    """That it is a ResNet-101, or what else it is."""
    shapes = {name: tuple(value.shape) for name, value in tensors.items()}
    family = captioner(shapes)
    if family is not None:
        raise CheckpointMismatch(
            f"{shown} holds a captioner ({printable(family.name)}), not the network that it sees with.",
            f"It belongs to --weights. {ITS_OWN}",
        )
    match = best_match(shapes, known_networks())
    if match is None:
        raise CheckpointMismatch(f"{shown} holds no ResNet-101, nor another network that tensorviz knows.", ITS_OWN)
    if match.network.name != RESNET:
        name = printable(f"{match.network.origin} {match.network.name}")
        raise CheckpointMismatch(f"{shown} holds no ResNet-101: it looks like {name}.", ITS_OWN)


def _refuse_torchvisions_file(path: str, shown: str, token: CancelToken | None) -> None:
    """By the digest of the file."""
    known = {f"the weights {row.name}": row.sha256_prefix for row in find_model(RESNET).weights}
    digest = remembered_digest(Path(path), token)
    for name, prefix in {**known, "weights of earlier years": EARLIER}.items():
        if prefix and digest.startswith(prefix):
            raise _torchvisions(f"{shown} is torchvision's own ResNet-101 ({name}).")


def _refuse_counters(tensors: Mapping[str, Tensor], shown: str) -> None:
    """By what no file of the Caffe network has: it was converted before torch counted batches."""
    counter = next((name for name in tensors if name.endswith(COUNTER)), None)
    if counter is not None:
        raise _torchvisions(
            f"{shown} was saved by a later torch than the published ResNet-101 (it has {counter}), so it is taken for"
            " torchvision's own.",
            " If it is the Caffe network all the same, saved anew, save it without its tensors *.num_batches_tracked.",
        )


def _torchvisions(said: str, more: str = "") -> CheckpointMismatch:
    return CheckpointMismatch(
        f"{said} Its tensors have the names and shapes of the network that captioners see with, but it strides in"
        " another layer of a block, and every sentence would be nonsense.",
        f"{ITS_OWN}{more}",
    )
