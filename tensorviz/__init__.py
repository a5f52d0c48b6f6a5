"""tensorviz: see tensors as views on memory, and run pretrained networks on your own pictures.

    import tensorviz
    tensorviz.load_classifier("resnet101", "IMAGENET1K_V1").classify("bobby.jpg").top

Importing this loads neither torch nor Qt; each name loads what it needs when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tensorviz.core.errors import TensorvizError
    from tensorviz.core.recipe import Recipe
    from tensorviz.core.results import Captioned, Label
    from tensorviz.engine.console.describe import describe
    from tensorviz.engine.tasks.caption.interface import PictureDescriber, load_captioner
    from tensorviz.engine.tasks.classify.interface import Classification, PictureClassifier, load_classifier
    from tensorviz.engine.tasks.translate.interface import PictureTranslator, ThereAndBack, load_generator

__version__ = "0.1.0"
__all__ = [
    "Captioned", "Classification", "Label", "PictureClassifier", "PictureDescriber", "PictureTranslator", "Recipe",
    "TensorvizError", "ThereAndBack", "__version__", "describe", "load_captioner", "load_classifier", "load_generator",
]  # fmt: skip

_HOMES = {
    "Captioned": "tensorviz.core.results",
    "Classification": "tensorviz.engine.tasks.classify.interface",
    "Label": "tensorviz.core.results",
    "PictureClassifier": "tensorviz.engine.tasks.classify.interface",
    "PictureDescriber": "tensorviz.engine.tasks.caption.interface",
    "PictureTranslator": "tensorviz.engine.tasks.translate.interface",
    "Recipe": "tensorviz.core.recipe",
    "TensorvizError": "tensorviz.core.errors",
    "ThereAndBack": "tensorviz.engine.tasks.translate.interface",
    "describe": "tensorviz.engine.console.describe",
    "load_captioner": "tensorviz.engine.tasks.caption.interface",
    "load_classifier": "tensorviz.engine.tasks.classify.interface",
    "load_generator": "tensorviz.engine.tasks.translate.interface",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
