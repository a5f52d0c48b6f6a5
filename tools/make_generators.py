"""Writes assets/catalogue/cyclegan.json: the published generators of CycleGAN, and the book's file.

    python tools/make_generators.py

Sources: the authors' scripts/download_cyclegan_model.sh (github.com/junyanz/pytorch-CycleGAN-and-pix2pix), which names
them and gives the address, and the tree of github.com/deep-learning-with-pytorch/dlwpt-code, whose object id is the
book's file's only fingerprint. Must not know the program: run it again after a change of the tables.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

AUTHORS = "http://efrosgans.eecs.berkeley.edu/cyclegan/pretrained_models/{name}.pth"
BOOK = "https://raw.githubusercontent.com/deep-learning-with-pytorch/dlwpt-code/master/data/p1ch2/horse2zebra_0.4.0.pth"
BOOK_BLOB = "ce10268a67fba8227bd42a071e17eef1b358fa2b"
NOT_STATED = "not stated"
WIDTH, BLOCKS, SIDE = 64, 9, 256  # as all of them were trained
PAIRS = (
    ("apple2orange", "orange2apple", "apples as oranges", "oranges as apples"),
    ("summer2winter_yosemite", "winter2summer_yosemite", "summer in Yosemite as winter", "winter there as summer"),
    ("horse2zebra", "zebra2horse", "horses as zebras", "zebras as horses"),
    ("monet2photo", "style_monet", "paintings of Monet as photographs", "photographs as paintings of Monet"),
    ("sat2map", "map2sat", "views from a satellite as street maps", "street maps as views from a satellite"),
    ("cityscapes_photo2label", "cityscapes_label2photo", "streets as coloured labels", "coloured labels as streets"),
    ("facades_photo2label", "facades_label2photo", "facades as coloured labels", "coloured labels as facades"),
)
ALONE = (
    ("style_cezanne", "photographs as paintings of Cezanne"),
    ("style_ukiyoe", "photographs as Japanese woodcuts (ukiyo-e)"),
    ("style_vangogh", "photographs as paintings of Van Gogh"),
    ("iphone2dslr_flower", "flowers taken by a phone as if by a larger camera"),
)


def main() -> None:
    both = [row for one, other, there, back in PAIRS for row in ((one, other, there), (other, one, back))]
    rows = [*both, *((name, "", summary) for name, summary in ALONE)]
    models = [_model(name, way_back, summary) for name, way_back, summary in sorted(rows)]
    target = Path(__file__).resolve().parents[1] / "assets" / "catalogue" / "cyclegan.json"
    target.write_text(json.dumps({"models": models}, indent=1) + "\n", encoding="utf-8")


def _layers() -> list[tuple[int, int, int, int]]:
    """Each convolution of the network: channels in, channels out, kernel, and how often it is applied to a picture."""
    full, half, quarter = SIDE**2, SIDE**2 // 4, SIDE**2 // 16
    down = [(3, WIDTH, 7, full), (WIDTH, 2 * WIDTH, 3, half), (2 * WIDTH, 4 * WIDTH, 3, quarter)]
    up = [(4 * WIDTH, 2 * WIDTH, 3, quarter), (2 * WIDTH, WIDTH, 3, half), (WIDTH, 3, 7, full)]
    return [*down, *([(4 * WIDTH, 4 * WIDTH, 3, quarter)] * 2 * BLOCKS), *up]


def _costs() -> dict[str, float]:
    layers = _layers()
    work = sum(a * b * kernel**2 * times for a, b, kernel, times in layers)
    return {"parameters": sum(a * b * kernel**2 + b for a, b, kernel, _ in layers), "gflops": round(work / 1e9, 2)}


def _model(name: str, way_back: str, summary: str) -> dict[str, Any]:
    authors = {"name": "AUTHORS", "default": name != "horse2zebra", "url": AUTHORS.format(name=name), "git_blob": ""}
    book = {"name": "BOOK", "default": True, "url": BOOK, "git_blob": BOOK_BLOB}
    weights = [{**row, **_costs(), "licence": NOT_STATED}
               for row in ([book] if name == "horse2zebra" else []) + [authors]]  # fmt: skip
    return {"name": name, "summary": f"Draws {summary}", "way_back": way_back, "weights": weights}


if __name__ == "__main__":
    main()
