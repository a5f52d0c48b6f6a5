"""Damaged files of every format: out comes a picture or our own sentence, nothing else, and soon."""

from __future__ import annotations

import random
import time
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tensorviz.core.errors import PictureUnreadable
from tensorviz.engine.pictures import Picture, open_picture
from tensorviz.engine.pictures.formats import FORMATS, available_formats

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 60.0  # seconds, on a busy machine, for a small file whose header became one of 179 million pixels
UNWRITABLE = {"PSD"}  # Pillow reads it and does not write it


def small_file(form: str) -> bytes:
    pixels = np.random.default_rng(5).integers(0, 256, (24, 32, 3), dtype=np.uint8)
    image, out = Image.fromarray(pixels), BytesIO()
    more = {"save_all": True, "append_images": [image.rotate(90)]} if form in ("GIF", "PNG", "WEBP", "MPO") else {}
    image.save(out, form, **more)
    return out.getvalue()


def damaged(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 8, 40])):
        reach = chance.choice([40, 200, len(changed)])  # headers deserve more attention
        changed[chance.randrange(min(reach, len(changed)))] = chance.randrange(256)
    if chance.random() < 0.3:
        del changed[chance.randrange(1, len(changed)) :]
    return bytes(changed)


def outcome(path: Path) -> Picture | PictureUnreadable:
    try:
        return open_picture(str(path))
    except PictureUnreadable as error:
        return error


def opens_or_explains(path: Path) -> None:
    start = time.monotonic()
    got = outcome(path)
    assert time.monotonic() - start < LONGEST
    if isinstance(got, Picture):
        assert got.image.mode == "RGB"
    else:
        assert got.message.startswith(str(path))
        assert got.hint


def fuzz(form: str, rounds: int, folder: Path) -> None:
    chance, content = random.Random(form), small_file(form)
    path = folder / f"a{FORMATS[form][0]}"
    for _ in range(rounds):
        path.write_bytes(damaged(content, chance))
        opens_or_explains(path)


def writable() -> list[str]:
    return [form for form in available_formats() if form not in UNWRITABLE]


@pytest.mark.parametrize("form", writable())
def test_a_few_damaged_files_of_each_format(form: str, tmp_path: Path) -> None:
    fuzz(form, 40, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("form", writable())
def test_many_damaged_files_of_each_format(form: str, tmp_path: Path) -> None:
    fuzz(form, 3000, tmp_path)
