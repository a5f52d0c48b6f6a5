"""The small network and where scripts find it: those copied out of earlier versions name its earlier place."""

from __future__ import annotations

from tensorviz.engine.small_net import SmallNet
from tensorviz.engine.tasks.classify import small_net as earlier


def test_the_earlier_place_gives_the_same_network() -> None:
    assert earlier.SmallNet is SmallNet
