"""`tensorviz.load_captioner`: what comes in, what comes out, what is refused; the words against numpy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import tensorviz
from tensorviz.core.errors import CheckpointMismatch, NothingFound, PictureUnreadable, ValueRefused, WeightsMissing
from tests.engine.caption.made import LENGTH, TRUNK, TRUNK_FEATURES, WORDS, infos, tensors
from tests.engine.caption.plain import Plain, beam_search, greedy

FAMILIES = ("fc", "show_tell", "att2in", "att2in2", "topdown", "adaatt", "show_attend_tell", "all_img")


def features(many: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(7)
    return torch.randn(many, 3), torch.randn(many, 2, 3, 3).abs()


def expected(family: str, fc: torch.Tensor, att: torch.Tensor) -> Plain:
    numbers = {name: value.double().numpy() for name, value in tensors(family, 3).items()}  # type: ignore[arg-type]
    if family == "att2in":
        numbers = {name.replace("core.attention.", "core."): value for name, value in numbers.items()}
    return Plain(family, numbers, 2 if family == "topdown" else 1, fc.double().numpy(), att.double().numpy())


@pytest.mark.parametrize("beam", [1, 2, 3, 5])
@pytest.mark.parametrize("family", FAMILIES)
def test_features_are_decoded_as_the_original_does(family: Any, beam: int) -> None:
    fc, att = features()
    captioner = tensorviz.load_captioner(tensors(family, 3), infos(), device="cpu")
    for at, found in enumerate(captioner.decode(fc, att, beam=beam)):
        network = expected(family, fc[at], att[at])
        if beam == 1:
            words, logs = greedy(network, LENGTH)
            total = sum(logs)
        else:
            said, logs, total = beam_search(network, LENGTH, beam)[0]
            words = said[: said.index(0)] if 0 in said else said
        assert found.tokens == words
        assert found.token_log_probabilities == pytest.approx(logs[: len(words)], abs=1e-4)
        assert found.log_probability == pytest.approx(total, abs=1e-4)
        assert found.text == " ".join(found.words)
        assert 0 not in found.tokens
        assert len(found.beams) == beam


def test_two_is_the_beam_when_nothing_is_said() -> None:
    captioner = tensorviz.load_captioner(tensors("fc", 3), infos(), device="cpu")
    fc, att = features()
    both = captioner.decode(fc, att), captioner.decode(fc.numpy(), att.numpy(), beam=2)
    assert [one.beams for one in both[0]] == [one.beams for one in both[1]]
    assert [one.beams for one in both[0]] == [one.beams for one in captioner.decode(fc)]  # fc needs no places


def test_files_of_every_kind(tmp_path: Path) -> None:
    torch.save(tensors("fc", 3), tmp_path / "model.pth")
    (tmp_path / "infos.json").write_text(json.dumps(infos()))
    fc, _ = features()
    from_files = tensorviz.load_captioner(tmp_path / "model.pth", tmp_path / "infos.json", device="cpu")
    from_objects = tensorviz.load_captioner(tensors("fc", 3), infos(), device="cpu")
    assert [one.beams for one in from_files.decode(fc)] == [one.beams for one in from_objects.decode(fc)]
    assert (from_files.model, from_files.vocabulary[-1], len(from_files.vocabulary)) == ("model", "UNK", WORDS - 1)


def test_the_infos_of_the_book(data: Path) -> None:
    path = data / "fc-infos.pkl"
    if not path.is_file():
        pytest.skip("needs the book's infos")
    torch.manual_seed(0)
    sizes = {
        "img_embed": (512, 2048), "core.i2h": (2560, 512), "core.h2h": (2560, 512), "embed": (9488, 512),
        "logit": (9488, 512),
    }  # fmt: skip  # as published
    numbers = {f"{name}.weight": torch.randn(size) * 0.1 for name, size in sizes.items()}
    numbers |= {f"{name}.bias": torch.zeros(size[0]) for name, size in sizes.items() if name != "embed"}
    captioner = tensorviz.load_captioner(numbers, path, device="cpu")
    (found,) = captioner.decode(torch.randn(1, 2048))
    assert 0 < len(found.tokens) <= 16
    assert all(captioner.vocabulary[token - 1] == word for token, word in zip(found.tokens, found.words, strict=True))


@pytest.fixture(scope="module")
def seeing() -> tensorviz.PictureDescriber:
    return tensorviz.load_captioner(tensors("fc", TRUNK_FEATURES), infos(), TRUNK, device="cpu")


def test_a_picture_a_path_and_a_list(seeing: tensorviz.PictureDescriber, tmp_path: Path) -> None:
    image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (40, 50, 3), np.uint8))
    image.save(tmp_path / "a.png")
    one, other = seeing.caption(image), seeing.caption(tmp_path / "a.png", beam=2)
    assert (one.beams, one.path) == (other.beams, "")
    assert other.path == str(tmp_path / "a.png")
    several = seeing.caption([image, str(tmp_path / "a.png")], beam=3)
    assert [len(found.beams) for found in several] == [3, 3]
    assert seeing.caption([]) == []
    assert seeing.caption(Image.new("L", (1, 1))).beams == seeing.caption(Image.new("RGB", (1, 1))).beams
    clear = Image.new("RGBA", (5, 5), (0, 0, 0, 0))
    assert seeing.caption(clear).beams == seeing.caption(Image.new("RGB", (5, 5), "white")).beams
    assert "transparency laid on white" in seeing.caption(clear).notes


def test_drawing_depends_on_the_seed_alone(seeing: tensorviz.PictureDescriber) -> None:
    image = Image.new("RGB", (8, 8), "red")
    said = [seeing.caption(image, seed=seed).tokens for seed in range(8)]
    assert said == [seeing.caption([image, image], seed=seed)[1].tokens for seed in range(8)]
    assert len({tuple(tokens) for tokens in said}) > 1
    assert seeing.caption(image, temperature=1e-3).tokens == seeing.caption(image, beam=1).tokens


def test_what_is_refused(seeing: tensorviz.PictureDescriber, tmp_path: Path) -> None:
    blind = tensorviz.load_captioner(tensors("topdown", 3), infos(), device="cpu")
    fc, att = features()
    for wrong in (
        lambda: blind.caption(Image.new("RGB", (9, 9))),
        lambda: seeing.caption(Image.new("RGB", (9, 9)), beam=2, seed=1),
        lambda: seeing.caption(3),  # type: ignore[call-overload]  # that is the point
        lambda: seeing.caption(b"x.png"),  # type: ignore[arg-type]  # bytes are a sequence
        lambda: blind.decode(fc),
        lambda: blind.decode(fc[0], att),
        lambda: blind.decode(fc[:, :2], att),
        lambda: blind.decode(fc[:2], att),
        lambda: blind.decode("fc", att),  # type: ignore[arg-type]
        lambda: tensorviz.load_captioner(tensors("fc", 3)),
        lambda: tensorviz.load_captioner(3, infos()),  # type: ignore[arg-type]
        lambda: blind.decode(fc, att)[0].attention,
        lambda: blind.decode(fc, att)[0].alternatives,
    ):
        with pytest.raises(ValueRefused) as caught:
            wrong()
        assert caught.value.hint
    with pytest.raises(CheckpointMismatch, match="vocabulary"):
        tensorviz.load_captioner(tensors("fc", 3), {"opt": {}, "vocab": {"1": "a"}})
    with pytest.raises(WeightsMissing):
        tensorviz.load_captioner("nothing.pth", infos())
    with pytest.raises(NothingFound):
        seeing.caption("nothing.png")
    (tmp_path / "bad.png").write_bytes(b"nothing")
    with pytest.raises(PictureUnreadable):
        seeing.caption(tmp_path / "bad.png")


def test_where_it_looked() -> None:
    fc, att = features()
    captioner = tensorviz.load_captioner(tensors("att2in", 3), infos(), device="cpu")
    found = captioner.decode(fc, att, beam=1, explain=True)[1]
    network = expected("att2in", fc[1], att[1])
    state, word = network.begin(), 0
    for token, weights in zip([*found.tokens, 0], found.attention, strict=False):
        _, state = network.step(word, state)
        assert network.looked is not None
        assert weights == pytest.approx(network.looked.reshape(2, 3), abs=1e-5)
        word = token
    flat = captioner.decode(fc, att.flatten(1, 2)[:, :4], explain=True)[0]
    assert flat.attention[0].shape == (2, 2)
    assert tensorviz.load_captioner(tensors("fc", 3), infos()).decode(fc, explain=True)[0].attention == []
