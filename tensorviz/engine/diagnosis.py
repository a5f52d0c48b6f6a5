"""What is installed, what fits together and what is missing: the findings of `tensorviz doctor`.

Must not know how they are shown. Imports nothing that may be broken: torch is tried in another process.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from tensorviz.core.findings import Finding
from tensorviz.core.text import bytes_text, path_text
from tensorviz.engine import places, system_libraries
from tensorviz.engine.fitting import pair_finding, pyside_finding
from tensorviz.engine.import_probe import Probed, probe_imports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

NEEDED = ("torch", "torchvision", "PySide6-Essentials", "pyqtgraph", "numpy", "pillow", "safetensors")
NEEDED_SMALL = ("click", "packaging", "platformdirs", "psutil", "tqdm")
SPACE_FOR_WEIGHTS = 1_000_000_000  # bytes; the largest published classifiers weigh 0.5 to 1.3 GB
MEMORY_TO_BE_EASY = 1_500_000_000  # bytes; torch, the window and a ResNet-101


def diagnose(device: str = "auto", probe: Callable[[], Probed] = probe_imports) -> list[Finding]:
    """Everything worth knowing for a bug report; takes seconds, since torch is imported in another process.

    device: one that the person means to use ("cuda:1"); "auto" asks for none.
    """
    probed = probe() if installed_version("torch") else Probed(torch_error="torch is not installed")
    return [
        *program(),
        *packages(installed_version),
        pyside_finding(installed_version("PySide6-Essentials"), sys.version_info[:2]),
        *imports(probed),
        pair_finding(installed_version("torch"), installed_version("torchvision"), requirements("torchvision"), probed),
        *devices(probed),
        *wanted_device(device, probed),
        *screen(os.environ),
        libraries(system_libraries.missing_on_this_system(), system_libraries.this_system()),
        *folders(),
        heic(installed_version("pillow-heif")),
        *proxies(urllib.request.getproxies()),
        *memory(),
    ]


def installed_version(name: str) -> str | None:
    """The version of a distribution, None when it is not installed; nothing is imported."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def requirements(name: str) -> list[str]:
    """What a distribution says it needs, as its metadata spells it; empty when it is not installed."""
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []


def program() -> list[Finding]:
    """The program, its Python and the operating system."""
    version = installed_version("tensorviz")
    return [
        Finding("tensorviz", f"{version or 'not installed, run from its source'} in {path_text(places.PACKAGE)}"),
        Finding("Python", f"{platform.python_version()} in {path_text(sys.prefix)}"),
        Finding("system", platform.platform()),
    ]


def packages(version_of: Callable[[str], str | None]) -> list[Finding]:
    """The libraries that tensorviz needs; the small ones are told only when they are missing."""
    needed = [_package(name, version_of(name)) for name in NEEDED]
    small = [_package(name, version_of(name)) for name in NEEDED_SMALL]
    return [*needed, *(finding for finding in small if finding.status != "ok")]


def _package(name: str, version: str | None) -> Finding:
    if version is None:
        return Finding(name, "not installed", "problem", f"python -m pip install {name}")
    return Finding(name, version)


def imports(probed: Probed) -> list[Finding]:
    """Whether torch and torchvision can be imported, tried in another process."""
    if probed.torch_error:
        again = "python -m pip install --force-reinstall torch torchvision"
        return [Finding("import torch", probed.torch_error, "problem", again)]
    torch = Finding("import torch", "works")
    if probed.torchvision_error:
        hint = "See the finding about the pair of torch and torchvision."
        return [torch, Finding("import torchvision", probed.torchvision_error, "problem", hint)]
    return [torch, Finding("import torchvision", "works")]


def devices(probed: Probed) -> list[Finding]:
    """What can compute."""
    if probed.torch_error:
        return []
    built = f"torch was built for CUDA {probed.cuda}" if probed.cuda else "torch was built without CUDA"
    rows = [f"{name} ({title}{', ' + bytes_text(size) if size else ''})" for name, title, size in probed.devices]
    return [Finding("devices", f"{', '.join(rows)}; {built}, {probed.threads} threads")]


