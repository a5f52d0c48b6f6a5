"""The weight files on this computer: where they are, whether their bytes are the published ones, how much they take.

Must not know the network or torch. No file is ever deleted or moved but by an explicit request.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tensorviz.core.errors import CheckpointUnreadable, NothingFound, ValueRefused, WeightsDamaged
from tensorviz.core.text import bytes_text
from tensorviz.engine.places import cache_folder, weights_folder
from tensorviz.engine.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tensorviz.core.catalogue import WeightsRow
    from tensorviz.engine.cancel import CancelToken

BLOCK = 1 << 20
PARTIAL, PARTIAL_NOTE, LOCK = ".part", ".part.json", ".part.lock"
Remembered = dict[str, list[object]]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the weights folder. partial: an unfinished download; nbytes: its size on disk."""

    path: str
    name: str
    nbytes: int
    partial: bool


def file_name(url: str) -> str:
    """The name under which torch keeps what it downloads from `url`."""
    return PurePosixPath(urlsplit(url).path).name


def destination(row: WeightsRow) -> Path:
    """Where the file of these published weights belongs, whether it is there or not."""
    return weights_folder() / file_name(row.url)


def locate(row: WeightsRow) -> Path | None:
    """The file of these weights on this computer, or None. Its bytes are not checked: `verified` does that."""
    path = destination(row) if row.url else Path(row.path or "")
    return path if path.is_file() else None


def sizes_here() -> Mapping[str, tuple[str, int]]:
    """The finished files in the weights folder: name -> (path, bytes)."""
    return {file.name: (file.path, file.nbytes) for file in list_files() if not file.partial}


def list_files() -> tuple[StoredFile, ...]:
    """What lies in the weights folder, by name, unfinished downloads included; empty when there is no folder."""
    try:
        with os.scandir(weights_folder()) as entries:
            files = [entry for entry in entries if entry.is_file() and not entry.name.endswith((PARTIAL_NOTE, LOCK))]
            found = [_stored(entry) for entry in files]
    except FileNotFoundError:
        return ()
    return tuple(sorted(found, key=lambda file: file.name))


def _stored(entry: os.DirEntry[str]) -> StoredFile:
    return StoredFile(entry.path, entry.name, entry.stat().st_size, entry.name.endswith((PARTIAL, ".partial")))


def verified(path: str | os.PathLike[str], sha256_prefix: str, token: CancelToken | None = None) -> Path:
    """The path, once its SHA-256 begins with the published digits; "" checks only that the file is there.

    The digest is remembered by size and time, so that a file is read once. Raises NothingFound, WeightsDamaged.
    """
    file = Path(path)
    if not file.is_file():
        raise NothingFound(f"There is no file {file}.", "`tensorviz fetch` downloads published weights.")
    if not sha256_prefix:
        return file
    met = remembered_digest(file, token)
    if not met.startswith(sha256_prefix.lower()):
        raise WeightsDamaged(
            f"The file {file} is not the published one: its SHA-256 begins with {met[: len(sha256_prefix)]}, "
            f"not with {sha256_prefix}.",
            "It was neither used nor deleted. Delete it (`tensorviz fetch --delete`) or move it, then fetch it again.",
        )
    return file


def remembered_digest(file: Path, token: CancelToken | None = None) -> str:
    """The file's SHA-256 in hexadecimal, computed at most once for each size and time of the file."""
    state = file.stat()
    key, seen = str(file.resolve()), _read_remembered()
    known = seen.get(key)
    if known and known[:2] == [state.st_size, state.st_mtime_ns]:
        return str(known[2])
    digest = digest_of(file, token)
    _write_remembered({**_read_remembered(), key: [state.st_size, state.st_mtime_ns, digest]})
    return digest


def remember(file: Path, digest: str) -> None:
    """Keeps the SHA-256 of a file that has just been written, so that it is not read again."""
    state = file.stat()
    _write_remembered({**_read_remembered(), str(file.resolve()): [state.st_size, state.st_mtime_ns, digest]})


