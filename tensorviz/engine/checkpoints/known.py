"""The networks that checkpoints are recognised by, read from a file, so that no torch is imported.

Must not know how a checkpoint is recognised; `tools/make_families.py` writes the file it reads.
"""

from __future__ import annotations

import json
from functools import cache

from tensorviz.core.errors import InstallationBroken
from tensorviz.core.family_table import Network
from tensorviz.core.text import path_text
from tensorviz.engine.places import assets_folder


@cache
def known_networks() -> tuple[Network, ...]:
    """All of them, in the order of the file. Raises InstallationBroken when the file is missing or damaged."""
    path = assets_folder() / "catalogue" / "families.json"
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return tuple(
            Network(row["name"], row["origin"], tuple(row["tensors"]), tuple(row["optional"]))
            for row in table["networks"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InstallationBroken(
            f"The table of known networks, {path_text(path)}, cannot be read.", "Install tensorviz again."
        ) from error
