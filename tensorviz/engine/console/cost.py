"""What an operation would allocate and compute, worked out on the meta device before it runs.

Must not know the language. Tensors on the meta device have shapes and no memory.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import psutil
import torch
from torch.multiprocessing.reductions import StorageWeakRef

from tensorviz.core.text import bytes_text, count_text
from tensorviz.engine.console.effects import LAYOUT_ONLY, tensors_in
from tensorviz.engine.console.limits import Halted, TooCostly, costly
from tensorviz.engine.console.word_list import words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tensorviz.engine.console.limits import Limits

SMALL = 64_000_000  # bytes; below, how much memory is free is not asked
FREE_SHARE = 0.8  # of the memory that is free, one tensor may take
PRODUCTS = frozenset(words("mm bmm addmm addmv mv baddbmm addbmm convolution linear matmul cdist"))
CUBIC = frozenset(words(
    "linalg_inv_ex inverse _linalg_det _linalg_slogdet _linalg_svd linalg_svd linalg_eig _linalg_eigh linalg_qr "
    "linalg_lu_factor_ex linalg_lu linalg_cholesky_ex cholesky _linalg_solve_ex linalg_matrix_exp geqrf "
    "linalg_lstsq linalg_eigvals linalg_pinv"
))
PIECES = {"unbind": 1, "split": 2, "unsafe_split": 2, "tensor_split": 2, "chunk": 2, "unsafe_chunk": 2}


class Cost:
    """Asks before an operation takes much: `ask(error)` gives whether it may run all the same; without it, it may not.

    allow_bytes: of one new tensor; None leaves it to the limits.
    """

    def __init__(
        self, limits: Limits, allow_bytes: int | None = None, ask: Callable[[TooCostly], bool] | None = None
    ) -> None:
        self.limits = limits
        self._allow = allow_bytes
        self._ask = ask
        self._large: list[tuple[StorageWeakRef, int]] = []

    def allowed(self) -> int:
        """How many bytes one new tensor or array may have without a question."""
        return self.limits.bytes if self._allow is None else self._allow

    def check(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """Raises TooCostly when the operation would be, and nobody allows it."""
        name = func._schema.name.partition("::")[2]
        inputs = tensors_in((*args, *kwargs.values()))
        self._check_pieces(name, args, kwargs)
        if _only_looks(func):
            return
        written = [] if name in LAYOUT_ONLY else _written_in_place(func, args)
        outputs = written or _predicted(func, args, kwargs, name, inputs)
        size = 0 if written else sum(_bytes_of(tensor) for tensor in outputs)
        if size > self.allowed():
            self._question(costly(f"The result of {name}", size))
        elif size > SMALL:
            self._check_free(name, size)
        self._check_work(name, inputs, outputs)

    def made(self, result: Any) -> None:
        """Told what an operation made: memory that was promised and not yet touched does not look taken."""
        for tensor in tensors_in((result,)):
            size = 0 if tensor.is_meta else tensor.untyped_storage().nbytes()
            if size > SMALL:
                self._large.append((StorageWeakRef(tensor.untyped_storage()), size))

    def _question(self, error: TooCostly) -> None:
        if self._ask is None:
            raise error
        if not self._ask(error):
            hint = "It was not allowed. Ask for less, or run it again and allow it."
            raise TooCostly(error.message, hint, error.bytes)

    def _check_free(self, name: str, size: int) -> None:
        memory = psutil.virtual_memory()
        self._large = [(reference, held) for reference, held in self._large if not reference.expired()]
        promised = {reference.cdata: held for reference, held in self._large}
        free = min(memory.available, memory.total - sum(promised.values()))
        if size > FREE_SHARE * free:
            raise TooCostly(
                f"The result of {name} would take {bytes_text(size)} of memory, and {bytes_text(free)} are free.",
                "Ask for less.",
                size,
            )

    def _check_work(self, name: str, inputs: Sequence[torch.Tensor], outputs: Sequence[torch.Tensor]) -> None:
        work = sum(tensor.numel() for tensor in (*inputs, *outputs))
        if name in PRODUCTS and len(inputs) > 1 and outputs:
            work = max(work, max(tensor.numel() for tensor in outputs) * _inner(name, inputs) // 8)
        elif name in CUBIC and inputs and inputs[0].dim() > 1:
            work = max(work, inputs[0].numel() * max(inputs[0].shape[-2:]))
        if work > self.limits.work:
            self._question(TooCostly(f"{name} over so many elements would take very long, and nothing can stop it.",
                                     "Use smaller tensors."))

    def _check_pieces(self, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """Taking a tensor apart makes a Python object of each piece."""
        if name not in PIECES or not args or not isinstance(args[0], torch.Tensor) or not args[0].dim():
            return
        place = PIECES[name]
        dim = kwargs.get("dim", args[place] if len(args) > place else 0)
        size = args[0].size(dim) if -args[0].dim() <= dim < args[0].dim() else 0
        each = args[1] if name in ("split", "unsafe_split") and len(args) > 1 and isinstance(args[1], int) else 1
        if size // max(1, each) > self.limits.length:
            raise Halted(f"{name} would give {count_text(size)} tensors.", "Take a slice of it first.")


def _only_looks(func: Any) -> bool:
    """Whether the operation's results all live on its inputs: nothing is allocated."""
    returns = func._schema.returns
    if not returns:
        return False
    infos = [value.alias_info for value in returns]
    return all(info is not None and not info.is_write for info in infos)


