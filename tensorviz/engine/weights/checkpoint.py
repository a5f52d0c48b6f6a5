"""Reading a file that should hold a network's tensors; whatever it is instead gets a sentence of its own.

Must not know networks. Nothing in a file is ever run: torch.load is asked with weights_only=True, and only after the
file's own figures were compared with its size.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import torch

from tensorviz.core.errors import CheckpointUnreadable
from tensorviz.core.text import bytes_text, path_text, printable
from tensorviz.engine.hearing import quiet
from tensorviz.engine.weights.pickle_scan import Bounded, ScanFailed, Scanned, scan
from tensorviz.engine.weights.safetensors_file import HeaderLies, looks_like_safetensors, read_safetensors
from tensorviz.engine.weights.unwrap import find_tensors, groups

if TYPE_CHECKING:
    import os

HEAD = 1024
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C  # torch/serialization.py
LEGACY_PICKLES = 4  # magic number, protocol, system, the object; the keys of the storages follow
NOTHING_RUN = "Nothing of it was run."
SAVE_AGAIN = "torch.save(network.state_dict(), FILE) makes a file that can be read safely."
FETCH_AGAIN = "Download it again."


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tensors of a file by name, on the processor.

    container: "PyTorch zip", "PyTorch legacy" or "safetensors". notes: what was unwrapped or left, in sentences.
    """

    tensors: dict[str, torch.Tensor]
    container: str
    notes: tuple[str, ...] = ()


def read_checkpoint(path: str | os.PathLike[str]) -> Checkpoint:
    """The tensors of a .pth, .pt or .safetensors file, whatever its name. Raises CheckpointUnreadable."""
    file = Path(path)
    name = path_text(path)
    try:
        size = _size_of(file, name)
        with file.open("rb") as stream:
            return _read(stream, size, name)
    except OSError as error:
        why = "you may not read it" if isinstance(error, PermissionError) else (error.strerror or str(error)).lower()
        raise CheckpointUnreadable(
            f"The checkpoint {name} cannot be opened: {why}.", "Change its permissions, or copy it elsewhere."
        ) from error


def _size_of(file: Path, name: str) -> int:
    if file.is_dir():
        raise CheckpointUnreadable(f"{name} is a folder, not a checkpoint.", "Give a file: .pth, .pt or .safetensors.")
    if not file.exists():
        raise CheckpointUnreadable(f"There is no checkpoint {name}.", "Check the spelling of the path.")
    if not file.is_file():
        raise CheckpointUnreadable(f"{name} is not a regular file.", "Give a file: .pth, .pt or .safetensors.")
    size = file.stat().st_size
    if size == 0:
        raise CheckpointUnreadable(f"The checkpoint {name} is empty (0 bytes).", FETCH_AGAIN)
    return size


def _read(stream: IO[bytes], size: int, name: str) -> Checkpoint:
    head = stream.read(HEAD)
    if looks_like_safetensors(head):
        tensors, container, notes = _safetensors(stream, size, name), "safetensors", ()
        return _checked(Checkpoint(tensors, container, notes), size, name)
    if head.startswith(b"PK"):
        scanned, container = _scan_zip(stream, size, name), "PyTorch zip"
    elif head.startswith(b"\x80"):
        scanned, container = _scan_legacy(stream, size, name), "PyTorch legacy"
    else:
        raise _not_a_checkpoint(head, name)
    _refuse_unsafe(scanned, name)
    loaded = _load(stream, name)
    tensors, found_notes = find_tensors(loaded)
    if not tensors and (several := groups(loaded)):
        raise _several(several, name)
    return _checked(Checkpoint(tensors, container, found_notes), size, name)


def _several(names: tuple[str, ...], name: str) -> CheckpointUnreadable:
    shown = printable(", ".join(names[:5]) + (", ..." if len(names) > 5 else ""))
    return CheckpointUnreadable(
        f"{name} holds {len(names)} groups of tensors, and which is meant cannot be told: {shown}.",
        f"torch.save(torch.load(FILE)[{printable(names[0])!r}], NEW) makes a file of one of them.",
    )


