"""Fetching and deleting the files of a captioner, all in one go: each checked, chunks joined to the file they are.

Must not know torch or Qt, nor what the files hold.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tensorviz.core.errors import FetchFailed, NothingFound, WeightsMissing
from tensorviz.core.text import bytes_text, plural
from tensorviz.engine.places import weights_folder
from tensorviz.engine.weights import store
from tensorviz.engine.weights.every_model import stored_names
from tensorviz.engine.weights.fetch import PATIENT, SPARE, being_written, fetch_file, what_is_here
from tensorviz.engine.weights.fingerprints import accepted, checked, forget_digest, keep_digest
from tensorviz.engine.weights.joining import join
from tensorviz.engine.weights.part import Part

if TYPE_CHECKING:
    from tensorviz.core.captioners import CaptionerFile, CaptionerWeights
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.weights.fetch import Patience, Report


def place_of(file: CaptionerFile) -> Path:
    """Where the published file belongs, whether it is there or not."""
    return weights_folder() / file.name


def missing(row: CaptionerWeights) -> tuple[CaptionerFile, ...]:
    """What has to be downloaded yet: files, or chunks of them."""
    files = [file for file in row.files if file.pieces[0].url and not place_of(file).is_file()]
    return tuple(piece for file in files for piece in file.pieces if not place_of(piece).is_file())


def announcement(row: CaptionerWeights) -> str:
    """What will be downloaded, for a person to read before it begins; "" when nothing has to be."""
    pieces = missing(row)
    if not pieces:
        return ""
    listed = ", ".join(f"{piece.title} {bytes_text(piece.nbytes)}" for piece in pieces)
    total = bytes_text(sum(piece.nbytes for piece in pieces))
    begun = sum(map(_begun, pieces))
    kept = f"; {bytes_text(begun)} of it came before" if begun else ""
    return f"{row.model}:{row.name} takes about {total} in {plural(len(pieces), 'file')} ({listed}){kept}."


def fetch_captioner(row: CaptionerWeights, token: CancelToken, report: Report, patience: Patience = PATIENT) -> Path:
    """The captioner's numbers, once all its files are here and checked; what is missing is downloaded.

    report(done, total) in bytes of all of them. Raises FetchFailed (Unreachable when offline; no room), WeightsDamaged
    (a wrong file lies there), WeightsMissing, Cancelled. What came is kept, and the next call goes on from there.
    """
    if not row.url:
        return _unpublished(row, token)
    tally = _Tally(missing(row), report)
    try:
        _check_room(row, patience)
        for file in row.files:
            _fetch(file, token, tally, patience)
    except FetchFailed as error:
        hints = [error.hint, what_is_here(), other_way(row)]
        raise type(error)(error.message, " ".join(hint for hint in hints if hint)) from error
    return place_of(row.file("weights"))


def join_chunks(file: CaptionerFile, token: CancelToken, patience: Patience = PATIENT) -> Path:
    """The file, joined from its chunks, which must be here; they are deleted then. Raises FetchFailed, Cancelled."""
    goal, chunks = place_of(file), [checked(chunk, place_of(chunk), token) for chunk in file.chunks]
    digest = join(chunks, goal, token, patience.free)
    keep_digest(file, digest)
    for chunk in chunks:
        store.delete(chunk)
    return goal


def delete_captioner(row: CaptionerWeights) -> int:
    """Deletes all files of these weights, and what unfinished downloads left; gives the bytes set free.

    The digests by which they were known are forgotten with them. Raises NothingFound.
    """
    places = [weights_folder() / name for name in stored_names(row)]
    here = [place for place in places if place.is_file() or Part(place).path.is_file()]
    if not here:
        raise NothingFound(f"{row.model}:{row.name} is not on this computer.", "There is nothing to delete.")
    freed = sum(map(store.delete, here))
    for file in row.files:
        for known in (file, *file.chunks):
            forget_digest(known)
    return freed


def other_way(row: CaptionerWeights) -> str:
    """How to get the files without this program's connection."""
    urls = ", ".join(piece.url for file in row.files for piece in file.pieces)
    return (
        f"Another way: get {urls} with a browser or on another computer, then"
        f" `tensorviz fetch --from FOLDER {row.model}:{row.name}`."
    )


def _unpublished(row: CaptionerWeights, token: CancelToken) -> Path:
    if row.path is None:
        raise WeightsMissing(f"The files of {row.model} are not here.", "Install tensorviz again.")
    for file in row.files:
        checked(file, Path(file.path or ""), token)
    return Path(row.path)


def _begun(piece: CaptionerFile) -> int:
    return Part(place_of(piece)).size()


def _check_room(row: CaptionerWeights, patience: Patience) -> None:
    """That all files fit, and beside the chunks the file that they make, before the first byte is asked for."""
    joined = [file for file in row.files if file.chunks and not place_of(file).is_file()]
    needed = sum(piece.nbytes - _begun(piece) for piece in missing(row)) + sum(file.nbytes for file in joined)
    folder = next(folder for folder in (weights_folder(), *weights_folder().parents) if folder.is_dir())
    free = patience.free(folder)
    if needed and needed + SPARE > free:
        raise FetchFailed(
            f"{row.model}:{row.name} could not be fetched: it needs about {bytes_text(needed)} and {bytes_text(free)}"
            f" are free in {weights_folder()}.",
            "Make space (`tensorviz fetch --list` shows what is there), or choose another folder by TORCH_HOME.",
        )


def _fetch(file: CaptionerFile, token: CancelToken, tally: _Tally, patience: Patience) -> None:
    goal = place_of(file)
    if not file.chunks:
        _fetch_piece(file, token, tally, patience)
        return
    with being_written(goal, token):
        if goal.is_file():
            checked(file, goal, token)
            return
        for chunk in file.chunks:
            _fetch_piece(chunk, token, tally, patience)
        join_chunks(file, token, patience)


def _fetch_piece(piece: CaptionerFile, token: CancelToken, tally: _Tally, patience: Patience) -> None:
    goal = place_of(piece)
    if goal.is_file():
        checked(piece, goal, token)
        return
    fetch_file(piece.url, goal, piece.sha256_prefix, token, lambda *met: tally.tell(piece, *met), patience)
    accepted(piece, goal, token)


class _Tally:
    """Bytes of several downloads, told as those of one."""

    def __init__(self, pieces: tuple[CaptionerFile, ...], report: Report) -> None:
        self._done = {piece.key: _begun(piece) for piece in pieces}
        self._total = {piece.key: piece.nbytes for piece in pieces}
        self._report = report

    def tell(self, piece: CaptionerFile, done: int, total: int | None) -> None:
        """That `done` of the `total` bytes of a piece are here; a total that is not told stays as published."""
        self._done[piece.key] = done
        self._total[piece.key] = max(done, self._total[piece.key]) if total is None else total
        self._report(sum(self._done.values()), sum(self._total.values()))
