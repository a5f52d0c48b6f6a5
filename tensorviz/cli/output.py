"""Rows as they leave the program: streamed to standard output, or whole to a file.

Must not know how an answer was found.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, TextIO

from tensorviz.core.results import Failed, Row
from tensorviz.core.row_text import RowText, row_text
from tensorviz.core.text import path_text, percent_text, seconds_text
from tensorviz.engine.writing import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.cli.options import Common


class PlainText:
    """Rows for a person: the path and what answered, then a line for each class, then the notes."""

    def begin(self) -> str:
        """Nothing."""
        return ""

    def row(self, row: Row) -> str:
        """The lines of one row, and an empty one."""
        path = path_text(row.path)
        if isinstance(row, Failed):
            return f"{path}\n  no answer: {row.problem.message} {row.problem.hint}".rstrip() + "\n\n"
        who = f"{row.model} {row.weights}, {row.device}, {row.precision}, {seconds_text(row.seconds.total)}"
        lines = [f"  {percent_text(label.probability):>10}  {label.label}" for label in row.top]
        return "\n".join((f"{path}  ({who})", *lines, *(f"  note: {note}" for note in row.notes))) + "\n\n"

    def end(self) -> str:
        """Nothing."""
        return ""


class RowWriter:
    """Takes rows one by one and passes each on at once; the beginning is written with the first, or at the end."""

    def __init__(self, text: RowText, stream: TextIO) -> None:
        self._text, self._stream = text, stream
        self.count = 0
        self.failed = 0

    def write(self, row: Row) -> None:
        """Writes one row."""
        self._send(("" if self.count else self._text.begin()) + self._text.row(row))
        self.count += 1
        self.failed += isinstance(row, Failed)

    def close(self) -> None:
        """Writes what comes after the last row; an array without rows is an array all the same."""
        self._send(("" if self.count else self._text.begin()) + self._text.end())

    def _send(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


@contextlib.contextmanager
def writing_rows(common: Common, top: int) -> Iterator[RowWriter]:
    """A writer as the common options ask. A report appears whole, at the end, or not at all.

    On standard output an error after the first row still closes the array, so that what was written can be read.
    """
    text = PlainText() if common.format == "text" else row_text(common.format, top)
    if common.report is not None:
        with replacing(common.report) as file:
            writer = RowWriter(text, file)
            yield writer
            writer.close()
        return
    if common.format != "text":
        speak_utf8()
    yield from _closing(RowWriter(text, sys.stdout))


def _closing(writer: RowWriter) -> Iterator[RowWriter]:
    try:
        yield writer
    except BrokenPipeError:
        raise
    except BaseException:
        if writer.count:
            writer.close()
        raise
    writer.close()


def speak_utf8() -> None:
    """Standard output in UTF-8 whatever the terminal's letters are: JSON and CSV are read by programs."""
    with contextlib.suppress(AttributeError):  # a replaced stream may be no TextIOWrapper
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]


def say(text: str) -> None:
    """A remark for the person, on standard error; letters that the terminal lacks are escaped."""
    encoding = sys.stderr.encoding or "utf-8"
    safe = text.encode("utf-8", "backslashreplace").decode("utf-8")
    sys.stderr.write(safe.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    sys.stderr.flush()
