"""A small network on disk, pictures, and the command line run in this process or in its own.

Must not know how a command works.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="session")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """squeezenet1_1 for six classes, seeded."""
    import torch
    from torchvision.models import squeezenet1_1

    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("weights") / "small.pth"
    torch.save(squeezenet1_1(num_classes=6).state_dict(), path)
    return path


@pytest.fixture
def options(small_file: Path) -> list[str]:
    """The options that choose the small network."""
    return ["--model", "squeezenet1_1", "--weights", str(small_file), "--device", "cpu"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures, one of them in a folder below, one that is none, and one hidden."""
    from PIL import Image

    place = tmp_path / "pictures"
    (place / "a").mkdir(parents=True)
    for name, colour in (("b.png", "red"), ("a/z.JPG", "green"), ("Z.png", "blue"), (".hidden.png", "white")):
        Image.new("RGB", (80, 60), colour).save(place / name)
    (place / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut")
    (place / "notes.txt").write_text("no picture")
    return place


@pytest.fixture
def run() -> Run:
    """Runs `python -m tensorviz` with the arguments in a process of its own; output in bytes."""

    def started(*arguments: str | bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "tensorviz", *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            check=False,
        )

    return started
