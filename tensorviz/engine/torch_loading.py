"""Loading torch and torchvision beside a living window.

Must not know Qt or what torch is loaded for. Two measured causes of stalls are removed on Linux: the import system
holds the interpreter lock while the big libraries are mapped (a foreign call to the C library's `dlopen` lets it
go), and collections of the whole heap in the middle of the imports (the collector rests until they are done).
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tensorviz.core.errors import InstallationBroken

if TYPE_CHECKING:
    from collections.abc import Iterator

# In torch's own order of loading: the dependencies must be visible to all, the rest need not be.
LIBRARIES = (("libtorch_global_deps.so", os.RTLD_GLOBAL), ("libtorch_python.so", 0)) if os.name == "posix" else ()
MODULES = ("torch", "torch.fx", "torchvision", "torchvision.models", "safetensors.torch")


def load_torch() -> None:
    """Imports what classification needs; raises InstallationBroken with a sentence when that cannot be done."""
    with _collector_resting():
        if "torch" not in sys.modules:
            _map_libraries()
        try:
            for name in MODULES:
                importlib.import_module(name)
        except (ImportError, RuntimeError, OSError, AttributeError) as error:
            raise _broken(error) from error


def _map_libraries() -> None:
    """Maps torch's libraries with the interpreter lock released; a failure is left to `import torch` to explain."""
    found = importlib.util.find_spec("torch")
    if not sys.platform.startswith("linux") or found is None or found.origin is None:
        return
    folder = Path(found.origin).parent / "lib"
    with contextlib.suppress(AttributeError, OSError):
        dlopen = ctypes.CDLL(None).dlopen  # CDLL, not PyDLL: the call runs without the interpreter lock
        dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
        for name, flag in LIBRARIES:
            dlopen(os.fsencode(folder / name), os.RTLD_NOW | flag)


@contextlib.contextmanager
def _collector_resting() -> Iterator[None]:
    """No garbage collection inside; what was made inside is never walked again (it lives as long as the program)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        atexit.register(gc.unfreeze)  # or the last collection misses them, and torch's extensions complain of leaks
        if was_on:
            gc.enable()


def _broken(error: BaseException) -> InstallationBroken:
    return InstallationBroken(
        f"torch and torchvision could not be loaded: {str(error).strip().splitlines()[0] if str(error) else error!r}.",
        "Run `tensorviz doctor`: it recognises a pair that does not fit and says how to mend it.",
    )
