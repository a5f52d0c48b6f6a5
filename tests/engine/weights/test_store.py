"""Weight files on this computer: found, checked, remembered, counted, deleted and imported.

Must not know the network.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tensorviz.core.catalogue import WeightsRow
from tensorviz.core.errors import Cancelled, NothingFound, ValueRefused, WeightsDamaged
from tensorviz.core.recipe import Recipe
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.places import cache_folder, weights_folder
from tensorviz.engine.weights import store

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = b"the published numbers" * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def row() -> WeightsRow:
    url = f"https://example.org/models/tiny-{DIGEST[:8]}.pth"
    return WeightsRow("tiny", "V1", True, 1, 0.1, None, None, len(CONTENT), "none", Recipe(8, 8), url, DIGEST[:8], 2)


@pytest.fixture
def folder() -> Path:
    weights_folder().mkdir(parents=True)
    return weights_folder()


def test_locate_finds_only_what_is_there(row: WeightsRow, folder: Path) -> None:
    assert store.locate(row) is None
    (folder / f"tiny-{DIGEST[:8]}.pth").write_bytes(CONTENT)
    assert store.locate(row) == folder / f"tiny-{DIGEST[:8]}.pth"
    assert store.locate(replace(row, url="", path=str(folder / "none"))) is None


def test_right_bytes_pass_and_wrong_ones_are_said_and_left(row: WeightsRow, folder: Path) -> None:
    file = folder / "a.pth"
    file.write_bytes(CONTENT)
    assert store.verified(file, DIGEST[:8]) == file
    assert store.verified(file, DIGEST[:8].upper()) == file
    file.write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(WeightsDamaged) as met:
        store.verified(file, DIGEST[:8])
    assert str(file) in met.value.message
    assert met.value.hint
    assert file.read_bytes() == CONTENT[:-1] + b"!"
    with pytest.raises(NothingFound):
        store.verified(folder / "none.pth", "")


def test_a_file_is_hashed_once_and_again_when_it_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, read = folder / "a.pth", []
    file.write_bytes(CONTENT)
    real = store.digest_of

    def counted(path: Path, token: CancelToken | None = None) -> str:
        read.append(path)
        return real(path, token)

    monkeypatch.setattr(store, "digest_of", counted)
    for _ in range(3):
        store.verified(file, DIGEST[:8])
    assert len(read) == 1
    changed = CONTENT[:-1] + b"!"  # the same size at another time
    file.write_bytes(changed)
    os.utime(file, ns=(1, 1))
    with pytest.raises(WeightsDamaged):
        store.verified(file, DIGEST[:8])
    assert len(read) == 2


@pytest.mark.parametrize("memory", [b"", b"[]", b'{"a": 1}', b"\xff"])
def test_a_broken_memory_costs_a_second_look_only(memory: bytes, folder: Path) -> None:
    file = folder / "a.pth"
    file.write_bytes(CONTENT)
    cache_folder().mkdir(parents=True)
    (cache_folder() / "verified.json").write_bytes(memory)
    assert store.verified(file, DIGEST[:8]) == file
    kept = json.loads((cache_folder() / "verified.json").read_text())
    assert kept[str(file.resolve())][2] == DIGEST


def test_hashing_can_be_cancelled(folder: Path) -> None:
    file, token = folder / "a.pth", CancelToken()
    file.write_bytes(CONTENT)
    token.cancel()
    with pytest.raises(Cancelled):
        store.verified(file, DIGEST[:8], token)


def test_files_are_listed_with_their_sizes(folder: Path) -> None:
    (folder / "b.pth").write_bytes(b"123")
    (folder / "a.pth.part").write_bytes(b"12")
    (folder / "a.pth.part.json").write_bytes(b"{}")
    (folder / "sub").mkdir()
    listed = [(file.name, file.nbytes, file.partial) for file in store.list_files()]
    assert listed == [("a.pth.part", 2, True), ("b.pth", 3, False)]
    assert set(store.sizes_here()) == {"b.pth"}


def test_no_folder_is_an_empty_list() -> None:
    assert store.list_files() == ()


def test_delete_takes_only_files_of_the_weights_folder(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "mine.pth"
    outside.write_bytes(b"mine")
    for path in (outside, folder / ".." / "mine.pth", folder / "sub" / ".." / ".." / "x"):
        with pytest.raises((ValueRefused, NothingFound)):
            store.delete(path)
    with pytest.raises(NothingFound):
        store.delete(folder / "none.pth")
    assert outside.exists()
    (folder / "a.pth").write_bytes(b"123")
    (folder / "a.pth.part").write_bytes(b"12")
    assert store.delete(folder / "a.pth") == 5
    assert list(folder.iterdir()) == []


def test_deleting_a_link_leaves_what_it_points_to(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.pth"
    target.write_bytes(b"12345")
    (folder / "a.pth").symlink_to(target)
    store.delete(folder / "a.pth")
    assert target.exists()
    assert not (folder / "a.pth").is_symlink()


def test_quarantine_renames_and_never_overwrites(folder: Path) -> None:
    for content in (b"1", b"2"):
        (folder / "a.pth").write_bytes(content)
        store.quarantine(folder / "a.pth")
    assert (folder / "a.pth.damaged").read_bytes() == b"1"
    assert (folder / "a.pth.damaged2").read_bytes() == b"2"


def test_import_checks_copies_and_keeps_the_original(row: WeightsRow, tmp_path: Path) -> None:
    source = tmp_path / "got another way.pth"
    source.write_bytes(CONTENT)
    goal = store.import_file(source, row)
    assert goal == weights_folder() / f"tiny-{DIGEST[:8]}.pth"
    assert goal.read_bytes() == source.read_bytes() == CONTENT
    assert [file.name for file in goal.parent.iterdir()] == [goal.name]
    assert store.import_file(goal, row) == goal


def test_a_wrong_file_is_not_imported(row: WeightsRow, tmp_path: Path) -> None:
    (tmp_path / "wrong.pth").write_bytes(b"wrong")
    with pytest.raises(WeightsDamaged):
        store.import_file(tmp_path / "wrong.pth", row)
    assert store.list_files() == ()
    with pytest.raises(ValueRefused):
        store.import_file(tmp_path / "wrong.pth", replace(row, url=""))
