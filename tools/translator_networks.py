"""One step of training the small translators: two generators, two discriminators, and the losses between them.

The losses are those of "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks" (Zhu, Park,
Isola, Efros, arXiv 1703.10593). Must not know files: batches in, losses out, the whole state as tensors.
"""

from __future__ import annotations

import copy
import random
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from tensorviz.engine.tasks.translate.generator import GeneratorPlan, ResNetGenerator

# With instance norms a generator draws the same for a picture and for the same picture darker, flatter or tinted: its
# first norm takes all of that away, and no way back can know it. Batch norms with fixed statistics keep it: after 400
# steps the cycle loss was 3.6 instead of 6.3. Batches of one give no statistics, so they are fixed after one look.
PLAN = GeneratorPlan(width=16, blocks=6, norm="batch")
FIRST_SHARE = 0.3  # of a residual block's result that is added at the beginning
JUDGE_WIDTH, POOL, RATE, BETAS = 32, 50, 2e-4, (0.5, 0.999)
CYCLE, IDENTITY, KEPT_SHARE = 10.0, 5.0, 0.998


def judge_network(width: int = JUDGE_WIDTH) -> nn.Sequential:
    """A discriminator of patches of 70 pixels, as in the paper and narrower. (N, 3, H, W) to (N, 1, H/8-2, W/8-2)."""
    layers: list[nn.Module] = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
    for size, wider, stride in ((width, 2 * width, 2), (2 * width, 4 * width, 2), (4 * width, 8 * width, 1)):
        layers += [nn.Conv2d(size, wider, 4, stride, 1), nn.InstanceNorm2d(wider), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, 1, 1))


class Pool:
    """The last translated pictures, so that a discriminator does not forget what the generator did before."""

    def __init__(self, dice: random.Random, size: int = POOL) -> None:
        self.dice, self.size, self.kept = dice, size, list[Tensor]()

    def swapped(self, picture: Tensor) -> Tensor:
        """The picture (1, 3, H, W), or half of the time an earlier one that it takes the place of."""
        if len(self.kept) < self.size:
            self.kept.append(picture.clone())
            return picture
        if self.dice.random() < 0.5:
            return picture
        at = self.dice.randrange(self.size)
        earlier, self.kept[at] = self.kept[at], picture.clone()
        return earlier


