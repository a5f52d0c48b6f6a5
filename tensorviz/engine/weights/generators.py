"""Every generator that can be chosen, with its weights: read from files, so that no torch is imported.

Must not know how networks are built or files fetched; `tools/make_generators.py` writes the file it reads.
"""

from __future__ import annotations

import json
import stat
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tensorviz.core.catalogue import ModelRow
from tensorviz.core.errors import InstallationBroken, NameUnknown, WeightsMissing
from tensorviz.core.generators import NO_RECIPE, GeneratorWeights, OwnGenerator, gflops_of
from tensorviz.core.names import did_you_mean
from tensorviz.core.text import path_text
from tensorviz.engine.places import assets_folder
from tensorviz.engine.weights.catalogue import OWN_TRAINED_ON
from tensorviz.engine.weights.store import file_name, sizes_here

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TASK, ARCHITECTURE = "translate", "resnet_generator"
BUNDLED = ("photo2painting", "painting2photo")
BUNDLED_WEIGHTS = "V1"
FLOAT = 4  # bytes
WIDTH, BLOCKS = 64, 9  # of every published generator


def read_generators(own: Sequence[OwnGenerator] = ()) -> tuple[ModelRow, ...]:
    """All generators: the pair that comes along first (where it is installed), the published by name, then own ones.

    `path` of each row of weights is filled where the file is on this computer; its bytes are not checked here.
    """
    bundled = tuple(row for name in BUNDLED if (row := _bundled_model(name)) is not None)
    here = sizes_here()
    published = tuple(_published_model(entry, here) for entry in _published())
    return bundled + published + tuple(_own_model(entry) for entry in own)


def find_generator(name: str, own: Sequence[OwnGenerator] = ()) -> ModelRow:
    """The generator of that name; "" is the one that comes with tensorviz.

    Raises NameUnknown; WeightsMissing when it should come along, and this installation lacks it.
    """
    rows = read_generators(own)
    wanted = name or BUNDLED[0]
    found = next((row for row in rows if row.name == wanted), None)
    if found is not None:
        return found
    if wanted in BUNDLED:
        raise WeightsMissing(
            f"The model {wanted}, which should come with tensorviz, is not in this installation.",
            "`tensorviz fetch horse2zebra` gets another (--model horse2zebra); --weights FILE takes one of your own.",
        )
    guess = did_you_mean(wanted, [*(row.name for row in rows), *BUNDLED])
    raise NameUnknown(
        f'There is no model named "{wanted}" that translates pictures.',
        guess or f"`tensorviz models --task {TASK}` lists them.",
    )


def weights_of(row: ModelRow) -> tuple[GeneratorWeights, ...]:
    """The row's weights as what they are."""
    return tuple(weights for weights in row.weights if isinstance(weights, GeneratorWeights))


def _published() -> list[dict[str, Any]]:
    document: dict[str, list[dict[str, Any]]] = _json(assets_folder() / "catalogue" / "cyclegan.json")
    return document["models"]


@cache
def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InstallationBroken(
            f"The list of generators {path_text(path)} cannot be read: {error}.", "Install tensorviz again."
        ) from error


def _published_model(entry: Mapping[str, Any], here: Mapping[str, tuple[str, int]]) -> ModelRow:
    return ModelRow(
        name=entry["name"],
        kind="published",
        family="CycleGAN",
        architecture=ARCHITECTURE,
        weights=tuple(_published_weights(entry, item, here) for item in entry["weights"]),
        summary=entry["summary"],
        task=TASK,
    )


def _published_weights(
    entry: Mapping[str, Any], item: Mapping[str, Any], here: Mapping[str, tuple[str, int]]
) -> GeneratorWeights:
    path, size = here.get(file_name(item["url"]), (None, FLOAT * item["parameters"]))
    return GeneratorWeights(
        model=entry["name"],
        name=item["name"],
        is_default=item["default"],
        parameters=item["parameters"],
        gflops=item["gflops"],
        accuracy_1=None,
        accuracy_5=None,
        file_bytes=size,
        licence=item["licence"],
        recipe=NO_RECIPE,
        url=item["url"],
        sha256_prefix="",
        classes=0,
        trained_on=_pictures(entry["name"]),
        path=path,
        git_blob=item["git_blob"],
        way_back=entry["way_back"],
        width=item.get("width", WIDTH),
        blocks=item.get("blocks", BLOCKS),
    )


def _pictures(name: str) -> str:
    return f"pictures of {name.replace('_', ' ')}"


def _bundled_model(name: str) -> ModelRow | None:
    folder = assets_folder() / "models"
    card_path, path = folder / f"{name}.json", folder / f"{name}.safetensors"
    if not card_path.is_file() or not path.is_file():
        return None
    card = _json(card_path)
    return ModelRow(
        name=name,
        kind="bundled",
        family="Comes with tensorviz",
        architecture=ARCHITECTURE,
        weights=(_bundled_weights(name, card, path),),
        first=BUNDLED_WEIGHTS,
        summary=card["summary"],
        task=TASK,
    )


def _bundled_weights(name: str, card: Mapping[str, Any], path: Path) -> GeneratorWeights:
    return GeneratorWeights(
        model=name,
        name=BUNDLED_WEIGHTS,
        is_default=True,
        parameters=card["parameters"],
        gflops=card["gflops"],
        accuracy_1=None,
        accuracy_5=None,
        file_bytes=path.stat().st_size,
        licence=card.get("licence", "Apache-2.0"),
        recipe=NO_RECIPE,
        url="",
        sha256_prefix=card["sha256"],
        classes=0,
        trained_on=card["trained_on"],
        path=str(path),
        bundled=True,
        way_back=card["way_back"],
        width=card.get("width", WIDTH),
        blocks=card.get("blocks", BLOCKS),
    )


def _own_model(entry: OwnGenerator) -> ModelRow:
    return ModelRow(
        name=entry.name,
        kind="own",
        family="Own generators",
        architecture=ARCHITECTURE,
        weights=(_own_weights(entry),),
        first=Path(entry.path).name,
        summary=f"Width {entry.width}, {entry.blocks} blocks, with the numbers of {Path(entry.path).name}",
        task=TASK,
    )


def _own_weights(entry: OwnGenerator) -> GeneratorWeights:
    """The row of a kept file; `path` is None while it is not there."""
    path = Path(entry.path)
    size = _size_of(path)
    return GeneratorWeights(
        model=entry.name,
        name=path.name,
        is_default=True,
        parameters=entry.parameters,
        gflops=gflops_of(entry.width, entry.blocks),
        accuracy_1=None,
        accuracy_5=None,
        file_bytes=size or 0,
        licence=OWN_TRAINED_ON,
        recipe=NO_RECIPE,
        url="",
        sha256_prefix="",
        classes=0,
        trained_on=OWN_TRAINED_ON,
        path=None if size is None else str(path),
        way_back=entry.way_back,
        width=entry.width,
        blocks=entry.blocks,
    )


def _size_of(path: Path) -> int | None:
    """The bytes of a file; None while it is not there, or cannot be asked about."""
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return None
    return facts.st_size if stat.S_ISREG(facts.st_mode) else None