def _written_in_place(func: Any, args: Sequence[Any]) -> list[torch.Tensor]:
    """The tensor that an operation like add_ writes and gives back: its size stays, and nothing new is made.

    So nothing needs to be worked out; what torch works that out with takes a second to load.
    """
    schema = func._schema
    if not schema.name.endswith("_") or len(schema.returns) != 1 or not args or not isinstance(args[0], torch.Tensor):
        return []
    first, given = schema.arguments[0].alias_info, schema.returns[0].alias_info
    return [args[0]] if first is not None and given is not None and first.is_write and given.is_write else []


def _inner(name: str, inputs: Sequence[torch.Tensor]) -> int:
    """How many products one element of the result needs."""
    if name == "convolution":
        return math.prod(inputs[1].shape[1:])
    return inputs[-1].shape[-2] if inputs[-1].dim() > 1 else inputs[-1].numel()


def _bytes_of(tensor: torch.Tensor) -> int:
    return max(tensor.numel() * tensor.itemsize, tensor.untyped_storage().nbytes())


def _predicted(
    func: Any, args: Sequence[Any], kwargs: dict[str, Any], name: str, inputs: Sequence[torch.Tensor]
) -> list[torch.Tensor]:
    """The results as tensors without memory; those that depend on values are worked out, or bounded by the inputs."""
    if name in BY_VALUE:
        return [torch.empty(BY_VALUE[name](*args, **kwargs), dtype=torch.int64, device="meta")]
    stand_ins: dict[int, torch.Tensor] = {}
    held = [_without_memory(value, stand_ins) for value in args]
    options = {key: _without_memory(value, stand_ins) for key, value in kwargs.items()}
    if any(argument.name == "device" for argument in func._schema.arguments) and (not inputs or "device" in kwargs):
        options["device"] = torch.device("meta")
    options.pop("generator", None)
    try:
        return tensors_in((func(*held, **options),))
    except (NotImplementedError, RuntimeError, TypeError, ValueError, IndexError, AssertionError):
        return []  # the operation itself says what is wrong; without a meta kernel it makes nothing larger


def _without_memory(value: Any, stand_ins: dict[int, torch.Tensor]) -> Any:
    if isinstance(value, torch.Tensor):
        if id(value) not in stand_ins:
            stand_ins[id(value)] = torch.empty_strided(value.size(), value.stride(), dtype=value.dtype, device="meta")
        return stand_ins[id(value)]
    if isinstance(value, list | tuple):
        items = [_without_memory(item, stand_ins) for item in value]
        return items if isinstance(value, list) else tuple(items)
    return value


def _largest(tensor: torch.Tensor) -> int:
    return int(tensor.max()) + 1 if tensor.numel() and not tensor.is_floating_point() else 0


def _bincount(tensor: torch.Tensor, *rest: Any, minlength: int = 0) -> int:
    least = [value for value in rest if isinstance(value, int)]
    return max(_largest(tensor), minlength, *least, 0)


def _repeats(repeats: torch.Tensor, *rest: Any, output_size: int | None = None) -> int:
    if isinstance(output_size, int):
        return output_size
    return max(0, int(repeats.sum())) if not rest or not isinstance(rest[0], int | torch.Tensor) else (
        repeats.numel() * max(0, int(rest[0].sum()) if isinstance(rest[0], torch.Tensor) else rest[0])
    )


BY_VALUE: dict[str, Callable[..., int]] = {"bincount": _bincount, "repeat_interleave": _repeats}
