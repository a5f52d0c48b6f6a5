"""Files of a captioner that were got another way: told by what they are, whatever they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tensorviz.core.errors import NothingFound, ValueRefused, WeightsDamaged
from tensorviz.engine.places import weights_folder
from tensorviz.engine.weights import captioners
from tensorviz.engine.weights.fingerprints import checked, kept_digest
from tensorviz.engine.weights.import_captioner import import_captioner, still_missing

from .captioner_files import CONTENTS, FIRST, KEPT, MODEL, SECOND, entry, names_here, row

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = entry(lambda path: f"http://127.0.0.1:9{path}", tmp_path)
    monkeypatch.setattr(captioners, "_published", lambda: [found])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All files, as a clone of the repository has them."""
    made = tmp_path / "clone"
    made.mkdir()
    for name, content in CONTENTS.items():
        (made / name).write_bytes(content)
    return made


def test_a_folder_is_taken_whole_and_its_chunks_are_joined(folder: Path) -> None:
    assert import_captioner(row(), str(folder), False) == tuple(CONTENTS)
    assert names_here() == KEPT
    assert (weights_folder() / "neuraltalk2-resnet101.pth").read_bytes() == FIRST + SECOND
    assert still_missing(row()) == ""
    assert row().here
    assert sorted(path.name for path in folder.iterdir()) == sorted(CONTENTS)  # the person's files stay


def test_a_file_is_known_by_its_bytes_not_its_name(folder: Path) -> None:
    (folder / "resnet101b.pth").rename(folder / "download (1)")
    assert import_captioner(row(), str(folder / "download (1)"), False) == ("resnet101b.pth",)
    assert names_here() == ["neuraltalk2-resnet101b.pth"]
    assert still_missing(row()) == "fc-model.pth, fc-infos.pkl and resnet101a.pth are missing yet"
    import_captioner(row(), str(folder / "resnet101a.pth"), False)
    assert names_here() == ["neuraltalk2-resnet101.pth"]
    import_captioner(row(), str(folder / "fc-model.pth"), False)
    assert still_missing(row()) == "fc-infos.pkl is missing yet"


def test_a_joined_file_is_taken_with_consent_only_and_pinned(folder: Path) -> None:
    file = folder / "resnet101.pth"
    file.write_bytes(FIRST + SECOND)
    with pytest.raises(ValueRefused, match="fingerprints are published of its 2 chunks only") as met:
        import_captioner(row(), str(file), False)
    assert "--trust --from FILE neuraltalk2:BOOK" in met.value.hint
    assert names_here() == []
    import_captioner(row(), str(file), True)
    cnn = row().file("cnn")
    assert names_here() == ["neuraltalk2-resnet101.pth"]
    assert kept_digest(cnn)
    file.write_bytes(SECOND + FIRST)
    with pytest.raises(WeightsDamaged):
        checked(cnn, file)
    with pytest.raises(WeightsDamaged, match="none of the published ones"):
        import_captioner(row(), str(file), False)


@pytest.mark.parametrize("content", [MODEL[:-1], MODEL + b"!", b"", FIRST[: len(FIRST) // 2]])
def test_other_bytes_are_none_of_the_files(content: bytes, folder: Path) -> None:
    (folder / "fc-model.pth").write_bytes(content)
    with pytest.raises(WeightsDamaged, match="none of the published ones of neuraltalk2") as met:
        import_captioner(row(), str(folder / "fc-model.pth"), False)
    assert "cut short" in met.value.hint
    assert names_here() == []


def test_a_cut_chunk_in_a_folder_is_named_and_not_taken(folder: Path) -> None:
    (folder / "resnet101b.pth").write_bytes(SECOND[:-1])
    with pytest.raises(WeightsDamaged, match=r"resnet101b\.pth is not the published one: its git object id"):
        import_captioner(row(), str(folder), False)
    assert "neuraltalk2-resnet101.pth" not in names_here()


def test_a_folder_without_any_and_a_path_that_is_not_there(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NothingFound, match="is no file of neuraltalk2") as met:
        import_captioner(row(), str(empty), False)
    assert "resnet101a.pth" in met.value.hint
    with pytest.raises(NothingFound, match="There is no file"):
        import_captioner(row(), str(tmp_path / "gone"), False)
