"""A network made from an architecture's name and the tensors of a checkpoint, without a wrong answer waiting in it.

Must not know where the tensors come from, what pictures are, or on which device the network will run.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from tensorviz.core.errors import CheckpointMismatch
from tensorviz.core.text import plural
from tensorviz.engine.hearing import quiet
from tensorviz.engine.tasks.classify.empty import build_empty
from tensorviz.engine.tasks.classify.matching import recognise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torch import Tensor

# Published DenseNets were saved when module names could hold dots; torchvision renames them in its builder.
OLD_DENSENET = re.compile(r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\..*)$")
WITH_AUXILIARY = {"inception_v3": ("AuxLogits",), "googlenet": ("aux1", "aux2")}
COUNTER = "num_batches_tracked"  # absent from files written before torch 0.4.1, and used by no answer
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Built:
    """A network in eval mode, float32, on the processor.

    classes: how many scores it gives. side: the only picture side in pixels it takes, None when it takes many.
    notes: honest remarks about the checkpoint.
    """

    network: nn.Module
    classes: int
    side: int | None
    notes: tuple[str, ...] = ()


def build_network(architecture: str, tensors: Mapping[str, Tensor], crop: int = 224) -> Built:
    """The network of `architecture` with these tensors, loaded strictly.

    crop: the picture's side in pixels; only MaxVit is built for it. The number of classes, a ViT's picture size and
    the auxiliary heads of Inception and GoogLeNet are read from the tensors. Raises CheckpointMismatch when names or
    shapes differ, with what differs and which architecture would fit; NameUnknown for an unknown architecture.
    """
    cleaned = renamed(architecture, tensors)
    head = head_name(architecture)
    classes, side = _classes(cleaned, head), _vit_side(architecture, cleaned)
    network = build_empty(architecture, **_options(architecture, cleaned, classes, side, crop))
    _check_fit(architecture, network.state_dict(), cleaned)
    _load(architecture, network, cleaned)
    _drop_auxiliary(architecture, network)
    side = crop if architecture == "maxvit_t" else side
    return Built(network.requires_grad_(False), network_classes(network, head), side, _notes(architecture, cleaned))


def _load(architecture: str, network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    try:
        with quiet():  # MNASNet's advice to train it anew
            network.load_state_dict(_with_versions(architecture, _as_float32(tensors)), assign=True)
    except (RuntimeError, ValueError) as error:
        said = str(error).strip().splitlines()[0].rstrip(".:")
        raise CheckpointMismatch(
            f"The checkpoint does not fit {architecture}: {said}.", _advice(architecture, tensors)
        ) from error
    network.eval()  # MNASNet puts new layers, born in training mode, where a checkpoint is of its first version


def head_name(architecture: str) -> str:
    """The name of the weight whose rows are the classes: the last matrix (or 1x1 convolution) of the network."""
    own = build_empty(architecture).state_dict()
    return [name for name, value in own.items() if value.ndim >= 2][-1]


def network_classes(network: nn.Module, head: str) -> int:
    """How many scores the network gives, from the weight named `head`."""
    return int(network.state_dict()[head].shape[0])


def renamed(architecture: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of a checkpoint under the names that the network gives them today."""
    named = dict(tensors)
    if named and all(name.startswith("module.") for name in named):
        named = {name.removeprefix("module."): value for name, value in named.items()}
    if architecture.startswith("densenet"):
        named = {OLD_DENSENET.sub(r"\1\2", name): value for name, value in named.items()}
    if architecture.startswith("vit_"):  # how torchvision 0.12 named them
        named = {re.sub(r"\.mlp\.linear_([12])\.", _new_mlp, name): value for name, value in named.items()}
    return named


def _new_mlp(found: re.Match[str]) -> str:
    return ".mlp.0." if found[1] == "1" else ".mlp.3."


def _classes(tensors: Mapping[str, Tensor], head: str) -> int | None:
    weight = tensors.get(head)
    return int(weight.shape[0]) if weight is not None and weight.ndim >= 2 else None


def _vit_side(architecture: str, tensors: Mapping[str, Tensor]) -> int | None:
    if not architecture.startswith("vit_"):
        return None
    position, patch = tensors.get("encoder.pos_embedding"), tensors.get("conv_proj.weight")
    if position is None or patch is None or position.ndim != 3:
        return None
    return math.isqrt(position.shape[1] - 1) * int(patch.shape[-1])


