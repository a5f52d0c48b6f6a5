"""What was typed before: walked through from the newest to the oldest, or searched.

Must not know widgets.
"""

from __future__ import annotations

MOST_KEPT = 2000
MOST_FOUND = 200


class Recall:
    """The inputs of a session, oldest first. A walk keeps to those that begin as the text did when it started."""

    def __init__(self) -> None:
        self._inputs: list[str] = []
        self._place: int | None = None  # of the walk
        self._draft = self._prefix = ""

    def add(self, text: str) -> None:
        """Remembers an input; the same one twice in a row is kept once."""
        text = text.rstrip()
        self.stop()
        if text and (not self._inputs or self._inputs[-1] != text):
            self._inputs = [*self._inputs, text] if len(self._inputs) < MOST_KEPT else [*self._inputs[1:], text]

    def add_step(self, code: str) -> None:
        """Remembers what somebody else ran; a part of the input just remembered is passed over."""
        if not self._inputs or code not in self._inputs[-1]:
            self.add(code)

    def forget(self) -> None:
        """Forgets all."""
        self._inputs = []
        self.stop()

    def stop(self) -> None:
        """Ends a walk."""
        self._place = None

    @property
    def walking(self) -> bool:
        """Whether a walk has begun."""
        return self._place is not None

    def older(self, text: str) -> str | None:
        """The next older input; `text` is what stands there. None when there is none."""
        if self._place is None:
            self._draft = self._prefix = text
        start = len(self._inputs) if self._place is None else self._place
        return self._step(range(start - 1, -1, -1), text)

    def newer(self, text: str) -> str | None:
        """The next newer one; after the newest what was typed before the walk. None outside a walk."""
        if self._place is None:
            return None
        found = self._step(range(self._place + 1, len(self._inputs)), text)
        if found is None:
            self.stop()
            return self._draft
        return found

    def _step(self, places: range, text: str) -> str | None:
        for place in places:
            candidate = self._inputs[place]
            if candidate.startswith(self._prefix) and candidate != text:
                self._place = place
                return candidate
        return None

    def search(self, words: str) -> tuple[str, ...]:
        """The inputs that hold every word, newest first, each once."""
        wanted = words.lower().split()
        found = (text for text in reversed(self._inputs) if all(word in text.lower() for word in wanted))
        return tuple(dict.fromkeys(found))[:MOST_FOUND]
