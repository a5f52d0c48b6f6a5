"""Trains the captioner that comes with tensorviz, on the features of the small classifier, and writes its card.

    PYTHONPATH=. python tools/train_captioner.py --data DIR [--scenes 160000] [--epochs 12] [--out assets/models]

DIR holds cifar10_train.npz and cifar10_test.npz. The network is of NeuralTalk2's family `fc` (FcCaptioner), so that it
is decoded as the published ones are; its pictures are those of CIFAR-10, single and as montages of two. Features are
kept in --work; the same command goes on from there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from tensorviz.engine.small_net import SmallNet
from tensorviz.engine.tasks.caption.decode import decode
from tensorviz.engine.tasks.caption.network import Captioner, empty_captioner
from tensorviz.engine.tasks.caption.plan import CaptionerPlan
from tensorviz.engine.tasks.caption.sentences import DecodingOptions
from tensorviz.engine.tasks.caption.tiles import TileFeatures
from tools.captioner_montages import ABOVE, BESIDE, SINGLE, Scene, scenes, sentence, tiles, vocabulary
from tools.train_classifier import MEAN, STD

NAME, TRUNK = "cifar10_captioner", "cifar10_small"
WIDTH, LENGTH, BATCH, RATE, DECAY = 192, 12, 512, 2e-3, 1e-2
FEATURE_DROPOUT, WORD_DROPOUT = 0.35, 0.2
CHUNK = 256
HELD_OUT = 9000
LONGEST_GRAM = 4


def cifar(path: Path) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Pictures (N, 32, 32, 3) uint8, labels, and the names of the classes."""
    import io
    import itertools

    from PIL import Image

    with np.load(path) as archive:
        jpeg, offsets = archive["jpeg"].tobytes(), archive["offsets"]
        labels, names = archive["labels"].astype(np.int64), [str(name) for name in archive["names"]]
    decoded = [
        np.asarray(Image.open(io.BytesIO(jpeg[start:end])).convert("RGB")) for start, end in itertools.pairwise(offsets)
    ]
    return np.stack(decoded), labels, names


def trunk(models: Path) -> TileFeatures:
    """The classifier that comes along, without its head."""
    network = SmallNet()
    network.load_state_dict({name: value.float() for name, value in load_file(models / f"{TRUNK}.safetensors").items()})
    return TileFeatures(nn.Sequential(network.whiten, network.blocks), MEAN, STD).eval()


def features(chosen: list[Scene], pictures: np.ndarray, seeing: TileFeatures, seed: int | None, what: str) -> Tensor:
    """Features (N, F) as float16. seed: of the changes made to the pictures, None for none."""
    random = None if seed is None else np.random.default_rng(seed)
    found, start = [], time.perf_counter()
    for at in range(0, len(chosen), CHUNK):
        batch = np.stack([tiles(scene, pictures, random) for scene in chosen[at : at + CHUNK]])
        with torch.inference_mode():
            found.append(seeing(torch.from_numpy(batch)).half())
        if at % (CHUNK * 40) == 0:
            print(f"{what}: {at} of {len(chosen)}, {time.perf_counter() - start:.0f} s", flush=True)
    return torch.cat(found)


def numbers(chosen: list[Scene], labels: np.ndarray, names: list[str], words: list[str]) -> tuple[Tensor, list[str]]:
    """Sentences as indices (N, LENGTH), 0 after the end, and as texts."""
    place = {word: at for at, word in enumerate(words, 1)}
    texts = [
        sentence(s.kind, names[labels[s.first]], names[labels[s.second]] if s.kind != SINGLE else "") for s in chosen
    ]
    rows = [[place[word] for word in text.split()] for text in texts]
    return torch.tensor([row + [0] * (LENGTH - len(row)) for row in rows]), texts


def loss_of(network: Captioner, whole: Tensor, said: Tensor) -> Tensor:
    """Mean surprise of each word and of the ending."""
    context = network.context(whole, None)
    state, words = network.start(context), torch.zeros(len(said), dtype=torch.long)
    total, counted = torch.zeros(()), 0
    going = torch.ones(len(said), dtype=torch.bool)
    for place in range(LENGTH):
        step = network.step(words, context, state)
        state = tuple(functional.dropout(part, WORD_DROPOUT) if at == 0 else part for at, part in enumerate(step.state))
        wanted = said[:, place]
        total = total + functional.nll_loss(step.log_probabilities[going], wanted[going], reduction="sum")
        counted += int(going.sum())
        going = going & (wanted != 0)
        words = wanted
        if not bool(going.any()):
            break
    return total / counted


def train(network: Captioner, known: Tensor, said: Tensor, epochs: int, seed: int) -> None:
    """Adam with a rate that rises and falls."""
    random = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    steps = epochs * math.ceil(len(said) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.15)
    for epoch in range(epochs):
        start, sums = time.perf_counter(), 0.0
        for own in torch.randperm(len(said), generator=random).split(BATCH):
            given = functional.dropout(known[own].float(), FEATURE_DROPOUT)
            loss = loss_of(network, given, said[own])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            sums += float(loss.detach()) * len(own)
        print(f"epoch {epoch + 1}: loss {sums / len(said):.4f}, {time.perf_counter() - start:.0f} s", flush=True)


