"""A finished list as text, JSON, JSON lines or CSV, to standard output or to a report.

Must not know what is listed.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tensorviz.cli.output import deliver

if TYPE_CHECKING:
    from tensorviz.cli.options import Common

Cell = str | int | float | bool | None
FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Document:
    """One list in all its forms: objects for JSON, rows of equal keys for CSV, lines of cells for a person.

    right: the headings whose cells are set to the right, as numbers are.
    """

    objects: Sequence[dict[str, Any]]
    table: Sequence[dict[str, Cell]]
    headings: tuple[str, ...]
    lines: Sequence[tuple[str, ...]]
    right: tuple[str, ...] = ()


def write_document(document: Document, common: Common) -> None:
    """Writes the list as the common options ask; a report appears whole or not at all."""
    deliver(document_text(document, common.format), common)


def document_text(document: Document, form: str) -> str:
    """The whole list as "text", "json", "jsonl" or "csv"."""
    if form == "json":
        rows = [json.dumps(item, ensure_ascii=False) for item in document.objects]
        return "[" + ",".join("\n" + row for row in rows) + ("\n]\n" if rows else "]\n")
    if form == "jsonl":
        return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in document.objects)
    return _csv_text(document) if form == "csv" else _aligned(document)


def _aligned(document: Document) -> str:
    """Columns as wide as their widest cell; nothing at all for an empty list."""
    if not document.lines:
        return ""
    rows = [document.headings, *document.lines]
    widths = [max(len(row[column]) for row in rows) for column in range(len(document.headings))]
    right = [heading in document.right for heading in document.headings]
    lines = [
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _csv_text(document: Document) -> str:
    if not document.table:
        return ""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(document.table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _plain(value) for key, value in row.items()} for row in document.table)
    return stream.getvalue()


def _plain(value: Cell) -> Cell:
    """A text that a spreadsheet would run as a formula gets a leading apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
