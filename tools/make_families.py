"""Writes assets/catalogue/families.json: the tensors of every classification model by name and shape.

    python tools/make_families.py [--out assets/catalogue/families.json]

To be run again when the torchvision that tensorviz is built with changes; tests/engine/checkpoints/test_known.py
compares the file with the installed torchvision. Sizes that follow the number of classes are found by building each
network twice; so are those that follow the size of the picture.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torchvision

from tensorviz.core.family_table import CLASSES, FREE, Shape, shortened
from tensorviz.engine.tasks.classify.empty import BUNDLED, architectures, build_empty

OPTIONAL = {"googlenet": ["aux1.", "aux2."], "inception_v3": ["AuxLogits."]}
HEADS = {"cifar10_small": ("head.weight",)}  # of networks that are always built for one number of classes
COUNTER = "num_batches_tracked"  # files saved before it was there load all the same


def state_shapes(name: str, classes: int, **options: Any) -> dict[str, tuple[int, ...]]:
    network = build_empty(name, **({} if name in BUNDLED else {"num_classes": classes}), **options)
    return {key: tuple(value.shape) for key, value in network.state_dict().items() if not key.endswith(COUNTER)}


def shapes_of(name: str) -> dict[str, Shape]:
    first, second = (state_shapes(name, classes) for classes in (1000, 1007))
    shapes = {key: _marked(shape, second[key], CLASSES) for key, shape in first.items()}
    for key in HEADS.get(name, ()):
        shapes[key] = (CLASSES, *shapes[key][1:])
    if name.startswith("vit_"):
        larger = state_shapes(name, 1000, image_size=448)
        for key, shape in first.items():
            if larger[key] != shape:
                shapes[key] = _marked(shape, larger[key], FREE)
    return shapes


def _marked(shape: tuple[int, ...], other: tuple[int, ...], mark: str) -> Shape:
    return tuple(a if a == b else mark for a, b in zip(shape, other, strict=True))


def entry(name: str) -> dict[str, Any]:
    return {
        "name": name, "origin": "tensorviz" if name in BUNDLED else "torchvision",
        "optional": OPTIONAL.get(name, []), "tensors": shortened(shapes_of(name)),
    }  # fmt: skip  # one line a thought


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("assets/catalogue/families.json"))
    options = parser.parse_args()
    networks = [entry(name) for name in architectures()]
    table = {"torchvision": torchvision.__version__.split("+")[0], "networks": networks}
    options.out.write_text(json.dumps(table, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(networks)} networks, {sum(len(network['tensors']) for network in networks)} lines: {options.out}")


if __name__ == "__main__":
    main()
