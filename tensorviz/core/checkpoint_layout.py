"""What a file of tensors says before a value is read: who shares storages, what is wasted, tied, mixed or empty.

Must not know files, formats or values: it looks at Contents only.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tensorviz.core.checkpoint_analysis import Analysis, DTypeShare, StorageUse
from tensorviz.core.checkpoint_refusals import refusals
from tensorviz.core.checkpoint_tree import module_tree
from tensorviz.core.stored import Contents, StoredStorage, StoredTensor
from tensorviz.core.text import bytes_text, count_text, percent_text, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN = 12  # names in one sentence


def analyse(contents: Contents) -> Analysis:
    """Looks at all tensors and storages once; 10,000 tensors take a fraction of a second."""
    uses, tied = storage_uses(contents), tied_names(contents)
    strided = tuple(tensor.name for tensor in contents.tensors if not tensor.is_contiguous)
    empty = tuple(tensor.name for tensor in contents.tensors if tensor.layout.numel == 0)
    dtypes, refused = dtype_mix(contents), refusals(contents)
    sentences = _sentences(contents, uses, tied, dtypes)
    elements = sum(tensor.layout.numel for tensor in contents.tensors)
    return Analysis(uses, elements, tied, strided, empty, dtypes, refused, module_tree(contents), sentences)


def sentences_of(contents: Contents, uses: tuple[StorageUse, ...]) -> tuple[str, ...]:
    """What a person should know, the gravest first; as `analyse` has it. uses: what `storage_uses` gives."""
    return _sentences(contents, uses, tied_names(contents), dtype_mix(contents))


def _sentences(
    contents: Contents, uses: tuple[StorageUse, ...], tied: tuple[tuple[str, ...], ...], dtypes: tuple[DTypeShare, ...]
) -> tuple[str, ...]:
    return (*waste_sentences(uses), *_tied_sentences(tied), *_mix_sentences(dtypes), *_other_sentences(contents))


def storage_uses(contents: Contents) -> tuple[StorageUse, ...]:
    """Each storage in the order of the file, with its tensors and the bytes that they reach."""
    by_storage: dict[str, list[StoredTensor]] = defaultdict(list)
    for tensor in contents.tensors:
        by_storage[tensor.storage].append(tensor)
    return tuple(_use(storage, tuple(by_storage[storage.id])) for storage in contents.storages)


def _use(storage: StoredStorage, tensors: tuple[StoredTensor, ...]) -> StorageUse:
    if len(tensors) == 1 and tensors[0].is_contiguous:
        return StorageUse(storage, tensors, tensors[0].nbytes)
    from tensorviz.core.checkpoint_bytes import used_bytes  # it needs NumPy, which simple files do not wait for

    return StorageUse(storage, tensors, used_bytes(storage.nbytes, (tensor.layout for tensor in tensors)))


def wasted_bytes(contents: Contents) -> int:
    """Bytes of all storages that no tensor reaches; a storage whose count is not affordable adds nothing."""
    return sum(use.wasted for use in storage_uses(contents))


def waste_sentences(uses: tuple[StorageUse, ...]) -> tuple[str, ...]:
    """One sentence for each storage with bytes that nobody reaches, the largest waste first."""
    wasteful = sorted((use for use in uses if use.wasted), key=lambda use: -use.wasted)
    told = [_waste_sentence(use) for use in wasteful[:SHOWN]]
    if len(wasteful) > SHOWN:
        rest = sum(use.wasted for use in wasteful[SHOWN:])
        told.append(f"{plural(len(wasteful) - SHOWN, 'storage')} more waste {exact_bytes(rest)}.")
    unknown = sum(use.used is None for use in uses)
    if unknown:
        told.append(f"How much of {plural(unknown, 'storage')} is used was too long to count.")
    return tuple(told)


def _waste_sentence(use: StorageUse) -> str:
    total, share = use.storage.nbytes, percent_text(use.wasted / use.storage.nbytes)
    share = "> 99.9 %" if share == "100.0 %" and use.wasted < total else share
    start = f"{count_text(use.wasted)} of {count_text(total)} bytes of storage {use.storage.id} are wasted ({share})"
    if not use.tensors:
        return f"{start}: no tensor looks at it."
    if len(use.tensors) > 1:
        return f"{start}: {names_text([tensor.name for tensor in use.tensors])} reach only a part of it."
    (tensor,) = use.tensors
    part = slice_text(tensor, total)
    saved = f"{part} was saved, and all of big with it" if part else "a view of a larger tensor was saved"
    name = f'"{tensor.name}"' if tensor.name else "the one saved"
    return f"{start}: {name} is the only tensor there; {saved}."


def slice_text(tensor: StoredTensor, storage_nbytes: int) -> str:
    """The slice that a tensor is of its storage, with the storage called big: "big[:10]"; "" when it is no slice."""
    layout, (cells, rest) = tensor.layout, divmod(storage_nbytes, tensor.layout.itemsize)
    if rest or not layout.numel or not layout.ndim:
        return "" if rest or not layout.numel else f"big[{layout.offset}]"
    if layout.ndim == 1:
        return f"big[{_range(layout.offset, layout.shape[0], layout.stride[0], cells)}]" if layout.stride[0] > 0 else ""
    width = layout.stride[0]
    inner = StoredTensor("", layout, tensor.dtype, "").is_contiguous
    if not inner or width <= 0 or layout.offset % width or cells % width:
        return ""
    return f"big[{_range(layout.offset // width, layout.shape[0], 1, cells // width)}]"


def _range(first: int, count: int, step: int, cells: int) -> str:
    last = first + (count - 1) * step + 1
    stop = "" if last + step > cells else str(last)
    return f"{first or ''}:{stop}{f':{step}' if step > 1 else ''}"


def tied_names(contents: Contents) -> tuple[tuple[str, ...], ...]:
    """Groups of names that are one tensor: the same elements of one storage in the same layout."""
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for tensor in contents.tensors:
        if tensor.layout.numel:
            layout = tensor.layout
            groups[tensor.storage, layout.shape, layout.stride, layout.offset, tensor.dtype].append(tensor.name)
    return tuple(tuple(names) for names in groups.values() if len(names) > 1)


def dtype_mix(contents: Contents) -> tuple[DTypeShare, ...]:
    """The element types met, the one with the most bytes first."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for tensor in contents.tensors:
        row = counts[tensor.dtype]
        row[0] += 1
        row[1] += tensor.layout.numel
        row[2] += tensor.nbytes
    shares = [DTypeShare(name, *row) for name, row in counts.items()]
    return tuple(sorted(shares, key=lambda share: (-share.nbytes, share.dtype)))


