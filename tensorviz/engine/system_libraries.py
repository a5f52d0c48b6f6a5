"""Which libraries of the operating system Qt needs on Linux, which are missing, and the command that installs them.

Must not know Qt or any package: `tools/check_system.py` asks before anything is installed (standard library only).
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# What QtGui, QtSvg and the platform plug-ins "offscreen" and "xcb" are linked with and the wheel does not bring
# (seen with ldd in PySide6-Essentials 6.11), and the package of Debian and its relatives that has it. Libraries that
# come with these by their own dependencies are left out. On Debian 13 the names without t64 are provided as well.
PACKAGES: Mapping[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libzstd.so.1": "libzstd1",
}
FONT = "a scalable font"
FONT_PACKAGE = "fonts-dejavu-core"
FONT_SUFFIXES = (".ttf", ".otf", ".ttc", ".pfb")


@dataclass(frozen=True, slots=True)
class System:
    """The operating system, as far as installing goes.

    family: the identifiers of /etc/os-release ("debian", "ubuntu", "fedora" ...). root: may install.
    installers: the package programs found ("apt-get", "dnf", "zypper", "pacman").
    """

    family: frozenset[str]
    root: bool
    installers: frozenset[str]

    @property
    def debian(self) -> bool:
        """Whether this is Debian or a relative, with its package program."""
        return bool(self.family & {"debian", "ubuntu"}) and "apt-get" in self.installers


def this_system() -> System:
    """The system this runs on."""
    names = ("apt-get", "dnf", "zypper", "pacman")
    installers = frozenset(name for name in names if shutil.which(name))
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return System(os_family(Path("/etc/os-release")), root, installers)


def os_family(release: Path) -> frozenset[str]:
    """ID and ID_LIKE of an os-release file; empty when there is none."""
    try:
        lines = release.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    values = [line.partition("=")[2].strip("\"'") for line in lines if line.startswith(("ID=", "ID_LIKE="))]
    return frozenset(word for value in values for word in value.split())


def missing_on_this_system() -> list[str]:
    """What Qt needs and this computer does not have; always empty where Qt's wheels bring everything."""
    if not sys.platform.startswith("linux"):
        return []
    missing = missing_libraries()
    return missing if has_scalable_font(font_folders()) else [*missing, FONT]


def missing_libraries(load: Callable[[str], object] = ctypes.CDLL) -> list[str]:
    """The libraries that the dynamic loader does not find, in the order of the table."""
    return [name for name in PACKAGES if not _loads(name, load)]


def _loads(name: str, load: Callable[[str], object]) -> bool:
    try:
        load(name)
    except OSError:
        return False
    return True


def font_folders() -> list[Path]:
    """Where fontconfig looks for fonts by default."""
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    own = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    folders = [*shared.split(os.pathsep), own]
    return [Path(folder, "fonts").expanduser() for folder in folders] + [Path("~/.fonts").expanduser()]


def has_scalable_font(folders: Iterable[Path]) -> bool:
    """Whether any of the folders holds, at any depth, a font that can be drawn at every size."""
    return any(
        name.lower().endswith(FONT_SUFFIXES) for folder in folders for _, _, names in os.walk(folder) for name in names
    )


def packages_for(missing: Iterable[str]) -> list[str]:
    """The packages of Debian and its relatives that hold what is missing, each once, sorted."""
    return sorted({FONT_PACKAGE if name == FONT else PACKAGES[name] for name in missing})


def install_command(missing: list[str], system: System) -> str:
    """The exact line that installs what is missing, or a sentence where we do not know the system's packages."""
    sudo = "" if system.root else "sudo "
    if system.debian:
        return f"{sudo}apt-get update && {sudo}apt-get install -y {' '.join(packages_for(missing))}"
    for installer in ("dnf", "zypper"):  # both find a package by the library that it provides
        if installer in system.installers:
            return f"{sudo}{installer} install -y {' '.join(_provided(name) for name in missing)}"
    if "pacman" in system.installers:
        return f"{sudo}pacman -S --needed {' '.join(ARCH_PACKAGES)}"
    return f"Install the packages of your system that hold: {', '.join(missing)}"


# All of them: pacman skips those that are here.
ARCH_PACKAGES = (
    "libglvnd",
    "libxkbcommon-x11",
    "xcb-util",
    "xcb-util-cursor",
    "xcb-util-image",
    "xcb-util-keysyms",
    "xcb-util-renderutil",
    "xcb-util-wm",
    "libx11",
    "dbus",
    "fontconfig",
    "freetype2",
    "glib2",
    "zstd",
    "ttf-dejavu",
)


def _provided(name: str) -> str:
    bits = "()(64bit)" if sys.maxsize > 2**32 else ""
    return "dejavu-sans-mono-fonts" if name == FONT else f"'{name}{bits}'"
