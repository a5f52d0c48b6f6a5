"""The generators of the catalogue, and how a file is known to be the published one.

torch counts the parameters, git the id of a file.
"""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from tensorviz.core.errors import FetchFailed, NameUnknown, ValueRefused, WeightsDamaged
from tensorviz.core.generators import GeneratorWeights
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.places import weights_folder
from tensorviz.engine.tasks.translate.generator import ResNetGenerator
from tensorviz.engine.weights import fetch_generator as fetching
from tensorviz.engine.weights.every_model import find_any_model
from tensorviz.engine.weights.fingerprints import checked, fingerprints_file, git_blob_id
from tensorviz.engine.weights.generators import find_generator, read_generators, weights_of

CONTENT = b"numbers" * 100
NAMES = """apple2orange orange2apple summer2winter_yosemite winter2summer_yosemite horse2zebra zebra2horse monet2photo
style_monet style_cezanne style_ukiyoe style_vangogh sat2map map2sat cityscapes_photo2label cityscapes_label2photo
facades_photo2label facades_label2photo iphone2dslr_flower"""


def row(name: str = "style_cezanne") -> GeneratorWeights:
    return weights_of(find_generator(name))[0]


def test_the_eighteen_published_names_are_there_and_pairs_know_their_way_back() -> None:
    rows = {model.name: model for model in read_generators() if model.kind == "published"}
    assert sorted(rows) == sorted(NAMES.split())
    back = {name: weights_of(model)[0].way_back for name, model in rows.items()}
    assert all(back[other] == name for name, other in back.items() if other)
    assert [name for name, other in back.items() if not other] == [
        "iphone2dslr_flower", "style_cezanne", "style_ukiyoe", "style_vangogh",
    ]  # fmt: skip
    assert back["horse2zebra"] == "zebra2horse"


def test_figures_are_those_that_torch_counts() -> None:
    with torch.device("meta"):
        network: nn.Module = ResNetGenerator()
        with FlopCounterMode(display=False) as counted:
            network(torch.empty(1, 3, 256, 256))
    assert row().parameters == sum(value.numel() for value in network.parameters())
    assert row().gflops == pytest.approx(counted.get_total_flops() / 2 / 1e9, abs=0.01)


def test_names_of_all_tasks_are_found() -> None:
    assert find_any_model("resnet18").task == "classify"
    assert find_any_model("map2sat").task == "translate"
    with pytest.raises(NameUnknown, match="Did you mean map2sat"):
        find_any_model("map2sta")


def test_a_git_object_id_is_gits(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    said = subprocess.run(["git", "hash-object", str(file)], capture_output=True, text=True, check=True).stdout
    assert git_blob_id(file) == said.strip()


def test_a_file_is_known_by_its_git_id_and_then_by_its_digest(tmp_path: Path) -> None:
    file = tmp_path / "file.pth"
    file.write_bytes(CONTENT)
    book = replace(row("horse2zebra"), git_blob=git_blob_id(file))
    assert book.name == "BOOK"
    with pytest.raises(WeightsDamaged, match="git object id"):
        checked(replace(book, git_blob="0" * 40), file)
    assert not fingerprints_file().exists()
    assert checked(book, file) == file
    assert hashlib.sha256(CONTENT).hexdigest() in fingerprints_file().read_text()
    file.write_bytes(CONTENT + b"!")
    with pytest.raises(WeightsDamaged, match="SHA-256"):
        checked(book, file)


def silent(_done: int, _total: int | None) -> None:
    """Hears nothing."""


def test_an_unchecked_file_is_fetched_with_consent_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(wanted: GeneratorWeights, *_: object) -> Path:
        weights_folder().mkdir(parents=True, exist_ok=True)
        path = weights_folder() / f"{wanted.model}.pth"
        path.write_bytes(CONTENT)
        return path

    monkeypatch.setattr(fetching, "fetch_weights", fetch)
    with pytest.raises(ValueRefused, match=r"plain http.*tensorviz fetch --trust style_cezanne:AUTHORS"):
        fetching.fetch_generator(row(), False, CancelToken(), silent)
    path = fetching.fetch_generator(row(), True, CancelToken(), silent)
    assert fetching.fetch_generator(row(), False, CancelToken(), silent) == path  # here now: nothing to trust
    path.write_bytes(CONTENT[::-1])
    with pytest.raises(WeightsDamaged):
        fetching.fetch_generator(row(), True, CancelToken(), silent)
    path.unlink()
    assert fetching.fetch_generator(row(), True, CancelToken(), silent) == path  # asked for anew, trusted anew


def test_wrong_bytes_of_the_books_file_are_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    path = weights_folder() / "horse2zebra_0.4.0.pth"

    def fetch(*_: object) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CONTENT)
        return path

    monkeypatch.setattr(fetching, "fetch_weights", fetch)
    with pytest.raises(FetchFailed, match="not the published ones"):
        fetching.fetch_generator(row("horse2zebra"), False, CancelToken(), silent)
    assert [file.name for file in path.parent.iterdir()] == ["horse2zebra_0.4.0.pth.damaged"]


def test_a_file_got_another_way_is_checked_before_it_is_taken(tmp_path: Path) -> None:
    source = tmp_path / "mine.pth"
    source.write_bytes(CONTENT)
    with pytest.raises(WeightsDamaged):
        fetching.import_generator(row("horse2zebra"), str(source))
    book = replace(row("horse2zebra"), git_blob=git_blob_id(source))
    assert fetching.import_generator(book, str(source)).read_bytes() == CONTENT