def _not_a_checkpoint(head: bytes, name: str) -> CheckpointUnreadable:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"version https://git-lfs"):
        return CheckpointUnreadable(
            f"{name} is a git-lfs pointer, not the checkpoint itself.", "Run `git lfs pull` where it comes from."
        )
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        return CheckpointUnreadable(
            f"{name} is a web page, saved under the name of a checkpoint.", "Download the file behind the page's link."
        )
    if b"ustar" in head[250:270]:
        return CheckpointUnreadable(f"{name} is a tar archive, which torch no longer reads safely.", SAVE_AGAIN)
    if _is_text(head):
        return CheckpointUnreadable(f"{name} is a text file, not a checkpoint.", "Is it the labels file?")
    return CheckpointUnreadable(
        f"{name} is neither a PyTorch nor a safetensors file (it begins with {head[:4].hex(' ')}).",
        "A damaged download? tensorviz reads .pth, .pt and .safetensors.",
    )


def _is_text(head: bytes) -> bool:
    printable = bytes(range(32, 127)) + b"\t\r\n\f"
    return not head.translate(None, printable) or (b"\x00" not in head and _decodes(head))


def _decodes(head: bytes) -> bool:
    try:
        text = head.decode("utf-8", "strict") if len(head) < HEAD else head[:-3].decode("utf-8", "ignore")
    except UnicodeDecodeError:
        return False
    return len(text.encode()) >= len(head) - 8 and all(letter.isprintable() or letter.isspace() for letter in text)


def _safetensors(stream: IO[bytes], size: int, name: str) -> dict[str, torch.Tensor]:
    try:
        return read_safetensors(stream, size)
    except HeaderLies as lie:
        raise CheckpointUnreadable(f"The safetensors file {name} is damaged: {lie}.", FETCH_AGAIN) from lie


def _scan_zip(stream: IO[bytes], size: int, name: str) -> Scanned:
    """Names and storages of a zip checkpoint, once its table of contents fits the file."""
    try:
        with zipfile.ZipFile(stream) as archive:
            members = {info.filename: info.file_size for info in archive.infolist()}
            pickles = [member for member in members if member.rpartition("/")[2] == "data.pkl"]
            _check_kind(set(members), pickles, name)
            _check_members(archive.infolist(), members, size, name)
            _check_sums(archive, name)
            pickled = archive.read(pickles[0])
    except CheckpointUnreadable:
        raise
    except Exception as error:
        raise CheckpointUnreadable(
            f"The checkpoint {name} is damaged or incomplete: its table of contents cannot be read "
            f"(it has {bytes_text(size)}).",
            f"A download that broke off? {FETCH_AGAIN}",
        ) from error
    scanned = Scanned()
    _scan_into(scanned, Bounded(io.BytesIO(pickled), len(pickled)), 1, name)
    folder = pickles[0].removesuffix("data.pkl")
    for claim in scanned.claims:
        if claim.nbytes > members.get(f"{folder}data/{claim.key}", 0):
            raise _claims_too_much(f"storage {claim.key}", claim.nbytes, size, name)
    return scanned


def _check_members(infos: list[zipfile.ZipInfo], members: dict[str, int], size: int, name: str) -> None:
    if len(infos) != len(members):
        raise CheckpointUnreadable(f"The checkpoint {name} is damaged: it holds two records of one name.", FETCH_AGAIN)
    if (declared := sum(members.values())) > size:
        raise _claims_too_much("the sum of its records", declared, size, name)


def _check_sums(archive: zipfile.ZipFile, name: str) -> None:
    """Check sums of the records, which torch itself does not look at; 0 stands for one that was not written."""
    for info in archive.infolist():
        if info.CRC == 0:
            del info.CRC  # so that zipfile compares nothing
            continue
        try:
            with archive.open(info) as record:
                while record.read(1 << 20):  # the sums are compared at the end
                    pass
        except zipfile.BadZipFile as error:
            raise CheckpointUnreadable(
                f"The checkpoint {name} is damaged: its record {info.filename} is not what was saved.", FETCH_AGAIN
            ) from error