def digest_of(file: Path, token: CancelToken | None = None) -> str:
    """The SHA-256 of the file's bytes, read in blocks of a mebibyte; raises Cancelled between them."""
    hashed = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            if token is not None:
                token.check()
            hashed.update(block)
    return hashed.hexdigest()


def _memory() -> Path:
    return cache_folder() / "verified.json"


def _read_remembered() -> Remembered:
    try:
        seen = json.loads(_memory().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # only a memory: a lost one costs a second look at each file
    if not isinstance(seen, dict):
        return {}
    return {key: value for key, value in seen.items() if isinstance(value, list) and len(value) == 3}


def _write_remembered(seen: Remembered) -> None:
    kept = {key: value for key, value in seen.items() if Path(key).exists()}
    try:
        write_text(_memory(), json.dumps(kept, indent=1))
    except OSError:
        return  # a cache that cannot be written must not stop the work


def quarantine(path: str | os.PathLike[str]) -> Path:
    """Renames a damaged file of the weights folder so that it is no longer taken; gives its new path."""
    file = _inside(Path(path))
    aside = file.with_name(f"{file.name}.damaged")
    count = 1
    while aside.exists():
        count += 1
        aside = file.with_name(f"{file.name}.damaged{count}")
    file.rename(aside)
    return aside


def delete(path: str | os.PathLike[str]) -> int:
    """Deletes one file of the weights folder, with what an unfinished download left; gives the bytes set free."""
    file = _inside(Path(path))
    freed = 0
    for item in (file, *(file.with_name(file.name + end) for end in (PARTIAL, PARTIAL_NOTE))):
        if item.is_file():
            freed += item.stat().st_size
            item.unlink()
    return freed


def _inside(file: Path) -> Path:
    """The path, when it names a file in the weights folder or an unfinished one; raises ValueRefused, NothingFound."""
    folder = weights_folder()
    if file.parent.resolve() != folder.resolve():
        raise ValueRefused(f"The file {file} is not in the weights folder {folder}.", "Only its files are managed.")
    if not file.is_file() and not file.with_name(file.name + PARTIAL).is_file():
        raise NothingFound(f"There is no file {file}.", "`tensorviz fetch --list` shows what is here.")
    return file


def import_file(path: str | os.PathLike[str], row: WeightsRow) -> Path:
    """Copies a file got another way to where torch keeps these weights, after checking its bytes; gives that place.

    Raises NothingFound, WeightsDamaged, ValueRefused (weights without a published file), CheckpointUnreadable.
    """
    if not row.url:
        raise ValueRefused(f"The weights {row.model}:{row.name} are not published as a file.", "Use --weights FILE.")
    return import_to(path, destination(row), row.sha256_prefix)


def import_to(path: str | os.PathLike[str], goal: Path, sha256_prefix: str = "") -> Path:
    """Copies a file to `goal`, after checking its bytes; gives that place.

    Raises NothingFound, WeightsDamaged, CheckpointUnreadable (it cannot be copied).
    """
    source = verified(path, sha256_prefix)
    if goal.is_file() and goal.samefile(source):
        return goal
    try:
        _copy(source, goal, sha256_prefix)
    except OSError as error:
        raise CheckpointUnreadable(f"The file {source} could not be copied to {goal}: {error}.") from error
    return goal


def _copy(source: Path, goal: Path, sha256_prefix: str) -> None:
    goal.parent.mkdir(parents=True, exist_ok=True)
    size, free = source.stat().st_size, shutil.disk_usage(goal.parent).free
    if size > free:
        raise OSError(f"it needs {bytes_text(size)} and {bytes_text(free)} are free")
    handle, beside = tempfile.mkstemp(prefix=f"{goal.name}.", suffix=PARTIAL, dir=goal.parent)
    try:
        with os.fdopen(handle, "wb") as copied, source.open("rb") as original:
            shutil.copyfileobj(original, copied, BLOCK)
        Path(beside).chmod(0o644)  # mkstemp's 0600 would hide a shared folder's weights from its other users
        if not digest_of(Path(beside)).startswith(sha256_prefix.lower()):
            raise OSError("it changed while it was copied")
        Path(beside).replace(goal)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
