"""Rows of answers as JSON, JSON lines or CSV, piece by piece, so that a folder of any size can be written as it comes.

Must not know files or terminals: rows in, text out.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Protocol

from tensorviz.core.errors import NameUnknown
from tensorviz.core.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tensorviz.core.results import AnyRow


class RowText(Protocol):
    """Turns rows into text. `begin`, then `row` for each, then `end`; joined they are the whole document."""

    def begin(self) -> str:
        """What stands before the first row."""

    def row(self, row: AnyRow) -> str:
        """One row."""

    def end(self) -> str:
        """What stands after the last row."""


class JsonText:
    """One array always, one row a line."""

    def __init__(self) -> None:
        self._first = True

    def begin(self) -> str:
        """The opening bracket."""
        return "["

    def row(self, row: AnyRow) -> str:
        """The row as an object, with what separates it from the one before."""
        before, self._first = ("\n" if self._first else ",\n"), False
        return before + json.dumps(row.as_dict(), ensure_ascii=False)

    def end(self) -> str:
        """The closing bracket."""
        return "]\n" if self._first else "\n]\n"


class JsonLinesText:
    """One object per line."""

    def begin(self) -> str:
        """Nothing."""
        return ""

    def row(self, row: AnyRow) -> str:
        """The row as an object on a line of its own."""
        return json.dumps(row.as_dict(), ensure_ascii=False) + "\n"

    def end(self) -> str:
        """Nothing."""
        return ""


class CsvText:
    """One line per picture: what answered, the classes side by side, the stages' seconds, the error.

    A text that a spreadsheet would run as a formula (a label or path that begins with =, +, - or @) gets a leading
    apostrophe.
    """

    FIXED = ("path", "model", "weights", "device", "precision")
    STAGES = ("decode", "preprocess", "forward", "total")

    def __init__(self, top: int) -> None:
        self._top = top

    def begin(self) -> str:
        """The heading."""
        classes = [f"{what}_{n}" for n in range(1, self._top + 1) for what in ("index", "label", "probability")]
        return _csv_line([*self.FIXED, *classes, *(f"seconds_{stage}" for stage in self.STAGES), "error", "hint"])

    def row(self, row: AnyRow) -> str:
        """One line; a failure has its path, error and hint only."""
        facts = row.as_dict()
        error = facts.get("error", {})
        cells: list[Any] = [facts.get(name, "") for name in self.FIXED]
        top = facts.get("top", [])[: self._top]
        for label in top:
            cells += [label["index"], label["label"], label["probability"]]
        cells += [""] * (3 * (self._top - len(top)))
        seconds = facts.get("seconds", {})
        cells += [seconds.get(stage, "") for stage in self.STAGES]
        return _csv_line([*cells, error.get("message", ""), error.get("hint", "")])

    def end(self) -> str:
        """Nothing."""
        return ""


class TranslatedCsvText:
    """One line per picture: what drew it, where it is, its size in pixels, the stages' seconds, the error.

    back: with columns for the way back. blocks: with columns for so many pictures, before and after residual blocks.
    """

    HEADING = ("path", "model", "weights", "device", "precision", "output", "width", "height")
    BACK = ("back_model", "back_weights", "back_output", "back_error_mean", "back_error_largest")
    LAST = (*(f"seconds_{stage}" for stage in ("decode", "preprocess", "forward", "total")), "error", "hint")

    def __init__(self, back: bool = False, blocks: int = 0) -> None:
        more = [*(self.BACK if back else ()), *(f"block_{at}" for at in range(blocks))]
        self._columns = [*self.HEADING, *more, *self.LAST]

    def begin(self) -> str:
        """The heading."""
        return _csv_line(self._columns)

    def row(self, row: AnyRow) -> str:
        """One line; a failure has its path, error and hint only."""
        facts = row.as_dict()
        width, height = facts.get("size", ("", ""))
        error = facts.get("error", {})
        cells = {
            **facts, **_back_cells(facts), "width": width, "height": height,
            **{f"seconds_{stage}": value for stage, value in facts.get("seconds", {}).items()},
            **{f"block_{at}": path for at, path in enumerate(facts.get("blocks", []))},
            "error": error.get("message", ""), "hint": error.get("hint", ""),
        }  # fmt: skip  # in the order of the columns
        return _csv_line([cells.get(name, "") for name in self._columns])

    def end(self) -> str:
        """Nothing."""
        return ""


class CaptionedCsvText:
    """One line per picture: what described it, the sentence and its log-probability, the others, seconds, the error.

    beams: with columns for so many sentences.
    """

    def __init__(self, beams: int = 1) -> None:
        others = [f"{what}_{at}" for at in range(2, beams + 1) for what in ("caption", "log_probability")]
        self._columns = [*CsvText.FIXED, "caption", "log_probability", *others, *TranslatedCsvText.LAST]

    def begin(self) -> str:
        """The heading."""
        return _csv_line(self._columns)

    def row(self, row: AnyRow) -> str:
        """One line; a failure has its path, error and hint only."""
        facts = row.as_dict()
        error = facts.get("error", {})
        cells = {
            **facts,
            **{f"{name}_{at}": value for at, one in _beams(facts) for name, value in one.items()},
            **{f"seconds_{stage}": value for stage, value in facts.get("seconds", {}).items()},
            "error": error.get("message", ""), "hint": error.get("hint", ""),
        }  # fmt: skip  # in the order of the columns
        return _csv_line([cells.get(name, "") for name in self._columns])

    def end(self) -> str:
        """Nothing."""
        return ""


def _beams(facts: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    return enumerate(facts.get("beams", []), 1)


def _back_cells(facts: dict[str, Any]) -> dict[str, Any]:
    back = facts.get("back", {})
    errors = {f"back_error_{name}": value for name, value in back.get("error", {}).items()}
    return {f"back_{name}": value for name, value in back.items()} | errors


FORMATS = ("json", "jsonl", "csv")


def row_text(name: str, top: int = 5) -> RowText:
    """The writer called `name` ("json", "jsonl" or "csv"); `top`: how many classes a CSV line has room for."""
    if name == "json":
        return JsonText()
    if name == "jsonl":
        return JsonLinesText()
    if name == "csv":
        return CsvText(top)
    raise NameUnknown(
        f"Results cannot be written as {name!r}; {', '.join(FORMATS)} are known.", did_you_mean(name, FORMATS)
    )


def pieces(rows: Iterable[AnyRow], writer: RowText) -> Iterator[str]:
    """The document, piece by piece."""
    yield writer.begin()
    for row in rows:
        yield writer.row(row)
    yield writer.end()


def _csv_line(cells: list[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([_harmless(cell) for cell in cells])
    return line.getvalue()


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
