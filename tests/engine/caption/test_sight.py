"""What a captioner sees: sizes, memory, tiny pictures; the published way against its own network."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from tensorviz.core.errors import Cancelled, MemoryExhausted, PictureUnreadable
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.tasks.caption.caffe_resnet import CaffeFeatures, empty_resnet
from tensorviz.engine.tasks.caption.sight import BESIDE, LEAST_SEEN, PIXEL_BYTES, CaffeSight, TileSight, sight_of
from tensorviz.engine.tasks.caption.tiles import TileFeatures
from tests.engine.caption.made import Glance

CPU = torch.device("cpu")


def glancing(largest: int = 0, free: int = 10**12) -> tuple[CaffeSight, Glance]:
    network = Glance()
    return CaffeSight(network, CPU, largest, free=lambda _: free), network  # type: ignore[arg-type]  # of the same form


@pytest.fixture(scope="module")
def resnet() -> CaffeFeatures:
    torch.manual_seed(0)
    network = empty_resnet()
    for name, value in network.named_parameters():
        if name.endswith("bn3.weight"):
            torch.nn.init.constant_(value, 0.2)
    return CaffeFeatures(network).eval()


def test_the_published_way_is_the_whole_picture_at_its_size(resnet: CaffeFeatures) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (75, 90, 3), np.uint8)
    shown = torch.from_numpy(pixels.astype(np.float32).transpose(2, 0, 1) / 255)
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    with torch.inference_mode():
        whole, places = resnet(((shown - mean) / std)[None])
    (found,) = (sight := CaffeSight(resnet, CPU)).seen([sight.prepared(Image.fromarray(pixels))])
    assert torch.allclose(found.whole, whole[0], atol=1e-5)
    assert found.places is not None
    assert torch.allclose(found.places, places[0], atol=1e-5)


def test_the_least_that_the_network_can_take(resnet: CaffeFeatures) -> None:
    sight = CaffeSight(resnet, CPU)
    (found,) = sight.seen([sight.prepared(Image.new("RGB", (LEAST_SEEN, LEAST_SEEN), "red"))])
    assert found.whole.shape == (2048,)
    with pytest.raises(PictureUnreadable, match=f"{LEAST_SEEN} a side"):
        sight.prepared(Image.new("RGB", (100, LEAST_SEEN - 1)))
    with pytest.raises(RuntimeError):  # so the limit is not too high
        resnet(torch.zeros(1, 3, LEAST_SEEN - 1, LEAST_SEEN - 1))


def test_places_are_left_out_where_nobody_looks_at_them() -> None:
    sight = sight_of(Glance(), CPU, 0, places=False)  # type: ignore[arg-type]  # of the same form
    (found,) = sight.seen([sight.prepared(Image.new("RGB", (9, 9)))])
    assert found.places is None


@pytest.mark.parametrize(
    ("size", "largest", "expected"),
    [((90, 60), 0, (90, 60)), ((90, 60), 60, (60, 40)), ((60, 90), 64, (43, 64)), ((50, 20), 64, (50, 20))],
)
def test_larger_pictures_are_made_smaller_when_asked(
    size: tuple[int, int], largest: int, expected: tuple[int, int]
) -> None:
    sight, network = glancing(largest)
    sight.seen([sight.prepared(Image.new("RGB", size))])
    assert network.sizes == [(1, 3, expected[1], expected[0])]


def test_what_needs_too_much_memory_says_which_size_fits() -> None:
    sight, _ = glancing(free=PIXEL_BYTES * 1000 * 500 + BESIDE)
    sight.prepared(Image.new("RGB", (1000, 500)))
    with pytest.raises(MemoryExhausted, match="4,000 x 2,000 pixels") as caught:
        sight.prepared(Image.new("RGB", (4000, 2000)))
    assert "--largest-side 992" in caught.value.hint  # 1000, down to what a place of the last layer covers
    smaller, _ = glancing(992, free=PIXEL_BYTES * 1000 * 500 + BESIDE)
    assert smaller.prepared(Image.new("RGB", (4000, 2000))).shape == (496, 992, 3)


def test_memory_that_runs_out_is_a_sentence() -> None:
    class Full(Glance):
        def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    sight = CaffeSight(Full(), CPU, free=lambda _: 10**12)  # type: ignore[arg-type]  # of the same form
    with pytest.raises(MemoryExhausted, match="9 x 8 pixels") as caught:
        sight.seen([sight.prepared(Image.new("RGB", (9, 8)))])
    assert "--largest-side" in caught.value.hint


def test_it_stops_between_layers() -> None:
    token = CancelToken()

    class Slow(Glance):
        def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            token.cancel()
            return super().forward(pixels)

    network = Slow()
    sight = CaffeSight(network, CPU)  # type: ignore[arg-type]  # of the same form
    shown = [sight.prepared(Image.new("RGB", (9, 8)))]
    with pytest.raises(Cancelled):
        sight.seen(shown, token)
    assert network.sizes == []  # its convolution never ran
    sight.seen(shown)  # and nothing is left on it
    assert len(network.sizes) == 1


def test_tiles_are_seen_many_at_a_time() -> None:
    torch.manual_seed(0)
    trunk = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.MaxPool2d(10)).eval()
    network = TileFeatures(trunk, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)).eval()
    sight = sight_of(network, CPU, 0, places=False)
    assert isinstance(sight, TileSight)
    shades = [Image.new("RGB", (shade % 7 + 1, 3), (shade, 2 * shade, 9)) for shade in range(70)]
    shown = [sight.prepared(image) for image in shades]
    together = [found for at in (0, 64) for found in sight.seen(shown[at : at + 64])]
    alone = [sight.seen([one])[0] for one in shown]
    assert all(torch.allclose(a.whole, b.whole, atol=1e-5) for a, b in zip(together, alone, strict=True))
    assert together[0].whole.shape == (32,)
