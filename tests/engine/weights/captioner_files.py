"""A published captioner with small made files, on a server of this computer; git is the judge of their ids.

Must not know how a download works.
"""

from __future__ import annotations

import hashlib
import random
import subprocess
from typing import TYPE_CHECKING, Any

from tensorviz.engine.places import weights_folder
from tensorviz.engine.weights.captioners import find_captioner, weights_of

from .server import Answer, Asked, honest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tensorviz.core.captioners import CaptionerWeights

NAME = "neuraltalk2"
MODEL, INFOS, FIRST, SECOND = (random.Random(seed).randbytes(size) for seed, size in ((1, 300_000), (2, 5000), (3, 200_000), (4, 150_000)))  # fmt: skip  # noqa: E501 - a table
CONTENTS = {"fc-model.pth": MODEL, "fc-infos.pkl": INFOS, "resnet101a.pth": FIRST, "resnet101b.pth": SECOND}
KEPT = ["neuraltalk2-fc-infos.pkl", "neuraltalk2-fc-model.pth", "neuraltalk2-resnet101.pth"]


def git_says(content: bytes, folder: Path) -> str:
    file = folder / "for git"
    file.write_bytes(content)
    done = subprocess.run(["git", "hash-object", str(file)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def entry(address: Callable[[str], str], folder: Path) -> dict[str, Any]:
    """The catalogue's entry; address: where a path lies. Sizes are told a little wrong, as they are known from afar."""

    def file(name: str) -> dict[str, Any]:
        content = CONTENTS[name]
        sha256 = hashlib.sha256(content).hexdigest() if name == "fc-infos.pkl" else ""
        return {"name": f"{NAME}-{name}", "url": address(f"/{name}"), "git_blob": git_says(content, folder),
                "sha256": sha256, "bytes": len(content) - 7}  # fmt: skip

    chunks = [file("resnet101a.pth"), file("resnet101b.pth")]
    files = [
        {"role": "weights", **file("fc-model.pth")},
        {"role": "infos", **file("fc-infos.pkl")},
        {"role": "cnn", "name": f"{NAME}-resnet101.pth", "bytes": len(FIRST + SECOND) - 14, "chunks": chunks},
    ]
    weights = {"name": "BOOK", "default": True, "family": "fc", "words": 9, "parameters": 1, "gflops": 1.0,
               "licence": "not stated", "trained_on": "made", "files": files}  # fmt: skip
    return {"name": NAME, "summary": "s", "weights": [weights]}


def published(asked: Asked) -> Answer:
    """The server as it should be."""
    return honest(CONTENTS[asked.path.removeprefix("/")], f'"{asked.path}"')(asked)


def but(path: str, rule: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """The same, with another rule for one path."""
    return lambda asked: rule(asked) if asked.path == path else published(asked)


def row() -> CaptionerWeights:
    return weights_of(find_captioner(NAME))[0]


def names_here() -> list[str]:
    return sorted(path.name for path in weights_folder().iterdir()) if weights_folder().is_dir() else []