def _options(
    architecture: str, tensors: Mapping[str, Tensor], classes: int | None, side: int | None, crop: int
) -> dict[str, Any]:
    options: dict[str, Any] = {} if classes is None else {"num_classes": classes}
    if side is not None:
        options["image_size"] = side
    if architecture == "maxvit_t":
        options["input_size"] = (crop, crop)
    if architecture in WITH_AUXILIARY:
        beginnings = tuple(f"{name}." for name in WITH_AUXILIARY[architecture])
        options["aux_logits"] = any(name.startswith(beginnings) for name in tensors)
        options["transform_input"] = True  # the published weights were trained on the other normalisation
    return options


def _with_versions(architecture: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """MNASNet refuses a state_dict that does not say its version: 1 has a stem of 32 channels at every width."""
    if not architecture.startswith("mnasnet"):
        return tensors
    versioned: OrderedDict[str, Tensor] = OrderedDict(tensors)
    version = 1 if _is_old_mnasnet(architecture, tensors) else 2
    versioned._metadata = {"": {"version": version}}  # type: ignore[attr-defined]  # where torch keeps it
    return versioned


def _is_old_mnasnet(architecture: str, tensors: Mapping[str, Tensor]) -> bool:
    stem = tensors.get("layers.0.weight")
    scaled = architecture.startswith("mnasnet") and architecture != "mnasnet1_0"
    return scaled and stem is not None and stem.shape[0] == 32


def _check_fit(architecture: str, own: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> None:
    missing = [name for name in own if name not in given and not name.endswith(COUNTER)]
    unexpected = [name for name in given if name not in own]
    shaped = [name for name in own if name in given and own[name].shape != given[name].shape]
    if _is_old_mnasnet(architecture, given):
        shaped = [name for name in shaped if not re.match(r"layers\.[0-8]\.", name)]  # rebuilt while loading
    if missing or unexpected or shaped:
        said = "; ".join(
            (*_listed(missing, "missing"), *_listed(unexpected, "unexpected"), *_shapes(shaped, own, given))
        )
        raise CheckpointMismatch(f"The checkpoint does not fit {architecture}: {said}.", _advice(architecture, given))


def _listed(names: list[str], what: str) -> Iterable[str]:
    if names:
        more = f" and {len(names) - EXAMPLES} more" if len(names) > EXAMPLES else ""
        yield f"{plural(len(names), 'tensor')} {what} ({', '.join(names[:EXAMPLES])}{more})"


def _shapes(names: list[str], own: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> Iterable[str]:
    examples = [f"{name} is {_size(given[name])} instead of {_size(own[name])}" for name in names[:EXAMPLES]]
    if examples:
        yield f"{plural(len(names), 'tensor')} of another shape ({', '.join(examples)})"


def _size(value: Tensor) -> str:
    return "x".join(map(str, value.shape)) or "a single number"


def _advice(architecture: str, given: Mapping[str, Tensor]) -> str:
    if any(name.endswith(("_packed_params", ".zero_point")) for name in given):
        return "It was saved from a quantised network; give the float32 checkpoint it was made from."
    found = recognise(given)
    if found is None:
        return "It fits none of the architectures that tensorviz knows."
    if found == architecture:
        return f"Most of it is a {architecture}: it may be of a changed copy, or cut short."
    return f"It looks like a {found}: try --model {found}."


def _as_float32(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: _plain(value) for name, value in tensors.items()}


def _plain(value: Tensor) -> Tensor:
    dense = value.dequantize() if value.is_quantized else value
    return (dense.float() if dense.is_floating_point() else dense).detach().cpu()


def _drop_auxiliary(architecture: str, network: nn.Module) -> None:
    """Auxiliary heads serve training only: no answer comes from them."""
    for name in WITH_AUXILIARY.get(architecture, ()):
        setattr(network, name, None)
        network.aux_logits = False  # type: ignore[assignment]  # a plain attribute of both networks


def _notes(architecture: str, tensors: Mapping[str, Tensor]) -> tuple[str, ...]:
    notes = []
    bad = [name for name, value in tensors.items() if value.is_floating_point() and not _finite(value)]
    if bad:
        verb = "hold" if len(bad) > 1 else "holds"
        notes.append(f"{plural(len(bad), 'tensor')} of the checkpoint {verb} NaN or infinity ({bad[0]} first)")
    kinds = {str(value.dtype).removeprefix("torch.") for value in tensors.values() if value.is_floating_point()}
    other = sorted(kinds - {"float32"})
    if other and "float32" not in kinds:
        notes.append(f"the checkpoint's {' and '.join(other)} weights are computed with as float32")
    if architecture in WITH_AUXILIARY and "fc.weight" in tensors and tensors["fc.weight"].shape[0] != 1000:
        notes.append(f"pictures are normalised as the published {architecture} expects them (transform_input)")
    return tuple(notes)


def _finite(value: Tensor) -> bool:
    return bool(torch.isfinite(value).all())
