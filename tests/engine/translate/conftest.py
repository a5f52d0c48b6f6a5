"""Small generators as files, and translators that hold them.

Must not know how they are built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.tasks.translate.load import load_translator
from tensorviz.engine.tasks.translate.translator import Translator
from tests.engine.translate.plain import Variant, checkpoint

SMALL = Variant(4, 6)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """These networks are too small to share: threads that wait for one another cost more than they do."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generator of width 4 and six blocks, seeded."""
    path = tmp_path_factory.mktemp("generators") / "small.safetensors"
    save_file(checkpoint(SMALL), path)
    return path


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[object], Path]:
    """Writes an object as torch.save does."""

    def write(thing: object) -> Path:
        path = tmp_path / "checkpoint.pth"
        torch.save(thing, path)
        return path

    return write


@pytest.fixture
def small(small_file: Path) -> Translator:
    """A translator that holds the small generator, in the way it was trained, at 256 pixels."""
    return load_translator(GeneratorChoice(weights=str(small_file), device="cpu"))
