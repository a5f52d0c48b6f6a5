"""What the inspector says of a tensor's layout: shape, strides, reach, contiguity, numpy, and one line about all of it.

Must not know Qt. Everything follows from facts; nothing is looked up in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.contiguity import contiguities
from tensorviz.core.layout import SCAN, index_letters
from tensorviz.core.runs import runs_of
from tensorviz.core.text import bytes_text, count_text, plural
from tensorviz.core.why import why_no_numpy, why_not_in_place
from tensorviz.ui.tensors.inspector_lines import Line, Span, line, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.contiguity import Contiguity
    from tensorviz.core.layout import Layout
    from tensorviz.core.session_data import StorageFacts, TensorFacts

MOST_PLACES = 1 << 20  # of a layout whose dimensions overlap, that are counted on the window's thread
CHANNELS_LAST = "channels-last"


def describe_line(tensor: TensorFacts, storage: StorageFacts | None) -> str:
    """The line that `tensorviz.describe` writes of the tensor."""
    layout = tensor.layout
    parts = [
        f"tensor {tensor.shape_text if layout.ndim else 'scalar ()'}",
        f"stride ({', '.join(map(str, layout.stride))})",
        f"offset {layout.offset}",
        tensor.dtype,
        tensor.device if storage is None or not storage.source else f"in {storage.source}",
        _on_storage(tensor, storage),
        _contiguity_in_short(layout),
    ]
    remarks = (
        (tensor.is_view, "a view"),
        (tensor.conjugated, "conjugated when read"),
        (tensor.negated, "negated when read"),
        (tensor.requires_grad, "requires grad"),
    )
    return ", ".join([*parts, *(text for holds, text in remarks if holds)])


def _on_storage(tensor: TensorFacts, storage: StorageFacts | None) -> str:
    if storage is None:
        return "no storage"
    whole = storage.nbytes // tensor.layout.itemsize
    if tensor.layout.numel == whole:
        return f"the whole storage of {bytes_text(storage.nbytes)}"
    counted = f"{count_text(tensor.layout.numel)} elements on a storage of {count_text(whole)}"
    return f"{counted} ({bytes_text(storage.nbytes)})"


def _contiguity_in_short(layout: Layout) -> str:
    first, *others = contiguities(layout)
    if first.holds:
        return "contiguous"
    return next((f"contiguous as {one.memory_format}" for one in others if one.holds), "not contiguous")


def exact_bytes(count: int) -> str:
    """A byte count that hides nothing: "24 bytes", "1.2 MB (1,204,224 bytes)"."""
    return plural(count, "byte") if count < 1000 else f"{bytes_text(count)} ({plural(count, 'byte')})"


def layout_lines(tensor: TensorFacts, in_file: bool = False) -> list[Line]:
    """Shape, stride, offset, type, device and size. in_file: it lies in a file, which is no device."""
    layout = tensor.layout
    kind = f", {plural(layout.itemsize, 'byte')} each"
    device = "" if in_file else f", {tensor.device}"
    return [
        line("shape", *_coloured("(", layout.shape, tensor.keys)),
        line("stride", *_coloured("(", layout.stride, tensor.keys)),
        line("offset", numbers(count_text(layout.offset)), Span("  elements", "muted")),
        line("dtype", tensor.dtype, Span(kind, "muted"), device),
        line("elements", numbers(count_text(layout.numel)), Span(f"  {exact_bytes(layout.nbytes)}", "muted")),
    ]


def _coloured(opening: str, values: Sequence[int], keys: Sequence[int]) -> list[Span]:
    """The values of all dimensions, each in its colour, as Python writes a tuple."""
    spans = [numbers(opening)]
    for place, value in enumerate(values):
        spans.append(Span(str(value), dim=_key(keys, place), number=True, strong=True))
        spans.append(numbers(", " if place < len(values) - 1 else "," if len(values) == 1 else ""))
    return [*spans, numbers(")")]


def _key(keys: Sequence[int], dim: int) -> int:
    return keys[dim] if dim < len(keys) else dim


def formula_lines(tensor: TensorFacts, index: Sequence[int]) -> list[Line]:
    """The address in words and filled in, each term in its dimension's colour."""
    layout, keys = tensor.layout, tensor.keys
    words, filled = [numbers("offset")], [numbers(str(layout.offset))]
    for dim, letter in enumerate(index_letters(layout.ndim)):
        stride = layout.stride[dim]
        term = f"{index[dim]}*{stride if stride >= 0 else f'({stride})'}"
        words += [numbers(" + "), Span(f"{letter}*stride[{dim}]", dim=_key(keys, dim), number=True)]
        filled += [numbers(" + "), Span(term, dim=_key(keys, dim), number=True, strong=True)]
    return [
        line("formula", *words),
        line("address", *filled, numbers(" = "), Span(str(layout.address(index)), number=True, strong=True)),
    ]


def file_lines(storage: StorageFacts) -> list[Line]:
    """Where the storage lies in its file, and what is worth knowing of how."""
    whole = exact_bytes(storage.nbytes)
    start = "" if storage.start is None else f", from byte {count_text(storage.start)}"
    lies = line("storage", numbers(storage.id), Span(f"  {whole} of {storage.source}{start}", "muted"))
    return [lies, *(line("", Span(remark, "muted")) for remark in storage.remarks)]


