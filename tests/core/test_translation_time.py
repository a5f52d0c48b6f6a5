"""How much work a generator is, against torch's own layers counted one by one."""

from __future__ import annotations

import pytest

from tensorviz.core.translation_time import TRANSPOSED, Speed, slowest_layer, whole_forward


def convolution(inner: int, outer: int, side: int, positions: int) -> int:
    """Multiply-adds of a convolution that is applied at so many positions."""
    return inner * outer * side * side * positions


@pytest.mark.parametrize(("width", "blocks", "size"), [(64, 9, (1280, 1024)), (4, 6, (16, 12)), (16, 0, (313, 256))])
def test_the_work_of_all_layers_is_their_sum(width: int, blocks: int, size: tuple[int, int]) -> None:
    across, down = -(-size[0] // 4) * 4, -(-size[1] // 4) * 4
    full, half, quarter = across * down, across // 2 * (down // 2), across // 4 * (down // 4)
    layers = [convolution(3, width, 7, full), convolution(width, 2 * width, 3, half)]
    layers += [convolution(2 * width, 4 * width, 3, quarter)]
    layers += [convolution(4 * width, 4 * width, 3, quarter)] * (2 * blocks)
    # A transposed convolution adds to nine positions for each one that it reads.
    transposed = [convolution(4 * width, 2 * width, 3, quarter), convolution(2 * width, width, 3, half)]
    layers += [TRANSPOSED * work for work in transposed]
    layers += [convolution(width, 3, 7, full)]
    assert whole_forward(size, width, blocks) == sum(layers)
    assert slowest_layer(size, width) == layers[-2]
    assert width < 16 or slowest_layer(size, width) == max(layers)


def test_speed_is_usual_until_something_is_learned() -> None:
    speed = Speed(usual=100.0)
    assert speed.seconds(250) == 2.5
    speed.learn(1000, 0.01)  # too short to say anything
    assert speed.seconds(250) == 2.5
    speed.learn(1000, 2.0)
    assert speed.seconds(250) == 0.5


def test_the_slowest_of_the_last_forwards_counts() -> None:
    speed = Speed(kept=2)
    for seconds in (1.0, 4.0, 2.0):
        speed.learn(1000, seconds)
    assert speed.rate == 250
    speed.learn(1000, 2.0)
    assert speed.rate == 500
