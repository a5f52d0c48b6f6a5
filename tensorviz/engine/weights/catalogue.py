"""Every model that can be chosen, with its published weights: read from a file, so that no torch is imported.

Must not know how networks are built or files fetched; `tools/make_catalogue.py` writes the file it reads.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tensorviz.core.catalogue import ModelRow, OwnEntry, WeightsRow
from tensorviz.core.errors import InstallationBroken, LabelsInvalid, NameUnknown
from tensorviz.core.names import did_you_mean
from tensorviz.core.recipe import Recipe, recipe_from_dict
from tensorviz.core.text import path_text
from tensorviz.engine.places import assets_folder
from tensorviz.engine.weights.store import file_name, sizes_here

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Here = Mapping[str, tuple[str, int]]

BUNDLED, BUNDLED_WEIGHTS, BUNDLED_TRAINED_ON = "cifar10_small", "CIFAR10_V1", "CIFAR-10"
OWN_TRAINED_ON = "not stated (own file)"
MEBIBYTE = 1024 * 1024  # torchvision's `_file_size` is in these: alexnet's 233.087 are 244,408,911 bytes


def read_catalogue(entries: Sequence[OwnEntry] = ()) -> tuple[ModelRow, ...]:
    """All models: the bundled one (where it is installed) first, torchvision's by name, then own entries.

    `path` of each row is filled where the file is on this computer; its bytes are not checked here.
    """
    bundled = _bundled_model()
    published = _published_models()
    known = ((bundled,) if bundled else ()) + published
    return known + tuple(_own_model(entry, known) for entry in entries)


def find_model(name: str, entries: Sequence[OwnEntry] = ()) -> ModelRow:
    """The model of that name; "" is the one that comes with tensorviz. Raises NameUnknown."""
    rows = read_catalogue(entries)
    wanted = name or BUNDLED
    found = next((row for row in rows if row.name == wanted), None)
    if found is None:
        guess = did_you_mean(wanted, [row.name for row in rows])
        raise NameUnknown(f'There is no model named "{wanted}".', guess or "`tensorviz models` lists all of them.")
    return found


def find_weights(model: ModelRow, name: str = "") -> WeightsRow:
    """The model's weights of that name; "" and "DEFAULT" are its default. Raises NameUnknown."""
    if name in ("", "DEFAULT"):
        return model.default()
    found = next((row for row in model.weights if row.name == name), None)
    if found is None:
        known = [row.name for row in model.weights]
        hint = did_you_mean(name, known) or f"It has {', '.join(known)}."
        raise NameUnknown(f'The model {model.name} has no weights named "{name}".', hint)
    return found


def categories(row: WeightsRow) -> tuple[str, ...]:
    """The classes of published or bundled weights, by index; empty for a file of the person's own."""
    if row.bundled:
        return tuple(_bundled_card().get("classes", ()))
    classes = _published()["categories"].get(row.trained_on, ())
    return tuple(classes)


def builder_options(row: WeightsRow) -> dict[str, Any]:
    """What torchvision's builder must be told when these numbers are loaded without its enum.

    For example transform_input of inception_v3, image_size of the vision transformers. `num_classes` is not among them.
    """
    return dict(_published_entry(row.model, row.name).get("builder", {}))


def smallest_size(row: WeightsRow) -> tuple[int, int]:
    """The smallest height and width that the network takes, as published; (1, 1) when nothing is."""
    height, width = _published_entry(row.model, row.name).get("min_size", (1, 1))
    return height, width


