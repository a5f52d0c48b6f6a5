"""Thumbnails kept, the large picture, and which previews to ask for next.

Must not know Qt, or how previews are made.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from tensorviz.engine.messages import MakeThumbnails

if TYPE_CHECKING:
    from collections.abc import Container

    from tensorviz.core.pipeline import Preview

THUMBNAILS_KEPT = 600
LARGE_SIDE = 1024  # pixels of the picture that is looked at; thumbnails are never as large


class Previews:
    """Keeps the thumbnails made or seen last. Both kinds share one request, since they share the engine's slot.

    in_sight: the paths that are shown now. job: the request under way. for_large: whether it is the large picture's.
    """

    def __init__(self) -> None:
        self.thumbnails: OrderedDict[str, Preview] = OrderedDict()
        self.in_sight: tuple[str, ...] = ()
        self.side = 128
        self.large: Preview | None = None
        self.large_path: str | None = None
        self.job: int | None = None
        self.for_large = False
        self._asked: set[str] = set()  # and not answered yet
        self._refused: set[str] = set()

    def begin(self, job: int, request: MakeThumbnails) -> None:
        """A request went out; an older one is forgotten."""
        self.job, self._asked, self.for_large = job, set(request.paths), request.side == LARGE_SIDE

    def end(self) -> None:
        """The request ended; what it left out is not asked for again."""
        self._refused |= self._asked
        self.job, self._asked = None, set()

    def keep(self, path: str, preview: Preview) -> None:
        """Takes a preview of the request under way."""
        self._asked.discard(path)
        if self.for_large:
            self.large_path, self.large = path, preview
            return
        self.thumbnails[path] = preview
        self.thumbnails.move_to_end(path)
        while len(self.thumbnails) > max(THUMBNAILS_KEPT, len(self.in_sight)):
            self.thumbnails.popitem(last=False)

    def refuse(self, path: str) -> None:
        """The picture cannot be shown; it is not asked for again."""
        self._asked.discard(path)
        self._refused.add(path)

    def forget(self, path: str) -> None:
        """The picture was removed."""
        self.thumbnails.pop(path, None)
        self._refused.discard(path)
        if path == self.large_path:
            self.large_path = self.large = None

    def forget_all(self) -> None:
        """All pictures were removed."""
        self.thumbnails.clear()
        self._refused.clear()
        self.in_sight = ()
        self.large_path = self.large = None

    def next_request(self, current: str | None, known: Container[str]) -> MakeThumbnails | None:
        """What to ask for now; None when nothing is missing or the right thing is under way."""
        request = self._missing(current, known)
        if request is None or self.job is None:
            return request
        under_way = self._asked.issuperset(request.paths)
        if request.side == LARGE_SIDE:
            return None if self.for_large and under_way else request
        return None if self.for_large or under_way else request

    def _missing(self, current: str | None, known: Container[str]) -> MakeThumbnails | None:
        """The current picture goes first, large; then the thumbnails in sight."""
        if current is not None and current != self.large_path and current not in self._refused:
            return MakeThumbnails((current,), LARGE_SIDE)
        for path in self.in_sight:
            if path in self.thumbnails:
                self.thumbnails.move_to_end(path)
        missing = [p for p in self.in_sight if p not in self.thumbnails and p not in self._refused and p in known]
        return MakeThumbnails(tuple(missing), self.side) if missing else None
