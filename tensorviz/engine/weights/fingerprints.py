"""Whether the file of a generator is the published one, where no SHA-256 is published; what was seen is remembered.

Must not know torch or how files come here. The digest of the first file that was accepted is kept, and every later one
must have it.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from tensorviz.core.errors import WeightsDamaged
from tensorviz.core.text import path_text
from tensorviz.engine.places import config_folder
from tensorviz.engine.weights import store
from tensorviz.engine.writing import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from tensorviz.core.generators import GeneratorWeights
    from tensorviz.engine.cancel import CancelToken


def fingerprints_file() -> Path:
    """The file that keeps the digests, by model and weights."""
    return config_folder() / "fingerprints.json"


def checked(row: GeneratorWeights, path: Path, token: CancelToken | None = None) -> Path:
    """The path, once its bytes are the published ones as far as anybody can tell.

    A published SHA-256 decides; else the digest of the file that was accepted first; else the id of the file in the
    repository that publishes it, after which its digest is kept. A file of the person's own is taken as it is. Raises
    WeightsDamaged, NothingFound, Cancelled.
    """
    if not (row.url or row.bundled):
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


def kept_digest(row: GeneratorWeights) -> str:
    """The SHA-256 of the file of these weights that was accepted first; "" when none was."""
    return _read().get(_key(row), "")


def keep_digest(row: GeneratorWeights, digest: str) -> None:
    """Keeps the SHA-256 by which the file is known from now on."""
    _write({**_read(), _key(row): digest})


def forget_digest(row: GeneratorWeights) -> None:
    """The next file of these weights is the first again."""
    _write({key: value for key, value in _read().items() if key != _key(row)})


def _key(row: GeneratorWeights) -> str:
    return f"{row.model}:{row.name}"


def _read() -> dict[str, str]:
    try:
        seen = json.loads(fingerprints_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # as on the first day: the files are checked by what is published
    return {k: v for k, v in seen.items() if isinstance(v, str)} if isinstance(seen, dict) else {}


def _write(seen: dict[str, str]) -> None:
    try:
        write_text(fingerprints_file(), json.dumps(seen, indent=1) + "\n")
    except OSError:
        return  # a folder that cannot be written must not stop the work
