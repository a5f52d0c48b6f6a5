"""Which family a checkpoint belongs to: a guess from the names and shapes of its tensors, and the repair it needs.

Must not know files, torch, or the table of known networks: that is handed in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tensorviz.core.family import Family
from tensorviz.core.family_captions import captioner
from tensorviz.core.family_gan import gan
from tensorviz.core.family_layers import lora, optimiser, unknown
from tensorviz.core.family_match import OLD_DENSE, Match, Shapes, best_match
from tensorviz.core.family_wrapping import Inner, layers_of
from tensorviz.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.family_table import Network
    from tensorviz.core.stored import Contents

__all__ = ["Family", "guess", "recognise"]
# Networks that a captioner's feature extractor has the names and shapes of, with strides at other places.
ALSO_CAFFE = ("resnet50", "resnet101", "resnet152")
FEW = 3  # tensors that are told as they are


def guess(contents: Contents, networks: Sequence[Network] = ()) -> str:
    """The family and its repairs in one phrase; what little can be said when there is none."""
    family = recognise(contents, networks)
    if family is not None:
        return family.sentence()
    return _few(contents)


def recognise(contents: Contents, networks: Sequence[Network] = ()) -> Family | None:
    """The family of the checkpoint; None where nothing but single tensors are met.

    networks: the known ones (tensorviz.engine.checkpoints.known reads them). An exact fit is believed at any depth of
    wrapping; else the best near miss; else what can be said of any network.
    """
    shapes = {tensor.name: tensor.layout.shape for tensor in contents.tensors}
    state = optimiser(shapes)
    if state is not None:
        return Family(f"state of an optimiser: {state[0]}, {plural(state[1], 'parameter')}")
    layers = layers_of(shapes, tuple(name for name, _ in contents.others), contents.structure)
    found = [(inner, family) for inner in layers if (family := _known(inner.shapes, networks)) is not None]
    exact = next(((inner, family) for inner, family in found if family.exact), None)
    best = exact or (found[0] if found else None)
    if best is None:
        inner = next(inner for inner in reversed(layers) if inner.sure)
        best = (inner, unknown(inner.shapes, _again(inner, contents))) if _is_network(inner.shapes) else None
    return None if best is None else _wrapped(*best)


def _known(shapes: Shapes, networks: Sequence[Network]) -> Family | None:
    for tell in (gan, captioner, lora):
        family = tell(shapes)
        if family is not None and family.exact:
            return family
    match = best_match(shapes, networks)
    if match is not None and match.exact:
        return _published(match, shapes)
    near = gan(shapes) or captioner(shapes)
    return near if match is None else _published(match, shapes)


def _published(match: Match, shapes: Shapes) -> Family:
    network = match.network
    name = f"{network.origin} {network.name}"
    classes = "" if match.classes is None else f", {match.classes} class{'' if match.classes == 1 else 'es'}"
    facts = _facts(match, shapes)
    if match.exact:
        return Family(f"{name}{classes}", facts, _renames(shapes))
    if match.headless:
        other = " or a Caffe-style ResNet" if network.name in ALSO_CAFFE else ""
        end = f"features of {name}{other}, without its last layer ({match.but()})"
        return Family(end, facts, _renames(shapes), exact=False)
    return Family(f"like {name}{classes}, but {match.but()}", facts, _renames(shapes), exact=False)


def _facts(match: Match, shapes: Shapes) -> tuple[str, ...]:
    facts = [f"without the optional {start.rstrip('.')}" for start in match.without]
    if match.network.name in ALSO_CAFFE:
        facts.append("a Caffe-style ResNet (features for captioning) has the same names and shapes; only values differ")
    if match.network.name == "vgg16" and match.classes == 1000:
        facts.append("weights for features only (IMAGENET1K_FEATURES) have the same names and shapes")
    has_norm = any(name.endswith("running_mean") for name in shapes)
    if has_norm and not any(name.endswith("num_batches_tracked") for name in shapes):
        facts.append("saved without num_batches_tracked, as before torch 0.4.1; it loads all the same")
    return tuple(facts)


def _renames(shapes: Shapes) -> tuple[str, ...]:
    if any(OLD_DENSE.fullmatch(name) for name in shapes):
        return ('rename "norm.1" to "norm1" and so on in the dense layers (torchvision does it when it loads)',)
    return ()


def _wrapped(inner: Inner, family: Family) -> Family:
    facts = list(family.facts)
    if 'strip "module."' in inner.repairs:
        facts.append('all names begin with "module.", as DataParallel saves them')
    if inner.beside and inner.sure:
        facts.append(f"beside it: {', '.join(inner.beside)}")
        family = replace(family, name=f"training checkpoint: {family.name}")
    return replace(family, facts=tuple(facts), repairs=(*inner.repairs, *family.repairs))


def _again(inner: Inner, contents: Contents) -> list[str]:
    """The names of tensors that had another name before: tied weights are parameters once."""
    own = {tensor.name: (tensor.storage, tensor.layout, tensor.dtype) for tensor in contents.tensors}
    seen: set[object] = set()
    again = []
    for name, in_file in inner.names.items():
        if inner.shapes[name] and own[in_file] in seen:
            again.append(name)
        seen.add(own[in_file])
    return again


def _is_network(shapes: Shapes) -> bool:
    return len(shapes) > FEW and any("." in name for name in shapes)


def _few(contents: Contents) -> str:
    tensors = contents.tensors
    if not tensors:
        return "no tensors"
    kinds = ", ".join(dict.fromkeys(tensor.dtype for tensor in tensors))
    if len(tensors) == 1:
        shape = "x".join(map(str, tensors[0].layout.shape)) or "no dimensions"
        return f"one tensor of {shape}, {kinds}"
    return f"{plural(len(tensors), 'tensor')} of {kinds}, no network that is known"
