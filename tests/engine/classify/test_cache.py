"""Networks are kept warm while there is room, and read again when their file changed.

Must not know pictures.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.recipe import Recipe
from tensorviz.engine.tasks.classify.cache import NetworkCache


@pytest.fixture
def choices(small_file: Path, tmp_path: Path) -> list[ModelChoice]:
    paths = [tmp_path / f"{name}.pth" for name in "abc"]
    for path in paths:
        shutil.copy(small_file, path)
    return [ModelChoice("shufflenet_v2_x0_5", str(path), device="cpu") for path in paths]


def test_the_same_choice_is_the_same_network_whatever_the_batch(choices: list[ModelChoice]) -> None:
    cache = NetworkCache(free_share=lambda: 0.9)
    first = cache.classifier(choices[0])
    assert cache.classifier(replace(choices[0], batch=3)) is first
    assert cache.classifier(replace(choices[0], recipe=Recipe(100, 90))) is not first


def test_a_file_that_changed_is_read_again(choices: list[ModelChoice]) -> None:
    cache = NetworkCache(free_share=lambda: 0.9)
    first = cache.classifier(choices[0])
    path = Path(choices[0].weights)
    path.write_bytes(path.read_bytes() + b"")
    import os

    os.utime(path, ns=(1, 1))
    assert cache.classifier(choices[0]) is not first


def test_the_network_used_longest_ago_goes_first(choices: list[ModelChoice]) -> None:
    size = NetworkCache(free_share=lambda: 0.9).classifier(choices[0]).bytes
    cache = NetworkCache(most_bytes=int(size * 2.5), free_share=lambda: 0.9)
    a, b = cache.classifier(choices[0]), cache.classifier(choices[1])
    assert cache.bytes == 2 * size
    assert cache.classifier(choices[0]) is a
    cache.classifier(choices[2])
    assert len(cache) == 2
    assert cache.classifier(choices[0]) is a
    assert cache.classifier(choices[1]) is not b


def test_networks_are_dropped_when_the_computer_is_short_of_memory(choices: list[ModelChoice]) -> None:
    free = 0.9
    cache = NetworkCache(free_share=lambda: free)
    cache.classifier(choices[0])
    cache.classifier(choices[1])
    free = 0.05
    cache.classifier(choices[2])
    assert len(cache) == 1


def test_all_can_be_dropped(choices: list[ModelChoice]) -> None:
    cache = NetworkCache(free_share=lambda: 0.9)
    first = cache.classifier(choices[0])
    cache.drop_all()
    assert len(cache) == 0
    assert cache.bytes == 0
    assert cache.classifier(choices[0]) is not first
