"""Where tensorviz finds and keeps its files: assets, weights, settings, caches.

Must not know torch, Qt or what the files mean; nothing is created here except on request of the caller.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).resolve().parent.parent


def assets_folder() -> Path:
    """The files that come with tensorviz: inside the installed package, or the checkout's top-level `assets`."""
    inside = PACKAGE / "assets"
    return inside if inside.is_dir() else PACKAGE.parent / "assets"


def weights_folder() -> Path:
    """The folder in which torch keeps downloaded weights, computed as `torch.hub.get_dir` does (torch/hub.py)."""
    cache = Path(os.getenv("XDG_CACHE_HOME", "~/.cache"))
    home = Path(os.getenv("TORCH_HOME", cache / "torch"))
    return home.expanduser() / "hub" / "checkpoints"


def config_folder() -> Path:
    """Settings and own entries; `TENSORVIZ_CONFIG_HOME` moves it."""
    chosen = os.getenv("TENSORVIZ_CONFIG_HOME")
    return Path(chosen) if chosen else platformdirs.user_config_path("tensorviz", appauthor=False)


def session_folder() -> Path:
    """The session of tensors as it is saved while one works."""
    return config_folder() / "session"


def cache_folder() -> Path:
    """What can be made again; `TENSORVIZ_CACHE_HOME` moves it."""
    chosen = os.getenv("TENSORVIZ_CACHE_HOME")
    return Path(chosen) if chosen else platformdirs.user_cache_path("tensorviz", appauthor=False)
