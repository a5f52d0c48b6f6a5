"""The task of naming what a picture shows.

Must not know the other tasks, Qt or the terminal.
"""

from __future__ import annotations

from tensorviz.engine.tasks.spec import TaskSpec

SPEC = TaskSpec(
    id="classify",
    title="Classify",
    verb="Classify",
    summary="Names what a picture shows: the most probable classes, each with its probability.",
    default_model="cifar10_small",
    options=("model", "weights", "labels", "recipe", "top", "precision", "batch"),
)
