"""The rules of the house: who may import whom, what nothing is called, how long things are.

Must not know what any module does: it reads them as text and as syntax, and imports none.
"""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "tensorviz"
EVERYTHING = ("tensorviz", "tools", "tests")
LONGEST_FILE, LONGEST_FUNCTION = 400, 60
STANDARD = frozenset(sys.stdlib_module_names)
QT = frozenset({"PySide6", "shiboken6", "pyqtgraph", "PyQt5", "PyQt6"})
# Of the standard library, what the ideas have no business with: files and threads.
NOT_FOR_CORE = frozenset(
    {"asyncio", "concurrent", "glob", "mmap", "multiprocessing", "pathlib", "shutil", "socket", "subprocess"}
    | {"tempfile", "threading", "urllib"}
)
# Loaded while the window starts, before torch may be.
LIGHT_ENGINE = (
    "tensorviz.engine.messages",
    "tensorviz.engine.messages.session",
    "tensorviz.engine.worker",
    "tensorviz.engine.cancel",
)
NO_ROOM = frozenset({"utils", "util", "misc", "common", "helpers", "helper"})
NO_CLASS = ("Manager", "Handler")


@dataclass(frozen=True)
class Import:
    """One imported module: its full name, the line, and when it happens."""

    name: str
    line: int
    only_types: bool  # under `if TYPE_CHECKING`
    deferred: bool  # inside a function

    @property
    def top(self) -> str:
        return self.name.split(".")[0]


@dataclass(frozen=True)
class Module:
    """One source file of the package, read once."""

    name: str
    path: Path
    tree: ast.Module
    imports: tuple[Import, ...]


@cache
def modules() -> dict[str, Module]:
    """Every module of the package by its dotted name."""
    names = {_dotted(path): path for path in sorted(PACKAGE.rglob("*.py"))}
    return {name: _read(name, path, frozenset(names)) for name, path in names.items()}


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _read(name: str, path: Path, known: frozenset[str]) -> Module:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return Module(name, path, tree, tuple(_imports(tree, package, known)))


def _imports(tree: ast.AST, package: str, known: frozenset[str]) -> list[Import]:
    found: list[Import] = []

    def walk(node: ast.AST, only_types: bool, deferred: bool) -> None:
        for name in _names_in(node, package, known):
            found.append(Import(name, getattr(node, "lineno", 0), only_types, deferred))
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for branch, types in ((node.body, True), (node.orelse, only_types)):
                for statement in branch:
                    walk(statement, types, deferred)
            return
        inside = deferred or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            walk(child, only_types, inside)

    walk(tree, False, False)
    return found


