"""Judging the small translators on pictures that they never saw, and writing them with their card.

Must not know how they are trained: two networks and pictures in, figures and files out.
"""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from tensorviz.engine.tasks.translate.generator import ResNetGenerator
from tools.translator_networks import PLAN
from tools.translator_pictures import as_pixels, as_tensor, cut_to_fours

if TYPE_CHECKING:
    from pathlib import Path

    from tools.train_translator import Training
    from tools.translator_pictures import Pixels, Side

COUNTER = "num_batches_tracked"
NAMES = ("photo2painting", "painting2photo")
SUMMARIES = ("Draws photographs as oil paintings", "Draws paintings as photographs")
TRAINED_ON = "ImageNet sample photographs, one half painted by a filter"
EXPERT_STEPS, EXPERT_BATCH = 1500, 16


@dataclass(frozen=True)
class Figures:
    """Errors are mean absolute differences in levels of 0 to 255; shares are 0 to 1, of held-out pictures.

    moved: how far a translation is from its source. halved: what storing in float16 changes. taken_for: translations
    that the expert takes for the other side.
    """

    cycle_photos: float
    cycle_paintings: float
    moved_photos: float
    moved_paintings: float
    halved_mean: float
    halved_most: float
    expert_right: float
    photos_taken_for_paintings: float
    paintings_taken_for_photos: float


def publish(training: Training, out: Path) -> None:
    """Judges the averaged generators as they are stored (float16), and writes weights, facts and the card."""
    torch.manual_seed(training.seed)
    slow = (training.pair.slow_there, training.pair.slow_back)
    stored = tuple(_stored(network) for network in slow)
    read = tuple(_read(state) for state in stored)
    figures = judged(slow, read, training.photos, training.paintings, training.seed)
    out.mkdir(parents=True, exist_ok=True)
    facts = {
        "steps": training.step, "seed": training.seed, "seconds": round(training.seconds),
        "threads": torch.get_num_threads(), "torch": torch.__version__.split("+")[0], **_rounded(figures),
    }  # fmt: skip
    for name, other, summary, state, network in zip(NAMES, NAMES[::-1], SUMMARIES, stored, read, strict=True):
        weights = out / f"{name}.safetensors"
        save_file(state, weights)
        weights.chmod(0o644)  # safetensors keeps what it writes to the owner
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        own = {"summary": summary, "way_back": other, "trained_on": TRAINED_ON, "width": PLAN.width,
               "blocks": PLAN.blocks, **cost(network), "sha256": digest, **facts}  # fmt: skip
        (out / f"{name}.json").write_text(json.dumps(own, indent=1) + "\n", encoding="utf-8")
    (out / f"{NAMES[0]}.md").write_text(card(facts, figures, cost(read[0])), encoding="utf-8")
    print(f"published after {training.step} steps: {figures}", flush=True)


def _stored(network: nn.Module) -> dict[str, Tensor]:
    """Weights in float16, running statistics in float32, whose range they may need; no counters."""
    return {
        name: (value if "running" in name else value.half()).contiguous()
        for name, value in network.state_dict().items()
        if COUNTER not in name
    }


def _read(state: dict[str, Tensor]) -> ResNetGenerator:
    network = ResNetGenerator(PLAN).eval()
    network.load_state_dict({name: value.float() for name, value in state.items()}, strict=False)  # the counters
    return network.to(memory_format=torch.channels_last)


def _rounded(figures: Figures) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(figures).items()}


def cost(network: nn.Module) -> dict[str, Any]:
    """Parameters, and thousand millions of multiply-adds for 256 x 256 pixels, as torchvision counts its "GFLOPS"."""
    with torch.inference_mode(), FlopCounterMode(display=False) as counted:
        network(torch.zeros(1, 3, 256, 256))
    work = float(counted.get_total_flops()) / 2 / 1e9
    return {"parameters": sum(p.numel() for p in network.parameters()), "gflops": round(work, 2)}


@torch.inference_mode()
def _over(network: nn.Module, pictures: list[Pixels]) -> list[Pixels]:
    """Each picture translated, as the bytes that a person would see."""
    return [as_pixels(network(as_tensor(pixels))) for pixels in pictures]


def _apart(one: list[Pixels], other: list[Pixels]) -> float:
    errors = [float(abs(a.astype(float) - b.astype(float)).mean()) for a, b in zip(one, other, strict=True)]
    return sum(errors) / len(errors)


def _most(one: list[Pixels], other: list[Pixels]) -> float:
    return max(float(abs(a.astype(float) - b.astype(float)).max()) for a, b in zip(one, other, strict=True))