def state_lines(tensor: TensorFacts, in_file: bool = False) -> list[Line]:
    """What else is known: a view, gradients, lazy marks."""
    holds = "the file" if in_file else "memory"
    said = []
    if tensor.is_view:
        said.append(line("", "A view: made from another tensor without copying."))
    if tensor.requires_grad:
        kept = " Its gradient is there." if tensor.has_grad else ""
        said.append(line("", f"Requires grad.{kept}"))
    if tensor.conjugated:
        said.append(line("", Span(f"Conjugated when read: {holds} holds imaginary parts of other sign.", "warning")))
    if tensor.negated:
        said.append(line("", Span(f"Negated when read: {holds} holds the other sign.", "warning")))
    return said


def reach_lines(tensor: TensorFacts, storage: StorageFacts | None, in_file: bool = False) -> list[Line]:
    """How many cells it reaches, gaps and shared cells; a warning where writing in place is not what it seems.

    in_file: nothing is written there.
    """
    layout = tensor.layout
    if storage is None:
        return [line("reaches", "no memory")]
    if layout.numel == 0:
        return [line("reaches", "no cells: it has no elements")]
    if not affordable(layout):
        return [line("reaches", "cells that are too many to count here")]
    distinct, gaps = layout.distinct, layout.gaps
    whole = storage.nbytes // layout.itemsize
    said = [] if distinct is None else [f"{count_text(distinct)} of {plural(whole, 'cell')}"]
    said.append("no gaps" if gaps == 0 else f"{plural(gaps or 0, 'cell')} between left out")
    shared = layout.overlaps
    found = [line("reaches", ", ".join([*said, "some cells more than once" if shared else "each once"]))]
    return [*found, line("", Span(_shared_sentence(layout), "warning"))] if shared and not in_file else found


def _shared_sentence(layout: Layout) -> str:
    first, stop = layout.extent
    if layout.reach.times == 1 and stop - first > 16 * SCAN:
        return "Some cells are seen by several indices, so the result of writing in place depends on the order."
    found = why_not_in_place(layout)
    return "" if found is None else found.sentence


def affordable(layout: Layout) -> bool:
    """Whether the cells of a layout can be counted in about a millisecond."""
    groups = (*layout.reach.counting, *layout.reach.covering)
    return all(len(group.dims) <= 2 or group.extent // group.unit <= MOST_PLACES for group in groups)


def contiguity_lines(tensor: TensorFacts, writable: bool = True) -> list[Line]:
    """Contiguity in each memory format that is for so many dimensions, with the reason; a copy that has another one."""
    found = contiguities(tensor.layout)
    lines = [_contiguity_line(one) for one in found]
    other = next((one for one in found if one.memory_format == "channels_last" and not one.holds), None)
    if writable and other is not None and tensor.variable and tensor.storage is not None:
        lines.append(line("", Span(f"Make {tensor.name}_channels_last, a copy", "accent", link=CHANNELS_LAST)))
    return lines


def _contiguity_line(one: Contiguity) -> Line:
    name = {"contiguous_format": "contiguous"}.get(one.memory_format, one.memory_format)
    answer = Span("yes", "good", strong=True) if one.holds else Span("no", "warning", strong=True)
    return line(name, answer, Span(f"  {one.reason}", "muted"))


def channels_last_code(name: str) -> str:
    """The step that the hint runs."""
    return f"{name}_channels_last = {name}.contiguous(memory_format=torch.channels_last)"


def run_lines(layout: Layout) -> list[Line]:
    """Which dimensions continue one another in memory, so that a view may merge them."""
    merged = [run for run in runs_of(layout) if len(run.dims) > 1]
    said = []
    for run in merged:
        dims = ", ".join(map(str, run.dims[:-1])) + f" and {run.last}"
        said.append(
            line("", f"Dims {dims} are one run of {plural(run.size, 'step')} of {run.stride}: a view may merge them.")
        )
    if not merged and layout.ndim > 1:
        said.append(
            line("", Span("No two neighbouring dims continue one another in memory: no view merges any.", "muted"))
        )
    return said


def numpy_line(tensor: TensorFacts) -> Line:
    """Whether `.numpy()` gives an array over the same memory, or what keeps it from that."""
    if tensor.storage is None:
        return line(".numpy()", Span("no", "warning", strong=True), Span("  There is no memory to share.", "muted"))
    obstacles = why_no_numpy(
        tensor.dtype,
        tensor.device,
        requires_grad=tensor.requires_grad,
        conjugated=tensor.conjugated,
        negated=tensor.negated,
        numpy_knows=tensor.kind.numpy is not None,
    )
    if not obstacles:
        return line(".numpy()", Span("yes", "good", strong=True), Span("  over the same memory", "muted"))
    code = "".join(one.repair.code for one in obstacles)
    reasons = " ".join(one.sentence for one in obstacles)
    return line(
        ".numpy()", Span("no", "warning", strong=True), Span(f"  {reasons} Use ", "muted"), numbers(f"{code}.numpy()")
    )
