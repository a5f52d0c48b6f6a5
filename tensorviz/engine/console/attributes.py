"""What may stand behind a dot, for every kind of value, and the names that a session starts with.

Must not know the syntax tree. Nothing is looked up on a value unless its name is on the list of its type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from tensorviz.core.names import did_you_mean
from tensorviz.engine.console import numpy_names, python_methods, python_names, torch_names
from tensorviz.engine.console.problems import Refused, UnknownAttribute, file_refusal
from tensorviz.engine.console.torch_calls import NAMED
from tensorviz.engine.console.torch_functions import OWN_FUNCTIONS, OWN_METHODS, legacy_maker
from tensorviz.engine.console.values import Function, Namespace, StorageHandle, TypeName
from tensorviz.engine.console.word_list import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tensorviz.engine.console.machine import Machine

TENSOR_METHODS = frozenset(
    name
    for name in (*torch_names.BOTH.split(), *torch_names.METHODS.split(), *(f"{name}_" for name in
                 torch_names.IN_PLACE.split()), *OWN_METHODS)
    if name in OWN_METHODS or hasattr(torch.Tensor, name)
)  # fmt: skip
TENSOR_PROPERTIES = frozenset(torch_names.PROPERTIES.split())
ARRAY_METHODS = frozenset(numpy_names.METHODS.split())
ARRAY_PROPERTIES = frozenset(numpy_names.PROPERTIES.split())
STORAGE_METHODS = ("size", "nbytes", "tolist", "data_ptr", "fill_", "element_size", "untyped")
PLAIN_FIELDS: dict[type, frozenset[str]] = {
    torch.device: frozenset({"type", "index"}),
    torch.dtype: frozenset({"itemsize", "is_floating_point", "is_complex", "is_signed"}),
    torch.finfo: frozenset(words("bits eps max min tiny smallest_normal resolution dtype")),
    torch.iinfo: frozenset(words("bits max min dtype")),
    np.dtype: frozenset({"name", "itemsize", "kind"}),
}


def _torch_function(name: str, module: Any = torch, prefix: str = "torch") -> Function:
    return Function(f"{prefix}.{name}", getattr(module, name), "torch")


def _functions(module: Any, prefix: str, names: Iterable[str]) -> dict[str, Any]:
    return {name: _torch_function(name, module, prefix) for name in names if hasattr(module, name)}


def _torch_types() -> dict[str, TypeName]:
    legacy = {
        name: TypeName(getattr(torch, name), f"torch.{name}", legacy_maker(name))
        for name in torch_names.LEGACY.split()
    }
    sizes = TypeName(torch.Size, "torch.Size", Function("torch.Size", torch.Size, "torch"))
    return legacy | {
        "Tensor": TypeName(torch.Tensor, "torch.Tensor", legacy_maker("Tensor")),
        "Size": sizes,
        "dtype": TypeName(torch.dtype, "torch.dtype"),
        "device": TypeName(torch.device, "torch.device", Function("torch.device", torch.device, "torch")),
        "Generator": TypeName(torch.Generator, "torch.Generator", Function("Generator", torch.Generator, "torch")),
        "finfo": TypeName(torch.finfo, "torch.finfo", Function("torch.finfo", torch.finfo, "torch")),
        "iinfo": TypeName(torch.iinfo, "torch.iinfo", Function("torch.iinfo", torch.iinfo, "torch")),
    }


def torch_namespace() -> Namespace:
    """`torch`, as far as it is offered."""
    prefix = "torch.nn.functional"
    space = Namespace(prefix, _functions(functional, prefix, torch_names.FUNCTIONAL.split()))
    cuda = {"is_available": Function("torch.cuda.is_available", torch.cuda.is_available, "torch"),
            "device_count": Function("torch.cuda.device_count", torch.cuda.device_count, "torch")}  # fmt: skip
    names = {*torch_names.BOTH.split(), *torch_names.FUNCTIONS.split()}
    constants = {name: getattr(torch, name) for name in torch_names.CONSTANTS.split() if hasattr(torch, name)}
    members: dict[str, Any] = {
        **_functions(torch, "torch", names),
        **constants,
        **_torch_types(),
        **{name: Function(f"torch.{name}", call, "python") for name, call in OWN_FUNCTIONS.items()},
        "nn": Namespace("torch.nn", {"functional": space}),
        "linalg": Namespace("torch.linalg", _functions(torch.linalg, "torch.linalg", torch_names.LINALG.split())),
        "fft": Namespace("torch.fft", _functions(torch.fft, "torch.fft", torch_names.FFT.split())),
        "autograd": Namespace("torch.autograd", {"grad": _torch_function("grad", torch.autograd, "torch.autograd")}),
        "cuda": Namespace("torch.cuda", cuda),
        "testing": Namespace("torch.testing", _functions(torch.testing, "torch.testing", ("assert_close",))),
        "__version__": torch.__version__,
    }
    return Namespace("torch", members, torch_names.FILES, torch_names.REFUSALS)


def numpy_namespace(random: np.random.RandomState) -> Namespace:
    """`numpy`, as far as it is offered; its random numbers are those of the session."""
    members: dict[str, Any] = {
        name: Function(f"numpy.{name}", getattr(np, name), "numpy")
        for name in numpy_names.FUNCTIONS.split() if hasattr(np, name)
    }  # fmt: skip
    members |= {name: getattr(np, name) for name in numpy_names.CONSTANTS.split()}
    for name in numpy_names.DTYPES.split():
        kind = getattr(np, name)
        members[name] = TypeName(kind, f"numpy.{name}", Function(f"numpy.{name}", kind, "numpy"))
    members["ndarray"] = TypeName(np.ndarray, "numpy.ndarray")
    drawn = {name: Function(f"numpy.random.{name}", getattr(random, name), "numpy")
             for name in numpy_names.RANDOM.split()}  # fmt: skip
    members["random"] = Namespace("numpy.random", drawn)
    return Namespace("numpy", members, numpy_names.FILES)


def types_by_class() -> dict[type, TypeName]:
    """The types that `type(x)` gives back as something with a name in the language."""
    found = python_names.builtin_types() | {kind.of: kind for kind in _torch_types().values()}
    return found | {np.ndarray: TypeName(np.ndarray, "numpy.ndarray")}


def starting_names(random: np.random.RandomState) -> dict[str, Any]:
    """All names that a session has before anything is assigned."""
    whole = torch_namespace()
    arrays = numpy_namespace(random)
    numbers = Namespace("math", python_methods.MATH)
    nn = whole.members["nn"]
    return {
        **python_names.builtin_names(),
        "torch": whole, "np": arrays, "numpy": arrays, "math": numbers, "nn": nn, "F": nn.members["functional"],
    }  # fmt: skip


def offered(value: Any) -> list[str]:
    """The names that may stand behind a dot after `value`, sorted."""
    if isinstance(value, Namespace):
        return sorted(value.members)
    if isinstance(value, torch.Tensor):
        return sorted(TENSOR_METHODS | TENSOR_PROPERTIES)
    if isinstance(value, np.ndarray | np.generic):
        return sorted(ARRAY_METHODS | ARRAY_PROPERTIES)
    if isinstance(value, StorageHandle):
        return sorted((*STORAGE_METHODS, "dtype", "device"))
    if isinstance(value, BaseException):
        return ["args"]
    for kind, fields in PLAIN_FIELDS.items():
        if isinstance(value, kind):
            return sorted(fields)
    return sorted(_plain_offered(value))


def _plain_offered(value: Any) -> set[str]:
    found: set[str] = set()
    for kind in _python_kinds(value):
        found |= {*python_methods.METHODS.get(kind, {}), *python_methods.FIELDS.get(kind, ())}
    if type(value).__module__ == "torch.return_types":
        found |= {name for name in torch_names.RESULT_FIELDS if hasattr(value, name)}
    if isinstance(value, torch.Size):
        found.add("numel")
    if isinstance(value, torch.Generator):
        found |= {"manual_seed", "seed", "initial_seed"}
    return found


def _python_kinds(value: Any) -> list[type]:
    return [kind for kind in {*python_methods.METHODS, *python_methods.FIELDS} if isinstance(value, kind)]


def attribute(machine: Machine, value: Any, name: str) -> Any:
    """`value.name`. Raises Refused for private names and files, UnknownAttribute for all that is not offered."""
    if isinstance(value, Namespace):
        return _member(value, name)
    if name.startswith("_"):
        raise Refused(f"Names that begin with an underscore are not offered, and {name!r} does.")
    if isinstance(value, torch.Tensor) and name in torch_names.NAMED:
        raise Refused(NAMED, "Dimension names are tensorviz's own: see the Tensors page.")
    if name not in offered(value):
        _refuse(machine, value, name)
    return _found(machine, value, name)


def _member(space: Namespace, name: str) -> Any:
    if name in space.members:
        return space.members[name]
    if name.startswith("_"):
        raise Refused(f"Names that begin with an underscore are not offered, and {name!r} does.")
    if name in space.files:
        raise file_refusal(f"{space.name}.{name}")
    if name in space.refusals:
        raise Refused(f"{space.name}.{name} is not offered here.", space.refusals[name])
    raise UnknownAttribute(f"{space.name} has no {name!r} here.", did_you_mean(name, space.members))


def _refuse(machine: Machine, value: Any, name: str) -> None:
    if name in numpy_names.FILES or name in torch_names.FILES:
        raise file_refusal(f".{name}()")
    known = [known for known in offered(value) if not known.startswith("_")]
    raise UnknownAttribute(f"{machine.a_type_text(value)} has no {name!r} here.", did_you_mean(name, known))


def _found(machine: Machine, value: Any, name: str) -> Any:
    if isinstance(value, torch.Tensor):
        return _of_tensor(value, name)
    if isinstance(value, np.ndarray | np.generic):
        return _of_array(machine, value, name)
    if isinstance(value, StorageHandle):
        return _of_storage(value, name)
    for kind in _python_kinds(value):
        if name in python_methods.METHODS.get(kind, {}):
            return Function(f"{kind.__name__}.{name}", python_methods.METHODS[kind][name], "python", (value,))
    found = getattr(value, name)
    return Function(name, found, "torch") if isinstance(value, torch.Generator) or name == "numel" else found


def _of_tensor(tensor: torch.Tensor, name: str) -> Any:
    if name in OWN_METHODS:
        return Function(f"Tensor.{name}", OWN_METHODS[name], "python", (tensor,))
    if name in TENSOR_PROPERTIES:
        return getattr(tensor, name)
    return Function(f"Tensor.{name}", getattr(torch.Tensor, name), "torch", (tensor,))


def _of_array(machine: Machine, array: Any, name: str) -> Any:
    if name in ARRAY_PROPERTIES:
        return getattr(array, name)
    function = Function(f"ndarray.{name}", getattr(type(array), name), "numpy", (array,))
    if name not in numpy_names.WRITING:
        return function

    def writes(_machine: Machine, *args: Any, **kwargs: Any) -> Any:
        machine.recorder.writing_array(array)
        return machine.call(function, args, kwargs)

    return Function(function.name, writes, "python")


def _of_storage(handle: StorageHandle, name: str) -> Any:
    flat = handle.flat
    if name in ("dtype", "device"):
        return getattr(flat, name)
    answers: dict[str, Callable[..., Any]] = {
        "size": lambda _machine: len(handle),
        "nbytes": lambda _machine: flat.numel() * flat.itemsize,
        "tolist": lambda machine: flat[: machine.budget.fit(len(handle))].tolist(),
        "data_ptr": lambda _machine: flat.data_ptr(),
        "element_size": lambda _machine: flat.itemsize,
        "fill_": lambda _machine, value: (flat.fill_(value), handle)[1],
        "untyped": lambda _machine: StorageHandle(flat, False),
    }
    return Function(f"Storage.{name}", answers[name], "python")


def assign_attribute(machine: Machine, value: Any, name: str, new: Any) -> None:
    """`value.name = new`; only what autograd needs, and `.data`."""
    if not isinstance(value, torch.Tensor) or name not in torch_names.SETTABLE:
        raise Refused(f"The attribute {name!r} of a {machine.type_text(value)} cannot be set here.")
    if name == "requires_grad":
        value.requires_grad = bool(new)
    elif new is not None and not isinstance(new, torch.Tensor):
        raise TypeError(f"{name} is a tensor, and a {machine.type_text(new)} was given")
    elif name == "grad":
        value.grad = new
    elif new is not None:
        value.data = new