def _names_in(node: ast.AST, package: str, known: frozenset[str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        inner = [f"{base}.{alias.name}" for alias in node.names]
        return [name if name in known else base for name in inner]  # a module of the package, or a name in one
    return []


def inside(name: str, *rooms: str) -> bool:
    """Whether the module is one of the rooms or lies in one of them."""
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def offences(room: str, allowed: set[str], rooms: tuple[str, ...]) -> list[str]:
    """Imports in `room` that are neither of the standard library, nor an allowed top name, nor in the given rooms."""
    return [
        f"{module.name}:{item.line} imports {item.name}"
        for module in modules().values()
        if inside(module.name, room)
        for item in module.imports
        if item.top not in STANDARD | allowed and not inside(item.name, *rooms)
    ]


@cache
def sources(*folders: str) -> dict[str, tuple[str, ast.Module]]:
    """Text and syntax of the Python files under the named folders of the project, by path."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}
    return {name: (text, ast.parse(text)) for name, text in texts.items()}


def test_the_package_is_read() -> None:
    # Guards the other tests: a moved folder would make them all pass.
    assert len(modules()) > 15
    assert any(item.name == "tensorviz.core.errors" for item in modules()["tensorviz.core.recipe"].imports)


def test_core_knows_the_standard_library_and_numpy() -> None:
    assert offences("tensorviz.core", {"numpy"}, ("tensorviz.core",)) == []


def test_core_knows_no_files_and_no_threads() -> None:
    core = [module for module in modules().values() if inside(module.name, "tensorviz.core")]
    assert [
        f"{module.name}:{item.line} imports {item.name}"
        for module in core
        for item in module.imports
        if item.top in NOT_FOR_CORE and not item.only_types
    ] == []
    assert [f"{m.name}:{call.lineno} opens" for m in core for call in _calls(m.tree) if _called(call) == "open"] == []


def test_engine_knows_no_screen() -> None:
    assert [
        f"{module.name}:{item.line} imports {item.name}"
        for module in modules().values()
        if inside(module.name, "tensorviz.engine")
        for item in module.imports
        if item.top in QT or inside(item.name, "tensorviz.ui", "tensorviz.cli", "tensorviz.app")
    ] == []


@pytest.mark.parametrize("name", LIGHT_ENGINE)
def test_the_light_engine_loads_the_standard_library_only(name: str) -> None:
    # Followed through whatever else of the engine and the core it loads with it.
    seen: set[str] = set()
    waiting = [name]
    heavy = []
    while waiting:
        module = modules()[waiting.pop()]
        seen.add(module.name)
        for item in module.imports:
            if item.only_types or item.deferred:
                continue
            if item.name in modules():
                waiting += [] if item.name in seen else [item.name]
            elif item.top not in STANDARD:
                heavy.append(f"{module.name}:{item.line} imports {item.name}")
    assert heavy == []


@pytest.mark.parametrize("room", ["tensorviz.engine.tasks", "tensorviz.engine.formats"])
def test_tasks_and_formats_do_not_know_one_another(room: str) -> None:
    assert [
        f"{module.name}:{item.line} imports {item.name}"
        for module in modules().values()
        if inside(module.name, room) and module.name != room
        for item in module.imports
        if _unit(item.name, room) not in {"", "spec", _unit(module.name, room)}
    ] == []


def _unit(name: str, room: str) -> str:
    """The task or format that a module belongs to: "classify" of tensorviz.engine.tasks.classify.run."""
    return name.removeprefix(f"{room}.").split(".")[0] if name.startswith(f"{room}.") else ""


def test_ui_knows_core_messages_and_qt() -> None:
    rooms = ("tensorviz.core", "tensorviz.engine.messages", "tensorviz.ui")
    assert offences("tensorviz.ui", {"PySide6", "pyqtgraph"}, rooms) == []


def test_widgets_know_qt_only() -> None:
    assert offences("tensorviz.ui.widgets", {"PySide6", "pyqtgraph"}, ("tensorviz.ui.widgets",)) == []


def test_no_circles() -> None:
    graph = {
        module.name: {item.name for item in module.imports if not item.only_types and item.name != module.name}
        for module in modules().values()
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"a circle of imports: {' <- '.join(error.args[1])}")


def test_no_room_for_odds_and_ends() -> None:
    assert [name for name in sources(*EVERYTHING) if NO_ROOM & set(Path(name).with_suffix("").parts)] == []


def test_no_class_is_a_manager_or_handler() -> None:
    assert [
        f"{module.name}: {node.name}"
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith(NO_CLASS)
    ] == []


def _calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func)


def test_the_loop_is_not_re_entered_and_threads_are_not_killed() -> None:
    assert [
        f"{module.name}:{call.lineno} {_called(call)}"
        for module in modules().values()
        for call in _calls(module.tree)
        if _called(call).endswith(("processEvents", ".terminate"))
    ] == []


def test_tests_wait_for_conditions_not_for_the_clock() -> None:
    assert [
        f"{name}:{call.lineno} {_called(call)}"
        for name, (_, tree) in sources("tests").items()
        for call in _calls(tree)
        if _called(call) in ("sleep", "qtbot.wait") or _called(call).endswith(".sleep")
    ] == []


def test_files_can_be_read_in_one_sitting() -> None:
    lengths = {name: len(text.splitlines()) for name, (text, _) in sources(*EVERYTHING).items()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    assert [
        f"{name}:{node.lineno} {node.name}"
        for name, (_, tree) in sources(*EVERYTHING).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ] == []


def test_every_module_says_what_lives_there() -> None:
    told = {name: ast.get_docstring(tree) for name, (_, tree) in sources(*EVERYTHING).items() if tree.body}
    assert [name for name, docstring in told.items() if not docstring] == []


def test_nothing_of_one_computer_is_committed() -> None:
    # Each in two parts, so that this file does not hold what it looks for.
    parts = ["/wor k/", "/roo t/", "pypi.org/ simple", "files.python hosted", "index -url", "find -links"]
    not_ours = [words.replace(" ", "") for words in [*parts, "download.pytorch.org/ whl"]]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    texts = {path: path.read_bytes().decode("utf-8", "ignore") for path in paths}
    assert [f"{path}: {words}" for path, text in texts.items() for words in not_ours if words in text] == []
