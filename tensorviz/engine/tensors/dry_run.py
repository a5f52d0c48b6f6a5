"""The console's machine on tensors without memory: what depends on values, or takes long, ends the attempt.

Must not know the session. Nothing here reads or writes real memory, draws numbers, or prints.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch

from tensorviz.core.errors import TensorvizError
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.console.attributes import assign_attribute, attribute, types_by_class
from tensorviz.engine.console.cost import Cost
from tensorviz.engine.console.effects import byte_strides, tensors_in
from tensorviz.engine.console.limits import Budget, Halted, Limits
from tensorviz.engine.console.machine import Machine
from tensorviz.engine.console.recorder import Recorder
from tensorviz.engine.console.torch_calls import checked_arguments, guarded
from tensorviz.engine.console.values import Function, StorageHandle, identity_of
from tensorviz.engine.tensors.trial import tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tensorviz.engine.console.values import Kind

LIMITS = Limits(operations=1500)
LONGEST = 20_000  # elements of a Python sequence
CPU = torch.device("cpu")
SECONDS = 3.0  # the first operations of a kind load parts of torch
BY_VALUE = (torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape)
# Methods that read values, or that follow the graph of how a tensor came to be.
READING = frozenset({"item", "tolist", "numpy", "backward", "equal", "allclose", "is_nonzero", "data_ptr", "grad"})
DEVICE_PROPERTIES = frozenset({"device", "is_cpu", "is_cuda", "is_meta", "is_mps"})


class Untold(Halted):
    """What a step would do cannot be told before it runs."""


class _Deadline(CancelToken):
    """Ends an attempt that takes too long."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._end = time.perf_counter() + seconds

    def check(self) -> None:
        if time.perf_counter() > self._end:
            raise Untold("It is too long to be worked out beforehand.")


class _Budget(Budget):
    """Small. Where the real one still has room, what is over it is not refused but left untold."""

    def spend(self) -> None:
        try:
            super().spend()
        except Untold:
            raise
        except Halted:
            raise Untold("It is too long to be worked out beforehand.") from None

    def fit(self, length: int, what: str = "A sequence") -> int:
        found = super().fit(length, what)
        if length > LONGEST:
            raise Untold("It is too long to be worked out beforehand.")
        return found


