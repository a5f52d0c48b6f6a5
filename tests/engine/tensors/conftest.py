"""A picture and a small generator as files.

Must not know what is opened of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from tensorviz.core.translation import GeneratorChoice
from tests.engine.translate.plain import Variant, checkpoint


@pytest.fixture
def one_thread() -> Iterator[None]:
    """These networks are too small to share: threads that wait for one another cost more than they do."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Turned by its EXIF orientation, no square, no side a multiple of four: 47 x 61 upright."""
    pixels = torch.randint(0, 256, (47, 61, 3), generator=torch.Generator().manual_seed(4), dtype=torch.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels.numpy()).save(tmp_path / "it's turned.png", exif=exif)
    return tmp_path / "it's turned.png"


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A generator of width 4 and six blocks."""
    save_file(checkpoint(Variant(4, 6)), tmp_path / "small.safetensors")
    return tmp_path / "small.safetensors"


@pytest.fixture
def choice(network: Path) -> GeneratorChoice:
    """It, for a picture at its own size."""
    return GeneratorChoice(weights=str(network), resize=0, device="cpu")