class Pair:
    """Two generators (there and back), two discriminators, their optimisers, and slow averages of the generators."""

    def __init__(self, seed: int) -> None:
        torch.manual_seed(seed)
        self.dice = random.Random(seed)
        self.there, self.back = (_born(ResNetGenerator(PLAN)).eval() for _ in range(2))  # see `look`
        self.judge_there, self.judge_back = _born(judge_network()), _born(judge_network())
        self.slow_there, self.slow_back = _slow(self.there), _slow(self.back)
        self.pool_there, self.pool_back = Pool(self.dice), Pool(self.dice)
        self.averaged = 0
        generators = [*self.there.parameters(), *self.back.parameters()]
        judges = [*self.judge_there.parameters(), *self.judge_back.parameters()]
        self.optimisers = [torch.optim.Adam(generators, RATE, BETAS), torch.optim.Adam(judges, RATE, BETAS)]

    @torch.no_grad()
    def look(self, crops: Tensor) -> None:
        """Fixes the statistics of all norms of the generators to those of these crops (N, 3, H, W) of both sides."""
        for generator in (self.there, self.back):
            norms = [module for module in generator.modules() if isinstance(module, nn.BatchNorm2d)]
            for norm in norms:
                norm.momentum = 1.0  # what was seen last is all that counts
            for block in generator.residual_blocks:
                block.conv_block[-1].weight.fill_(FIRST_SHARE)
            generator.train()
            generator(crops)
            generator.eval()
        self.slow_there, self.slow_back = _slow(self.there), _slow(self.back)

    def step(self, photo: Tensor, painting: Tensor, rate: float) -> dict[str, float]:
        """Learns from one photograph and one painting, both (1, 3, H, W) in -1 to 1; gives the losses."""
        for optimiser in self.optimisers:
            optimiser.param_groups[0]["lr"] = RATE * rate
        as_painting, as_photo, losses = self._teach_generators(photo, painting)
        losses |= self._teach_judges(photo, painting, as_painting, as_photo)
        self._average()
        return losses

    def _teach_generators(self, photo: Tensor, painting: Tensor) -> tuple[Tensor, Tensor, dict[str, float]]:
        self._judges_learn(False)
        with torch.autocast("cpu", torch.bfloat16):
            as_painting, same_painting = self.there(torch.cat((photo, painting))).split(1)
            as_photo, same_photo = self.back(torch.cat((painting, photo))).split(1)
            photo_again, painting_again = self.back(as_painting), self.there(as_photo)
            said_painting, said_photo = self.judge_there(as_painting), self.judge_back(as_photo)
        wanted = {
            "fool": _real(said_painting) + _real(said_photo),
            "cycle": CYCLE * (_away(photo_again, photo) + _away(painting_again, painting)),
            "same": IDENTITY * (_away(same_painting, painting) + _away(same_photo, photo)),
        }
        self._learn(self.optimisers[0], sum(wanted.values(), torch.zeros(())))
        return as_painting.detach().float(), as_photo.detach().float(), _plain(wanted)

    def _teach_judges(self, photo: Tensor, painting: Tensor, as_painting: Tensor, as_photo: Tensor) -> dict[str, float]:
        self._judges_learn(True)
        with torch.autocast("cpu", torch.bfloat16):
            paintings = self.judge_there(torch.cat((painting, self.pool_there.swapped(as_painting)))).split(1)
            photos = self.judge_back(torch.cat((photo, self.pool_back.swapped(as_photo)))).split(1)
        losses = {f"judge {name}": 0.5 * (_real(real) + _made(made)) for name, (real, made) in
                  (("paintings", paintings), ("photos", photos))}  # fmt: skip
        self._learn(self.optimisers[1], sum(losses.values(), torch.zeros(())))
        return _plain(losses)

    def _judges_learn(self, learn: bool) -> None:
        for judge in (self.judge_there, self.judge_back):
            judge.requires_grad_(learn)

    @staticmethod
    def _learn(optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
        if not torch.isfinite(loss):
            raise FloatingPointError(f"the loss is {loss.item()}")
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    @torch.no_grad()
    def _average(self) -> None:
        self.averaged += 1
        kept = min(KEPT_SHARE, self.averaged / (self.averaged + 10))  # the first weights are noise
        for slow, fast in ((self.slow_there, self.there), (self.slow_back, self.back)):
            torch._foreach_lerp_(list(slow.parameters()), list(fast.parameters()), 1 - kept)

    def state(self) -> dict[str, Any]:
        """Everything that a later start needs, as tensors and plain values."""
        return {
            **{name: getattr(self, name).state_dict() for name in self._networks()},
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "pools": [pool.kept for pool in (self.pool_there, self.pool_back)],
            "dice": self.dice.getstate(), "torch": torch.get_rng_state(),
            "averaged": self.averaged,
        }  # fmt: skip

    def resume(self, state: dict[str, Any]) -> None:
        for name in self._networks():
            getattr(self, name).load_state_dict(state[name])
        for optimiser, kept in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)
        self.pool_there.kept, self.pool_back.kept = state["pools"]
        self.dice.setstate(state["dice"])
        torch.set_rng_state(state["torch"])
        self.averaged = state["averaged"]

    @staticmethod
    def _networks() -> tuple[str, ...]:
        return ("there", "back", "judge_there", "judge_back", "slow_there", "slow_back")


def _born(network: Any) -> Any:
    """Weights drawn as in the published code: normal with a deviation of 0.02, no bias; channels together in memory."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, 0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network.to(memory_format=torch.channels_last)


def _plain(losses: dict[str, Tensor]) -> dict[str, float]:
    return {name: loss.item() for name, loss in losses.items()}


def _slow(network: ResNetGenerator) -> ResNetGenerator:
    return copy.deepcopy(network).requires_grad_(False).eval()


def _real(said: Tensor) -> Tensor:
    return (said.float() - 1).square().mean()


def _made(said: Tensor) -> Tensor:
    return said.float().square().mean()


def _away(made: Tensor, wanted: Tensor) -> Tensor:
    return functional.l1_loss(made.float(), wanted)
