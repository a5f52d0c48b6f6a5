"""Chunks of a file, put together again.

Must not know where chunks come from or what is in them; they are deleted by who asked for the join.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tensorviz.core.errors import FetchFailed
from tensorviz.core.text import bytes_text
from tensorviz.engine.weights import store
from tensorviz.engine.weights.fetch import PATIENT, SPARE
from tensorviz.engine.weights.part import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tensorviz.engine.cancel import CancelToken


def join(
    chunks: Sequence[Path], goal: Path, token: CancelToken, free: Callable[[Path], int] = PATIENT.free
) -> str:
    """Writes the bytes of the chunks, in order, to `goal`, reads them again, and gives their SHA-256.

    `goal` appears when it is whole; the chunks stay. free: bytes that a folder has room for. Raises FetchFailed (no
    room, a chunk that is not there, a disk that keeps other bytes), Cancelled.
    """
    part = Part(goal)
    try:
        _check_room(chunks, goal, free)
        written = _write(chunks, part.path, token)
        if store.digest_of(part.path, token) != written:
            raise FetchFailed(
                f"{goal.name} was joined, and other bytes were read than had been written.",
                "The disk may be failing. The chunks are kept.",
            )
        part.finish(goal)
    except OSError as error:
        raise FetchFailed(
            f"{goal.name} could not be joined from its chunks: {error.strerror or error}.",
            "The chunks are kept; fetching again goes on from there. Is the folder writable, and is there space?",
        ) from error
    finally:
        part.discard()
    store.remember(goal, written)
    return written


def _check_room(chunks: Sequence[Path], goal: Path, free: Callable[[Path], int]) -> None:
    gone = next((chunk for chunk in chunks if not chunk.is_file()), None)
    if gone is not None:
        raise FetchFailed(f"{goal.name} cannot be joined: its chunk {gone.name} is not there.", "Fetch it again.")
    needed, there = sum(chunk.stat().st_size for chunk in chunks), free(goal.parent)
    if needed + SPARE > there:
        raise FetchFailed(
            f"{goal.name} could not be joined from its chunks: it needs {bytes_text(needed)} and {bytes_text(there)}"
            f" are free in {goal.parent}.",
            "The chunks are kept. Make space (`tensorviz fetch --list` shows what is there), and fetch again.",
        )


def _write(chunks: Sequence[Path], path: Path, token: CancelToken) -> str:
    hashed = hashlib.sha256()
    with path.open("wb") as whole:
        for chunk in chunks:
            with chunk.open("rb") as stream:
                while block := stream.read(store.BLOCK):
                    token.check()
                    hashed.update(block)
                    whole.write(block)
    return hashed.hexdigest()
