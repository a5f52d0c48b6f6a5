"""What a safetensors file of some tensors does not keep, and what keeps them from being written as one.

Must not know how a file is read or written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.checkpoint_layout import exact_bytes, names_text, tied_names
from tensorviz.core.checkpoint_refusals import WRITTEN_ONLY, groups_sharing
from tensorviz.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensorviz.core.checkpoint_analysis import Analysis
    from tensorviz.core.stored import Contents


def what_is_lost(contents: Contents) -> Iterator[str]:
    """What a safetensors file of these tensors does not keep, in sentences."""
    yield from _lost_sharing(contents)
    strided = [tensor.name for tensor in contents.tensors if not tensor.is_contiguous]
    if strided:
        yield f"{names_text(strided, 6)} {_are(strided)} contiguous there: their strides are not kept."
    lazy = [tensor.name for tensor in contents.tensors if tensor.conjugated or tensor.negated]
    if lazy:
        yield f"{names_text(lazy, 6)} had a conjugate or minus sign to be applied; it is applied there."
    others = list(dict.fromkeys(name.partition(".")[0] for name, _ in contents.others if name))
    if others:
        yield f"What is no tensor is left out: {names_text(others, 8)}."
    if contents.unsafe_globals:
        yield f"What {names_text(list(contents.unsafe_globals), 4)} would make is left out."
    parameters = [tensor for tensor in contents.tensors if tensor.parameter or tensor.requires_grad]
    if parameters:
        yield f"That {plural(len(parameters), 'tensor')} asked for gradients is not kept."
    devices = dict.fromkeys(s.device for s in contents.storages if s.device not in ("cpu", ""))
    if devices:
        yield f"That tensors were on {', '.join(devices)} is not kept."
    newer = [tensor.name for tensor in contents.tensors if tensor.dtype in WRITTEN_ONLY]
    if newer:
        yield f"{names_text(newer, 4)}: safetensors 0.8 writes this element type for torch, and does not read it."
    if contents.metadata and any(not isinstance(value, str) for value in contents.metadata.values()):
        yield "Metadata that is no text is left out."


def _lost_sharing(contents: Contents) -> Iterator[str]:
    tied = tied_names(contents)
    by_name = {tensor.name: tensor for tensor in contents.tensors}
    for names in tied[:6]:
        more = (len(names) - 1) * by_name[names[0]].nbytes
        yield f"{names_text(list(names))} were one tensor and are copies of their own there, {exact_bytes(more)} more."
    if len(tied) > 6:
        yield f"{plural(len(tied) - 6, 'more group')} of tied tensors became copies."
    known = {frozenset(names) for names in tied}
    groups = [group for group in groups_sharing(contents) if frozenset(group) not in known]
    for group in groups[:6]:
        yield f"{names_text(list(group))} shared memory and have bytes of their own there."


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def hindrance(contents: Contents, analysis: Analysis) -> str:
    """Why a safetensors file cannot be written of these tensors, in one sentence; "" when it can."""
    if not contents.tensors:
        return "There are no tensors to write."
    kinds = [row for row in analysis.refused if row.kind in ("dtype", "name")]
    if kinds:
        names = names_text(list(dict.fromkeys(row.name for row in kinds)), 4)
        return f"It cannot be written as safetensors because of {names}: {kinds[0].reason}."
    if len({tensor.name for tensor in contents.tensors}) < len(contents.tensors):
        return "It cannot be written as safetensors: some tensors have one name, and names there are unlike."
    return ""