def wanted_device(name: str, probed: Probed) -> list[Finding]:
    """Whether the device that was asked for is there; nothing to tell when none was."""
    if name == "auto" or probed.torch_error:
        return []
    there = [device for device, _, _ in probed.devices]
    if name in there or (name == "cuda" and "cuda:0" in there):
        return [Finding(f"device {name}", "can compute")]
    hint = f"Use {' or '.join(there)}." + ("" if probed.cuda else " This torch was built without CUDA.")
    return [Finding(f"device {name}", "torch finds none such", "problem", hint)]


def screen(environment: Mapping[str, str]) -> list[Finding]:
    """Whether a window can be shown; Linux only, elsewhere there always is a screen."""
    if not sys.platform.startswith("linux"):
        return []
    chosen = environment.get("QT_QPA_PLATFORM", "")
    shown = environment.get("WAYLAND_DISPLAY") or environment.get("DISPLAY")
    if chosen or shown:
        return [Finding("screen", shown or f"QT_QPA_PLATFORM={chosen}")]
    hint = "The window cannot open here; the commands work. DISPLAY or WAYLAND_DISPLAY names a screen."
    return [Finding("screen", "none", "warning", hint)]


def libraries(missing: list[str], system: system_libraries.System) -> Finding:
    """The libraries of the operating system that Qt needs."""
    if not missing:
        return Finding("system libraries", "all that Qt needs")
    command = system_libraries.install_command(missing, system)
    return Finding("system libraries", f"missing: {', '.join(missing)}", "problem", command)


def folders() -> list[Finding]:
    """Where files are looked for and kept."""
    assets = places.assets_folder()
    told = Finding("assets", path_text(assets))
    if not assets.is_dir():
        hint = "Install tensorviz again: python -m pip install --force-reinstall --no-deps tensorviz"
        told = Finding("assets", f"{path_text(assets)} is missing", "problem", hint)
    kept = (
        ("weights", places.weights_folder(), "TORCH_HOME", SPACE_FOR_WEIGHTS),
        ("settings", places.config_folder(), "TENSORVIZ_CONFIG_HOME", 0),
        ("cache", places.cache_folder(), "TENSORVIZ_CACHE_HOME", 0),
    )
    return [told, *(kept_folder(*one) for one in kept)]


def kept_folder(name: str, folder: Path, variable: str, wanted: int) -> Finding:
    """A folder that is written to: whether it can be, and the free bytes there (`wanted` of them, or a warning)."""
    there = _nearest(folder)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        hint = f"Make it writable, or name another with {variable}."
        return Finding(f"{name} folder", f"{path_text(folder)} cannot be written", "problem", hint)
    free = shutil.disk_usage(there).free
    told = f"{path_text(folder)}, {bytes_text(free)} free" + ("" if folder.is_dir() else ", not made yet")
    if free < wanted:
        return Finding(f"{name} folder", told, "warning", f"Free some space, or name another folder with {variable}.")
    return Finding(f"{name} folder", told)


def _nearest(folder: Path) -> Path:
    return next((one for one in (folder, *folder.absolute().parents) if one.exists()), folder)


def heic(version: str | None) -> Finding:
    """The plug-in that reads HEIC pictures; doing without is no fault."""
    if version is None:
        return Finding("HEIC pictures", "not read", "ok", "python -m pip install 'tensorviz[heic]' lets them be read.")
    return Finding("HEIC pictures", f"read by pillow-heif {version}")


def proxies(found: Mapping[str, str]) -> Iterable[Finding]:
    """The proxies that downloads go through, passwords left out."""
    return [Finding(f"{scheme} proxy", without_password(address)) for scheme, address in sorted(found.items())]


def without_password(address: str) -> str:
    """The address without what stands before the last @ of its host."""
    if "@" not in address:
        return address
    parts = urlsplit(address)
    if not parts.netloc:
        return "***@" + address.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc="***@" + parts.netloc.rpartition("@")[2]))


def memory() -> list[Finding]:
    """Memory of this computer, in bytes as drives state them."""
    try:
        import psutil
    except ImportError:  # told among the packages
        return []
    facts = psutil.virtual_memory()
    told = f"{bytes_text(facts.available)} of {bytes_text(facts.total)} free"
    if facts.available < MEMORY_TO_BE_EASY:
        return [Finding("memory", told, "warning", "Close other programs, or choose a small model and --batch 1.")]
    return [Finding("memory", told)]
