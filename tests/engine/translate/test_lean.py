"""Freed memory goes back while a picture is drawn, and the picture stays the same.

Must not know how memory is handed back; the figures themselves are measured by tests/bench/bench_memory.py.
"""

from __future__ import annotations

import pytest
import torch

from tensorviz.engine.tasks.translate import lean as module
from tensorviz.engine.tasks.translate.generator import GeneratorPlan, ResNetGenerator
from tensorviz.engine.tasks.translate.lean import lean


def network() -> ResNetGenerator:
    torch.manual_seed(0)
    return ResNetGenerator(GeneratorPlan(4, 1)).eval().requires_grad_(False)


def test_it_is_asked_for_large_layers_only_and_nothing_stays_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing, asked = network(), list[int]()

    def trim(kept: int) -> int:
        asked.append(kept)
        return 1

    monkeypatch.setattr(module, "_trim", lambda: trim)
    small, large = torch.rand(1, 3, 16, 16), torch.rand(1, 3, 320, 320)
    expected = drawing(large)
    with lean(drawing.model):
        drawing(small)
        assert asked == []
        assert torch.equal(drawing(large), expected)
    count = len(asked)
    assert count > 0
    assert set(asked) == {0}
    drawing(large)
    assert len(asked) == count


def test_a_library_without_it_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing, large = network(), torch.rand(1, 3, 320, 320)
    monkeypatch.setattr(module, "_trim", lambda: None)
    with lean(drawing.model):
        assert drawing(large).shape == large.shape


def test_a_layer_that_fails_leaves_nothing_behind() -> None:
    drawing = network()
    with pytest.raises(RuntimeError), lean(drawing.model):
        drawing(torch.rand(1, 5, 16, 16))
    assert not any(layer._forward_pre_hooks for layer in drawing.model)