def read_labels(path: str) -> tuple[str, ...]:
    """One class per line, UTF-8, trailing empty lines ignored. Raises LabelsInvalid."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        why = "it is not text in UTF-8"
        if isinstance(error, OSError):
            why = (error.strerror or type(error).__name__).lower()
        raise LabelsInvalid(
            f"The labels file {path_text(path)} cannot be read: {why}.", "Give a text file with one class per line."
        ) from error
    labels = tuple(line.strip() for line in text.rstrip().splitlines())
    if not labels:
        raise LabelsInvalid(f"The labels file {path_text(path)} is empty.", "It needs one class per line.")
    return labels


@cache
def _published_file(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InstallationBroken(
            f"The list of published models {path} cannot be read: {error}.", "Install tensorviz again."
        ) from error


def _published() -> Any:
    return _published_file(assets_folder() / "catalogue" / "torchvision.json")


def _published_entry(model: str, weights: str) -> Mapping[str, Any]:
    for entry in _published()["models"]:
        if entry["name"] == model:
            return next((item for item in entry["weights"] if item["name"] == weights), {})
    return {}


def _published_models() -> tuple[ModelRow, ...]:
    here, document = sizes_here(), _published()
    classes = {name: len(labels) for name, labels in document["categories"].items()}
    return tuple(_published_model(entry, classes, here) for entry in document["models"])


def _published_model(entry: Mapping[str, Any], classes: Mapping[str, int], here: Here) -> ModelRow:
    weights = tuple(_published_weights(entry["name"], item, classes, here) for item in entry["weights"])
    return ModelRow(
        name=entry["name"],
        kind="torchvision",
        family=entry["family"],
        architecture=entry["name"],
        weights=weights,
        first=entry["first"],
        summary=f"{entry['family']}, {classes[weights[0].trained_on]} classes of {weights[0].trained_on}",
    )


def _published_weights(model: str, item: Mapping[str, Any], classes: Mapping[str, int], here: Here) -> WeightsRow:
    path, size = here.get(file_name(item["url"]), (None, round(item["megabytes"] * MEBIBYTE)))
    return WeightsRow(
        model=model,
        name=item["name"],
        is_default=item["default"],
        parameters=item["parameters"],
        gflops=item["gflops"],
        accuracy_1=_share(item["accuracy_1"]),
        accuracy_5=_share(item["accuracy_5"]),
        file_bytes=size,
        licence=item["licence"],
        recipe=recipe_from_dict(item["recipe"]),
        url=item["url"],
        sha256_prefix=item["sha256_prefix"],
        classes=classes[item["trained_on"]],
        trained_on=item["trained_on"],
        path=path,
    )


def _share(percent: float) -> float:
    return round(percent / 100, 5)


def _bundled_card() -> Any:
    """The card of the model that comes along; empty while it has not been trained."""
    card = assets_folder() / "models" / f"{BUNDLED}.json"
    try:
        return json.loads(card.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InstallationBroken(f"The card {card} cannot be read: {error}.", "Install tensorviz again.") from error


def _bundled_model() -> ModelRow | None:
    card, path = _bundled_card(), assets_folder() / "models" / f"{BUNDLED}.safetensors"
    if not card or not path.is_file():
        return None
    weights = _bundled_weights(card, path)
    return ModelRow(
        name=BUNDLED,
        kind="bundled",
        family="Comes with tensorviz",
        architecture=card.get("architecture", BUNDLED),
        weights=(weights,),
        first=BUNDLED_WEIGHTS,
        summary=f"Knows {', '.join(card['classes'])}, and nothing else; sees the picture at {card['size']} pixels",
    )


def _bundled_weights(card: Mapping[str, Any], path: Path) -> WeightsRow:
    size = card["size"]
    recipe = Recipe(size, size, tuple(card["mean"]), tuple(card["std"]), card["interpolation"], "stretch")
    return WeightsRow(
        model=BUNDLED,
        name=BUNDLED_WEIGHTS,
        is_default=True,
        parameters=card["parameters"],
        gflops=card.get("gflops", 0.0),
        accuracy_1=card["test_accuracy"],
        accuracy_5=None,
        file_bytes=path.stat().st_size,
        licence=card.get("licence", "Apache-2.0"),
        recipe=recipe,
        url="",
        sha256_prefix=card.get("sha256", ""),
        classes=len(card["classes"]),
        trained_on=BUNDLED_TRAINED_ON,
        path=str(path),
        bundled=True,
    )


def _own_model(entry: OwnEntry, known: tuple[ModelRow, ...]) -> ModelRow:
    architecture = next((row for row in known if row.name == entry.architecture), None)
    if architecture is None:
        hint = did_you_mean(entry.architecture, [row.name for row in known])
        raise NameUnknown(f'The kept model "{entry.name}" names no known architecture: "{entry.architecture}".', hint)
    return ModelRow(
        name=entry.name,
        kind="own",
        family="Own checkpoints",
        architecture=entry.architecture,
        weights=(_own_weights(entry, find_weights(architecture, architecture.first)),),
        first=architecture.first,
        summary=f"{entry.architecture} with the numbers of {Path(entry.path).name}",
    )


def _own_weights(entry: OwnEntry, first: WeightsRow) -> WeightsRow:
    """The row of a kept checkpoint: the architecture's figures, the file's size; classes 0 while they are unknown."""
    path = Path(entry.path)
    return WeightsRow(
        model=entry.name,
        name=path.name,
        is_default=True,
        parameters=first.parameters,
        gflops=first.gflops,
        accuracy_1=None,
        accuracy_5=None,
        file_bytes=path.stat().st_size if path.is_file() else 0,
        licence=OWN_TRAINED_ON,
        recipe=entry.recipe or first.recipe,
        url="",
        sha256_prefix="",
        classes=_own_classes(entry),
        trained_on=OWN_TRAINED_ON,
        path=str(path) if path.is_file() else None,
    )


def _own_classes(entry: OwnEntry) -> int:
    try:
        return len(read_labels(entry.labels)) if entry.labels else 0
    except LabelsInvalid:
        return 0  # said when the model is used; a list must not fail for one row