def _tied_sentences(tied: tuple[tuple[str, ...], ...]) -> list[str]:
    told = [f"{names_text(list(names))} are one tensor under {len(names)} names (tied)." for names in tied[:SHOWN]]
    return [*told, *([f"{plural(len(tied) - SHOWN, 'more group')} of tied tensors."] if len(tied) > SHOWN else [])]


def _mix_sentences(dtypes: tuple[DTypeShare, ...]) -> list[str]:
    floats = [share for share in dtypes if share.dtype.startswith(("float", "bfloat"))]
    if len(floats) < 2:
        return []
    parts = ", ".join(f"{share.dtype} in {plural(share.tensors, 'tensor')}" for share in floats)
    return [f"Several kinds of floating-point numbers are mixed: {parts}."]


def _other_sentences(contents: Contents) -> list[str]:
    devices: Mapping[str, None] = dict.fromkeys(s.device for s in contents.storages if s.device not in ("cpu", ""))
    return [f"Saved from {', '.join(devices)}: loading needs map_location elsewhere."] if devices else []


def names_text(names: list[str], shown: int = SHOWN) -> str:
    """Names in quotation marks, joined; the rest of many as a number."""
    quoted = [f'"{name}"' for name in names[:shown]]
    if len(names) > shown:
        return f"{', '.join(quoted)} and {count_text(len(names) - shown)} more"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}" if quoted else ""


def exact_bytes(count: int) -> str:
    """The bytes exactly, with their rounding in larger units behind: "3,999,960 bytes (~4.0 MB)"."""
    return f"{plural(count, 'byte')} (~{bytes_text(count)})" if count >= 1000 else plural(count, "byte")
