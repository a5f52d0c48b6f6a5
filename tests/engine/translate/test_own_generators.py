"""Own generators from the file to the drawn picture: recognised, kept, used by name, forgotten.

Must not know how entries are written.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from tensorviz.core.catalogue import OwnEntry
from tensorviz.core.errors import CheckpointMismatch, CheckpointUnreadable, NameUnknown, WeightsMissing
from tensorviz.core.generators import OwnGenerator
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.handlers import NetworkCacheSource, handlers
from tensorviz.engine.messages import CatalogueRead, Event, KeepEntry, RemoveEntry, Request
from tensorviz.engine.messages.translate import GeneratorRecognised, KeepGenerator, RecogniseGenerator
from tensorviz.engine.tasks.translate.interface import load_generator
from tensorviz.engine.tasks.translate.source import source_of
from tensorviz.engine.weights.fingerprints import fingerprints_file
from tensorviz.engine.weights.own_generators import keep_generator
from tensorviz.engine.worker import Job

from .plain import ALL, Variant, checkpoint, with_statistics

Found = TypeVar("Found", bound=Event)


def one(kind: type[Found], request: Request) -> Found:
    """The only event of that kind that the request's handler reports."""
    said: list[Event] = []
    for _ in handlers(NetworkCacheSource())[type(request)](Job(7, request, said.append)) or ():
        pass
    (found,) = (event for event in said if isinstance(event, kind))
    return found


@pytest.mark.parametrize("variant", ALL, ids=str)
def test_every_variant_is_recognised(variant: Variant, tmp_path: Path) -> None:
    state, path = checkpoint(variant), tmp_path / "g.safetensors"
    save_file(state, path)
    found = one(GeneratorRecognised, RecogniseGenerator(str(path)))
    assert (found.width, found.blocks, found.dropout) == (variant.width, variant.blocks, variant.dropout)
    assert (found.path, found.norm) == (str(path), "batch" if variant.batch else "instance")
    counted = {name: value for name, value in state.items() if "running" not in name and "num_b" not in name}
    assert found.parameters == sum(value.numel() for value in counted.values())
    assert found.notes == ()


def test_what_was_dropped_and_unwrapped_is_told(kept: Callable[[object], Path]) -> None:
    small = Variant(4, 6)
    wrapped = {f"module.{name}": value for name, value in with_statistics(checkpoint(small), small).items()}
    found = one(GeneratorRecognised, RecogniseGenerator(str(kept({"state_dict": wrapped}))))
    assert (found.width, found.blocks) == (4, 6)
    told = " ".join(found.notes)
    assert all(word in told for word in ("state_dict", "module.", "running statistics"))


def test_what_could_not_draw_is_refused(kept: Callable[[object], Path], tmp_path: Path) -> None:
    state = checkpoint(Variant(4, 6))
    for broken in ({**state, "model.1.bias": state["model.1.bias"] * float("nan")}, {"a": torch.ones(3)}):
        with pytest.raises(CheckpointMismatch):
            one(GeneratorRecognised, RecogniseGenerator(str(kept(broken))))
    (tmp_path / "cut.pth").write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(CheckpointUnreadable):
        one(GeneratorRecognised, RecogniseGenerator(str(tmp_path / "cut.pth")))


def test_a_kept_pair_is_used_by_name_and_knows_its_way_back(small_file: Path, tmp_path: Path) -> None:
    back_file = tmp_path / "back.safetensors"
    save_file(checkpoint(Variant(4, 6), seed=3), back_file)
    one(CatalogueRead, KeepGenerator(OwnGenerator("there", str(small_file), "", 4, 6, 33_000)))
    seen = one(CatalogueRead, KeepGenerator(OwnGenerator("back", str(back_file), "there", 4, 6, 33_000)))
    assert [model.name for model in seen.generators if model.kind == "own"] == ["there", "back"]
    there, back = (load_generator(name, device="cpu", resize=24) for name in ("there", "back"))
    assert (there.model, there.way_back, back.way_back) == ("there", "back", "there")
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8))
    direct = load_generator(small_file, device="cpu", resize=24)
    drawn, same, other = (each.translate(picture).tobytes() for each in (there, direct, back))
    assert drawn == same != other
    assert source_of(GeneratorChoice("there", small_file.name)).file == str(small_file)
    # The person may train on: nobody publishes the file, so nothing is compared with what it was.
    small_bytes = back_file.read_bytes()
    save_file(checkpoint(Variant(4, 6), seed=4), back_file)
    assert back_file.read_bytes() != small_bytes
    load_generator("back", device="cpu")
    assert not fingerprints_file().exists()


def test_a_file_for_an_own_generators_name_has_its_way_back(small_file: Path, tmp_path: Path) -> None:
    keep_generator(OwnGenerator("mine", str(tmp_path / "gone.pth"), "painting2photo"))
    source = source_of(GeneratorChoice("mine", str(small_file)))
    assert (source.file, source.way_back) == (str(small_file), "painting2photo")


def test_a_missing_file_is_a_sentence_and_a_near_name_a_question(tmp_path: Path) -> None:
    keep_generator(OwnGenerator("my zebras", str(tmp_path / "gone.pth")))
    for weights in ("", "DEFAULT", "gone.pth"):
        with pytest.raises(WeightsMissing, match=r"gone\.pth of the kept generator my zebras is not there any more"):
            source_of(GeneratorChoice("my zebras", weights))
    with pytest.raises(NameUnknown) as met:
        source_of(GeneratorChoice("my zebra"))
    assert "Did you mean my zebras" in met.value.hint


def test_removing_says_who_lost_the_way_back_and_reaches_both_kinds(small_file: Path) -> None:
    one(CatalogueRead, KeepEntry(OwnEntry("birds", "resnet18", "/x.pth")))
    one(CatalogueRead, KeepGenerator(OwnGenerator("there", str(small_file))))
    one(CatalogueRead, KeepGenerator(OwnGenerator("back", str(small_file), "there")))
    seen = one(CatalogueRead, RemoveEntry("there"))
    assert seen.notes == ("back has no way back any more: there was removed.",)
    assert [model.name for model in seen.generators if model.kind == "own"] == ["back"]
    assert [model.name for model in seen.models if model.kind == "own"] == ["birds"]
    seen = one(CatalogueRead, RemoveEntry("birds"))
    assert [model.name for model in seen.models if model.kind == "own"] == []
    assert seen.notes == ()
    with pytest.raises(NameUnknown) as met:
        one(CatalogueRead, RemoveEntry("bakc"))
    assert met.value.hint == "Did you mean back?"
    assert small_file.exists()