class _Free(Cost):
    """Nothing is allocated, so nothing is asked; only the number of pieces counts."""

    def check(self, func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        self._check_pieces(func._schema.name.partition("::")[2], args, kwargs)

    def made(self, result: Any) -> None:
        """Nothing was."""


class Places:
    """Where storages would be, by the number of the one without memory: the processor where nothing is said."""

    def __init__(self) -> None:
        self._devices: dict[int, torch.device] = {}
        self._kept: list[torch.Tensor] = []  # so that no number is used again

    def of(self, tensor: torch.Tensor) -> torch.device:
        """Where a tensor would be."""
        return self._devices.get(int(tensor.untyped_storage()._cdata), CPU)

    def put(self, tensors: Iterable[torch.Tensor], device: torch.device) -> None:
        """Says where the storages of tensors would be."""
        for tensor in tensors:
            self._devices[int(tensor.untyped_storage()._cdata)] = device
            self._kept.append(tensor)

    def inherit(self, made: Sequence[torch.Tensor], inputs: Sequence[torch.Tensor]) -> None:
        """What is made of tensors elsewhere is there, too."""
        device = next((self.of(tensor) for tensor in inputs if self.of(tensor) != CPU), CPU)
        if device != CPU:
            self.put((one for one in made if int(one.untyped_storage()._cdata) not in self._devices), device)


class DryRecorder(Recorder):
    """Refuses to go on where values decide."""

    def __init__(self) -> None:
        super().__init__(LIMITS, _Free(LIMITS))
        self.places = Places()
        self._alive: list[Any] = []  # storages are known by numbers, which are used again when one is gone

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        inputs = tensors_in((*args, *kwargs.values()))
        if not any(tensor.is_meta for tensor in inputs):
            return super().__torch_dispatch__(func, types, args, kwargs)
        if any(tag in func.tags for tag in BY_VALUE) and not _by_number(func, args):
            raise Untold("It depends on the values of a tensor.")
        _check_inside(func, args, kwargs)
        trial = tried(func, args, kwargs)
        try:
            made = super().__torch_dispatch__(func, types, args, kwargs)
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            if isinstance(error, TensorvizError) or trial.error is None:
                raise
            raise trial.error from None  # in the words that the processor has for it
        if trial.refused and trial.error is not None:
            raise trial.error
        made = self._as_made(made, trial.made)
        self._alive.append(made)
        self.places.inherit(tensors_in((made,)), inputs)
        return made

    def _as_made(self, made: Any, real: list[torch.Tensor] | None) -> Any:
        """What was made, with the strides that it really gets."""
        if not isinstance(made, torch.Tensor) or not real or len(real) != 1:
            return made
        found, key = real[0], identity_of(made)
        if made.shape != found.shape or made.stride() == found.stride() or key in self._known:
            return made
        with self.muted():
            right = torch.empty_strided(found.size(), found.stride(), dtype=made.dtype, device="meta")
        origins = self._origins
        origins.copied[identity_of(right)] = origins.copied.pop(key, False)
        if key in origins.alike:
            origins.alike[identity_of(right)] = replace(origins.alike.pop(key), strides=byte_strides(right))
        return right


def _check_inside(func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
    """Raises what torch raises for a layout that reaches outside its storage: without memory there is no outside."""
    if func._schema.name not in ("aten::as_strided", "aten::as_strided_"):
        return
    names = ("self", "size", "stride", "storage_offset")
    given = dict(zip(names, args, strict=False)) | kwargs
    tensor, size, stride = given["self"], given["size"], given["stride"]
    offset = given.get("storage_offset")
    offset = tensor.storage_offset() if offset is None else offset
    if len(size) != len(stride) or min((0, offset, *size, *stride)) < 0 or 0 in size:
        return
    last = offset + sum((count - 1) * step for count, step in zip(size, stride, strict=True))
    needed, there = (last + 1) * tensor.itemsize, tensor.untyped_storage().nbytes()
    if needed > there:
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, and itemsize "
            f"{tensor.itemsize} requiring a storage size of {needed} are out of bounds for storage of size {there}"
        )


def _by_number(func: Any, args: Sequence[Any]) -> bool:
    """Whether it is indexing without a mask: how much comes out is told by the shapes of the indices."""
    if func._schema.name != "aten::index":
        return False
    return all(index.dtype not in (torch.bool, torch.uint8) or not index.is_meta for index in tensors_in(args[1:]))


class DryMachine(Machine):
    """`places` tells where tensors would be. What needs a value raises Untold."""

    def __init__(self) -> None:
        recorder = DryRecorder()
        super().__init__(LIMITS, recorder, attribute, assign_attribute, types_by_class())
        self.places = recorder.places

    def begin(self, cancel: CancelToken | None) -> None:
        """A new attempt."""
        super().begin(cancel)
        self.budget = self.recorder.budget = _Budget(self.limits, _Deadline(SECONDS))

    # ------------------------------------------------------------------------------------------------- calls

    def call(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """As the console's, without printing and without values."""
        if isinstance(function, Function):
            if function.kind == "numpy":
                raise Untold("It depends on NumPy, which has no tensors without memory.")
            if function.name.rpartition(".")[2] in READING and tensors_in((*function.bound, *args)):
                raise Untold("It depends on the values of a tensor.")
            if function.name == "print":
                return None
            if function.name == "Tensor.cuda":
                return self._moved(function.bound[0], torch.device("cuda"), (), {})
        try:
            return super().call(function, args, kwargs)
        except NotImplementedError as error:
            if "meta" not in str(error):
                raise
            raise Untold("torch cannot work this out without memory.") from None
        except RuntimeError as error:
            if "meta" not in str(error).lower():
                raise
            raise Untold("torch cannot work this out without memory.") from None

    def _call_torch(self, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        args, kwargs = checked_arguments(self, function.name, (*function.bound, *args), kwargs)
        if function.name in ("Tensor.to", "Tensor.cpu"):
            return self._to(args, kwargs, function.name == "Tensor.cpu")
        if kwargs.get("device") is None:
            return guarded(function.call(*args, **kwargs))
        device = torch.device(kwargs["device"])
        made = guarded(function.call(*args, **{**kwargs, "device": "meta"}))
        self.places.put(tensors_in((made,)), device)
        return made

    def _to(self, args: tuple[Any, ...], kwargs: dict[str, Any], cpu: bool) -> Any:
        tensor, *rest = args
        if cpu:
            return self._moved(tensor, torch.device("cpu"), (), kwargs)
        if rest and isinstance(rest[0], str | torch.device):
            return self._moved(tensor, torch.device(rest[0]), tuple(rest[1:]), kwargs)
        if rest and isinstance(rest[0], torch.Tensor):
            return self._moved(tensor, self.places.of(rest[0]), (rest[0].dtype, *rest[1:]), kwargs)
        device = kwargs.pop("device", None)
        return self._moved(tensor, torch.device(device) if device else self.places.of(tensor), tuple(rest), kwargs)

    def _moved(self, tensor: Any, device: torch.device, rest: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """`tensor.to(device, *rest, **kwargs)`: the tensor itself where nothing would change."""
        if not isinstance(tensor, torch.Tensor):
            raise TypeError("to() is a method of tensors")
        here = device.type == self.places.of(tensor).type
        if not here and not kwargs.get("copy"):
            kwargs = {**kwargs, "copy": True}
        given = rest if rest or kwargs.get("dtype") else (tensor.dtype, *rest)
        made = guarded(torch.Tensor.to(tensor, *given, **kwargs))
        if made is not tensor:
            self.places.put([made], device)
        return made

    # ------------------------------------------------------------------------------------------------- values

    def attribute(self, value: Any, name: str) -> Any:
        """As the console's, with the device where the tensor would be."""
        if isinstance(value, torch.Tensor) and name in DEVICE_PROPERTIES:
            device = self.places.of(value)
            return device if name == "device" else device.type == name.removeprefix("is_")
        if isinstance(value, torch.Tensor) and name in ("storage", "untyped_storage"):
            return _storage(name, value)
        return super().attribute(value, name)

    def show(self, value: Any) -> None:
        """Nothing is printed."""

    def check_printable(self, value: Any) -> None:
        """What is written of a tensor is its values."""
        super().check_printable(value)
        if _holds_tensors(value, 3):
            raise Untold("It depends on the values of a tensor.")

    def truth(self, value: Any) -> bool:
        """A tensor is true by its value."""
        if isinstance(value, torch.Tensor):
            raise Untold("It depends on the values of a tensor.")
        return super().truth(value)


def _storage(name: str, tensor: torch.Tensor) -> Function:
    kind: Kind = "python"
    make: Callable[..., StorageHandle] = lambda _machine, one: StorageHandle(one, name == "storage")  # noqa: E731 - it is handed over
    return Function(f"Tensor.{name}", make, kind, (tensor,))


def _holds_tensors(value: Any, depth: int) -> bool:
    if isinstance(value, torch.Tensor | StorageHandle):
        return True
    if depth and isinstance(value, list | tuple | dict | set):
        inner = value.values() if isinstance(value, dict) else value
        return any(_holds_tensors(item, depth - 1) for item in list(inner)[:100])
    return False
