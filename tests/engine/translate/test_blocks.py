"""The picture after each residual block, and the tensors of the stages.

Expectations: a generator that ends after block k is the published one with k blocks, drawn by plain functional torch
(tests/engine/translate/plain.py); statistics are written here in the same plain way.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from tensorviz.core.errors import Cancelled, MemoryExhausted, NameUnknown, TensorvizError
from tensorviz.core.translation import InputRange
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.tasks.translate.build import build_generator
from tensorviz.engine.tasks.translate.forward import Forward
from tensorviz.engine.tasks.translate.translator import Identity, Translator
from tests.engine.translate.plain import ALL, State, Variant, checkpoint, drawn

SMALL = Variant(4, 6)
CPU = torch.device("cpu")


def ended(state: State, variant: Variant, blocks: int) -> tuple[State, Variant]:
    """The numbers of the generator that has only so many of the blocks."""
    kept = {}
    for name, value in state.items():
        place, _, rest = name.removeprefix("model.").partition(".")
        at = int(place)
        if at < 10 + blocks or at >= 10 + variant.blocks:
            kept[f"model.{at if at < 10 + variant.blocks else at - variant.blocks + blocks}.{rest}"] = value
    return kept, replace(variant, blocks=blocks)


def after(state: State, pictures: Tensor, variant: Variant, blocks: int) -> Tensor:
    """The features after so many blocks, of a generator with instance norms."""

    def convolved(values: Tensor, name: str, **how: int) -> Tensor:
        made = functional.conv2d(values, state[f"{name}.weight"], state[f"{name}.bias"], **how)
        return functional.instance_norm(made, eps=1e-5)

    values = functional.relu(convolved(functional.pad(pictures, (3, 3, 3, 3), mode="reflect"), "model.1"))
    for at in (4, 7):
        values = functional.relu(convolved(values, f"model.{at}", stride=2, padding=1))
    for block in range(10, 10 + blocks):
        inner = functional.pad(values, (1, 1, 1, 1), mode="reflect")
        inner = functional.relu(convolved(inner, f"model.{block}.conv_block.1"))
        inner = functional.pad(inner, (1, 1, 1, 1), mode="reflect")
        values = values + convolved(inner, f"model.{block}.conv_block.{variant.second}")
    return values


def picture(width: int, height: int) -> Image.Image:
    noise = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((width, height))


def translator(variant: Variant = SMALL, input_range: InputRange = "trained", free: int = 10**12) -> Translator:
    forward = Forward(build_generator(checkpoint(variant)).network, CPU, lambda _device: free)
    return Translator(Identity("small", "file", input_range, resize=0), forward)


def seen(image: Image.Image, input_range: InputRange = "trained") -> Tensor:
    """What the generator sees of a picture with sides that four divides."""
    values = torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1)[None] / 255
    return values * 2 - 1 if input_range == "trained" else values


def as_bytes(values: Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return ((values[0] + 1) / 2 * 255).permute(1, 2, 0).long().numpy()


@pytest.mark.parametrize("variant", [SMALL, *ALL], ids=str)
@pytest.mark.parametrize("input_range", ["trained", "book"])
def test_the_picture_after_each_block_is_that_of_a_generator_that_ends_there(
    variant: Variant, input_range: InputRange
) -> None:
    image, state = picture(44, 32), checkpoint(variant)
    pictures = list(translator(variant, input_range).blocks(image))
    assert [one.block for one in pictures] == list(range(variant.blocks + 1))
    assert {one.blocks for one in pictures} == {variant.blocks}
    for one in pictures:
        shorter, ends = ended(state, variant, one.block)
        expected = as_bytes(drawn(shorter, seen(image, input_range), ends))
        found = np.frombuffer(one.picture.pixels, np.uint8).reshape(one.picture.height, one.picture.width, 3)
        assert np.abs(found - expected).max() <= 1  # values on the edge between two levels
    assert len({one.picture.pixels for one in pictures}) == variant.blocks + 1


def test_the_last_one_is_the_finished_picture_to_the_byte() -> None:
    ours, image = translator(), picture(45, 31)
    finished = ours.translate(image).image
    last = list(ours.blocks(image))[-1]
    assert (last.picture.width, last.picture.height) == finished.size == (45, 31)
    assert last.picture.pixels == finished.tobytes()


def test_statistics_are_those_of_the_features() -> None:
    image, state, before = picture(44, 32), checkpoint(SMALL), None
    for one in translator().blocks(image):
        features = after(state, seen(image), SMALL, one.block)
        assert one.shape == tuple(features.shape) == (1, 16, 8, 11)
        expected = (features.min(), features.max(), features.double().mean())
        assert (one.minimum, one.maximum, one.mean) == pytest.approx([float(value) for value in expected], abs=1e-4)
        if before is None:
            assert one.change is None
        else:
            change = (features - before).abs().double().mean() / features.abs().double().mean()
            assert one.change == pytest.approx(float(change), rel=1e-4)
        before = features


@pytest.mark.parametrize("block", [0, 1, 5, 6])
def test_the_stage_of_a_block_is_its_features_and_free_to_be_changed(block: int) -> None:
    image = picture(44, 32)
    found = translator().stage(image, f"block-{block}")
    assert found.dtype == torch.float32
    assert torch.allclose(found, after(checkpoint(SMALL), seen(image), SMALL, block), atol=1e-4)
    found.requires_grad_(True).mul(2).sum().backward()  # inference tensors cannot
    assert found.grad is not None


@pytest.mark.parametrize("input_range", ["trained", "book"])
def test_the_stages_at_both_ends(input_range: InputRange) -> None:
    ours, image = translator(input_range=input_range), picture(44, 32)
    assert torch.allclose(ours.stage(image, "input"), seen(image, input_range), atol=1e-6)
    output = ours.stage(image, "output")
    assert torch.allclose(output, drawn(checkpoint(SMALL), seen(image, input_range), SMALL), atol=1e-4)
    output.add_(1)


def test_stages_keep_what_was_mirrored_at_the_border() -> None:
    ours, image = translator(), picture(45, 31)
    mirrored = functional.pad(seen(image), (0, 3, 0, 1), mode="reflect")
    assert torch.equal(ours.stage(image, "input"), mirrored)
    assert ours.stage(image, "output").shape == (1, 3, 32, 48)


@pytest.mark.parametrize("stage", ["block-7", "block--1", "block-", "features", ""])
def test_there_are_no_other_stages(stage: str) -> None:
    with pytest.raises(NameUnknown, match="no stage") as caught:
        translator().stage(picture(8, 8), stage)
    assert '"block-6"' in caught.value.hint


def test_between_two_blocks_another_picture_can_be_drawn() -> None:
    ours, image, token = translator(), picture(44, 32), CancelToken()
    alone = [one.picture for one in ours.blocks(image)]
    met = []
    for one in ours.blocks(image, token):
        met.append(one.picture)
        token.cancel() if one.block == 3 else None
        other = ours.translate(picture(20, 16), CancelToken())  # is not stopped by the wish about the blocks
        assert other.image.size == (20, 16)
        if one.block == 3:
            break
    assert met == alone[:4]
    with pytest.raises(Cancelled):
        list(ours.blocks(image, token))


def test_no_memory_and_no_numbers_are_sentences() -> None:
    with pytest.raises(MemoryExhausted, match="takes about"):
        next(translator(free=1000).blocks(picture(300, 200)))
    ours = translator()
    with torch.no_grad():
        next(ours.forward.network.parameters()).fill_(torch.nan)
    with pytest.raises(TensorvizError, match="NaN or infinity"):
        list(ours.blocks(picture(44, 32)))
