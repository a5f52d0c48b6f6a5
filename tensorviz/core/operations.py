"""The operations that a person can choose without typing, as a table, and the code line of each.

Must not know torch or forms. To add one, add a row: menus, forms and tests are made of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.operation_data import Operation, Parameter, suggested_name
from tensorviz.core.operation_needs import why_not
from tensorviz.core.operation_ranges import offer_of, problem_of, settled, shape_from_text

if TYPE_CHECKING:
    from tensorviz.core.operation_data import Kind, Subject, Value, Values

__all__ = [
    "GROUPS", "OPERATIONS", "code_for", "offer_of", "operation_named", "problem_of", "settled", "shape_from_text",
    "suggested_name", "why_not",
]  # fmt: skip

GROUPS = (
    "Order of dimensions", "Parts", "Dimensions", "Memory", "Type", "Device", "In place", "Numbers", "Reduce",
    "With another",
)  # fmt: skip
ORDER, PARTS, DIMENSIONS, MEMORY, TYPE, DEVICE, IN_PLACE, NUMBERS, REDUCE, ANOTHER = GROUPS


def _choice(key: str, label: str, rule: str, initial: Value = None) -> Parameter:
    return Parameter(key, label, "choice", rule, initial)


def _whole(key: str, label: str, rule: str, initial: Value = None) -> Parameter:
    return Parameter(key, label, "whole", rule, initial)


def _typed(kind: Kind, key: str, label: str, rule: str, initial: Value = None) -> Parameter:
    return Parameter(key, label, kind, rule, initial)


DIM = _choice("dim", "Dimension", "dim", 0)
LAST = _choice("dim", "Dimension", "dim", -1)
DIM_OR_ALL = _choice("dim", "Along", "dim or all")
KEEP = _typed("flag", "keepdim", "Keep it, with size 1", "flag", False)
OTHER = _choice("other", "Other tensor", "tensor")


def _reduction(name: str, title: str, tip: str, needs: tuple[str, ...], suffix: str = "") -> Operation:
    template = f"{{x}}.{name}({{along}})"
    return Operation(name, REDUCE, title, tip, template, (DIM_OR_ALL, KEEP), suffix or title, needs)


def _elementwise(name: str, tip: str, needs: tuple[str, ...]) -> Operation:
    return Operation(name, NUMBERS, name, tip, f"{{x}}.{name}()", (), name, ("arithmetic", *needs))


def _pair(key: str, title: str, sign: str, tip: str, needs: tuple[str, ...] = ()) -> Operation:
    return Operation(key, ANOTHER, title, tip, f"{{x}} {sign} {{other}}", (OTHER,), key, ("arithmetic", *needs))


OPERATIONS: tuple[Operation, ...] = (
    # Order of dimensions
    Operation("t", ORDER, "t", "Rows become columns: the two strides change places.", "{x}.t()", (), "t", ("flat",)),
    Operation("transpose", ORDER, "transpose", "Two dimensions change places; nothing is copied.",
              "{x}.transpose({dim0}, {dim1})",
              (_choice("dim0", "One dimension", "dim", 0), _choice("dim1", "The other", "dim", 1)), "t", ("two dims",)),
    Operation("permute", ORDER, "permute", "All dimensions in another order; nothing is copied.",
              "{x}.permute({order})", (_typed("order", "order", "New order", "order"),), "permuted", ("dims",)),
    Operation("movedim", ORDER, "movedim", "One dimension moves to another place; the others keep their order.",
              "{x}.movedim({source}, {destination})",
              (_choice("source", "Move", "dim", 0), _choice("destination", "To the place of", "dim", -1)), "moved",
              ("two dims",)),
    Operation("mT", ORDER, "mT", "The last two dimensions change places.", "{x}.mT", (), "mt", ("two dims",)),
    Operation("flip", ORDER, "flip", "A dimension in reverse order. torch has no strides below 0, so it copies.",
              "{x}.flip({dim})", (DIM,), "flipped", ("dims", "not narrow")),
    # Parts
    Operation("take", PARTS, "take the selection", "The selected part under a name of its own; nothing is copied.",
              "{x}", (), "part", ("part",)),
    Operation("select", PARTS, "select", "One index of a dimension, which goes away.", "{x}.select({dim}, {index})",
              (_choice("dim", "Dimension", "dim with elements", 0), _whole("index", "Index", "index")), "at",
              ("a dim with elements",)),
    Operation("narrow", PARTS, "narrow", "Some indices of a dimension, one after the other.",
              "{x}.narrow({dim}, {start}, {length})",
              (DIM, _whole("start", "From", "start"), _whole("length", "How many", "length")), "part", ("dims",)),
    Operation("slice", PARTS, "slice with a step", "Every so-many-th index of a dimension: the stride grows.",
              "{x}[{slice}]",
              (DIM, _whole("start", "From", "start"), _whole("stop", "Before", "stop"),
               _whole("step", "Step", "step", 2)), "part", ("dims",)),
    Operation("diagonal", PARTS, "diagonal", "One step along two dimensions at once: their strides add up.",
              "{x}.diagonal({offset}, {dim1}, {dim2})",
              (_choice("dim1", "Down", "dim", 0), _choice("dim2", "Right", "dim but first", 1),
               _whole("offset", "Above (below 0: below)", "offset")), "diagonal", ("two dims",)),
    Operation("unfold", PARTS, "unfold", "Sliding windows along a dimension; they may overlap, and nothing is copied.",
              "{x}.unfold({dim}, {size}, {step})",
              (_choice("dim", "Dimension", "dim with elements", -1), _whole("size", "Window", "window"),
               _whole("step", "Step", "step", 1)), "windows", ("a dim with elements",)),
    Operation("chunk", PARTS, "chunk", "A number of pieces of one size, as a tuple of views.",
              "{x}.chunk({count}, {dim})", (DIM, _whole("count", "Pieces", "pieces")), "parts", ("dims",)),
    Operation("split", PARTS, "split", "Pieces of a size, the last may be smaller, as a tuple of views.",
              "{x}.split({size}, {dim})", (DIM, _whole("size", "Size of each", "pieces")), "parts", ("dims",)),
    Operation("unbind", PARTS, "unbind", "A view for each index of a dimension, as a tuple.", "{x}.unbind({dim})",
              (DIM,), "parts", ("dims",)),
    # Dimensions
    Operation("squeeze", DIMENSIONS, "squeeze", "Dimensions of size 1 go away.", "{x}.squeeze({dim})",
              (_choice("dim", "Dimension", "dim of one"),), "squeezed", ("a dim of one",)),
    Operation("unsqueeze", DIMENSIONS, "unsqueeze", "A new dimension of size 1.", "{x}.unsqueeze({dim})",
              (_choice("dim", "Place", "place"),), "unsqueezed"),
    Operation("expand", DIMENSIONS, "expand", "Dimensions of size 1 repeated with stride 0; nothing is copied.",
              "{x}.expand({shape})", (_typed("shape", "shape", "Shape", "expanded"),), "expanded"),
    Operation("flatten", DIMENSIONS, "flatten", "Several dimensions as one: a view where they continue one another.",
              "{x}.flatten({start}, {end})",
              (_choice("start", "From dimension", "dim", 0), _choice("end", "To dimension", "dim from start", -1)),
              "flat", ("dims",)),
    Operation("unflatten", DIMENSIONS, "unflatten", "One dimension as several.", "{x}.unflatten({dim}, ({sizes},))",
              (DIM, _typed("shape", "sizes", "Sizes", "sizes")), "unflat", ("dims", )),
    Operation("view", DIMENSIONS, "view", "The same elements in another shape, never copied.", "{x}.view({shape})",
              (_typed("shape", "shape", "Shape", "shape"),), "view"),
    Operation("reshape", DIMENSIONS, "reshape", "Another shape: a view where there is one, else a copy.",
              "{x}.reshape({shape})", (_typed("shape", "shape", "Shape", "shape"),), "reshaped"),
    # Memory
    Operation("contiguous", MEMORY, "contiguous", "The elements next to one another; the tensor itself when they are.",
              "{x}.contiguous({format})", (_choice("format", "Memory format", "format"),), "contiguous"),
    Operation("clone", MEMORY, "clone", "A copy with a storage of its own.", "{x}.clone()", (), "copy"),
    Operation("channels_last", MEMORY, "channels last", "Channels next to one another in memory; the shape stays.",
              "{x}.to(memory_format={format})", (_choice("format", "Memory format", "channels"),), "last",
              ("channels",)),
    Operation("as_strided", MEMORY, "as_strided", "Any size, stride and offset over the storage.", "{x}", (),
              "strided"),
    Operation("detach", MEMORY, "detach", "The same memory, apart from autograd.", "{x}.detach()", (), "detached"),
    # Type
    Operation("to_dtype", TYPE, "to another dtype", "Each element converted.", "{x}.to({dtype})",
              (_choice("dtype", "dtype", "dtype"),), "as"),
    Operation("view_dtype", TYPE, "view as another dtype", "The same bytes read as another dtype; nothing is copied.",
              "{x}.view({dtype})", (_choice("dtype", "dtype", "view dtype"),), "bits"),
    Operation("real", TYPE, "real", "The real parts, as a view.", "{x}.real", (), "real", ("complex",)),
    Operation("imag", TYPE, "imag", "The imaginary parts, as a view.", "{x}.imag", (), "imag", ("complex",)),
    Operation("conj", TYPE, "conj", "The conjugate: a mark on a view, nothing is computed.", "{x}.conj()", (), "conj",
              ("complex",)),
    # Device
    Operation("cpu", DEVICE, "to the processor", "A copy in the memory of the processor.", "{x}.cpu()", (), "cpu",
              ("to cpu",)),
    Operation("cuda", DEVICE, "to the GPU", "A copy in the memory of the GPU.", "{x}.to('cuda')", (), "gpu",
              ("to cuda",)),
    # In place
    Operation("zero_", IN_PLACE, "zero_", "Every element becomes 0.", "{x}.zero_()"),
    Operation("fill_", IN_PLACE, "fill_", "Every element becomes one number.", "{x}.fill_({value})",
              (_typed("number", "value", "Number", "stored", 1),)),
    Operation("add_", IN_PLACE, "add_", "A number is added to every element.", "{x}.add_({value})",
              (_typed("number", "value", "Number", "stored", 1),), "", ("arithmetic", "own cells")),
    Operation("mul_", IN_PLACE, "mul_", "Every element is multiplied by a number.", "{x}.mul_({value})",
              (_typed("number", "value", "Number", "stored", 1),), "", ("arithmetic", "own cells")),
    Operation("clamp_", IN_PLACE, "clamp_", "Elements below and above become the bound.", "{x}.clamp_({low}, {high})",
              (_typed("number", "low", "From", "stored", 0), _typed("number", "high", "To", "stored", 1)), "",
              ("arithmetic", "real", "not bool", "own cells")),
    Operation("copy_", IN_PLACE, "copy_", "The elements of another tensor are written into this one.",
              "{x}.copy_({other})", (OTHER,), "", ("own cells",)),
    Operation("uniform_", IN_PLACE, "uniform_", "Random numbers, all between two bounds equally likely.",
              "{x}.uniform_({low}, {high})",
              (_typed("number", "low", "From", "number", 0), _typed("number", "high", "To", "high", 1)), "",
              ("real fraction", "own cells")),
    Operation("normal_", IN_PLACE, "normal_", "Random numbers around a mean.", "{x}.normal_({mean}, {deviation})",
              (_typed("number", "mean", "Mean", "number", 0),
               _typed("number", "deviation", "Deviation", "deviation", 1)), "", ("real fraction", "own cells")),
    # Numbers
    _elementwise("abs", "Each element without its sign.", ("not bool",)),
    _elementwise("neg", "Each element with the other sign.", ("not bool",)),
    _elementwise("square", "Each element times itself.", ()),
    _elementwise("sqrt", "The square root of each element.", ()),
    _elementwise("exp", "e to the power of each element.", ()),
    _elementwise("log", "The natural logarithm of each element.", ()),
    _elementwise("sigmoid", "Each element between 0 and 1.", ()),
    _elementwise("tanh", "Each element between -1 and 1.", ()),
    _elementwise("round", "Each element to the nearest whole number, halves to the even one.", ("real", "not bool")),
    Operation("clamp", NUMBERS, "clamp", "Elements below and above become the bound.", "{x}.clamp({low}, {high})",
              (_typed("number", "low", "From", "number", 0), _typed("number", "high", "To", "number", 1)), "clamped",
              ("arithmetic", "real", "not bool")),
    Operation("pow", NUMBERS, "pow", "Each element to a power.", "{x} ** {power}",
              (_typed("number", "power", "Power", "power", 2),), "pow", ("arithmetic", "not bool")),
    # Reduce
    _reduction("sum", "sum", "All elements, or those along a dimension, added.", ("arithmetic",)),
    _reduction("mean", "mean", "The mean.", ("fraction",)),
    _reduction("std", "std", "The standard deviation (with n - 1).", ("fraction", "elements")),
    _reduction("amax", "max", "The largest element.", ("arithmetic", "real", "elements")),
    _reduction("amin", "min", "The smallest element.", ("arithmetic", "real", "elements")),
    _reduction("argmax", "argmax", "Where the largest element is.", ("arithmetic", "real", "not bool", "elements")),
    Operation("cumsum", REDUCE, "cumsum", "Running sums along a dimension.", "{x}.cumsum({dim})", (LAST,), "cumsum",
              ("arithmetic", "dims")),
    Operation("softmax", REDUCE, "softmax", "Shares that add up to 1 along a dimension.", "{x}.softmax({dim})", (LAST,),
              "softmax", ("real fraction", "dims")),
    # With another
    _pair("add", "add", "+", "Added element by element; shapes broadcast."),
    _pair("sub", "subtract", "-", "Subtracted element by element; shapes broadcast.", ("not bool",)),
    _pair("mul", "multiply", "*", "Multiplied element by element; shapes broadcast."),
    _pair("div", "divide", "/", "Divided element by element; shapes broadcast."),
    _pair("matmul", "matrix product", "@", "Rows times columns.", ("dims", "not bool")),
    Operation("cat", ANOTHER, "cat", "One behind the other along a dimension that is there; it copies.",
              "torch.cat(({x}, {other}), {dim})", (OTHER, DIM), "both", ("dims",)),
    Operation("stack", ANOTHER, "stack", "One beside the other along a new dimension; it copies.",
              "torch.stack(({x}, {other}), {dim})", (OTHER, _choice("dim", "New dimension", "place")), "stacked"),
)  # fmt: skip


def operation_named(key: str) -> Operation:
    """The operation of that id."""
    return next(one for one in OPERATIONS if one.id == key)


def code_for(operation: Operation, subject: Subject, values: Values, target: str = "") -> str:
    """The code line, such as "points_t = points.transpose(0, 1)"; without a target, or in place, no assignment.

    values: settled (see `settled`).
    """
    texts = {key: _text(operation.parameter(key), value) for key, value in values.items()}
    if subject.dtype == "bool":
        texts |= {key: _truth(text) for key, text in texts.items() if operation.parameter(key).rule == "stored"}
    texts |= {"slice": _slice(values), "along": _along(values)}
    if operation.id == "squeeze" and values["dim"] is None:
        texts["dim"] = ""
    if operation.id == "contiguous":
        texts["format"] = "" if values["format"] == "contiguous_format" else f"memory_format={texts['format']}"
    code = operation.template.format(x=subject.code, **texts)
    return f"{target} = {code}" if target and not operation.in_place else code


def _text(parameter: Parameter, value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) if value else "()"
    torch_names = ("dtype", "view dtype", "format", "channels")
    return f"torch.{value}" if parameter.rule in torch_names else str(value).strip()


def _truth(text: str) -> str:
    return {"0": "False", "1": "True"}.get(text, text)


def _slice(values: Values) -> str:
    """`:, 1:5:2` for dimension 1."""
    if "stop" not in values:
        return ""
    (dim, start, stop, step) = (values[key] for key in ("dim", "start", "stop", "step"))
    assert isinstance(dim, int)
    return ":, " * dim + f"{start}:{stop}" + (f":{step}" if step != 1 else "")


def _along(values: Values) -> str:
    """What a reduction is given: nothing, dim=1, or dim=1, keepdim=True."""
    dim, keep = values.get("dim"), values.get("keepdim", False)
    parts = ([] if dim is None else [f"dim={dim}"]) + (["keepdim=True"] if keep and dim is not None else [])
    return ", ".join(parts)
