"""Every operator of aten that can be called on small tensors: its effect against the identity of storages.

Must not know how effects are found: storages are compared here by address, contents by value.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from tensorviz.engine.console.cost import Cost
from tensorviz.engine.console.limits import Limits
from tensorviz.engine.console.recorder import Recorder

LEAST = 500  # operators that must have been called
# Not run: they take files, other devices, hooks or raw memory, end the process, or read memory that is not theirs.
SKIPPED = (
    "_debug", "_cuda", "_cudnn", "cudnn", "_mkldnn", "mkldnn", "_nnpack", "_mps", "_mtia", "_thnn", "from_file",
    "record_stream", "_coalesc", "sparse", "quantize", "fake_quant", "_fw_", "_make_", "_nested", "nested", "_jagged",
    "_foreach", "_amp", "_fused", "rename", "refine", "align", "_pin", "pin_memory", "is_pinned", "_test", "_assert",
    "_backward_dropout", "_lstm", "lstm", "gru", "rnn", "_validate", "_compute_linear", "_version", "_cslt", "_ctc",
    "ctc_loss", "_embedding_bag", "embedding_bag", "_segment", "segment", "_convert_weight", "_weight_int",
    "_dyn_quant",
    "_efficient", "_flash", "_scaled", "_transform_bias", "_native_multi", "_triton", "_grid", "miopen", "_int_mm",
    "_mixed_dtypes", "_wrapped", "_sobol", "_unsafe_masked", "_unsafe_index", "_resize_output", "_propagate_xla",
    "unsafe_", "_unpack_dual", "_addmm_activation", "_fft_c2r", "_lu_with", "_linalg_check", "_backward",
    "_slow_conv",
    "_masked_scale", "_choose_qparams", "choose_qparams", "qscheme", "q_", "int_repr", "dequantize", "_chunk_cat",
    "sym_", "_functional", "_local_scalar", "item", "is_", "_is_", "_has_", "size", "stride", "_use_", "_print",
    "_nnc", "_rowwise", "_to_cpu", "set_data", "retain_grad", "requires_grad", "_reshape_from", "_shape_as",
)  # fmt: skip


class Judge(TorchDispatchMode):
    """Sees the operations under the recorder, and notes for each storage, by address, what it was and is."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        self.seen: list[tuple[str, set[str]]] = []

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        inputs = [value for value in flat((args, kwargs)) if isinstance(value, torch.Tensor)]
        before = [facts(tensor) for tensor in inputs]
        result = func(*args, **kwargs)
        if any(tensor.is_meta for tensor in inputs) or not any(argument.type for argument in func._schema.arguments):
            return result
        if kwargs.get("device") == torch.device("meta"):
            return result
        changed = [facts(tensor) for tensor in inputs] != before
        self.seen.append((func._schema.name.replace("::", "."), allowed(func, inputs, result, changed)))
        return result


def flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from flat(item)
    elif isinstance(value, dict):
        yield from flat(list(value.values()))
    else:
        yield value


def facts(tensor: torch.Tensor) -> Any:
    """Address, layout and the very bytes of the storage."""
    storage = tensor.untyped_storage()
    return (storage.data_ptr(), storage.nbytes(), tensor.shape, tensor.stride(), tensor.storage_offset(),
            bytes(storage.tolist()) if storage.nbytes() else b"")  # fmt: skip


def allowed(func: Any, inputs: list[torch.Tensor], result: Any, changed: bool) -> set[str]:
    """The effects that are true of what happened. An operation that writes may write what was there before."""
    outputs = [value for value in flat(result) if isinstance(value, torch.Tensor)]
    writes = any(one.alias_info is not None and one.alias_info.is_write for one in func._schema.arguments)
    if changed:
        return {"inplace"}
    if writes:
        return {"inplace", "same"}
    places = {tensor.untyped_storage()._cdata for tensor in inputs}
    shared = [tensor for tensor in outputs if tensor.untyped_storage()._cdata in places]
    if shared and func._schema.name != "aten::lift_fresh":
        return {"same"} if all(any(one is tensor for one in inputs) for tensor in outputs) else {"view"}
    return {"new", "copy"} if holds_only_elements_of(inputs, outputs) else {"new"}


