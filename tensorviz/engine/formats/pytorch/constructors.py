"""The names that make tensors, and what a call of each stands for; every other name makes nothing here.

Must not know files, pickles' instructions or torch: names in, data out. The names are those of torch/_utils.py,
torch/_tensor.py and torch/storage.py, and the few of Python and NumPy that come with tensors.
"""

from __future__ import annotations

import math
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tensorviz.core.dtypes import DTYPES
from tensorviz.engine.formats.pytorch.values import Bag, Global, Made, Saved, StorageOf, Table, TensorOf, Value
from tensorviz.engine.formats.spec import LARGEST, Damaged

if TYPE_CHECKING:
    from collections.abc import Callable

Arguments = tuple[Value, ...]

QUANTISED = MappingProxyType({"qint8": 1, "quint8": 1, "qint32": 4, "quint4x2": 1, "quint2x4": 1})
ITEM_BYTES = MappingProxyType({**{name: dtype.itemsize for name, dtype in DTYPES.items()}, **QUANTISED})
ALIASES = MappingProxyType(
    {"float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32", "short": "int16"}
    | {"cfloat": "complex64", "cdouble": "complex128", "chalf": "complex32"}
)
STORAGES = MappingProxyType(
    {"Double": "float64", "Float": "float32", "Half": "float16", "BFloat16": "bfloat16", "Long": "int64"}
    | {"Int": "int32", "Short": "int16", "Char": "int8", "Byte": "uint8", "Bool": "bool", "ComplexDouble": "complex128"}
    | {"ComplexFloat": "complex64", "QUInt8": "quint8", "QInt8": "qint8", "QInt32": "qint32", "QUInt4x2": "quint4x2"}
    | {"QUInt2x4": "quint2x4", "Untyped": "uint8"}
)
STORAGE_NAME = re.compile(r"torch\.(?:cuda\.|storage\.)?(\w+)Storage")
MORE_SAFE = re.compile(
    r"torch\.(Size|Tensor|device|per_\w+_affine\w*|nn\.parameter\.Parameter|serialization\._get_layout)"
    r"|torch\.storage\.TypedStorage|numpy\.(ndarray|dtype)|collections\.Counter"
)
DEEPEST_TYPE, MOST_DIMENSIONS = 8, 1_000


def is_safe(name: str) -> bool:
    """Whether a name only makes tensors and plain data; all others are told of."""
    storage = STORAGE_NAME.fullmatch(name)
    return (
        name in CALLS
        or dtype_of(Global(name)) is not None
        or (storage is not None and storage[1] in STORAGES)
        or MORE_SAFE.fullmatch(name) is not None
    )


def dtype_of(value: Value) -> str | None:
    """The element type that a name like torch.float32 stands for; None for anything else."""
    if not isinstance(value, Global) or not value.name.startswith("torch."):
        return None
    short = value.name.removeprefix("torch.")
    short = ALIASES.get(short, short)
    return short if short in ITEM_BYTES else None


def call(callee: Value, arguments: Arguments) -> Value:
    """What calling `callee` would make, as data. Raises Damaged for a tensor that cannot be."""
    name = callee.name if isinstance(callee, Global) else _text_of(callee)
    maker = CALLS.get(name) if isinstance(callee, Global) else None
    made = maker(arguments) if maker else None
    return Made(name, arguments) if made is None else made


def refer(pid: Value) -> Value:
    """What a persistent id of torch.save stands for: a storage, or a class with its source beside it."""
    if isinstance(pid, tuple) and len(pid) == 4 and pid[0] == "module":
        return pid[1]
    if not isinstance(pid, tuple) or len(pid) not in (5, 6) or pid[0] != "storage":
        raise Damaged("it refers to a storage in a way that torch.save does not")
    _, kind, key, device, count, *view = pid
    met = STORAGE_NAME.fullmatch(kind.name) if isinstance(kind, Global) else None
    dtype = (STORAGES.get(met[1]) if met else None) or dtype_of(kind)
    if dtype is None or not _whole(count) or not isinstance(key, str | int):
        raise Damaged("it refers to a storage of an unknown kind")
    offset = view[0][1] if view and isinstance(view[0], tuple) and len(view[0]) == 3 else 0
    if not _whole(offset):
        raise Damaged("it refers to a part of a storage that cannot be")
    return StorageOf(str(key), dtype, count, device if isinstance(device, str) else "cpu", offset)


