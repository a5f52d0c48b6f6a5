"""A small catalogue for tests of the chooser: one model that comes along, four published ones, one own checkpoint.

Must not know panels or states; figures are torchvision's published ones where they matter, round ones elsewhere.
"""

from __future__ import annotations

from tensorviz.core.catalogue import ModelRow, WeightsRow
from tensorviz.core.recipe import Recipe
from tensorviz.engine.messages import CatalogueRead

HALF = (0.5, 0.5, 0.5)
SMALL = Recipe(32, 32, HALF, HALF, "bicubic", "stretch")
PLAIN = Recipe(256, 224)
WIDE = Recipe(232, 224)


def weights(
    model: str,
    name: str,
    *,
    default: bool = True,
    accuracy: float | None = 0.7,
    size: int = 50_000_000,
    recipe: Recipe = PLAIN,
    path: str | None = None,
    parameters: int = 10_000_000,
    gflops: float = 1.0,
) -> WeightsRow:
    return WeightsRow(
        model=model,
        name=name,
        is_default=default,
        parameters=parameters,
        gflops=gflops,
        accuracy_1=accuracy,
        accuracy_5=None if accuracy is None else min(1.0, accuracy + 0.2),
        file_bytes=size,
        licence="not stated (torchvision: BSD-3-Clause)",
        recipe=recipe,
        url=f"https://weights.example.org/{model}-{name}-0123abcd.pth",
        sha256_prefix="0123abcd",
        classes=1000,
        path=path,
    )


def bundled() -> ModelRow:
    row = WeightsRow(
        model="cifar10_small",
        name="CIFAR10_V1",
        is_default=True,
        parameters=690_000,
        gflops=0.1,
        accuracy_1=0.931,
        accuracy_5=None,
        file_bytes=2_800_000,
        licence="Apache-2.0",
        recipe=SMALL,
        url="",
        sha256_prefix="",
        classes=10,
        trained_on="CIFAR-10",
        path="/somewhere/cifar10_small.safetensors",
        bundled=True,
    )
    return ModelRow("cifar10_small", "bundled", "Comes with tensorviz", "cifar10_small", (row,), "CIFAR10_V1", "Ten.")


def published(name: str, family: str, *rows: WeightsRow) -> ModelRow:
    return ModelRow(name, "torchvision", family, name, rows, rows[0].name, f"{family}, 1000 classes of ImageNet-1K")


def models(*, resnet18_here: bool = False) -> tuple[ModelRow, ...]:
    here = "/cache/resnet18.pth" if resnet18_here else None
    return (
        bundled(),
        published("alexnet", "AlexNet", weights("alexnet", "IMAGENET1K_V1", accuracy=0.56522, size=244_408_911)),
        published(
            "resnet101",
            "ResNet",
            weights("resnet101", "IMAGENET1K_V1", default=False, accuracy=0.77374, size=178_793_939),
            weights("resnet101", "IMAGENET1K_V2", accuracy=0.81886, size=178_800_000, recipe=WIDE),
        ),
        published(
            "resnet18",
            "ResNet",
            weights("resnet18", "IMAGENET1K_V1", accuracy=0.69758, size=46_800_000, path=here, parameters=11_689_512),
        ),
        published(
            "squeezenet1_1",
            "SqueezeNet",
            weights("squeezenet1_1", "IMAGENET1K_V1", accuracy=0.58178, size=4_966_400, gflops=0.35),
        ),
        own("my flowers"),
    )


def own(name: str, architecture: str = "resnet18") -> ModelRow:
    row = weights(name, "flowers.pth", accuracy=None, size=45_000_000, path="/home/me/flowers.pth")
    return ModelRow(name, "own", "Own checkpoints", architecture, (row,), "IMAGENET1K_V1")


def read(job: int, rows: tuple[ModelRow, ...] | None = None, **more: object) -> CatalogueRead:
    found = models() if rows is None else rows
    return CatalogueRead(job, found, "/cache/torch/hub/checkpoints", int(str(more.get("disk_bytes", 0))))
