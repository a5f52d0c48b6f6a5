"""From paths that a person gives (files and folders) to the pictures in them, one after the other, in order.

Must not know what is in a picture: names only; the opening of each says whether it is one.
"""

# Paths are handed on exactly as given, also those that pathlib would rewrite ("./a", "a//b").
# ruff: noqa: PTH112, PTH114, PTH116, PTH118

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tensorviz.core.errors import NothingFound, PictureUnreadable, problem_of
from tensorviz.core.results import Failed
from tensorviz.core.text import path_text
from tensorviz.engine.pictures.formats import LISTED_SUFFIXES, has_suffix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tensorviz.engine.cancel import CancelToken

_Identity = tuple[int, int]  # device and inode: the same folder under whatever name


def find_pictures(paths: Sequence[str], token: CancelToken | None = None) -> Iterator[str | Failed]:
    """The pictures at `paths`, in the order given; folders are walked in code-point order of the whole path.

    A path that is no folder is passed on whatever its suffix and whether or not it exists: its opening tells. In a
    folder, what a suffix calls a picture is listed (broken links included), hidden files and folders are not, and a
    link to a folder is followed once. A folder that cannot be read, or that holds no picture, becomes a Failed row.
    Raises Cancelled between two entries when the token says so.
    """
    for path in paths:
        if token is not None:
            token.check()
        if os.path.isdir(path):
            yield from _in_given_folder(path, token)
        else:
            yield path


def _in_given_folder(folder: str, token: CancelToken | None) -> Iterator[str | Failed]:
    count = 0
    for found in _Walk(token).pictures(folder, ()):
        count += 1
        yield found
    if count == 0:
        yield Failed(folder, problem_of(_no_picture(folder)))


class _Walk:
    """One walk through one given folder: remembers the linked folders it has been in, so that it ends."""

    def __init__(self, token: CancelToken | None) -> None:
        self._token = token
        self._entered: set[_Identity] = set()

    def pictures(self, folder: str, above: tuple[_Identity, ...]) -> Iterator[str | Failed]:
        """All below `folder`; `above` are the folders it lies in, so that a link to one of them is not followed."""
        try:
            identity = _identity(folder)
            names = _names(folder)
        except OSError as error:
            yield Failed(folder, problem_of(_unreadable(folder, error)))
            return
        self._entered.add(identity)
        for name in names:
            if self._token is not None:
                self._token.check()
            path = os.path.join(folder, name)
            if not name.endswith(os.sep):
                yield path
            elif self._may_enter(path.removesuffix(os.sep), (*above, identity)):
                yield from self.pictures(path.removesuffix(os.sep), (*above, identity))

    def _may_enter(self, folder: str, above: tuple[_Identity, ...]) -> bool:
        """Folders form a tree and are all entered; links make circles, so a linked folder is entered once."""
        try:
            identity = _identity(folder)
        except OSError:
            return True  # the walk will say why
        return identity not in above and not (os.path.islink(folder) and identity in self._entered)


def _names(folder: str) -> list[str]:
    """Pictures by suffix, and folders with a separator at their end: so the order is that of the whole paths."""
    with os.scandir(folder) as entries:
        shown = (entry for entry in entries if not entry.name.startswith("."))
        return sorted(name for entry in shown if (name := _listed(entry)))


def _listed(entry: os.DirEntry[str]) -> str:
    if _is_folder(entry):
        return entry.name + os.sep
    return entry.name if has_suffix(entry.name, LISTED_SUFFIXES) else ""


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle, or into a folder that is closed to us: its opening will tell
        return False


def _identity(folder: str) -> _Identity:
    facts = os.stat(folder)
    return facts.st_dev, facts.st_ino


def _no_picture(folder: str) -> NothingFound:
    return NothingFound(
        f"There is no picture in the folder {path_text(folder)}.",
        "Pictures are found by their suffix (.jpg, .png, .webp, ...); hidden files and folders are skipped.",
    )


def _unreadable(folder: str, error: OSError) -> PictureUnreadable:
    shown = path_text(folder)
    if isinstance(error, PermissionError):
        return PictureUnreadable(
            f"The folder {shown} may not be read by you.", "Change its permissions, or copy the pictures elsewhere."
        )
    why = (error.strerror or type(error).__name__).lower()
    return PictureUnreadable(f"The folder {shown} cannot be read: {why}.", "Check the drive that it is on.")
