"""From a picture file into the session: its samples as they are in the file, as tensors, and the code that gives them.

Must not know lanes or networks.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import torch

from tensorviz.core.text import bytes_text, path_text, printable
from tensorviz.engine.pictures import Samples, read_samples
from tensorviz.engine.tensors.opening_file_action import AGAIN, PixelsWish, free_number, pixels_wish
from tensorviz.engine.tensors.opening_terms import Brought, ChangedFile, Terms, enough_memory
from tensorviz.engine.weights.store import digest_of

if TYPE_CHECKING:
    from collections.abc import Container

    import numpy as np

FLOATS = 64_000_000  # bytes up to which samples of 8 bits are also given as numbers from 0 to 1


def open_pixels(path: str, taken: Container[str], terms: Terms) -> tuple[dict[str, Any], Brought]:
    """Reads the picture under names that are not `taken`: the action for the log, its code and values.

    Raises NothingFound, PictureUnreadable, ValueRefused when the person refuses it, MemoryExhausted, Cancelled.
    """
    wish = PixelsWish(str(Path(path).absolute()), free_number(taken))
    brought = _read(wish, terms)
    return replace(wish, digest=digest_of(Path(wish.path))).action(), brought


def bring_pixels(data: object, terms: Terms) -> Brought:
    """The same again, from the log. Raises ChangedFile for a file that is another by now, and as above."""
    wish = pixels_wish(data)
    file = Path(wish.path)
    if wish.digest and file.is_file() and digest_of(file) != wish.digest:
        raise ChangedFile(f"{path_text(wish.path)} is another file than it was when it was opened.", AGAIN)
    return _read(wish, terms)


def _read(wish: PixelsWish, terms: Terms) -> Brought:
    name = path_text(PurePath(wish.path).name)

    def ask(nbytes: int, what: str) -> None:
        text = f"Opening {name} takes {bytes_text(nbytes)} of memory: {what}."
        terms.ask(text, nbytes, "Make it smaller with an image editor.")

    with enough_memory():
        samples = read_samples(wish.path, ask, terms.check, _deep)
        return pixels_code(wish, samples), _values(wish, samples)


def _deep(path: str) -> np.ndarray[Any, np.dtype[Any]] | None:
    """Colours of 16 bits, height x width x channel; None where torchvision has no decoders, which it means to drop.

    Raises OSError, RuntimeError for a damaged file.
    """
    try:
        from torchvision.io import decode_image
    except ImportError:
        return None
    raw = torch.frombuffer(bytearray(Path(path).read_bytes()), dtype=torch.uint8)
    pixels: np.ndarray[Any, np.dtype[Any]] = decode_image(raw, mode="UNCHANGED").permute(1, 2, 0).numpy()
    return pixels


def _values(wish: PixelsWish, samples: Samples) -> dict[str, torch.Tensor]:
    """What comes last is looked at: the picture beside its channels first, which are the same bytes."""
    picture = torch.tensor(samples.pixels)
    values = {"picture_float": _ahead(picture / 255, samples)} if _has_floats(samples) else {}
    if samples.palette is not None:
        values["picture_palette"] = torch.tensor(samples.palette)
    values["picture"] = picture
    if samples.has_channels:
        values["picture_chw"] = _ahead(picture, samples)
    return {wish.names(name): value for name, value in values.items()}


def _has_floats(samples: Samples) -> bool:
    small = 4 * samples.pixels.size <= FLOATS
    return small and samples.pixels.dtype == "uint8" and samples.mode not in ("P", "PA")


def _ahead(picture: torch.Tensor, samples: Samples) -> torch.Tensor:
    """The channels before height and width."""
    return picture.permute(*_order(samples)) if samples.has_channels else picture


def _order(samples: Samples) -> tuple[int, ...]:
    return (0, 3, 1, 2) if samples.frames else (2, 0, 1)


# ----------------------------------------------------------------------------------------------------------- code


def pixels_code(wish: PixelsWish, samples: Samples) -> str:
    """What gives the same tensors with Pillow."""
    picture, ahead = wish.names("picture"), f".permute{_order(samples)}" if samples.has_channels else ""
    head = [f"# {printable(path_text(PurePath(wish.path).name))}: {_what(samples)}"]
    head += [f"# ({note})" for note in samples.notes]
    names = [picture] if samples.palette is None else [picture, wish.names("picture_palette")]
    lines = [*head, f"def read_{picture}():", *(f"    {line}" for line in _body(wish, samples))]
    lines += [f"{', '.join(names)} = read_{picture}()"]
    lines += [f"{wish.names('picture_chw')} = {picture}{ahead}  # channels first: the same bytes"] if ahead else []
    if _has_floats(samples):
        made = f"({picture} / 255){ahead}" if ahead else f"{picture} / 255"
        lines += [f"{wish.names('picture_float')} = {made}  # numbers from 0 to 1"]
    return "\n".join(lines)


def _what(samples: Samples) -> str:
    sizes = [*(["frame"] if samples.frames else []), "height", "width", *(["channel"] if samples.has_channels else [])]
    kind = "frames as they are shown, RGBA" if samples.composed else f"samples as in the file, {samples.mode}"
    return f"{kind}; {' x '.join(sizes)}, {samples.pixels.dtype}"


def _body(wish: PixelsWish, samples: Samples) -> list[str]:
    if samples.deep:
        decoded = f'decode_image({wish.path!r}, mode="UNCHANGED")'
        return ["from torchvision.io import decode_image", f"return {decoded}.permute(1, 2, 0)"]
    image = 'image.convert("RGBA")' if samples.composed else "image"
    image += f".transpose(Image.Transpose.{samples.back})" if samples.back else ""
    array = f"np.asarray({image})"
    array += ".astype(np.uint16)" if samples.mode.startswith("I;16") else ""
    body = ["import numpy as np", f"from PIL import Image{', ImageSequence' if samples.frames else ''}"]
    if samples.format == "HEIF":
        body += ["import pillow_heif", "pillow_heif.register_heif_opener()"]
    body += [f"with Image.open({wish.path!r}) as {'file' if samples.frames else 'image'}:"]
    if samples.frames:
        frames = f"[{array} for image in ImageSequence.Iterator(file)]"
        return [*body, f"    return torch.tensor(np.stack({frames}))"]
    if samples.palette is None:
        return [*body, f"    return torch.tensor({array})"]
    body += [f"    picture = torch.tensor({array})", "    palette = np.array(image.getpalette(None), np.uint8)"]
    return [*body, "    return picture, torch.tensor(palette.reshape(-1, len(image.palette.mode)))"]
