"""A wish to open tensors of a file, or a picture, as the log keeps it: plain data, and back without trusting the log.

Must not know torch, formats or pictures.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tensorviz.core.errors import ValueRefused
from tensorviz.core.stored import RawForm
from tensorviz.engine.tensors.opening_action import DIGEST, KEPT, LONGEST, MOST, identifier

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

AGAIN = "Open it again from its file."
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
LONGEST_NAME = 200
PIXELS = ("picture_float", "picture_palette", "picture", "picture_chw")


@dataclass(frozen=True, slots=True)
class StoredWish:
    """Tensors of the file at `path`, by their places in it, and the names that they get. digest: of what was read."""

    path: str
    raw: RawForm | None
    places: tuple[int, ...]
    names: tuple[str, ...]
    digest: str = ""

    def action(self) -> dict[str, Any]:
        """The wish as plain data."""
        raw = self.raw
        form = raw and {
            "dtype": raw.dtype, "shape": None if raw.shape is None else list(raw.shape), "offset": raw.offset,
            "big_endian": raw.big_endian,
        }  # fmt: skip
        told = {"path": self.path, "raw": form, "places": list(self.places), "names": list(self.names)}
        return {"stored": {**told, "digest": self.digest}}


@dataclass(frozen=True, slots=True)
class PixelsWish:
    """The picture at `path`. number: makes its names free ones. digest: of its file."""

    path: str
    number: int = 1
    digest: str = ""

    def names(self, plain: str) -> str:
        """A name under this number."""
        return f"{plain}_{self.number}" if self.number > 1 else plain

    def action(self) -> dict[str, Any]:
        """The wish as plain data."""
        return {"pixels": {"path": self.path, "number": self.number, "digest": self.digest}}


def stored_wish(data: object) -> StoredWish:
    """The wish that `StoredWish.action` wrote; raises ValueRefused for anything else."""
    if not isinstance(data, dict):
        raise _refused("it does not say what was opened")
    places, names = _row(data.get("places"), int), _row(data.get("names"), str)
    if not places or len(places) != len(names) or len(set(names)) < len(names):
        raise _refused("its tensors and their names do not fit")
    if any(place < 0 for place in places):
        raise _refused("it names a place before the first")
    if any(not NAME.fullmatch(name) or name in KEPT or len(name) > LONGEST_NAME for name in names):
        raise _refused("it gives a name that the console cannot say")
    return StoredWish(_path(data), _raw(data.get("raw")), places, names, _digest(data))


def pixels_wish(data: object) -> PixelsWish:
    """The wish that `PixelsWish.action` wrote; raises ValueRefused for anything else."""
    number = data.get("number") if isinstance(data, dict) else None
    if not isinstance(data, dict) or type(number) is not int or not 1 <= number < MOST:
        raise _refused("it does not say what was opened")
    return PixelsWish(_path(data), number, _digest(data))


def free_names(wanted: Iterable[str], taken: Container[str], nameless: str) -> tuple[str, ...]:
    """A name for the console for each name of a file, all different and none `taken`. nameless: for empty ones."""
    given: set[str] = set()
    tried: Counter[str] = Counter()
    names = []
    for plain in (identifier(name or nameless, "tensor" if not name else "parameter") for name in wanted):
        name = plain
        while name in given or name in taken:
            tried[plain] += 1
            name = f"{plain}_{tried[plain] + 1}"
        given.add(name)
        names.append(name)
    return tuple(names)


def free_number(taken: Container[str]) -> int:
    """The first number under which all names of a picture are free."""
    wishes = (PixelsWish("", number) for number in range(1, MOST))
    return next(wish.number for wish in wishes if not any(wish.names(name) in taken for name in PIXELS))


def _row(value: object, kind: type[Any]) -> tuple[Any, ...]:
    if not isinstance(value, list) or not all(type(item) is kind for item in value):
        raise _refused("its tensors and their names do not fit")
    return tuple(value)


def _path(data: dict[Any, Any]) -> str:
    path = data.get("path")
    if not isinstance(path, str) or not path or len(path) > LONGEST or "\0" in path:
        raise _refused("its path is none")
    return path


def _digest(data: dict[Any, Any]) -> str:
    digest = data.get("digest")
    if not isinstance(digest, str) or DIGEST.fullmatch(digest) is None:
        raise _refused("its check sum is none")
    return digest


def _raw(data: object) -> RawForm | None:
    match data:
        case None:
            return None
        case {"dtype": str() as dtype, "shape": shape, "offset": int() as offset, "big_endian": bool() as big}:
            return RawForm(dtype, None if shape is None else _row(shape, int), int(offset), big)
    raise _refused("how its bytes were taken is not said")


def _refused(why: str) -> ValueRefused:
    return ValueRefused(f"The saved step that opened tensors of a file makes no sense: {why}.", AGAIN)
