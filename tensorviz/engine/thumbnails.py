"""A small picture of a file, fast: JPEG files are decoded at a fraction of their size.

Must not know networks or windows; how files are opened and colours made RGB is `pictures`' affair.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from tensorviz.core.pipeline import Preview
from tensorviz.engine.pictures import colours
from tensorviz.engine.pictures.opening import opened, picture_of


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """path: as given. preview: at most `side` pixels each way. size: (width, height) of the upright picture.

    format: Pillow's name ("JPEG").
    """

    path: str
    preview: Preview
    size: tuple[int, int]
    format: str


def make_thumbnail(path: str, side: int) -> Thumbnail:
    """The picture at `path`, upright, no larger than `side` pixels each way and never enlarged.

    Raises what `open_picture` raises.
    """
    with opened(path) as image:
        by_pillow = colours.orientation_before_load(image)
        stored = colours.turned_size(image.size, by_pillow)
        if image.format in ("JPEG", "MPO"):
            image.draft(None, (side, side))
        picture = picture_of(image)
        orientation, _ = colours.exif_orientation(image)
    size = colours.turned_size(stored, by_pillow if by_pillow > 1 else orientation)
    return Thumbnail(path, preview_of(picture.image, side), size, picture.format)


def preview_of(image: Image.Image, side: int) -> Preview:
    """An RGB picture within side x side pixels, its proportion kept (each side at least one pixel)."""
    size = fitted(image.size, side)
    small = image if size == image.size else image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return Preview(small.width, small.height, small.tobytes())


def fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Width and height made smaller, never larger, so that both fit into `side`."""
    share = min(1.0, side / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))
