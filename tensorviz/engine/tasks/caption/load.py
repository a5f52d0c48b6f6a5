"""From a choice of captioner to a network that speaks, its vocabulary, and what it sees with.

Must not know pictures, sentences, the terminal or the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from torch import Tensor

    from tensorviz.core.caption_choice import CaptionerChoice
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.caption.caffe_resnet import CaffeFeatures
    from tensorviz.engine.tasks.caption.infos import Infos
    from tensorviz.engine.tasks.caption.network import Captioner
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
    raise NotImplementedError
