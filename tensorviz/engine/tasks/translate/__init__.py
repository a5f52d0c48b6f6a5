"""The task of translating pictures: a photograph in, the same scene in another manner out.

Must not know the other tasks, Qt or the terminal.
"""

from __future__ import annotations

from tensorviz.engine.tasks.spec import TaskSpec

SPEC = TaskSpec(
    id="translate",
    title="Translate",
    verb="Translate",
    summary="Draws the same scene in another manner: photographs as paintings, horses as zebras, and back.",
    default_model="photo2painting",
    options=("model", "weights", "input_range", "resize"),
)
