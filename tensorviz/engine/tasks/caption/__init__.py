"""The task of describing pictures: a picture in, a sentence out, word by word.

Must not know the other tasks, Qt or the terminal.
"""

from __future__ import annotations

from tensorviz.engine.tasks.spec import TaskSpec

SPEC = TaskSpec(
    id="caption",
    title="Caption",
    verb="Caption",
    summary="Says in a sentence what a picture shows, word by word, each with its probability.",
    default_model="cifar10_captioner",
    options=(
        "model", "weights", "infos", "cnn_weights", "largest_side", "beam", "temperature", "seed", "rules",
        "length_penalty",
    ),
)  # fmt: skip  # a list of names
