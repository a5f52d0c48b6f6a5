"""A stage of a translation in the session: kept in the log, brought back, asked about, cancelled.

Must not know how it is computed; tests/engine/tensors/test_opening_translation.py has the numbers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from tensorviz.core.errors import (
    Cancelled,
    MemoryExhausted,
    TensorvizError,
    ValueRefused,
)
from tensorviz.core.generators import OwnGenerator
from tensorviz.core.session_script import script
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.messages import JobCancelled, JobFailed
from tensorviz.engine.messages.session import CostAsked, OpenTranslation, RestoreSession, RunCode, SessionChanged
from tensorviz.engine.tasks.translate.apart import ForwardApart
from tensorviz.engine.tasks.translate.forward import Forward
from tensorviz.engine.tasks.translate.load import load_translator
from tensorviz.engine.tasks.translate.translator import Translator
from tensorviz.engine.tasks.translate.workshop import Workshop
from tensorviz.engine.tensors import opening_terms, opening_translation
from tensorviz.engine.tensors.board import Board
from tensorviz.engine.tensors.desk import Desk, Questions
from tensorviz.engine.tensors.facts import step_row
from tensorviz.engine.tensors.opening import bring
from tensorviz.engine.tensors.opening_terms import ChangedFile, Terms
from tensorviz.engine.tensors.opening_translation import open_translation
from tensorviz.engine.weights.own_generators import keep_generator
from tests.engine.tensors.rig import Running
from tests.engine.translate.plain import Variant, checkpoint

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL = Variant(4, 6)


def test_files_that_are_others_by_now_are_not_brought(picture: Path, network: Path, choice: GeneratorChoice) -> None:
    action, _ = open_translation(OpenTranslation(str(picture), choice, "output"), (), Terms())
    picture.touch()
    network.touch()  # the same bytes
    assert bring(action)
    save_file({key: value + 0.01 for key, value in checkpoint(SMALL).items()}, network)
    with pytest.raises(ChangedFile, match=r"small\.safetensors is another file"):
        bring(action)
    save_file(checkpoint(SMALL), network)
    Image.new("RGB", (30, 30)).save(picture)
    with pytest.raises(ChangedFile, match=r"turned\.png is another file"):
        bring(action)


def test_published_weights_that_are_others_by_now_are_not_brought(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensorviz.engine.tasks.translate import source

    torch.save(checkpoint(SMALL), tmp_path / "horse2zebra.pth")
    monkeypatch.setattr(source, "locate", lambda _: tmp_path / "horse2zebra.pth")
    choice = GeneratorChoice("horse2zebra", "AUTHORS", resize=0, device="cpu")  # nothing is published to check it by
    action, _ = open_translation(OpenTranslation(str(picture), choice, "block-1"), (), Terms())
    assert bring(action)
    torch.save(checkpoint(SMALL, seed=1), tmp_path / "horse2zebra.pth")
    with pytest.raises(ChangedFile):
        bring(action)


@pytest.mark.parametrize(
    "change",
    [
        {"path": ""}, {"path": 3}, {"path": "a\0b"}, {"path": "a" * 5000}, {"stage": "deleted"}, {"stage": ["output"]},
        {"stage": "block-99999999999999"}, {"number": 0}, {"number": True}, {"number": "1); import os"},
        {"choice": "horse2zebra"}, {"choice": {}}, {"picture": "zz"}, {"picture": None}, {"weights": 3},
        {"weights": "z"}, {"number": None}, {"model": 3}, {"model": "no_such"}, {"weights_": "/dev/zero"},
        {"input_range": "bok"}, {"resize": "x"},
        {"resize": None}, {"resize": -1}, {"device": "the moon"}, {"path": "/dev/zero"}, {"path": "/"},
    ],
)  # fmt: skip  # a list of lies
def test_actions_that_make_no_sense_get_a_sentence(
    picture: Path, choice: GeneratorChoice, change: dict[str, Any]
) -> None:
    action, _ = open_translation(OpenTranslation(str(picture), choice, "block-1"), (), Terms())
    told = action["translation"]
    for key, value in change.items():
        if key in ("model", "input_range", "resize", "device", "weights_"):
            told["choice"][key.rstrip("_")] = value
            told["choice"]["weights"] = "" if key == "model" else told["choice"]["weights"]
        else:
            told[key] = value
    with pytest.raises(TensorvizError) as refused:
        bring(action)
    assert str(refused.value).endswith((".", "?", ")"))


def test_a_kept_generator_is_brought_back_by_its_name(picture: Path, network: Path) -> None:
    keep_generator(OwnGenerator("mine", str(network), "", 4, 6, 1))
    for weights in ("", "small.safetensors"):
        request = OpenTranslation(str(picture), GeneratorChoice("mine", weights, resize=0, device="cpu"), "block-1")
        action, (code, _) = open_translation(request, (), Terms())
        assert bring(json.loads(json.dumps(action)))
        assert "of 6 of mine, given" in code
    save_file(checkpoint(SMALL, seed=1), network)
    with pytest.raises(ChangedFile):
        bring(action)


@pytest.mark.parametrize("told", [None, [], "x", {}, 3])
def test_a_wish_that_is_none_gets_a_sentence(told: Any) -> None:
    with pytest.raises(ValueRefused, match="makes no sense"):
        bring({"translation": told})


# --------------------------------------------------------------------------------------------- memory and cancelling


def test_large_features_are_asked_about(
    picture: Path, choice: GeneratorChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening_terms, "LARGE", 4 * 16 * 16 * 12 - 1)
    asked: list[str] = []

    def allow(error: Any) -> bool:
        asked.append(error.message)
        return len(asked) > 1

    request = OpenTranslation(str(picture), choice, "block-1")
    with pytest.raises(ValueRefused, match="Nothing was opened"):
        open_translation(request, (), Terms(allow))
    assert "after_block_1 of it's turned.png takes 12.3 kB of memory: 1 x 16 x 16 x 12, float32." in asked[0]
    assert open_translation(request, (), Terms(allow))


def test_a_picture_that_the_network_has_no_room_for_is_a_sentence(
    picture: Path, choice: GeneratorChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Forward, "free", lambda _: 1000)
    with pytest.raises(MemoryExhausted, match="48 x 64 pixels"):
        open_translation(OpenTranslation(str(picture), choice, "block-1"), (), Terms())


def test_the_memory_of_the_network_is_given_back(
    picture: Path, choice: GeneratorChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[Translator] = []

    def kept(*given: Any) -> Translator:
        loaded.append(load_translator(*given))
        return loaded[-1]

    monkeypatch.setattr(opening_translation, "load_translator", kept)
    open_translation(OpenTranslation(str(picture), choice, "block-1"), (), Terms())
    assert loaded[0].bytes == 0


def test_cancelling_acts_between_two_layers_and_adds_no_step(picture: Path, choice: GeneratorChoice) -> None:
    token, desk = CancelToken(), Desk(None, Board(), Questions(), bring)
    layers: list[str] = []

    def before(module: nn.Module, _inputs: object) -> None:
        layers.append(type(module).__name__)
        if layers.count("Conv2d") == 2:
            token.cancel()

    hook = nn.modules.module.register_module_forward_pre_hook(before)
    try:
        request = OpenTranslation(str(picture), choice, "output")
        with pytest.raises(Cancelled):
            desk.take(lambda terms: open_translation(request, (), terms), token)
    finally:
        hook.remove()
    assert layers.count("Conv2d") == 2
    assert (desk.session.tensors(), desk.facts().here) == ({}, 0)


def test_slow_layers_are_computed_where_they_can_be_killed(
    picture: Path, choice: GeneratorChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = OpenTranslation(str(picture), choice, "block-2")
    here = open_translation(request, (), Terms())[1][1]["after_block_2"]
    shops: list[Workshop] = []

    class Kept(Workshop):
        def ask(self, *given: Any, **named: Any) -> Any:
            shops.append(self)
            return super().ask(*given, **named)

    monkeypatch.setattr(ForwardApart, "is_apart", lambda *_: True)
    monkeypatch.setattr(opening_translation, "Workshop", Kept)
    apart = open_translation(request, (), Terms())[1][1]["after_block_2"]
    assert torch.equal(here, apart)
    apart[0, 0] = 1  # memory of its own
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        open_translation(request, (), Terms(token=token))
    assert not any(shop.alive for shop in shops)


# ------------------------------------------------------------------------------------------------------- the lane


def test_the_engine_puts_it_into_the_session_and_brings_it_back(
    picture: Path, choice: GeneratorChoice, tmp_path: Path
) -> None:
    with Running(tmp_path / "session") as running:
        for stage in ("input", "block-3", "block-3", "output"):
            assert not running.find(running.ask(OpenTranslation(str(picture), choice, stage)), JobFailed)
        (changed,) = running.find(running.ask(RunCode("after_block_3_2[0, 0] = 1")), SessionChanged)
        (failed,) = running.find(running.ask(OpenTranslation(str(picture), choice, "block-8")), JobFailed)
    assert "There is no block 8" in failed.problem.message
    names = ["after_block_3", "after_block_3_2", "generator_input", "generator_output"]
    assert sorted(one.name for one in changed.facts.tensors) == names
    with Running(tmp_path / "session") as again:
        (changed,) = again.find(again.ask(RestoreSession()), SessionChanged)
        tensors = again.source.get().session.tensors()
    assert sorted(tensors) == names
    assert torch.equal(tensors["after_block_3"][:, 1:], tensors["after_block_3_2"][:, 1:])
    assert (tensors["after_block_3_2"][0, 0] == 1).all()


def test_the_engine_asks_before_much_and_a_no_ends_it(
    picture: Path, choice: GeneratorChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensorviz.engine.messages.session import AnswerCost

    monkeypatch.setattr(opening_terms, "LARGE", 100)
    with Running() as running:
        job = running.send(OpenTranslation(str(picture), choice, "block-1"))
        running.wait(lambda: bool(running.find(running.of(job), CostAsked)))
        (asked,) = running.find(running.of(job), CostAsked)
        running.ask(AnswerCost(asked.question, False))
        assert running.find(running.ended(job), JobCancelled)
        assert asked.opens
        assert running.source.get().session.tensors() == {}


def test_the_session_as_a_script_has_it_too(picture: Path, choice: GeneratorChoice, tmp_path: Path) -> None:
    desk = Desk(None, Board(), Questions(), bring)
    for stage in ("block-1", "output"):
        desk.take(lambda terms, stage=stage: open_translation(OpenTranslation(str(picture), choice, stage), (), terms))  # type: ignore[misc]  # bound on purpose
    rows = list(desk.run("total = after_block_1.sum() + generator_output.sum()", None, None))
    code = script([*(step_row(node) for node in desk.session.root.all() if node.parent is not None)])
    assert rows[0].trouble is None
    names: dict[str, Any] = {}
    exec(code, names)
    for name, value in desk.session.tensors().items():
        assert torch.equal(names[name], value)
