"""Rows as they leave the program: streamed to standard output, or whole to a file.

Must not know how an answer was found.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any, TextIO

from tensorviz.core.errors import ValueRefused
from tensorviz.core.results import AnyRow, Captioned, Failed, Translated
from tensorviz.core.row_text import RowText, row_text
from tensorviz.core.text import path_text, percent_text, printable, seconds_text
from tensorviz.engine.writing import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.cli.options import Common


NOTHING = {"translate": "no picture", "caption": "no sentence"}  # what a failed row of a task lacks


class PlainText:
    """Rows for a person: the path and what answered, then a line for each class, then the notes."""

    def begin(self) -> str:
        """Nothing."""
        return ""

    def row(self, row: AnyRow) -> str:
        """The lines of one row, and an empty one."""
        path = path_text(row.path)
        if isinstance(row, Failed):
            what = NOTHING.get(row.task, "no answer")
            return f"{path}\n  {what}: {row.problem.message} {row.problem.hint}".rstrip() + "\n\n"
        who = f"{row.model} {row.weights}, {row.device}, {row.precision}, {seconds_text(row.seconds.total)}"
        if isinstance(row, Translated):
            lines = _drawn(row)
        elif isinstance(row, Captioned):
            lines = _said(row)
        else:
            lines = [f"  {percent_text(label.probability):>10}  {label.label}" for label in row.top]
        return "\n".join((f"{path}  ({who})", *lines, *(f"  note: {note}" for note in row.notes))) + "\n\n"

    def end(self) -> str:
        """Nothing."""
        return ""


def _drawn(row: Translated) -> list[str]:
    """The lines that tell where pictures were written."""
    lines = [f"  {path_text(row.output)}  ({row.size[0]} x {row.size[1]})"]
    if (back := row.back) is not None:
        error = f"error {back.mean:.2f} of 255 on average, {back.largest} at most"
        lines.append(f"  {path_text(back.output)}  (back with {back.model} {back.weights}: {error})")
    steps = ["before the blocks", *(f"after block {at}" for at in range(1, len(row.blocks)))]
    return [*lines, *(f"  {path_text(path)}  ({step})" for path, step in zip(row.blocks, steps, strict=False))]


def _said(row: Captioned) -> list[str]:
    """The sentence, each word with its probability, and the sentences that lost."""
    words = [f"{printable(word)} {percent_text(word.probability)}" for word in row.words]
    others = [f"  after it: {printable(beam.caption)}  ({_log_text(beam.log_probability)})" for beam in row.beams[1:]]
    best = f"  {printable(row.text) or '(no word)'}  (log-probability {_log_text(row.log_probability)})"
    return [best, *([f"  {', '.join(words)}"] if words else []), *others]


def _log_text(log: float) -> str:
    """Two digits behind the point, or two that mean something: -6.81, -0.0021."""
    return f"{log:.2f}" if abs(log) >= 0.1 else f"{log:.2g}"


class RowWriter:
    """Takes rows one by one and passes each on at once; the beginning is written with the first, or at the end.

    stream: the report, or None for standard output. text: how rows are written; to be set before the first.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self.text: RowText = PlainText()
        self.count = 0
        self.failed = 0

    def write(self, row: AnyRow) -> None:
        """Writes one row."""
        self._send(("" if self.count else self.text.begin()) + self.text.row(row))
        self.count += 1
        self.failed += isinstance(row, Failed)

    def close(self) -> None:
        """Writes what comes after the last row; an array without rows is an array all the same."""
        self._send(("" if self.count else self.text.begin()) + self.text.end())

    def _send(self, text: str) -> None:
        if self._stream is None:
            write_out(text)
        else:
            self._stream.write(text)


def deliver(text: str, common: Common) -> None:
    """Writes a whole answer to where the common options say; a report appears whole or not at all."""
    if common.report is not None:
        with replacing(common.report) as file:
            file.write(text)
        return
    if common.format != "text":
        speak_utf8()
    write_out(text)


@contextlib.contextmanager
def writing_rows(common: Common) -> Iterator[RowWriter]:
    """A writer to where the common options say. A report appears whole, at the end, or not at all.

    On standard output an error after the first row still closes the array, so that what was written can be read.
    """
    if common.report is not None:
        with replacing(common.report) as file:
            writer = RowWriter(file)
            yield writer
            writer.close()
        return
    if common.format != "text":
        speak_utf8()
    yield from _closing(RowWriter(None))


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


def rows_as(form: str, top: int) -> RowText:
    """Rows as "text", "json", "jsonl" or "csv"; top: how many classes a CSV line has room for."""
    return PlainText() if form == "text" else row_text(form, top)


def write_out(text: str) -> None:
    """Text on standard output, at once. Raises ValueRefused when it is closed or full, BrokenPipeError as it comes."""
    if sys.stdout is None:  # closed by whoever started the program
        raise ValueRefused("Standard output is closed, so the result has nowhere to go.", "Use --report FILE.")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_output()
        raise ValueRefused(
            f"Standard output cannot be written: {(error.strerror or str(error)).lower()}.", "Use --report FILE."
        ) from error


def discard_output() -> None:
    """What is still buffered for a standard output that is gone or full must not be tried again at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def watched() -> bool:
    """Whether somebody sees standard error, so that progress belongs there."""
    return sys.stderr is not None and sys.stderr.isatty()


def progress_size() -> dict[str, Any]:
    """For tqdm, which draws nothing on a terminal that does not tell its size; empty where the terminal does."""
    with contextlib.suppress(OSError, ValueError):
        if os.get_terminal_size(sys.stderr.fileno()).columns:
            return {}
    return {"ncols": 80, "nrows": 24}


def speak_utf8() -> None:
    """Standard output in UTF-8 whatever the terminal's letters are: JSON and CSV are read by programs."""
    with contextlib.suppress(AttributeError):  # a replaced stream may be no TextIOWrapper
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]


def say(text: str) -> None:
    """A remark for the person, on standard error; letters that the terminal lacks are escaped."""
    if sys.stderr is None:  # closed by whoever started the program: nobody wants to know
        return
    encoding = sys.stderr.encoding or "utf-8"
    safe = text.encode("utf-8", "backslashreplace").decode("utf-8")
    with contextlib.suppress(OSError):  # a full disk, or a reader that has gone: there is nobody left to tell
        sys.stderr.write(safe.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        sys.stderr.flush()
