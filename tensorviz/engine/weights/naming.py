"""Telling a file from a name, where either may be given.

Must not know models, checkpoints or torch.
"""

# Names are asked about without exceptions: they may be too long for a file, or lie where one may not look.
# ruff: noqa: PTH113

from __future__ import annotations

import os

CHECKPOINT_SUFFIXES = (".pth", ".pt", ".safetensors", ".bin", ".ckpt", ".tar")


def is_file_choice(weights: str) -> bool:
    """Whether what was given as weights is a file: it exists, or it looks like a path."""
    looks = os.sep in weights or "/" in weights or weights.lower().endswith(CHECKPOINT_SUFFIXES)
    return looks or (weights not in ("", "DEFAULT") and os.path.isfile(weights))