def said_of(network: Captioner, known: Tensor, words: list[str], beam: int) -> list[str]:
    """What the network says."""
    options = DecodingOptions(length=LENGTH, beam=beam)
    found = [one for part in known.split(512) for one in decode(network, part.float(), None, options)]
    return [" ".join(words[at - 1] for at in one.best.tokens) for one in found]


def bleu(said: list[str], wanted: list[str]) -> float:
    """BLEU-4 of the whole (Papineni et al., 2002), one reference for each."""
    hits, counts = [0] * LONGEST_GRAM, [0] * LONGEST_GRAM
    ours = theirs = 0
    for one, other in zip(said, wanted, strict=True):
        a, b = one.split(), other.split()
        ours, theirs = ours + len(a), theirs + len(b)
        for size in range(1, LONGEST_GRAM + 1):
            grams, known = (Counter(tuple(c[i : i + size]) for i in range(len(c) - size + 1)) for c in (a, b))
            hits[size - 1] += sum((grams & known).values())
            counts[size - 1] += sum(grams.values())
    if 0 in hits:
        return 0.0
    brevity = min(0.0, 1 - theirs / ours)
    return math.exp(brevity + sum(math.log(h / c) for h, c in zip(hits, counts, strict=True)) / LONGEST_GRAM)


def judged(
    network: Captioner, known: Tensor, chosen: list[Scene], wanted: list[str], words: list[str]
) -> dict[str, float]:
    """Figures on held-out scenes, with the book's beam of two."""
    said = said_of(network, known, words, 2)
    kinds = np.array([scene.kind for scene in chosen])
    right = np.array([a == b for a, b in zip(said, wanted, strict=True)])
    same = [x == y for a, b in zip(said, wanted, strict=True) for x, y in zip(a.split(), b.split(), strict=False)]
    total = sum(max(len(a.split()), len(b.split())) for a, b in zip(said, wanted, strict=True))
    return {
        "exact_single": float(right[kinds == SINGLE].mean()),
        "exact_beside": float(right[kinds == BESIDE].mean()),
        "exact_above": float(right[kinds == ABOVE].mean()),
        "exact_two": float(right[kinds != SINGLE].mean()),
        "word_accuracy": sum(same) / total,
        "bleu_4": bleu(said, wanted),
    }


def write(out: Path, network: Captioner, words: list[str], facts: dict[str, object]) -> None:
    """Numbers as float16, the infos as JSON, and the card's figures."""
    file = out / f"{NAME}.safetensors"
    save_file({name: value.detach().half().contiguous() for name, value in network.state_dict().items()}, file)
    plan = network.plan
    options = {
        "caption_model": "fc", "rnn_type": "lstm", "num_layers": 1, "rnn_size": plan.rnn_size,
        "input_encoding_size": plan.input_encoding_size, "fc_feat_size": plan.fc_feat_size, "att_feat_size": 0,
        "att_hid_size": 0, "seq_length": LENGTH, "vocab_size": len(words), "drop_prob_lm": WORD_DROPOUT,
    }  # fmt: skip  # a table
    infos = {"opt": options, "vocab": {str(at): word for at, word in enumerate(words, 1)}}
    (out / f"{NAME}.infos.json").write_text(json.dumps(infos, indent=1) + "\n", encoding="utf-8")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    parameters = sum(value.numel() for value in network.parameters())
    card = {"family": "fc", "trunk": TRUNK, "parameters": parameters, **facts, "sha256": digest}
    (out / f"{NAME}.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Features, training, judging, writing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scenes", type=int, default=160_000)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path(".train"))
    parser.add_argument("--models", type=Path, default=Path("assets/models"), help="where the trunk lies")
    parser.add_argument("--out", type=Path, default=Path("assets/models"))
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    start = time.perf_counter()
    options.work.mkdir(parents=True, exist_ok=True)
    pictures, labels, names = cifar(options.data / "cifar10_train.npz")
    test, test_labels, _ = cifar(options.data / "cifar10_test.npz")
    words, seeing = vocabulary(names), trunk(options.models)
    chosen, held = (
        scenes(options.scenes, len(labels), options.seed),
        scenes(HELD_OUT, len(test_labels), options.seed + 1),
    )
    kept = options.work / f"features-{options.scenes}-{options.seed}.safetensors"
    if not kept.is_file():
        known = features(chosen, pictures, seeing, options.seed, "training")
        save_file({"known": known, "held": features(held, test, seeing, None, "held out")}, kept)
    parts = load_file(kept)
    said, _ = numbers(chosen, labels, names, words)
    _, wanted = numbers(held, test_labels, names, words)
    plan = CaptionerPlan("fc", len(words) + 1, WIDTH, WIDTH, parts["known"].shape[1])
    network = empty_captioner(plan)
    train(network, parts["known"], said, options.epochs, options.seed)
    network.eval().load_state_dict({name: value.half().float() for name, value in network.state_dict().items()})
    figures = judged(network, parts["held"], held, wanted, words)
    print(json.dumps(figures, indent=1), flush=True)
    facts = {
        **figures, "words": len(words), "scenes": options.scenes, "held_out": HELD_OUT, "epochs": options.epochs,
        "seed": options.seed, "seconds": round(time.perf_counter() - start), "threads": torch.get_num_threads(),
        "torch": torch.__version__.split("+")[0],
    }  # fmt: skip  # a table
    write(options.out, network, words, facts)


if __name__ == "__main__":
    main()
