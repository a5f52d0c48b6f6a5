"""Files of tensors: the table of formats, and how a file finds its own by content first and then by its name.

Must not know how any format is read. Nothing of a file is ever run, and none of this imports torch.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from tensorviz.core.errors import CheckpointUnreadable
from tensorviz.core.text import path_text, printable

if TYPE_CHECKING:
    import os

    from tensorviz.core.stored import Contents, RawForm
    from tensorviz.engine.formats.spec import FileFormat

FETCH_AGAIN = "A damaged or unfinished download? Get it again."


class Row(NamedTuple):
    """A format that is imported when its turn comes: its module, its name there, and what names of files end in."""

    module: str
    name: str
    suffixes: tuple[str, ...]

    def load(self) -> FileFormat:
        """The format."""
        found: FileFormat = getattr(importlib.import_module(f"tensorviz.engine.formats.{self.module}"), self.name)
        return found


# The ones that are surest of themselves first. Suffixes are in lower case.
FORMATS = (
    Row("safetensors.single", "SAFETENSORS", (".safetensors",)),
    Row("pytorch.zip_file", "ZIP", (".pt", ".pth", ".bin", ".ckpt", ".th")),
    Row("numpy_files.npy", "NPY", (".npy",)),
    Row("numpy_files.npz", "NPZ", (".npz",)),
    Row("safetensors.sharded", "SHARDED", (".safetensors.index.json",)),
    Row("pytorch.legacy_file", "LEGACY", (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt", ".th", ".t7")),
)


def suffixes() -> tuple[str, ...]:
    """What names of files of tensors end in, for dialogs and drops; lower case, with their dot. Imports no format."""
    return tuple(sorted({suffix for row in FORMATS for suffix in row.suffixes}))


def read_contents(path: str | os.PathLike[str], raw: RawForm | None = None) -> Contents:
    """What a file of tensors holds, metadata only. raw: how to take the bytes of a file that does not tell.

    A folder stands for the set of safetensors files in it. Raises CheckpointUnreadable, and for `raw` that makes no
    sense ValueRefused and NameUnknown.
    """
    shown, file = path_text(path), Path(path)
    try:
        place = _in_folder(file, shown) if file.is_dir() else file
        _check_regular(place, shown)
        with place.open("rb") as stream:
            return _contents(str(place), shown, stream, raw)
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte in it
        raise CheckpointUnreadable(f"{shown} cannot be read: {_why(error)}.", _what_to_try(error)) from error


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, PermissionError):
        return "you may not read it"
    text = error.strerror if isinstance(error, OSError) else ""
    return (text or str(error)).lower().rstrip(".")


def _what_to_try(error: OSError | ValueError) -> str:
    closed = isinstance(error, PermissionError)
    return "Change its permissions, or copy it elsewhere." if closed else "Is the name right?"


def _in_folder(folder: Path, shown: str) -> Path:
    from tensorviz.engine.formats.safetensors.sharded import index_in

    index = index_in(folder)
    if index is None:
        raise CheckpointUnreadable(
            f"{shown} is a folder, and does not hold exactly one set of safetensors files.",
            "Give a file, or a folder with one .safetensors.index.json.",
        )
    return index


def _check_regular(file: Path, shown: str) -> None:
    if not file.exists():
        raise CheckpointUnreadable(f"There is no file {shown}.", "Check the spelling of the path.")
    if not file.is_file():
        raise CheckpointUnreadable(f"{shown} is a pipe or device, not an ordinary file.", "Copy it to a file first.")
    if file.stat().st_size == 0:
        raise CheckpointUnreadable(f"{shown} is empty (0 bytes).", FETCH_AGAIN)


def _contents(path: str, shown: str, stream: IO[bytes], raw: RawForm | None) -> Contents:
    from tensorviz.engine.formats.raw import read_raw
    from tensorviz.engine.formats.spec import HEAD, Damaged
    from tensorviz.engine.positioned import read_at, size_of

    if raw is not None:
        return read_raw(path, stream, raw)
    head, size = read_at(stream, 0, HEAD), size_of(stream)
    found = _recognised(path, head, size)
    if found is None:
        raise _stranger(head, shown)
    try:
        return found.read(path, stream)
    except Damaged as error:
        raise CheckpointUnreadable(
            f"{shown} cannot be read as {found.title}: {printable(str(error))}.", error.hint or FETCH_AGAIN
        ) from error


def _recognised(path: str, head: bytes, size: int) -> FileFormat | None:
    """By content first; among those that could be, the one that the name speaks for."""
    first = None
    for row in FORMATS:
        form = row.load()
        if form.recognises(head, size):
            if path.lower().endswith(row.suffixes):
                return form
            first = first or form
    return first


def _stranger(head: bytes, shown: str) -> CheckpointUnreadable:
    from tensorviz.engine.formats.strangers import what_it_is

    what, hint = what_it_is(head, Path(shown).suffix.lower())
    return CheckpointUnreadable(f"{shown} is {what}, and no file of tensors.", hint)
