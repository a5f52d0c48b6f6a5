"""Infos files: the published pickle, its like in Python 3, JSON; and what must not be read."""

from __future__ import annotations

import argparse
import json
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorviz.core.errors import CheckpointUnreadable, ValueRefused, WeightsMissing
from tensorviz.engine.tasks.caption.infos import infos_of, read_infos, write_json

VOCAB = {"1": "a", "2": "dog", "3": "UNK"}


def infos(**more: Any) -> dict[str, Any]:
    opt = argparse.Namespace(rnn_size=8, caption_model="fc", seq_length=16)
    return {"opt": opt, "vocab": VOCAB, "best_val_score": np.float64(0.9), "iter": 3, **more}


def written(folder: Path, thing: object, protocol: int = 2) -> Path:
    path = folder / "infos.pkl"
    path.write_bytes(pickle.dumps(thing, protocol))
    return path


def test_the_published_file_of_the_book(data: Path) -> None:
    """Facts of reference and file: 9,487 words, UNK the last; the options by name, `lambda` among them."""
    path = data / "fc-infos.pkl"
    if not path.is_file():
        pytest.skip("the data has no infos file")
    found = read_infos(path)
    with path.open("rb") as file:  # the expectation: Python's own unpickler, trusted with this very file only
        expected = pickle.load(file, encoding="latin1")
    assert {str(at): word for at, word in enumerate(found.words, 1)} == expected["vocab"]
    assert dict(found.options) == vars(expected["opt"])
    assert (len(found.words), found.last_is_unk, found.options["seq_length"]) == (9487, True, 16)
    assert "lambda" in found.options
    assert not any(name.startswith("caption_infos") for name in sys.modules)


def test_a_file_of_python_3(tmp_path: Path) -> None:
    """Protocol 2 spells NumPy's bytes with a name of its own, which the published files have not."""
    thing = infos()
    del thing["best_val_score"]
    for protocol in range(2, 6):
        found = read_infos(written(tmp_path, thing, protocol))
        assert found.words == ("a", "dog", "UNK")
        assert found.options["rnn_size"] == 8


def test_json_and_back(tmp_path: Path) -> None:
    found = infos_of({"opt": {"rnn_size": 8, "seq_length": 12}, "vocab": {1: "a", 2: "b"}})
    path = tmp_path / "infos.json"
    write_json(found, path)
    assert json.loads(path.read_text(encoding="utf-8"))["vocab"] == {"1": "a", "2": "b"}
    again = read_infos(path)
    assert (again.words, dict(again.options)) == (found.words, dict(found.options))
    assert again.text((2, 1, 1)) == "b a a"
    assert not again.last_is_unk


class Evil:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def test_a_pickle_that_runs_code_runs_nothing_and_is_told_of(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    path = written(tmp_path, infos(extra=Evil(mark)))
    with pytest.raises(CheckpointUnreadable, match=r"pathlib\.Path.*Nothing was run"):
        read_infos(path)
    assert not mark.exists()


@pytest.mark.parametrize("name", ["os\nsystem", "builtins\neval", "numpy\nload", "collections\nOrderedDict"])
def test_every_other_name_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "infos.pkl"
    path.write_bytes(f"c{name}\n(S'x'\ntR.".encode())
    with pytest.raises(CheckpointUnreadable, match=name.replace("\n", r"\.")):
        read_infos(path)


def test_names_are_told_even_when_the_pickle_is_damaged_behind_them(tmp_path: Path) -> None:
    path = tmp_path / "infos.pkl"
    path.write_bytes(b"cos\nsystem\n(S'x'\n")
    with pytest.raises(CheckpointUnreadable, match=r"os\.system"):
        read_infos(path)


def test_a_file_cut_short(tmp_path: Path) -> None:
    whole = written(tmp_path, {"opt": {"rnn_size": 8}, "vocab": VOCAB}).read_bytes()
    for stop in range(1, len(whole), 3):
        (tmp_path / "cut.pkl").write_bytes(whole[:stop])
        with pytest.raises((CheckpointUnreadable, ValueRefused)):
            read_infos(tmp_path / "cut.pkl")


@pytest.mark.parametrize(
    ("vocab", "told"),
    [
        ({}, "0 words"),
        ({"1": "a", "3": "b"}, "'3'"),
        ({"0": "a", "1": "b"}, "'0'"),
        ({"1": "a", "2": 5}, "'2': 5"),
        ({"1": "a", "x": "b"}, "'x'"),
        ({"1": "a", 1: "b"}, "1: 'b'"),
        (["a"], "type list"),
        (None, "type NoneType"),
    ],
)
def test_vocabularies_that_are_none(vocab: Any, told: str) -> None:
    with pytest.raises(ValueRefused, match=told):
        infos_of({"opt": {}, "vocab": vocab})


@pytest.mark.parametrize("given", [None, 5, [], {"vocab": VOCAB}, {"opt": {}}, {"opt": 3, "vocab": VOCAB}])
def test_mappings_that_are_no_infos(given: Any) -> None:
    with pytest.raises(ValueRefused, match=r"opt|vocab|mapping"):
        infos_of(given)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="not there"):
        read_infos(tmp_path / "none.pkl")
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(CheckpointUnreadable, match="empty"):
        read_infos(tmp_path / "empty")
    (tmp_path / "broken.json").write_text('{"opt": {', encoding="utf-8")
    with pytest.raises(CheckpointUnreadable, match="JSON"):
        read_infos(tmp_path / "broken.json")
    with pytest.raises(CheckpointUnreadable, match="cannot be read"):
        read_infos(tmp_path)


def test_a_picture_given_as_infos(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with pytest.raises(CheckpointUnreadable):
        read_infos(tmp_path / "x.png")
