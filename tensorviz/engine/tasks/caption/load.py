"""From a choice of captioner to a network that speaks, its vocabulary, and what it sees with.

Must not know pictures, sentences, the terminal or the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from tensorviz.core.errors import CheckpointMismatch
from tensorviz.core.text import count_text
from tensorviz.engine.devices import choose
from tensorviz.engine.tasks.caption.build import build_captioner
from tensorviz.engine.tasks.caption.infos import Infos, infos_of, read_infos
from tensorviz.engine.tasks.caption.network import Captioner
from tensorviz.engine.tasks.caption.seeing import read_eyes
from tensorviz.engine.tasks.caption.source import source_of
from tensorviz.engine.weights.checkpoint import read_checkpoint
from tensorviz.engine.weights.fingerprints import checked
from tensorviz.engine.weights.unwrap import find_tensors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from tensorviz.core.caption_choice import CaptionerChoice
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.caption.caffe_resnet import CaffeFeatures
    from tensorviz.engine.tasks.caption.plan import CaptionerPlan
    from tensorviz.engine.tasks.caption.seeing import Eyes
    from tensorviz.engine.tasks.caption.source import Source
    from tensorviz.engine.tasks.caption.tiles import TileFeatures

    Seeing = TileFeatures | CaffeFeatures


@dataclass(frozen=True, slots=True)
class Identity:
    """What speaks: the names of the model, of its weights and of what it sees with ("" for none), as results show them.

    largest_side: as chosen, 0 keeps the size of pictures.
    """

    model: str
    weights: str
    cnn: str = ""
    largest_side: int = 0


@dataclass(frozen=True, slots=True)
class Loaded:
    """A captioner on its device, in eval mode, float32.

    seeing: what features come from; None when there is none, and only features that are given can be decoded.
    notes: honest remarks about files of the person's own.
    """

    network: Captioner
    infos: Infos
    seeing: Seeing | None
    identity: Identity
    device: torch.device
    notes: tuple[str, ...] = ()


def load_captioner(
    choice: CaptionerChoice,
    token: CancelToken | None = None,
    *,
    tensors: Mapping[str, Tensor] | None = None,
    infos: Mapping[str, Any] | Infos | None = None,
) -> Loaded:
    """Finds, checks, reads and builds what `choice` names, and puts it on its device.

    tensors, infos: given instead of files. Raises TensorvizError of every kind (unknown names, weights missing or
    damaged, checkpoints and infos that do not belong together, no such device), and Cancelled between the steps.
    """
    device = choose(choice.device)
    source = source_of(choice, tensors_given=tensors is not None, infos_given=infos is not None)
    for file in source.published:
        checked(file, Path(file.path or ""), token)
    known = infos if isinstance(infos, Infos) else infos_of(infos) if infos is not None else read_infos(source.infos)
    _check(token)
    found, notes = _tensors(source, tensors)
    _check(token)
    built = build_captioner(found, known)
    _check(token)
    eyes = _eyes(source, built.network.plan, token)
    _check(token)
    return Loaded(
        network=built.network.to(device),
        infos=known,
        seeing=eyes.seeing.to(device) if eyes else None,
        identity=Identity(source.model, source.weights, source.cnn, choice.largest_side),
        device=device,
        notes=(*(() if source.row else (*notes, *built.notes)), *(eyes.notes if eyes else ())),
    )


def _tensors(source: Source, given: Mapping[str, Tensor] | None) -> tuple[Mapping[str, Tensor], tuple[str, ...]]:
    """The captioner's numbers, and what was done to find them."""
    if given is not None:
        return find_tensors(given)
    checkpoint = read_checkpoint(source.file)
    return checkpoint.tensors, checkpoint.notes


def _eyes(source: Source, plan: CaptionerPlan, token: CancelToken | None) -> Eyes | None:
    if not source.cnn_file:
        return None
    published = any(file.role == "cnn" for file in source.published)
    eyes = read_eyes(source.cnn_file, published, token)
    _check_widths(plan, eyes, source)
    return eyes


def _check_widths(plan: CaptionerPlan, eyes: Eyes, source: Source) -> None:
    """That the captioner's features are those that the other network gives."""
    if plan.attends and not eyes.places:
        raise CheckpointMismatch(
            f"The captioner {source.model} looks at places of a picture, and {source.cnn} gives none.",
            "Give the ResNet-101 it was trained with: --cnn-weights neuraltalk2, or a file.",
        )
    pairs = (("of a picture", plan.fc_feat_size, eyes.width), ("of a place", plan.att_feat_size, eyes.places))
    for what, needed, there in pairs:
        if needed and needed != there:
            raise CheckpointMismatch(
                f"The captioner {source.model} takes {count_text(needed)} features {what}, and {source.cnn} gives"
                f" {count_text(there)}.",
                "It was trained with another network: give that one's weights, or no --cnn-weights to decode features.",
            )


def _check(token: CancelToken | None) -> None:
    if token is not None:
        token.check()
