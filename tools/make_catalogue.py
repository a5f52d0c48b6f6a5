"""Writes assets/catalogue/torchvision.json: what the installed torchvision publishes for classification.

    python tools/make_catalogue.py [--out assets/catalogue/torchvision.json]

To be run again when the torchvision that tensorviz is built with changes; tests/engine/weights/test_catalogue.py
compares the file with the installed torchvision. Weights without categories (VGG16 IMAGENET1K_FEATURES) are no
classifier and are left out.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

import torchvision
from torchvision import models
from torchvision.models import WeightsEnum, get_model_builder, get_model_weights, list_models

TRAINED_ON = "ImageNet-1K"
NOT_STATED = "not stated (torchvision: BSD-3-Clause)"
SWAG = "https://github.com/facebookresearch/SWAG/blob/main/LICENSE"
FAMILIES = {
    "alexnet": "AlexNet", "convnext": "ConvNeXt", "densenet": "DenseNet", "efficientnet_v2": "EfficientNetV2",
    "efficientnet": "EfficientNet", "googlenet": "GoogLeNet", "inception": "Inception", "maxvit": "MaxViT",
    "mnasnet": "MNASNet", "mobilenet_v2": "MobileNetV2", "mobilenet_v3": "MobileNetV3", "regnet": "RegNet",
    "resnext": "ResNeXt", "wide_resnet": "Wide ResNet", "resnet": "ResNet", "shufflenet": "ShuffleNetV2",
    "squeezenet": "SqueezeNet", "swin_v2": "Swin Transformer V2", "swin": "Swin Transformer", "vgg": "VGG",
    "vit": "Vision Transformer",
}  # fmt: skip  # one idea a line would be 21 lines


def family_of(name: str) -> str:
    """The heading a builder is listed under: the first prefix that fits, longer ones first in the table."""
    return next(heading for prefix, heading in FAMILIES.items() if name.startswith(prefix))


def licence_of(meta: dict[str, Any]) -> str:
    """The licence as the weights state it; most state none, and that is said."""
    stated = meta.get("license")
    return NOT_STATED if stated is None else f"CC-BY-NC-4.0 ({stated})" if stated == SWAG else str(stated)


def recipe_of(weights: WeightsEnum) -> dict[str, Any]:
    """The weights' own preprocessing, as core/recipe.py reads it."""
    preset = weights.transforms()
    (resize,), (crop,) = preset.resize_size, preset.crop_size
    return {
        "resize": resize, "crop": crop, "mean": list(preset.mean), "std": list(preset.std),
        "interpolation": preset.interpolation.value,
    }  # fmt: skip  # one line a thought


def builder_options(name: str, meta: dict[str, Any]) -> dict[str, Any]:
    """What the builder sets by itself when it gets the enum, and must be told when the numbers come from a file."""
    side = meta["min_size"][0]
    if name in ("googlenet", "inception_v3"):
        return {"transform_input": True, "aux_logits": True, "init_weights": False}
    if name.startswith("vit_"):
        return {"image_size": side}
    return {"input_size": list(meta["min_size"])} if name.startswith("maxvit") else {}


def weights_entry(name: str, weights: WeightsEnum, default: WeightsEnum) -> dict[str, Any]:
    """One set of weights, as plain values."""
    meta, scores = weights.meta, weights.meta["_metrics"][TRAINED_ON]
    prefix = re.search(r"-([0-9a-f]{8,64})\.", weights.url)
    return {
        "name": weights.name,
        "default": weights is default,
        "url": weights.url,
        "sha256_prefix": prefix.group(1) if prefix else "",
        "parameters": meta["num_params"],
        "gflops": meta["_ops"],
        "megabytes": meta["_file_size"],
        "accuracy_1": scores["acc@1"],
        "accuracy_5": scores["acc@5"],
        "licence": licence_of(meta),
        "training": meta.get("recipe") or "",
        "min_size": list(meta["min_size"]),
        "builder": builder_options(name, meta),
        "recipe": recipe_of(weights),
        "trained_on": TRAINED_ON,
    }


def model_entry(name: str) -> dict[str, Any]:
    """One builder with all its usable weights, in published order."""
    published = get_model_weights(name)
    usable = [weights for weights in published if weights.meta["categories"]]
    builder = get_model_builder(name)
    return {
        "name": name,
        "family": family_of(name),
        "module": builder.__module__,
        "first": usable[0].name,
        "weights": [weights_entry(name, weights, published.DEFAULT) for weights in usable],
    }


def shared_categories(names: list[str]) -> list[str]:
    """The classes that all usable weights share; an error when a torchvision brings others."""
    lists = {tuple(w.meta["categories"]) for name in names for w in get_model_weights(name) if w.meta["categories"]}
    (only,) = lists
    return list(only)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("assets/catalogue/torchvision.json"))
    options = parser.parse_args()
    names = list_models(module=models)
    catalogue = {
        "torchvision": torchvision.__version__.split("+")[0],
        "models": [model_entry(name) for name in names],
        "categories": {TRAINED_ON: shared_categories(names)},
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(catalogue, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(names)} models, {sum(len(model['weights']) for model in catalogue['models'])} weights: {options.out}")


if __name__ == "__main__":
    main()
