"""Writes assets/catalogue/neuraltalk2.json: the published captioner of the book, and the files that it needs.

    python tools/make_captioners.py

Sources: the tree of github.com/deep-learning-with-pytorch/ImageCaptioning.pytorch, whose object ids are the only
fingerprints but one, and its eval.py, which joins the two chunks of the ResNet in this order. Must not know the
program: run it again after a change of the tables.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

BOOK = "https://raw.githubusercontent.com/deep-learning-with-pytorch/ImageCaptioning.pytorch/master/data/{path}"
MODEL = "FC/fc-model.pth", "cd0073c00d1c1809e25e0ae794d5c58beec707d6"
INFOS = "FC/fc-infos.pkl", "623f78e01e9b0dd95a130b5766e6651328939f29"
INFOS_SHA256 = "44272594d7b931b9cfbba2c941f44d0fd0034e2c3db9b94b21c8de83750d3cb8"
INFOS_BYTES = 1_268_579
CHUNKS = (
    ("imagenet_weights/resnet101a.pth", "2933b934efa86e68cecf59fbad1072e16455b3ab"),
    ("imagenet_weights/resnet101b.pth", "76aed7cfbdc096666152d6c80069e28be37b9acd"),
)
WORDS, ENCODING, STATE, FEATURES = 9487, 512, 512, 2048  # of the book's infos
FLOAT = 4  # bytes
WIDTH, HEIGHT = 640, 480  # of the picture by which costs are told
BLOCKS = (3, 4, 23, 3)  # of the ResNet-101


def main() -> None:
    target = Path(__file__).resolve().parents[1] / "assets" / "catalogue" / "neuraltalk2.json"
    target.write_text(json.dumps({"models": [_model()]}, indent=1) + "\n", encoding="utf-8")


def captioner_parameters() -> int:
    """Of the network "fc": a linear layer for the picture, the words, a cell of five parts, and one to the words."""
    outputs = WORDS + 1
    cell = 5 * STATE * (ENCODING + 1) + 5 * STATE * (STATE + 1)
    return ENCODING * (FEATURES + 1) + outputs * ENCODING + cell + outputs * (STATE + 1)


def convolutions() -> list[tuple[int, int, int, int]]:
    """Each convolution of the ResNet: channels in, channels out, kernel, and how often it is applied to a picture.

    As converted from Caffe: pooling without padding rounds up, and a block that halves does so in its first layer.
    """
    across, down = _halved(WIDTH), _halved(HEIGHT)
    layers = [(3, 64, 7, across * down)]
    across, down = -(-(across - 3) // 2) + 1, -(-(down - 3) // 2) + 1
    given = 64
    for stage, count in enumerate(BLOCKS):
        width = 64 * 2**stage
        if stage:
            across, down = _halved(across), _halved(down)
        for block in range(count):
            layers += [(given, width, 1, across * down), (width, width, 3, across * down)]
            layers += [(width, 4 * width, 1, across * down)]
            layers += [(given, 4 * width, 1, across * down)] if block == 0 else []
            given = 4 * width
    return layers


def _halved(side: int) -> int:
    return (side + 1) // 2


def resnet_parameters() -> tuple[int, int]:
    """Of the ResNet with its head of 1000 classes: those that are trained, and all numbers of its file."""
    layers = convolutions()
    norms = sum(out for _, out, _, _ in layers)
    weights = sum(into * out * kernel**2 for into, out, kernel, _ in layers)
    trained = weights + 2 * norms + FEATURES * 1000 + 1000
    return trained, trained + 2 * norms


def gflops() -> float:
    """Of the ResNet for one picture: 1e9 multiplications and additions."""
    return round(sum(into * out * kernel**2 * times for into, out, kernel, times in convolutions()) / 1e9, 2)


def _published(published: tuple[str, str], name: str, nbytes: int, sha256: str = "") -> dict[str, Any]:
    path, blob = published
    return {"name": name, "url": BOOK.format(path=path), "git_blob": blob, "sha256": sha256, "bytes": nbytes}


def _model() -> dict[str, Any]:
    trained, numbers = resnet_parameters()
    half = numbers * FLOAT // 2
    chunks = [_published(chunk, f"neuraltalk2-{Path(chunk[0]).name}", half) for chunk in CHUNKS]
    files = [
        {"role": "weights", **_published(MODEL, "neuraltalk2-fc-model.pth", captioner_parameters() * FLOAT)},
        {"role": "infos", **_published(INFOS, "neuraltalk2-fc-infos.pkl", INFOS_BYTES, INFOS_SHA256)},
        {"role": "cnn", "name": "neuraltalk2-resnet101.pth", "bytes": 2 * half, "chunks": chunks},
    ]
    weights = {
        "name": "BOOK", "default": True, "family": "fc", "words": WORDS,
        "parameters": captioner_parameters() + trained, "gflops": gflops(), "licence": "not stated",
        "trained_on": "COCO (photographs with captions)", "files": files,
    }  # fmt: skip  # a table
    return {"name": "neuraltalk2", "summary": "Describes photographs of everyday scenes", "weights": [weights]}


if __name__ == "__main__":
    main()
