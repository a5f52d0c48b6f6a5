"""Every captioner that can be chosen, with its weights: read from files, so that no torch is imported.

Must not know how networks are built or files fetched; `tools/make_captioners.py` writes the file it reads.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from tensorviz.core.captioners import CaptionerFile, CaptionerWeights
from tensorviz.core.catalogue import ModelRow
from tensorviz.core.errors import InstallationBroken, NameUnknown, WeightsMissing
from tensorviz.core.generators import NO_RECIPE
from tensorviz.core.names import did_you_mean
from tensorviz.core.text import path_text
from tensorviz.engine.places import assets_folder
from tensorviz.engine.weights.store import sizes_here

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Here = Mapping[str, tuple[str, int]]

TASK = "caption"
BUNDLED, BUNDLED_WEIGHTS = "cifar10_captioner", "V1"
FAMILY = "NeuralTalk2"
TILES = 5  # that the trunk of the one that comes along sees of a picture


def read_captioners() -> tuple[ModelRow, ...]:
    """All captioners: the one that comes along first (where it is installed), then the published.

    `path` of each row of weights is filled where all its files are on this computer; their bytes are not checked here.
    """
    bundled = _bundled_model()
    here = sizes_here()
    return (*((bundled,) if bundled else ()), *(_published_model(entry, here) for entry in _published()))


def find_captioner(name: str) -> ModelRow:
    """The captioner of that name; "" is the one that comes with tensorviz.

    Raises NameUnknown; WeightsMissing when it should come along, and this installation lacks it.
    """
    rows = read_captioners()
    wanted = name or BUNDLED
    found = next((row for row in rows if row.name == wanted), None)
    if found is not None:
        return found
    if wanted == BUNDLED:
        raise WeightsMissing(
            f"The model {wanted}, which should come with tensorviz, is not in this installation.",
            "`tensorviz fetch neuraltalk2` gets the book's (--model neuraltalk2); --weights FILE --infos FILE takes one"
            " of your own.",
        )
    guess = did_you_mean(wanted, [*(row.name for row in rows), BUNDLED])
    raise NameUnknown(
        f'There is no model named "{wanted}" that describes pictures.',
        guess or f"`tensorviz models --task {TASK}` lists them.",
    )


def weights_of(row: ModelRow) -> tuple[CaptionerWeights, ...]:
    """The row's weights as what they are."""
    return tuple(weights for weights in row.weights if isinstance(weights, CaptionerWeights))


def _published() -> list[dict[str, Any]]:
    document: dict[str, list[dict[str, Any]]] = _json(assets_folder() / "catalogue" / "neuraltalk2.json")
    return document["models"]


@cache
def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InstallationBroken(
            f"The list of captioners {path_text(path)} cannot be read: {error}.", "Install tensorviz again."
        ) from error


def _published_model(entry: Mapping[str, Any], here: Here) -> ModelRow:
    return ModelRow(
        name=entry["name"],
        kind="published",
        family=FAMILY,
        architecture=entry["weights"][0]["family"],
        weights=tuple(_published_weights(entry["name"], item, here) for item in entry["weights"]),
        summary=entry["summary"],
        task=TASK,
    )


def _published_weights(model: str, item: Mapping[str, Any], here: Here) -> CaptionerWeights:
    files = tuple(_published_file(f"{model}:{item['name']}", file["role"], file, here) for file in item["files"])
    return _row(model, item["name"], item, files, files[0].pieces[0].url)


def _published_file(weights: str, role: Any, item: Mapping[str, Any], here: Here) -> CaptionerFile:
    path, size = here.get(item["name"], (None, item["bytes"]))
    return CaptionerFile(
        key=f"{weights}:{item['name']}",
        role=role,
        name=item["name"],
        nbytes=size,
        url=item.get("url", ""),
        git_blob=item.get("git_blob", ""),
        sha256_prefix=item.get("sha256", ""),
        path=path,
        chunks=tuple(_published_file(weights, role, chunk, here) for chunk in item.get("chunks", ())),
    )


def _row(
    model: str, name: str, item: Mapping[str, Any], files: tuple[CaptionerFile, ...], url: str = ""
) -> CaptionerWeights:
    return CaptionerWeights(
        model=model,
        name=name,
        is_default=item.get("default", True),
        parameters=item["parameters"],
        gflops=item["gflops"],
        accuracy_1=None,
        accuracy_5=None,
        file_bytes=sum(file.nbytes for file in files),
        licence=item["licence"],
        recipe=NO_RECIPE,
        url=url,
        sha256_prefix="",
        classes=0,
        trained_on=item["trained_on"],
        path=files[0].path if all(file.path for file in files) else None,
        bundled=not url,
        caption_family=item["family"],
        words=item["words"],
        files=files,
    )


def _bundled_model() -> ModelRow | None:
    folder = assets_folder() / "models"
    card_path = folder / f"{BUNDLED}.json"
    if not card_path.is_file():
        return None
    card = _json(card_path)
    trunk_card = folder / f"{card['trunk']}.json"
    trunk = _json(trunk_card) if trunk_card.is_file() else {}
    files = _bundled_files(folder, card, trunk)
    if not all(file.path for file in files):
        return None
    return ModelRow(
        name=BUNDLED,
        kind="bundled",
        family="Comes with tensorviz",
        architecture=card["family"],
        weights=(_bundled_weights(card, trunk, files),),
        first=BUNDLED_WEIGHTS,
        summary=card.get("summary", "Describes one or two of the ten things that it knows, and where they are"),
        task=TASK,
    )


def _bundled_files(folder: Path, card: Mapping[str, Any], trunk: Mapping[str, Any]) -> tuple[CaptionerFile, ...]:
    return (
        _bundled_file("weights", folder / f"{BUNDLED}.safetensors", card["sha256"]),
        _bundled_file("infos", folder / f"{BUNDLED}.infos.json", card.get("infos_sha256", "")),
        _bundled_file("cnn", folder / f"{card['trunk']}.safetensors", trunk.get("sha256", "")),
    )


def _bundled_file(role: Any, path: Path, sha256: str) -> CaptionerFile:
    here = path.is_file()
    return CaptionerFile(
        key=f"{BUNDLED}:{BUNDLED_WEIGHTS}:{path.name}",
        role=role,
        name=path.name,
        nbytes=path.stat().st_size if here else 0,
        sha256_prefix=sha256,
        path=str(path) if here else None,
    )


def _bundled_weights(
    card: Mapping[str, Any], trunk: Mapping[str, Any], files: tuple[CaptionerFile, ...]
) -> CaptionerWeights:
    told = {
        "gflops": round(TILES * trunk.get("gflops", 0.0), 2),
        "licence": "Apache-2.0",
        "trained_on": "CIFAR-10 (pictures and montages of two)",
        **card,
        "parameters": card["parameters"] + trunk.get("parameters", 0),
    }
    return _row(BUNDLED, BUNDLED_WEIGHTS, told, files)
