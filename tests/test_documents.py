"""What the documents promise exists: links lead somewhere, the tree names what is there, targets can be made.

Must not know what the documents say otherwise.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")  # no colon: an address elsewhere is not looked up


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text(encoding="utf-8"))
    # Screenshots are made by a tool, from the window as it is; a missing one breaks no other document.
    assert [link for link in links if "images/" not in link and not (document.parent / link).exists()] == []


def test_the_tree_of_the_architecture_names_what_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    tree = text.split("```")[1].splitlines()
    package = tree.index("tensorviz/")
    named = re.findall(r"[\w/]+\.py\b|\b\w+/(?= )", " ".join(line[:90] for line in tree[package:]))
    there = {path.name for path in ROOT.rglob("*.py") if ".venv" not in path.parts}
    there |= {f"{path.name}/" for path in (ROOT / "tensorviz").rglob("*") if path.is_dir()}
    there |= {f"{path.name}/" for path in ROOT.iterdir() if path.is_dir()}
    there |= {f"{path.name}/" for path in (ROOT / "tests").iterdir() if path.is_dir()}
    assert len(named) > 20
    assert [name for name in named if name.rpartition("/")[2] not in there and name not in there] == []


def test_make_targets_of_the_documents_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    told = {name for path in DOCUMENTS for name in re.findall(r"^`?make ([a-z][\w-]*)", _code_of(path), re.MULTILINE)}
    assert {"run", "test"} <= told
    assert told <= targets


def _code_of(path: Path) -> str:
    """What stands in code in a document: "we make it" is prose."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", path.read_text(encoding="utf-8"), re.DOTALL)) + "\n"