def holds_only_elements_of(inputs: list[torch.Tensor], outputs: list[torch.Tensor]) -> bool:
    """Whether each element of the results is an element of an input; a copy must have this."""
    try:
        there = {value for tensor in inputs for value in flat(tensor.tolist())}
        return bool(outputs) and all(value in there for tensor in outputs for value in flat(tensor.tolist()))
    except (RuntimeError, TypeError, NotImplementedError):
        return True


def schemas() -> list[Any]:
    found: list[Any] = []
    for name in sorted(dir(torch.ops.aten)):
        packet: Any = getattr(torch.ops.aten, name, None)
        if name.startswith(SKIPPED) or "backward" in name or not hasattr(packet, "overloads"):
            continue
        found.extend(getattr(packet, overload) for overload in packet.overloads())
    return found


def arguments(func: Any, variant: int) -> list[Any] | None:
    """Plain arguments by type: a few small tensors, small numbers. None when one has no such."""
    made: list[Any] = []
    for argument in func._schema.arguments:
        if argument.kwarg_only:
            continue
        if argument.has_default_value():
            break
        value = an_argument(argument, variant, len(made))
        if value is NotImplemented:
            return None
        made.append(value)
    return made


def an_argument(argument: Any, variant: int, position: int) -> Any:
    kind, name = str(argument.type), argument.name
    if "dtype" in name or "device" in name or "generator" in name:
        return torch.float64 if name == "dtype" else NotImplemented
    if kind == "Tensor" or kind == "Optional[Tensor]":
        return a_tensor(name, variant, position)
    if kind == "List[Tensor]":
        return [a_tensor("", variant, 0), a_tensor("", variant, 0)]
    if kind in ("number", "int"):
        return 0 if "dim" in name or name in ("index", "start", "axis0") else 1
    if kind == "List[int]":
        return [3, 2] if name in ("size", "shape") else [0, 1] if variant else [1]
    return {"bool": True, "float": 0.5, "str": "mean"}.get(kind, NotImplemented)


def a_tensor(name: str, variant: int, position: int) -> torch.Tensor:
    if "index" in name or "indices" in name:
        return torch.tensor([[0, 1], [1, 0], [0, 0]])[: 3 if variant == 0 else 1, 0].clone()
    if "mask" in name or name == "condition":
        return torch.tensor([[True, False], [False, True], [True, True]])
    shapes = ((3, 2), (2, 2), (6,), (1, 2, 4, 4))
    shape = shapes[variant]
    base = torch.arange(1, 1 + torch.Size(shape).numel()).reshape(shape).to(torch.float32) / 7
    return base.to(torch.int64) if name in ("repeats", "bits") else base + position


def with_out(func: Any) -> dict[str, Any]:
    """Somewhere to write for overloads that have `out=`."""
    return {one.name: torch.empty(0) for one in func._schema.arguments if one.kwarg_only and one.is_out}


def attempt(func: Any) -> list[tuple[str, set[str], str]]:
    """Calls the operator with the first arguments that fit; gives name, allowed effects and the recorded effect."""
    for variant in range(4):
        given = arguments(func, variant)
        if given is None:
            return []
        recorder = Recorder(Limits(), Cost(Limits()))
        judge = Judge()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with judge, recorder:
                    func(*given, **with_out(func))
        except Exception:  # noqa: BLE001 - arguments that do not fit are the common case here
            continue
        recorded = recorder.recorded().ops
        seen = iter(judge.seen)  # holds more: what was asked before, to know how large a result will be
        return [(one.name, next(effects for name, effects in seen if name == one.name),
            one.effect) for one in recorded]
    return []


@pytest.mark.timeout(280)
def test_effects_of_all_operators_agree_with_the_identity_of_storages() -> None:
    wrong, called = [], set()
    for func in schemas():
        for name, effects, effect in attempt(func):
            called.add(str(func))
            if effect not in effects:
                wrong.append((str(func), name, effect, effects))
    assert wrong == []
    assert len(called) >= LEAST
