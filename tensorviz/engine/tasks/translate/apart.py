"""A generator whose slow layers are computed where they can be killed.

Must not know how the other process is started or spoken to, pictures of people, or requests.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from tensorviz.core.translation_time import Speed, slowest_layer, whole_forward
from tensorviz.engine.tasks.translate.forward import Forward, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.translation import InputRange, Size
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.translate.forward import Pixels, Stage, Tell
    from tensorviz.engine.tasks.translate.generator import ResNetGenerator
    from tensorviz.engine.tasks.translate.workshop import Workshop

LONGEST_HERE = 0.5  # seconds of one layer that may be waited for
OTHER = 350_000_000  # bytes that a fresh process takes with torch in it; measured, see tests/bench/bench_translate.py


class ForwardApart(Forward):
    """As Forward; what has a layer that takes long on the processor is computed in the workshop.

    There Cancelled is raised at most 50 ms after the wish. The result is the same to the last bit. longest: seconds of
    one layer from which on it goes there. speed: what is known of this computer.
    """

    def __init__(
        self,
        network: ResNetGenerator,
        device: torch.device,
        workshop: Workshop,
        free: Callable[[torch.device], int] | None = None,
        longest: float = LONGEST_HERE,
        speed: Speed | None = None,
    ) -> None:
        super().__init__(network, device, free)
        self._workshop, self._longest = workshop, longest
        self._speed = speed or Speed()
        self._key = workshop.new_key()

    def is_apart(self, network_size: Size) -> bool:
        """Whether a picture of (width, height) goes to the workshop."""
        if self.device.type != "cpu" or not self._workshop.possible:
            return False
        return self._speed.seconds(slowest_layer(network_size, self.network.plan.width)) > self._longest

    def free(self) -> int:
        """Bytes that a picture may take now, once the workshop runs."""
        self._workshop.settle()  # what was killed just now still gives its memory back
        further = 0 if self._workshop.alive or self.device.type != "cpu" else OTHER
        return max(0, super().free() - further)

    def drawn(
        self,
        pixels: Pixels,
        input_range: InputRange,
        token: CancelToken | None = None,
        stage: Stage | None = None,
        tell: Tell | None = None,
    ) -> Tensor:
        """See Forward.drawn. Raises TensorvizError, too, when the workshop's process died."""
        started = time.perf_counter()
        if self.is_apart(_size(pixels)):
            hear = _heard(stage, tell)
            values = self._ask("drawn", (pixels, input_range, stage is not None), token, hear)
            drawn = torch.from_numpy(values)
        else:
            drawn = super().drawn(pixels, input_range, token, stage, tell)
        plan = self.network.plan
        self._speed.learn(whole_forward(_size(pixels), plan.width, plan.blocks), time.perf_counter() - started)
        return drawn

    def features(
        self, pixels: Pixels, input_range: InputRange, block: int = 0, token: CancelToken | None = None
    ) -> Tensor:
        """See Forward.features."""
        if not self.is_apart(_size(pixels)):
            return super().features(pixels, input_range, block, token)
        return torch.from_numpy(self._ask("features", (pixels, input_range, block), token))

    def step(self, features: Tensor, block: int, token: CancelToken | None = None) -> Step:
        """See Forward.step."""
        if not self.is_apart((4 * features.shape[3], 4 * features.shape[2])):
            return super().step(features, block, token)
        (after, drawn), numbers = self._ask("step", (features.contiguous().numpy(), block), token)
        return Step(torch.from_numpy(after), torch.from_numpy(drawn), *numbers)

    def _ask(
        self,
        what: str,
        given: tuple[Any, ...],
        token: CancelToken | None,
        hear: Callable[[Any], None] | None = None,
    ) -> Any:
        return self._workshop.ask(what, self._key, self._as_values, given, torch.get_num_threads(), token, hear)

    def _as_values(self) -> tuple[dict[str, Any], dict[str, Any]]:
        state = self.network.state_dict().items()
        return asdict(self.network.plan), {name: value.numpy() for name, value in state if not value.is_meta}


def _size(pixels: Pixels) -> Size:
    return pixels.shape[1], pixels.shape[0]


def _heard(stage: Stage | None, tell: Tell | None) -> Callable[[tuple[int, Any]], None]:
    def hear(told: tuple[int, Any]) -> None:
        index, features = told
        if stage is not None:
            stage(index, torch.from_numpy(features))
        if tell is not None:
            tell(index)

    return hear
