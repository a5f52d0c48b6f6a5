"""Whether a file is the published one, where no SHA-256 of it is published; what was seen is remembered.

Must not know torch or how files come here. The digest of the first file that was accepted is kept, and every later one
must have it.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Protocol

from tensorviz.core.errors import FetchFailed, WeightsDamaged
from tensorviz.core.text import path_text
from tensorviz.engine.places import config_folder
from tensorviz.engine.weights import store
from tensorviz.engine.writing import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from tensorviz.engine.cancel import CancelToken


class Known(Protocol):
    """A file as the catalogue knows it: weights of a generator, or one of the files of a captioner."""

    @property
    def key(self) -> str:
        """By which its digest is kept."""

    @property
    def published(self) -> bool:
        """Whether its bytes are looked at."""

    @property
    def sha256_prefix(self) -> str:
        """The first digits of its SHA-256; "" when it is not published."""

    @property
    def git_blob(self) -> str:
        """Its id in a git repository; "" when it lies in none."""


def fingerprints_file() -> Path:
    """The file that keeps the digests, by model and weights."""
    return config_folder() / "fingerprints.json"


def checked(row: Known, path: Path, token: CancelToken | None = None) -> Path:
    """The path, once its bytes are the published ones as far as anybody can tell.

    A published SHA-256 decides; else the digest of the file that was accepted first; else the id of the file in the
    repository that publishes it, after which its digest is kept. A file of the person's own is taken as it is. Raises
    WeightsDamaged, NothingFound, Cancelled.
    """
    if not row.published:
        return store.verified(path, "", token)
    known = row.sha256_prefix or kept_digest(row)
    if known:
        return store.verified(path, known, token)
    if row.git_blob and git_blob_id(path, token) != row.git_blob:
        raise WeightsDamaged(
            f"The file {path_text(path)} is not the published one: its git object id is not {row.git_blob[:12]}...",
            "It was not used. Delete it (`tensorviz fetch --delete`) or move it, then fetch it again.",
        )
    keep_digest(row, store.remembered_digest(path, token))
    return path


def accepted(row: Known, path: Path, token: CancelToken | None = None) -> Path:
    """The path of a file that has just been fetched, once it is `checked`; one with other bytes is put aside.

    Raises FetchFailed, Cancelled.
    """
    try:
        return checked(row, path, token)
    except WeightsDamaged as error:
        aside = store.quarantine(path)
        raise FetchFailed(
            f"{path.name} was fetched, and its bytes are not the published ones.",
            f"It was not used, and lies beside as {aside.name}. A proxy may have changed it, or the server has another"
            " file.",
        ) from error


def git_blob_id(path: Path, token: CancelToken | None = None) -> str:
    """The id that git gives a file: SHA-1 of "blob SIZE", a zero byte, and its bytes. Raises Cancelled."""
    size = path.stat().st_size
    hashed = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(store.BLOCK):
            if token is not None:
                token.check()
            hashed.update(block)
    return hashed.hexdigest()


def kept_digest(row: Known) -> str:
    """The SHA-256 of the file of these weights that was accepted first; "" when none was."""
    return _read().get(row.key, "")


def keep_digest(row: Known, digest: str) -> None:
    """Keeps the SHA-256 by which the file is known from now on."""
    _write({**_read(), row.key: digest})


def forget_digest(row: Known) -> None:
    """The next file of these weights is the first again."""
    _write({key: value for key, value in _read().items() if key != row.key})


def _read() -> dict[str, str]:
    try:
        seen = json.loads(fingerprints_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}  # as on the first day: the files are checked by what is published
    return {k: v for k, v in seen.items() if isinstance(v, str)} if isinstance(seen, dict) else {}


def _write(seen: dict[str, str]) -> None:
    try:
        write_text(fingerprints_file(), json.dumps(seen, indent=1) + "\n")
    except OSError:
        return  # a folder that cannot be written must not stop the work
