"""A picture through a translator: sizes, borders, orientation, stages, memory, cancel.

Expectations come from torchvision, from tests/engine/translate/plain.py, and from arithmetic.
"""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional
from torchvision import transforms

from tensorviz.core.errors import Cancelled, MemoryExhausted, TensorvizError, ValueRefused
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.tasks.translate.build import build_generator
from tensorviz.engine.tasks.translate.forward import Forward
from tensorviz.engine.tasks.translate.load import load_translator
from tensorviz.engine.tasks.translate.translator import Identity, Translator
from tests.engine.translate.plain import Variant, checkpoint, drawn

SMALL = Variant(4, 6)
STATE = checkpoint(SMALL)


def picture(width: int, height: int, seed: int = 0) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((width, height))


def translator(small_file: Path, **how: object) -> Translator:
    return load_translator(GeneratorChoice(weights=str(small_file), device="cpu", **how))  # type: ignore[arg-type]


def as_bytes(values: Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(transforms.ToPILImage()((values[0] + 1) / 2))


def close(one: Image.Image, other: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bool:
    """The same picture but for values that lie on the edge between two levels."""
    return bool(np.abs(np.asarray(one).astype(int) - other.astype(int)).max() <= 1)


def test_as_trained_is_mirrored_up_and_cut_back(small: Translator) -> None:
    image = picture(157, 128)  # becomes 314 x 256, the size of the book's horse
    seen = transforms.ToTensor()(transforms.Resize(256)(image))[None] * 2 - 1
    assert seen.shape == (1, 3, 256, 314)
    expected = as_bytes(drawn(STATE, functional.pad(seen, (0, 2, 0, 0), mode="reflect"), SMALL))[:, :314]
    made = small.translate(image)
    assert made.image.size == made.before.size == (314, 256)
    assert close(made.image, expected)


def test_as_in_the_book_nothing_is_added(small_file: Path) -> None:
    image = picture(157, 128)
    seen = transforms.ToTensor()(transforms.Resize(256)(image))[None]
    made = translator(small_file, input_range="book").translate(image)
    assert made.image.size == (316, 256)
    assert close(made.image, as_bytes(drawn(STATE, seen, SMALL)))


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (3, 2), (4, 4), (5, 7), (8, 8), (33, 20)])
@pytest.mark.parametrize("input_range", ["trained", "book"])
def test_any_size_is_kept_or_refused(small_file: Path, size: tuple[int, int], input_range: str) -> None:
    keeping = translator(small_file, input_range=input_range, resize=0)
    if input_range == "book" and min(size) < 5:
        with pytest.raises(ValueRefused, match="too small"):
            keeping.translate(picture(*size))
        return
    up = tuple(-(-side // 4) * 4 for side in size)
    assert keeping.translate(picture(*size)).image.size == (size if input_range == "trained" else up)


def test_a_single_pixel_is_made_larger_as_every_picture_is(small: Translator) -> None:
    assert small.translate(picture(1, 1)).image.size == (256, 256)


def test_stages_are_told_after_each_residual_block(small: Translator) -> None:
    met: list[tuple[int, tuple[int, ...]]] = []
    kept: list[Tensor] = []

    def stage(index: int, features: Tensor) -> None:
        met.append((index, tuple(features.shape)))
        kept.append(features)

    before = small.translate(picture(64, 48)).image.tobytes()
    assert small.translate(picture(64, 48), stage=stage).image.tobytes() == before
    assert met == [(index, (1, 16, 64, 86)) for index in range(6)]  # a quarter of 344 x 256
    assert len({features.std().item() for features in kept}) == 6
    assert not any(module._forward_hooks for module in small.forward.network.modules())
    small.translate(picture(64, 48))
    assert len(met) == 6


def test_a_failing_stage_leaves_no_hook(small: Translator) -> None:
    def stage(_index: int, _features: Tensor) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        small.translate(picture(64, 48), CancelToken(), stage)
    hooks = [h for m in small.forward.network.modules() for h in (*m._forward_hooks, *m._forward_pre_hooks)]
    assert hooks == []


def test_cancel_acts_between_two_layers(small: Translator) -> None:
    token, met = CancelToken(), list[int]()

    def stage(index: int, _features: Tensor) -> None:
        met.append(index)
        if index == 2:  # from another thread, as a person does
            wish = threading.Thread(target=token.cancel)
            wish.start()
            wish.join()

    with pytest.raises(Cancelled):
        small.translate(picture(64, 48), token, stage)
    assert met == [0, 1, 2]
    assert small.translate(picture(64, 48), CancelToken()).image.size == (341, 256)


def small_memory(free: int) -> Translator:
    forward = Forward(build_generator(STATE).network, torch.device("cpu"), lambda _device: free)
    return Translator(Identity("small", "file", resize=0), forward)


def test_what_needs_more_memory_than_there_is_is_refused_before(small: Translator) -> None:
    needed = small.memory((314, 256))
    assert needed > 314 * 256 * 4 * 4 * 2  # two layers of four channels of float32
    with pytest.raises(MemoryExhausted, match=r"12,000 x 9,000 pixels takes about") as caught:
        small_memory(100_000_000).translate(Image.new("RGB", (12000, 9000)))
    number = int(caught.value.hint.split()[4])
    assert 256 < number < 9000
    assert small_memory(100_000_000).forward.memory((round(number * 12 / 9), number)) <= 100_000_000
    with pytest.raises(MemoryExhausted):
        small_memory(1000).translate(Image.new("RGB", (300, 200)))


def test_a_picture_that_is_long_beyond_measure_is_refused_in_a_sentence(small: Translator) -> None:
    with pytest.raises(MemoryExhausted, match="2,560,000"):
        Translator(small.identity, small_memory(10_000_000_000).forward).translate(Image.new("RGB", (1, 10000)))


def test_numbers_that_overflow_are_no_picture(small: Translator) -> None:
    with torch.no_grad():
        small.forward.network.model[1].weight.mul_(1e38)  # type: ignore[operator]  # a convolution
    with pytest.raises(TensorvizError, match="NaN or infinity"):
        small.translate(picture(64, 48))


def test_the_network_can_still_be_differentiated(small: Translator) -> None:
    small.translate(picture(64, 48))
    network = small.forward.network.requires_grad_(True)
    network(torch.rand(1, 3, 16, 16)).sum().backward()
    assert network.model[1].weight.grad is not None