def _text_of(callee: Value) -> str:
    return f"what {callee.call} gives"[:200] if isinstance(callee, Made) else "something that is no name"


def _whole(value: Value) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _sizes(value: Value) -> tuple[int, ...]:
    items = tuple(value) if isinstance(value, tuple | list) else None
    if items is None or not all(map(_whole, items)):
        raise Damaged("a tensor in it has sizes or strides that cannot be")
    return items


def _tensor(arguments: Arguments) -> Value | None:
    storage, offset, shape, stride, *rest = arguments
    if not isinstance(storage, StorageOf):
        return None
    if not _whole(offset):
        raise Damaged("a tensor in it has an offset that cannot be")
    sizes, strides = _sizes(shape), _sizes(stride)
    if len(sizes) > MOST_DIMENSIONS or math.prod(size or 1 for size in sizes) >= LARGEST:
        raise Damaged("a tensor in it has sizes that cannot be")
    if len(sizes) != len(strides):
        raise Damaged("a tensor in it has not as many strides as sizes")
    return TensorOf(storage, offset, sizes, strides, storage.dtype, requires_grad=bool(rest and rest[0] is True))


def _tensor_v2(arguments: Arguments) -> Value | None:
    made = _tensor(arguments[:5])
    return made if made is None else _marked(made, arguments[6:7])


def _tensor_v3(arguments: Arguments) -> Value | None:
    made, dtype = _tensor(arguments[:5]), dtype_of(arguments[6])
    if made is None:
        return None
    if dtype is None:
        raise Damaged("a tensor in it has an unknown element type")
    made.dtype = dtype
    return _marked(made, arguments[7:8])


def _marked(made: TensorOf, metadata: Arguments) -> TensorOf:
    if metadata and isinstance(metadata[0], Table):
        for key, value in metadata[0].pairs:
            made.conjugated |= key == "conj" and value is True
            made.negated |= key == "neg" and value is True
    return made


def _copied(made: TensorOf, **changes: Any) -> TensorOf:
    """A tensor is made once and may be meant twice: what wraps it changes a copy."""
    fields = {name: getattr(made, name) for name in TensorOf.__slots__}
    return TensorOf(**{**fields, "parts": list(made.parts), **changes})


def _parameter(arguments: Arguments) -> Value | None:
    data, requires_grad = arguments[0], arguments[1]
    if not isinstance(data, TensorOf):
        return data if isinstance(data, Saved | Made) else None
    made = _copied(data, parameter=True, requires_grad=requires_grad is True)
    made.parts += [("", arguments[3])] if len(arguments) > 3 else []
    return made


def _from_type(arguments: Arguments, depth: int = 0) -> Value | None:
    function, kind, given, *state = arguments
    if not isinstance(function, Global) or not isinstance(given, tuple) or depth > DEEPEST_TYPE:
        return None
    maker = CALLS.get(function.name)
    made = None if maker is None or maker is _from_type else maker(given)
    if not isinstance(made, TensorOf):
        return made
    parameter = isinstance(kind, Global) and kind.name == "torch.nn.parameter.Parameter"
    made = _copied(made, parameter=made.parameter or parameter)
    made.parts += [("", state[0])] if state else []
    return made


def _quantised(arguments: Arguments) -> Value | None:
    made, scheme = _tensor((*arguments[:4], arguments[5])), arguments[4]
    if made is None or not isinstance(scheme, tuple) or not scheme:
        return None
    if made.dtype in ("quint4x2", "quint2x4"):
        return Saved(f"quantised tensor of {made.dtype}, several elements to a byte")
    made.quantised = scheme[0].name.removeprefix("torch.") if isinstance(scheme[0], Global) else "quantised"
    made.parts = list(zip(("scale", "zero_point", "axis"), scheme[1:4], strict=False))
    return made


def _sparse(arguments: Arguments) -> Value | None:
    layout, data = arguments
    if not isinstance(data, tuple) or len(data) < 3:
        return None
    coordinates = isinstance(layout, Saved) and layout.text.endswith("coo")
    names = ("indices", "values", "size") if coordinates else ("compressed_indices", "plain_indices", "values", "size")
    # No table: a copy must not take it for one. Its parts are named as if they were set on it.
    return Made("torch._utils._rebuild_sparse_tensor", (), [Table(pairs=list(zip(names, data, strict=False)))])


