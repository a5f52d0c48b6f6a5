"""What a kind of work is: the facts from which menus, forms and the command line are made.

Must not know torch, Qt or any task in particular.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One task a model can do.

    id: the word on the command line and in JSON. title: its heading. verb: what a button says.
    summary: one sentence. default_model: the model that comes along. options: the names of the command's own options.
    """

    id: str
    title: str
    verb: str
    summary: str
    default_model: str
    options: tuple[str, ...] = ()
