"""Which names of numpy may be said: enough to hand arrays to torch and back, and to see strides of numpy's kind.

Must not know how they are called. No files, no raw addresses, no `lib`, no arrays of Python objects.
"""

from __future__ import annotations

from tensorviz.engine.console.word_list import words

FUNCTIONS = """
array asarray zeros ones empty full zeros_like ones_like empty_like full_like arange linspace eye identity
reshape transpose ravel flip fliplr flipud rot90 concatenate stack vstack hstack squeeze expand_dims broadcast_to
swapaxes moveaxis roll tile repeat ascontiguousarray asfortranarray shares_memory may_share_memory
abs absolute add subtract multiply divide floor_divide power mod exp log log2 log10 sqrt square sin cos tan tanh
sum mean std var min max amin amax argmin argmax argsort sort cumsum cumprod prod any all median
dot matmul outer meshgrid where clip round floor ceil sign isnan isinf isfinite allclose array_equal isclose
maximum minimum equal not_equal less greater less_equal greater_equal logical_and logical_or logical_not
nonzero unique diff trace diagonal triu tril ndim shape size count_nonzero
"""
RANDOM = "seed rand randn randint random normal uniform"
METHODS = """
all any argmax argmin argsort astype clip copy cumprod cumsum diagonal dot fill flatten item max mean min nonzero prod
ravel repeat reshape round sort squeeze std sum swapaxes tolist trace transpose var view
"""
WRITING = frozenset({"fill", "sort"})  # these change the array they are called on
PROPERTIES = "T dtype imag itemsize nbytes ndim real shape size strides"
DTYPES = """
float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool_ complex64 complex128 intp
"""
CONSTANTS = "pi e inf nan newaxis"
FILES = frozenset(words(
    "load save savez savez_compressed loadtxt savetxt genfromtxt fromfile tofile memmap fromregex DataSource "
    "fromstring frombuffer dump dumps tobytes"
))