def _check_kind(members: set[str], pickles: list[str], name: str) -> None:
    if any(member.rpartition("/")[2] == "constants.pkl" for member in members):
        raise CheckpointUnreadable(
            f"{name} is a TorchScript program (torch.jit.save), which holds code.",
            f"{NOTHING_RUN} In Python, torch.jit.load(FILE).state_dict() gives its tensors; save those.",
        )
    if len(pickles) != 1:
        raise CheckpointUnreadable(
            f"{name} is a zip archive, but not one of torch.save.", "Does it hold the checkpoint?"
        )


def _scan_legacy(stream: IO[bytes], size: int, name: str) -> Scanned:
    stream.seek(0)
    scanned = Scanned()
    first, bounded = stream.read(16), Bounded(stream, size)
    stream.seek(0)
    if LEGACY_MAGIC.to_bytes(10, "little") not in first:
        _scan_into(scanned, bounded, 1, name)
        _refuse_unsafe(scanned, name)
        raise CheckpointUnreadable(f"{name} is a pickle, but not one of torch.save.", f"{NOTHING_RUN} {SAVE_AGAIN}")
    _scan_into(scanned, bounded, LEGACY_PICKLES, name)
    storages = {claim.key: claim.nbytes for claim in scanned.claims}
    if sum(storages.values()) > size:
        raise _claims_too_much("the sum of its storages", sum(storages.values()), size, name)
    return scanned


def _scan_into(scanned: Scanned, stream: Bounded, count: int, name: str) -> None:
    try:
        for _ in range(count):
            scan(stream, scanned)
    except ScanFailed as failed:
        _refuse_unsafe(scanned, name)
        raise CheckpointUnreadable(
            f"The checkpoint {name} is damaged or incomplete: {str(failed).rstrip('.') or 'it ends too early'}.",
            f"A download that broke off? {FETCH_AGAIN}",
        ) from failed


def _refuse_unsafe(scanned: Scanned, name: str) -> None:
    if not scanned.unsafe:
        return
    if any(item.startswith(("torch.nn.modules.", "torchvision.models.")) for item in scanned.unsafe):
        raise CheckpointUnreadable(
            f"{name} holds a whole network object, not only its tensors; to read it would run code.",
            f"{NOTHING_RUN} {SAVE_AGAIN}",
        )
    shown = ", ".join(scanned.unsafe[:5]) + (", ..." if len(scanned.unsafe) > 5 else "")
    raise CheckpointUnreadable(
        f"The checkpoint {name} would run code when it is read: it calls {shown}.",
        f"{NOTHING_RUN} Do not open it elsewhere unless you trust its author. {SAVE_AGAIN}",
    )


def _claims_too_much(what: str, claimed: int, size: int, name: str) -> CheckpointUnreadable:
    return CheckpointUnreadable(
        f"The checkpoint {name} is damaged: {what} should have {bytes_text(claimed)}, which its "
        f"{bytes_text(size)} do not hold.",
        FETCH_AGAIN,
    )


def _load(stream: IO[bytes], name: str) -> object:
    stream.seek(0)
    try:
        with quiet():  # torch's remarks on odd protocols and old formats are for who wrote the file
            return torch.load(stream, map_location="cpu", weights_only=True)
    except Exception as error:  # damaged bytes provoke every kind
        said = str(error).strip().splitlines()
        reason = (said[0] if said else type(error).__name__).rstrip(".")
        raise CheckpointUnreadable(
            f"The checkpoint {name} is damaged or not safe to read: {reason:.200}.", f"{NOTHING_RUN} {FETCH_AGAIN}"
        ) from error


def _checked(checkpoint: Checkpoint, size: int, name: str) -> Checkpoint:
    """The checkpoint, once it holds tensors and none says it is larger than the file."""
    if not checkpoint.tensors:
        raise CheckpointUnreadable(f"{name} was read, and there are no tensors in it.", SAVE_AGAIN)
    for key, tensor in checkpoint.tensors.items():
        if tensor.device.type != "cpu":
            raise CheckpointUnreadable(f'The tensor "{key}" of {name} has no data.', SAVE_AGAIN)
        if (claimed := tensor.numel() * tensor.element_size()) > size:
            raise _claims_too_much(f'the tensor "{key:.80}"', claimed, size, name)
    return checkpoint