def _nested(arguments: Arguments) -> Value | None:
    parts = list(zip(("buffer", "sizes", "strides", "offsets"), arguments, strict=False))
    return Made("torch._utils._rebuild_nested_tensor", (), [Table(pairs=parts)])


def _without_storage(arguments: Arguments) -> Value | None:
    dtype, shape = dtype_of(arguments[0]), _sizes(arguments[1])
    return Saved(f"tensor without storage (meta): {dtype or 'unknown type'}, {list(shape)}"[:200])


def _from_device(arguments: Arguments) -> Value | None:
    return arguments[0] if isinstance(arguments[0], TensorOf) else None


def _ordered(arguments: Arguments) -> Value | None:
    made = Table(ordered=True)
    rows = arguments[0] if arguments and isinstance(arguments[0], list | tuple) else ()
    made.pairs = [(row[0], row[1]) for row in rows if isinstance(row, list | tuple) and len(row) == 2]
    return made


def _bytes(arguments: Arguments) -> Value | None:
    text, encoding = arguments
    plain = isinstance(text, str) and isinstance(encoding, str) and encoding.lower() in ("latin1", "latin-1", "utf-8")
    return text.encode(encoding, "surrogatepass" if encoding == "utf-8" else "replace") if plain else None


def _set(arguments: Arguments) -> Value | None:
    return Bag(list(arguments[0]) if arguments and isinstance(arguments[0], list | tuple) else [])


def _complex(arguments: Arguments) -> Value | None:
    plain = len(arguments) == 2 and all(isinstance(item, int | float) for item in arguments)
    return complex(*arguments) if plain else None


def _as_is(arguments: Arguments) -> Value | None:
    return tuple(arguments[0]) if arguments and isinstance(arguments[0], list | tuple) else ()


def _device(arguments: Arguments) -> Value | None:
    return Saved("device " + ":".join(str(part)[:40] for part in arguments if isinstance(part, str | int)))


def _layout(arguments: Arguments) -> Value | None:
    return Saved(arguments[0][:40]) if arguments and isinstance(arguments[0], str) else None


def _counter(arguments: Arguments) -> Value | None:
    return arguments[0] if arguments and isinstance(arguments[0], Table) else Table()


def _array(arguments: Arguments) -> Value | None:
    return Made("numpy array", ())  # its shape and type come with its state


def _none(arguments: Arguments) -> Value | None:
    return None


def _calls() -> dict[str, Callable[[Arguments], Value | None]]:
    tensors: dict[str, Callable[[Arguments], Value | None]] = {
        "_rebuild_tensor": _tensor, "_rebuild_tensor_v2": _tensor_v2, "_rebuild_tensor_v3": _tensor_v3,
        "_rebuild_parameter": _parameter, "_rebuild_parameter_with_state": _parameter,
        "_rebuild_qtensor": _quantised, "_rebuild_sparse_tensor": _sparse, "_rebuild_sparse_csr_tensor": _sparse,
        "_rebuild_nested_tensor": _nested, "_rebuild_meta_tensor_no_storage": _without_storage,
        "_rebuild_wrapper_subclass": _none, "_rebuild_device_tensor_from_numpy": _none, "_rebuild_xla_tensor": _none,
        "_rebuild_device_tensor_from_cpu_tensor": _from_device,
    }  # fmt: skip  # a table
    calls = {f"torch._utils.{name}": maker for name, maker in tensors.items()}
    calls |= {f"torch._tensor.{name}": _from_type for name in ("_rebuild_from_type", "_rebuild_from_type_v2")}
    calls |= {"collections.OrderedDict": _ordered, "collections.Counter": _counter, "_codecs.encode": _bytes}
    calls |= {"torch.Size": _as_is, "torch.device": _device, "torch.serialization._get_layout": _layout}
    for module in ("builtins", "__builtin__"):
        calls |= {f"{module}.{name}": _set for name in ("set", "frozenset")}
        calls |= {f"{module}.complex": _complex, f"{module}.bytearray": _bytearray}
    for module in ("numpy.core.multiarray", "numpy._core.multiarray"):
        calls |= {f"{module}._reconstruct": _array, f"{module}.scalar": _none}
    return calls


def _bytearray(arguments: Arguments) -> Value | None:
    if len(arguments) == 2:
        return _bytes(arguments)
    return bytes(arguments[0]) if arguments and isinstance(arguments[0], bytes) else b"" if not arguments else None


CALLS = MappingProxyType(_calls())
