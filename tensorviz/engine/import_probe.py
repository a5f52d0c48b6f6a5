"""A program of its own that imports torch and torchvision and tells, as JSON, what became of it.

Must not know who asks: a library that crashes the process must not take the asker with it.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import asdict, dataclass

SECONDS = 180  # a cold import of torch from a slow drive takes half a minute


@dataclass(frozen=True, slots=True)
class Probed:
    """How importing went. An error is "" when it went well; devices are (name, title, bytes of memory)."""

    torch_error: str = ""
    torchvision_error: str = ""
    cuda: str = ""
    threads: int = 0
    devices: tuple[tuple[str, str, int], ...] = ()


def probe_imports() -> Probed:
    """Imports both in a fresh interpreter; never raises, a crash or a hang is an error like others."""
    command = [sys.executable, "-m", "tensorviz.engine.import_probe"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Probed(torch_error=f"importing torch took longer than {SECONDS} s")
    except OSError as error:
        return Probed(torch_error=f"no second interpreter could be started: {error}")
    return read_answer(done.returncode, done.stdout, done.stderr)


def read_answer(code: int, output: str, errors: str) -> Probed:
    """What the program told in the last line of its output, or how it died."""
    try:
        told = json.loads(output.strip().splitlines()[-1])
        devices = tuple((str(name), str(title), int(memory)) for name, title, memory in told.pop("devices"))
        return Probed(**told, devices=devices)
    except (IndexError, ValueError, TypeError, KeyError, AttributeError):
        last = (errors.strip().splitlines() or ["it said nothing"])[-1]
        how = f"signal {-code}" if code < 0 else f"exit status {code}"
        return Probed(torch_error=f"importing torch ended the process ({how}): {last}")


def main() -> None:
    """Imports, and prints one line."""
    torch_error = _import_error("torch")
    vision_error = "" if torch_error else _import_error("torchvision")
    facts = Probed(torch_error, vision_error) if torch_error else _with_torch(vision_error)
    print(json.dumps(asdict(facts)))  # noqa: T201 - this program's answer


def _import_error(name: str) -> str:
    try:
        importlib.import_module(name)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the answer
        return f"{type(error).__name__}: {error}".strip().splitlines()[0]
    return ""


def _with_torch(vision_error: str) -> Probed:
    import torch

    from tensorviz.engine.devices import list_devices

    devices = tuple((row.name, row.title, row.memory or 0) for row in list_devices())
    return Probed("", vision_error, str(torch.version.cuda or ""), torch.get_num_threads(), devices)


if __name__ == "__main__":
    main()