def judged(
    full: tuple[nn.Module, ...], stored: tuple[nn.Module, ...], photos: Side, paintings: Side, seed: int
) -> Figures:
    """All figures, on the held-out pictures. full: the networks before their numbers were halved."""
    own = [[cut_to_fours(pixels) for pixels in side.held_out] for side in (photos, paintings)]
    there, back = stored
    over = [_over(there, own[0]), _over(back, own[1])]
    again = [_over(back, over[0]), _over(there, over[1])]
    unhalved = [_over(full[0], own[0]), _over(full[1], own[1])]
    expert = expert_of(photos, paintings, seed)
    right = [_painted_share(expert, pictures) for pictures in (*own, *over)]
    return Figures(
        cycle_photos=_apart(own[0], again[0]),
        cycle_paintings=_apart(own[1], again[1]),
        moved_photos=_apart(own[0], over[0]),
        moved_paintings=_apart(own[1], over[1]),
        halved_mean=(_apart(over[0], unhalved[0]) + _apart(over[1], unhalved[1])) / 2,
        halved_most=max(_most(over[0], unhalved[0]), _most(over[1], unhalved[1])),
        expert_right=(1 - right[0] + right[1]) / 2,
        photos_taken_for_paintings=right[2],
        paintings_taken_for_photos=1 - right[3],
    )


class Expert(nn.Module):
    """A small convolutional network that tells paintings from photographs; it takes any size."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for size, wider in ((3, 24), (24, 48), (48, 64), (64, 64)):
            layers += [nn.Conv2d(size, wider, 3, 2, 1, bias=False), nn.BatchNorm2d(wider), nn.ReLU()]
        self.layers, self.last = nn.Sequential(*layers), nn.Linear(64, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        """How sure it is of a painting (N,), for pictures (N, 3, H, W)."""
        sure: Tensor = self.last(self.layers(pictures).mean((2, 3)))[:, 0]
        return sure


def expert_of(photos: Side, paintings: Side, seed: int) -> Expert:
    """An expert trained on the pictures that the translators learnt from, and independent of their discriminators."""
    torch.manual_seed(seed + 1)
    dice, expert = random.Random(seed + 1), Expert()
    optimiser = torch.optim.Adam(expert.parameters(), 1e-3)
    half = EXPERT_BATCH // 2
    wanted = torch.cat((torch.zeros(half), torch.ones(half)))
    for _ in range(EXPERT_STEPS):
        crops = [photos.crop(dice, True) for _ in range(half)] + [paintings.crop(dice, False) for _ in range(half)]
        loss = functional.binary_cross_entropy_with_logits(expert(torch.cat(crops)), wanted)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return expert.eval()


@torch.inference_mode()
def _painted_share(expert: Expert, pictures: list[Pixels]) -> float:
    return sum(float(expert(as_tensor(pixels)) > 0) for pixels in pictures) / len(pictures)


def card(facts: dict[str, Any], figures: Figures, network: dict[str, Any]) -> str:
    """The model card of the pair, from measured figures only."""
    return f"""# photo2painting and painting2photo: the pair of translators that comes with tensorviz

**What they are.** Two generators of CycleGAN (`ResNetGenerator`, width {PLAN.width}, {PLAN.blocks} residual blocks,
batch norms; {network["parameters"]:,} parameters each, stored as float16): from photographs to pictures that look
painted in oil, and back.

**What they cannot do.** The paintings they know are photographs that went through one filter
(`tools/painting_filter.py`), not works of painters. They know small pictures (the shorter side 256): a larger one is
drawn with strokes that are small in it. The way back invents detail; it restores no photograph.

**How well**, measured with the stored float16 weights on 25 photographs and 25 paintings that were never trained on:

| | photographs | paintings |
| --- | --- | --- |
| there and back again, mean difference in levels of 255 | {figures.cycle_photos:.1f} | {figures.cycle_paintings:.1f} |
| one way, mean difference from the source | {figures.moved_photos:.1f} | {figures.moved_paintings:.1f} |
| translations that an expert takes for the other side | {figures.photos_taken_for_paintings:.0%} | \
{figures.paintings_taken_for_photos:.0%} |

The expert is a small classifier trained on the pictures of both sides and not on translations; it is right on
{figures.expert_right:.0%} of the held-out pictures themselves. Storing float16 changes a picture by
{figures.halved_mean:.3f} levels on average, by {figures.halved_most:.0f} at most.

**How they were made.** `python tools/train_translator.py --data DIR --out FOLDER --steps {facts["steps"]}` (seed
{facts["seed"]}, torch {facts["torch"]}, {facts["threads"]} processor threads, bf16 autocast, {facts["seconds"]:,} s of
training beside other work). Unpaired, after Zhu, Park, Isola, Efros (arXiv 1703.10593): least-squares adversarial
losses with discriminators of 70-pixel patches, cycle losses (weight 10), identity losses (5), a pool of 50 pictures,
Adam (2e-4; 0.5, 0.999) falling to 0 over the second half, crops of 128 pixels; the published weights are slow
averages. Unlike the published generators, which have instance norms, these have batch norms whose statistics were
fixed before the first step: an instance norm takes a picture's brightness, contrast and tint away, and no way back can
know them.

**Data.** 450 photographs of ImageNet classes (github.com/EliSchwartz/imagenet-sample-images), shorter side 256: one
half as they are, the *other* half painted. The weights are this project's own, under its licence; the pictures are
not part of it.
"""
