"""Files of a captioner that a person has already: told by what they are, checked, and copied to where they belong.

Must not know torch or Qt, nor what the files hold. A file may lie alone, or several in a folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tensorviz.core.errors import NothingFound, ValueRefused, WeightsDamaged
from tensorviz.core.text import bytes_text, path_text, plural
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.weights import store
from tensorviz.engine.weights.fetch import PATIENT, being_written
from tensorviz.engine.weights.fetch_captioner import join_chunks, missing, place_of
from tensorviz.engine.weights.fingerprints import checked, git_blob_id, keep_digest, kept_digest

if TYPE_CHECKING:
    from tensorviz.core.captioners import CaptionerFile, CaptionerWeights
    from tensorviz.engine.weights.fetch import Patience

ALIKE = 0.1  # by how much of its size a file may differ from one whose exact size is not known


def import_captioner(
    row: CaptionerWeights, source: str, trusted: bool, token: CancelToken | None = None, patience: Patience = PATIENT
) -> tuple[str, ...]:
    """Takes `source`, a file or a folder of files, and gives the names of the files that were taken.

    Which file it is tells its git id, whatever it is called; chunks are joined once all are here. A joined file has no
    published fingerprint: it is taken with trusted only, and its digest is kept. Raises NothingFound, WeightsDamaged,
    ValueRefused, CheckpointUnreadable (it cannot be copied), FetchFailed (no room to join), Cancelled.
    """
    token = token or CancelToken()
    if not row.url:
        raise ValueRefused(f"The weights {row.model}:{row.name} are not published as files.", "Use --weights FILE.")
    path = Path(source)
    known = [(file, path) for file in (_one(row, path, trusted, token),)] if not path.is_dir() else _found(row, path)
    for file, item in known:
        _take(file, item, token)
    for file in row.files:
        if file.chunks and not place_of(file).is_file() and all(place_of(chunk).is_file() for chunk in file.chunks):
            with being_written(place_of(file), token):
                join_chunks(file, token, patience)
    return tuple(file.title for file, _ in known)


def still_missing(row: CaptionerWeights) -> str:
    """What is not here yet, as the end of a sentence: "fc-model.pth and 2 others are missing"; "" when all is here."""
    names = [piece.title for piece in missing(row)]
    if not names:
        return ""
    listed = ", ".join(names[:-1]) + (" and " if names[:-1] else "") + names[-1]
    return f"{listed} {'is' if len(names) == 1 else 'are'} missing yet"


def _found(row: CaptionerWeights, folder: Path) -> list[tuple[CaptionerFile, Path]]:
    """What lies in a folder under the names of the files, as published or as here."""
    pieces = [piece for file in row.files for piece in file.pieces]
    places = [(piece, folder / name) for piece in pieces for name in (piece.title, piece.name)]
    found = {piece.key: (piece, place) for piece, place in reversed(places) if place.is_file()}
    if found:
        return [found[piece.key] for piece in pieces if piece.key in found]
    names = ", ".join(piece.title for piece in pieces)
    raise NothingFound(f"In the folder {path_text(folder)} is no file of {row.model}.", f"Its files are {names}.")


def _one(row: CaptionerWeights, path: Path, trusted: bool, token: CancelToken) -> CaptionerFile:
    """Which of the files it is."""
    store.verified(path, "", token)
    pieces = [piece for file in row.files for piece in file.pieces]
    blob = git_blob_id(path, token)
    found = next((piece for piece in pieces if piece.git_blob == blob), None)
    if found is not None:
        return found
    joined = next((file for file in row.files if file.chunks and _alike(file, path, token)), None)
    if joined is None:
        names = ", ".join(piece.title for piece in pieces)
        raise WeightsDamaged(
            f"The file {path_text(path)} ({bytes_text(path.stat().st_size)}) is none of the published ones of"
            f" {row.model}: its git object id is {blob[:12]}...",
            f"They are {names}. Is it another version, or was a download cut short?",
        )
    if not (trusted or kept_digest(joined)):
        chunks = " and ".join(chunk.title for chunk in joined.chunks)
        raise ValueRefused(
            f"Nobody can tell whether {path_text(path)} is the ResNet of {row.model}: fingerprints are published of its"
            f" {plural(len(joined.chunks), 'chunk')} only, {chunks}.",
            "Give the chunks (a folder with both), or take it all the same: tensorviz fetch --trust --from FILE"
            f" {row.model}:{row.name}. Nothing in it is ever run.",
        )
    return joined


def _alike(file: CaptionerFile, path: Path, token: CancelToken) -> bool:
    """Whether it may be the joined file: it is as large, or it is the one that was here before."""
    known = kept_digest(file)
    if known:
        return store.remembered_digest(path, token) == known
    return abs(path.stat().st_size - file.nbytes) < ALIKE * file.nbytes


def _take(file: CaptionerFile, path: Path, token: CancelToken) -> None:
    if file.chunks:
        digest = store.remembered_digest(path, token)
        store.import_to(path, place_of(file), digest)
        keep_digest(file, digest)
        return
    checked(file, path, token)
    store.import_to(path, place_of(file), store.remembered_digest(path, token))
