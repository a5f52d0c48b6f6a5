"""A desk with files of tensors on it: contents that a test made, opened as the engine would, their bytes served.

Must not know panels, or torch: tensors, layouts and bytes are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication, QEvent

from tensorviz.core.checkpoint_layout import analyse
from tensorviz.core.dtypes import DTYPES
from tensorviz.core.errors import Problem
from tensorviz.core.family import Family
from tensorviz.core.layout import Layout, contiguous
from tensorviz.core.session_data import PAGE
from tensorviz.core.stored import Contents, StoredStorage, StoredTensor, letters
from tensorviz.engine.messages import JobFailed, JobFinished
from tensorviz.engine.messages.files import FileAnalysed, FileOpened, OpenFile
from tensorviz.engine.messages.session import PagesRead, ReadPages
from tensorviz.ui.state.tensor_file import TensorFile
from tests.ui.tensors.desk import Desk

HEADER = 64  # bytes before the first storage of a file that is made here


class Shelf:
    """Files over a desk. `open` opens one and answers at once; `read` and `analysed` answer one that is being read."""

    def __init__(self, desk: Desk | None = None, **settings: object) -> None:
        self.desk = Desk(**settings) if desk is None else desk
        self.engine, self.workspace = self.desk.engine, self.desk.workspace
        self.files = self.workspace.files
        self.bytes: dict[tuple[int, str], bytes] = {}
        self._served = 0

    def open(
        self,
        contents: Contents,
        path: str = "/x/model.pt",
        *,
        family: Family | None = None,
        guess: str = "tensors",
        analysed: bool = True,
        **storage_bytes: bytes,
    ) -> TensorFile:
        """Opens a file that holds this and answers all that is asked; storages that are not given are all zero.

        analysed: False leaves out what the layouts tell; `analyse` answers it later.
        """
        file = self.files.open(path)
        self.read(file, replace(contents, path=path), **storage_bytes)
        if analysed:
            self.analyse(file, family, guess)
        return file

    def read(self, file: TensorFile, contents: Contents, **storage_bytes: bytes) -> None:
        """The file was read: this is in it."""
        for name, raw in storage_bytes.items():
            self.bytes[file.number, name] = raw
        self.engine.answer(FileOpened(self._job(file), file.number, contents))

    def analyse(self, file: TensorFile, family: Family | None = None, guess: str = "tensors") -> None:
        """Its layouts and names were looked at, and the reading is over."""
        assert file.contents is not None
        job = self._job(file)
        analysed = FileAnalysed(job, file.number, analyse(file.contents), family, guess)
        self.engine.answer(analysed, JobFinished(job))

    def fail(self, file: TensorFile, problem: Problem) -> None:
        """The file could not be read."""
        self.engine.answer(JobFailed(self._job(file), problem))

    def serve(self) -> None:
        """Answers every wish for bytes, of files and of the session, until none is left."""
        while True:
            QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall)
            self.workspace.memory.ask_now()
            for file in self.files.files:
                if file.looking is not None:
                    file.looking.memory.ask_now()
            waiting = self.engine.sent[self._served :]
            self._served = len(self.engine.sent)
            asked = [(job, one) for job, one in waiting if isinstance(one, ReadPages)]
            for job, one in asked:
                pages = self.pages(job, one) if one.file else self.desk.pages(job, one)
                self.engine.answer(pages, JobFinished(job))
            if not asked:
                return

    def pages(self, job: int, request: ReadPages) -> PagesRead:
        """What the engine would answer to a wish for pages of a file."""
        whole = self._whole(request.file, request.storage)
        read = ((page, whole[page * PAGE : (page + 1) * PAGE]) for page in request.pages)
        return PagesRead(job, request.storage, 0, tuple((page, raw) for page, raw in read if raw))

    def _whole(self, number: int, storage: str) -> bytes:
        given = self.bytes.get((number, storage))
        if given is not None:
            return given
        contents = next(file.contents for file in self.files.files if file.number == number)
        assert contents is not None
        return bytes(next(one.nbytes for one in contents.storages if one.id == storage))

    def _job(self, file: TensorFile) -> int:
        asked = [job for job, one in self.engine.sent if isinstance(one, OpenFile) and one.file == file.number]
        return asked[-1]


def stored(name: str, storage: str, shape: tuple[int, ...], dtype: str = "float32", **more: object) -> StoredTensor:
    """A tensor of a file over a storage; contiguous from its first byte unless `stride` or `offset` say otherwise.

    An element type that is not known (quantised) has one byte unless `itemsize` says otherwise.
    """
    itemsize = more.pop("itemsize", DTYPES[dtype].itemsize if dtype in DTYPES else 1)
    assert isinstance(itemsize, int)
    stride, offset = more.pop("stride", contiguous(shape, itemsize).stride), more.pop("offset", 0)
    assert isinstance(stride, tuple)
    assert isinstance(offset, int)
    return replace(StoredTensor(name, Layout(shape, stride, offset, itemsize), dtype, storage), **more)  # type: ignore[arg-type]  # each of its own type; a wrong one fails where it is used


def contents(
    *tensors: StoredTensor,
    sizes: Mapping[str, int] = MappingProxyType({}),
    path: str = "/x/model.pt",
    form: str = "pt-zip",
    **more: object,
) -> Contents:
    """A file of these tensors. sizes: bytes of storages that are larger than their tensors need, or have none.

    more: other fields of Contents. Storages lie one after the other, in the order in which tensors come to them.
    """
    reach = {tensor.storage: 0 for tensor in tensors}
    for tensor in tensors:
        reach[tensor.storage] = max(reach[tensor.storage], _reach(tensor.layout))
    reach |= sizes
    storages, start = [], HEADER
    for name, nbytes in reach.items():
        storages.append(StoredStorage(name, nbytes, path, start))
        start += nbytes
    whole = Contents(path, form, start, tensors, tuple(storages))
    return replace(whole, **more)  # type: ignore[arg-type]  # each of its own type; a wrong one fails where it is used


def _reach(layout: Layout) -> int:
    """Bytes up to the end of the last element; strides below zero are not expected."""
    if 0 in layout.shape:
        return 0
    steps = zip(layout.shape, layout.stride, strict=True)
    return (layout.offset + sum((size - 1) * stride for size, stride in steps) + 1) * layout.itemsize


def many(count: int, shape: tuple[int, ...] = (8, 8), dtype: str = "float32") -> Contents:
    """A file of so many tensors, each on its own storage: "layers.0.weight", "layers.0.bias", "layers.1.weight"."""
    made = []
    for number in range(count):
        layer, bias = divmod(number, 2)
        name = f"layers.{layer}.{'bias' if bias else 'weight'}"
        made.append(stored(name, letters(number), shape[:1] if bias else shape, dtype))
    return contents(*made)
