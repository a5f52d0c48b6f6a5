"""The facts of a checkpoint that are read first: what it is, key figures, what is wrong, what could become of it.

Must not know widgets, files or values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tensorviz.core.checkpoint_layout import exact_bytes, names_text
from tensorviz.core.checkpoint_rows import share_text
from tensorviz.core.text import bytes_pair, bytes_text, count_text, plural, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.checkpoint_analysis import Analysis, DTypeShare
    from tensorviz.core.family import Family
    from tensorviz.core.stored import Contents

NAMES_SHOWN, NOTES_SHOWN = 8, 8
FORMATS = {
    "pt-zip": "PyTorch zip archive", "pt-legacy": "PyTorch file from before 1.6", "safetensors": "safetensors",
    "npy": "NumPy array", "npz": "NumPy archive", "raw": "raw numbers",
}  # fmt: skip  # a table
_PUBLISHED = re.compile(r"(?:training checkpoint: )?torchvision (\w+), \d+ class")
_GENERATOR = re.compile(r"(?:training checkpoint: )?CycleGAN generator, \d+ block")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and what it counts. more: its rounding, or what else is to say of it."""

    label: str
    text: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A sentence about what is wrong. tone: "danger", "warning" or "info"."""

    text: str
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class Waste:
    """Bytes of storages that no tensor reaches, of all bytes of storages."""

    wasted: int
    held: int

    @property
    def share(self) -> float:
        """Of all bytes of storages."""
        return self.wasted / self.held if self.held else 0.0

    def text(self) -> str:
        """As in "3.96 MB of 4.00 MB wasted"."""
        return f"{bytes_pair(self.wasted, self.held)} wasted"

    def exact(self) -> str:
        """As in "3,999,960 of 4,000,000 bytes, > 99.9 %"."""
        return f"{count_text(self.wasted)} of {plural(self.held, 'byte')}, {share_text(self.share)}"


# ------------------------------------------------------------------------------------------------------ what it is


def headline(family: Family | None, guess: str) -> str:
    """The family in one line; what little can be said where there is none."""
    text = printable(family.name if family is not None else guess) or "tensors"
    return text if text.startswith("torchvision ") else text[:1].upper() + text[1:]


def repairs(family: Family | None) -> tuple[str, ...]:
    """What to do before the tensors can be loaded, a sentence each."""
    return tuple(sentence(repair) for repair in family.repairs) if family is not None else ()


def facts(family: Family | None) -> tuple[str, ...]:
    """What else was seen of the family, a sentence each."""
    return tuple(sentence(fact) for fact in family.facts) if family is not None else ()


def sentence(text: str) -> str:
    """A phrase with a large letter before it and a full stop behind."""
    clean = printable(text).strip()
    return f"{clean[:1].upper()}{clean[1:]}{'' if clean.endswith(('.', '!', '?')) else '.'}" if clean else ""


def architecture(family: Family | None) -> str:
    """The builder of a published classifier that the tensors fit exactly; "" for anything else."""
    found = _PUBLISHED.match(family.name) if family is not None and family.exact else None
    return found[1] if found else ""


def is_generator(family: Family | None) -> bool:
    """Whether the tensors are a generator that pictures could be translated with, as far as names and shapes tell."""
    return family is not None and family.exact and _GENERATOR.match(family.name) is not None


def figures(contents: Contents, analysis: Analysis) -> tuple[Figure, ...]:
    """The key figures of a file."""
    held = sum(storage.nbytes for storage in contents.storages)
    kinds = analysis.dtypes
    return (
        _counted("tensor", len(contents.tensors)),
        replace(_counted("element", analysis.elements), more="tied ones each time" if analysis.tied else ""),
        _counted("storage", len(contents.storages)),
        Figure("bytes of storages", count_text(held), rounded(held)),
        Figure("bytes of file", count_text(contents.nbytes), rounded(contents.nbytes)),
        *((Figure("element type", kinds[0].dtype),) if len(kinds) == 1 else ()),
    )


def _counted(word: str, count: int) -> Figure:
    return Figure(word if count == 1 else f"{word}s", count_text(count))


def rounded(nbytes: int) -> str:
    """As in "~14.2 MB"; "" where bytes are few."""
    return f"~{bytes_text(nbytes)}" if nbytes >= 1000 else ""


# --------------------------------------------------------------------------------------------------- what is wrong


def waste(contents: Contents, analysis: Analysis) -> Waste | None:
    """What is wasted; None when nothing is."""
    wasted = analysis.wasted
    return Waste(wasted, sum(storage.nbytes for storage in contents.storages)) if wasted else None


def troubles(contents: Contents, analysis: Analysis) -> tuple[Trouble, ...]:
    """Sentences about what is wrong, the gravest first; nothing about globals, waste in sum, and refusals."""
    found = [Trouble(printable(text), _tone(text)) for text in analysis.sentences]
    found += [Trouble(sentence(note), "warning") for note in contents.notes[:NOTES_SHOWN]]
    if len(contents.notes) > NOTES_SHOWN:
        found.append(Trouble(f"{plural(len(contents.notes) - NOTES_SHOWN, 'more remark')} of the reader."))
    for names, what in ((analysis.strided, "not contiguous"), (analysis.empty, "empty")):
        if names:
            found.append(Trouble(f"{names_text(list(names), NAMES_SHOWN)} {_are(len(names))} {what}."))
    return tuple(found)


def _tone(text: str) -> str:
    return "warning" if re.search(r"\bwaste[d]?\b.* \(|more waste \d|Saved from |too long to count", text) else "info"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def refused_text(analysis: Analysis) -> str:
    """How many tensors safetensors would refuse as they are; "" when none."""
    names = len({row.name for row in analysis.refused})
    return (
        f"safetensors would refuse {plural(names, 'tensor')} as {'it is' if names == 1 else 'they are'}."
        if names
        else ""
    )


def globals_text(contents: Contents) -> str:
    """What a pickle would look up, and that nothing was run; "" when it is nothing."""
    count = len(contents.unsafe_globals)
    if not count:
        return ""
    verb = "does" if count == 1 else "do"
    names = f"{plural(count, 'name')} that {verb} not belong to tensors"
    return f"Loading this file with pickle would look up or call {names}. Nothing was run here."


def parted(text: str, place_of: Callable[[str], int | None]) -> tuple[tuple[str, int | None], ...]:
    """A sentence in parts; those between quotation marks that are names of tensors come with their place."""
    parts: list[tuple[str, int | None]] = []
    for part in re.split(r'("[^"]*")', text):
        name = part[1:-1] if part.startswith('"') else ""
        place = place_of(name) if name else None
        parts.append((part, place))
    return tuple(part for part in parts if part[0])


# ------------------------------------------------------------------------------------------------------- the rest


def dtype_text(share: DTypeShare, whole: int) -> str:
    """As in "54.2 %, 312 tensors, 3,504,872 elements, 14,019,488 bytes"."""
    counts = (plural(share.tensors, "tensor"), plural(share.elements, "element"), plural(share.nbytes, "byte"))
    percent = f"{share_text(share.nbytes / whole)}: " if whole else ""
    return f"{percent}{', '.join(counts)}"


def written_text(path: str, nbytes: int, spared: int) -> str:
    """What was written, in one sentence. path: as it can be printed."""
    less = f", {exact_bytes(spared)} less" if spared > 0 else f", {exact_bytes(-spared)} more" if spared < 0 else ""
    return f"Written, read back and found equal: {path}, {exact_bytes(nbytes)}{less}."
