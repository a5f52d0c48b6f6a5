"""A machine for pickles that imports nothing and calls nothing: every instruction of protocols 0 to 5, done on data.

Must not know files or torch. What it holds is bounded: a hostile pickle ends in a sentence.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Callable
from typing import Any

from tensorviz.engine.formats.pytorch.source import Source
from tensorviz.engine.formats.pytorch.values import Bag, Global, Made, Saved, Table, Value
from tensorviz.engine.formats.spec import Damaged

LARGEST_KEPT = 1 << 18  # bytes of one text or byte string; longer ones are passed over
LONGEST_NUMBER = 1024  # bytes of an integer
MOST_STEPS = 6_000_000  # each may take one place on the stack that is not counted as held
MOST_HELD = 150_000_000  # bytes of objects, counted when made; about 100,000 tensors
POINTER, OBJECT, CONTAINER = 8, 64, 140

Call = Callable[[Value, tuple[Value, ...]], Value]
Refer = Callable[[Value], Value]
Action = Callable[["Machine"], None]


class Machine:
    """Runs one pickle of `source`. named: told of every name looked up. call: what a call makes. refer: what a
    persistent id stands for.
    """

    def __init__(self, source: Source, named: Callable[[str], None], call: Call, refer: Refer) -> None:
        self.source, self._named, self.call, self.refer = source, named, call, refer
        self.stack: list[Value] = []
        self.marks: list[list[Value]] = []
        self.memo: dict[int, Value] = {}
        self._names: dict[str, Global] = {}
        self._held = 0

    def run(self) -> Value:
        """The value that the pickle describes. Raises Damaged, OSError."""
        byte, actions = self.source.byte, ACTIONS
        try:
            for _ in range(MOST_STEPS):
                code = byte()
                if code == STOP:
                    return self.stack.pop()
                action = actions[code]
                if action is None:
                    raise Damaged(f"its pickle has an unknown instruction ({code:#04x})")
                action(self)
        except (IndexError, KeyError) as error:  # a stack or a memo without what is asked of it
            raise Damaged("its pickle is damaged: it asks for what it never made") from error
        except (ValueError, OverflowError, TypeError, struct.error) as error:
            raise Damaged("its pickle is damaged: a value in it cannot be read") from error
        raise Damaged(f"its pickle has more than {MOST_STEPS:,} instructions, which is too many to look at")

    def hold(self, cost: int) -> None:
        """Counts memory before it is taken."""
        self._held += cost
        if self._held > MOST_HELD:
            raise Damaged("its pickle describes more objects than can be looked at in bounded memory")

    def push(self, value: Value, cost: int = OBJECT) -> None:
        """Puts a new value on the stack."""
        self._held += cost  # as in `hold`: most of the time is spent here
        if self._held > MOST_HELD:
            self.hold(0)
        self.stack.append(value)

    def pop_mark(self) -> list[Value]:
        """What was put on the stack since the last mark."""
        items, self.stack = self.stack, self.marks.pop()
        return items

    def look_up(self, name: str) -> Global:
        """A name, told of and left alone."""
        known = self._names.get(name)
        if known is None:
            self.hold(4 * OBJECT + 2 * len(name))
            known = self._names[name] = Global(name)
            self._named(name)
        return known

    def keep(self, key: int) -> None:
        """Notes the top of the stack in the memo."""
        if key < 0:
            raise Damaged("its pickle is damaged: a number in it is negative")
        self._held += OBJECT
        if self._held > MOST_HELD:
            self.hold(0)
        self.memo[key] = self.stack[-1]


def _number(format_: str) -> Action:
    reader = struct.Struct(format_)

    def act(machine: Machine) -> None:
        machine.push(reader.unpack(machine.source.take(reader.size))[0], OBJECT // 2)

    return act


def _small(machine: Machine) -> None:
    machine.stack.append(machine.source.byte())


def _sized(format_: str, make: Callable[[bytes], Value]) -> Action:
    """A value of so many bytes as the number before it says."""
    reader = struct.Struct(format_)

    def act(machine: Machine) -> None:
        source = machine.source
        (count,) = reader.unpack(source.take(reader.size))
        if count < 0:
            raise Damaged("its pickle is damaged: a length in it is negative")
        if count > LARGEST_KEPT:
            source.skip(count)
            machine.push(Saved(f"{count:,} bytes"), CONTAINER)
        else:
            machine.push(make(source.take(count)), OBJECT + 2 * count)

    return act


def _long(format_: str) -> Action:
    reader = struct.Struct(format_)

    def act(machine: Machine) -> None:
        (count,) = reader.unpack(machine.source.take(reader.size))
        if not 0 <= count <= LONGEST_NUMBER:
            raise Damaged("its pickle is damaged: an integer in it is too long")
        machine.push(int.from_bytes(machine.source.take(count), "little", signed=True), OBJECT + count)

    return act


def _unicode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")


def _old_text(raw: bytes) -> str:
    """A string of Python 2, which may be text or not."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _line(make: Callable[[bytes], Value]) -> Action:
    def act(machine: Machine) -> None:
        line = machine.source.line()
        machine.push(make(line), OBJECT + 2 * len(line))

    return act


def _line_number(line: bytes) -> int | bool:
    if line in (b"00", b"01"):
        return line == b"01"
    if len(line) > LONGEST_NUMBER:
        raise Damaged("its pickle is damaged: an integer in it is too long")
    return int(line.rstrip(b"L"))


def _quoted(line: bytes) -> str:
    line = line.strip()
    if len(line) < 2 or line[:1] != line[-1:] or line[:1] not in b"\"'":
        raise Damaged("its pickle is damaged: a text in it has no quotation marks")
    return _old_text(codecs.escape_decode(line[1:-1])[0])


def _constant(value: Value) -> Action:
    return lambda machine: machine.stack.append(value)


def _tuple_of(count: int) -> Action:
    def act(machine: Machine) -> None:
        stack = machine.stack
        if len(stack) < count:
            raise IndexError
        items = tuple(stack[-count:])
        del stack[-count:]
        machine.push(items, OBJECT + POINTER * count)

    return act


def _marked(make: Callable[[list[Value]], Value]) -> Action:
    def act(machine: Machine) -> None:
        items = machine.pop_mark()
        machine.push(make(items), CONTAINER + 3 * POINTER * len(items))

    return act


def _paired(items: list[Value]) -> list[tuple[Value, Value]]:
    if len(items) % 2:
        raise Damaged("its pickle is damaged: a key in it has no value")
    return list(zip(items[::2], items[1::2], strict=True))


def _set_items(machine: Machine, items: list[Value]) -> None:
    pairs, into = _paired(items), machine.stack[-1]
    machine.hold((OBJECT + POINTER) * len(pairs))
    if isinstance(into, Table | Made):
        into.pairs.extend(pairs)
    elif not isinstance(into, Saved):
        raise Damaged("its pickle is damaged: it gives keys to what has none")


def _add_items(machine: Machine, items: list[Value]) -> None:
    into = machine.stack[-1]
    machine.hold(2 * POINTER * len(items))
    if isinstance(into, list):
        into.extend(items)
    elif isinstance(into, Bag | Made):
        into.items.extend(items)
    elif not isinstance(into, Saved):
        raise Damaged("its pickle is damaged: it adds items to what has none")


def _append(machine: Machine) -> None:
    value = machine.stack.pop()
    _add_items(machine, [value])


def _set_item(machine: Machine) -> None:
    value, key = machine.stack.pop(), machine.stack.pop()
    _set_items(machine, [key, value])


def _mark(machine: Machine) -> None:
    machine.hold(OBJECT)
    machine.marks.append(machine.stack)
    machine.stack = []


def _pop(machine: Machine) -> None:
    if machine.stack:
        machine.stack.pop()
    else:
        machine.pop_mark()


def _global(machine: Machine) -> None:
    machine.stack.append(machine.look_up(_dotted(machine.source.line(), machine.source.line())))


def _dotted(module: bytes, name: bytes) -> str:
    return f"{_old_text(module)}.{_old_text(name)}"


def _stack_global(machine: Machine) -> None:
    name, module = machine.stack.pop(), machine.stack.pop()
    if not isinstance(name, str) or not isinstance(module, str):
        raise Damaged("its pickle is damaged: a name in it is no text")
    machine.stack.append(machine.look_up(f"{module}.{name}"))


def _extension(format_: str) -> Action:
    reader = struct.Struct(format_)

    def act(machine: Machine) -> None:
        (code,) = reader.unpack(machine.source.take(reader.size))
        machine.stack.append(machine.look_up(f"copyreg.extension_{code}"))

    return act


def _reduce(machine: Machine) -> None:
    arguments, call = machine.stack.pop(), machine.stack.pop()
    _call(machine, call, arguments)


def _call(machine: Machine, call: Value, arguments: Value) -> None:
    given = arguments if isinstance(arguments, tuple) else (arguments,)
    machine.push(machine.call(call, given), 2 * CONTAINER)


def _new_with_names(machine: Machine) -> None:
    names, arguments, call = machine.stack.pop(), machine.stack.pop(), machine.stack.pop()
    given = arguments if isinstance(arguments, tuple) else (arguments,)
    _call(machine, call, (*given, names))


def _inst(machine: Machine) -> None:
    call = machine.look_up(_dotted(machine.source.line(), machine.source.line()))
    _call(machine, call, tuple(machine.pop_mark()))


def _object(machine: Machine) -> None:
    call, *arguments = machine.pop_mark()
    _call(machine, call, tuple(arguments))


def _build(machine: Machine) -> None:
    state, on = machine.stack.pop(), machine.stack[-1]
    machine.hold(2 * POINTER)
    if isinstance(on, Made):
        on.state.append(state)
    elif isinstance(on, Table):
        on.pairs.append((Saved("state"), state))


def _memoised(read: Callable[[Source], int]) -> Action:
    return lambda machine: machine.keep(read(machine.source))


def _recalled(read: Callable[[Source], int]) -> Action:
    return lambda machine: machine.stack.append(machine.memo[read(machine.source)])


def _line_key(source: Source) -> int:
    return int(source.line())


def _wide_key(source: Source) -> int:
    return int.from_bytes(source.take(4), "little")


def _passed_over(count: int) -> Action:
    def act(machine: Machine) -> None:
        machine.source.take(count)

    return act


def _persistent(machine: Machine) -> None:
    machine.push(machine.refer(machine.stack.pop()), CONTAINER)


def _persistent_line(machine: Machine) -> None:
    machine.push(machine.refer(_old_text(machine.source.line())), CONTAINER)


def _duplicate(machine: Machine) -> None:
    machine.push(machine.stack[-1], POINTER)


def _read_only(machine: Machine) -> None:
    machine.stack[-1]


# The instructions by their letters, in the order of the standard library's pickletools.
NAMED: dict[bytes, Action] = {
    b"I": _line(_line_number), b"J": _number("<i"), b"K": _small, b"M": _number("<H"), b"L": _line(_line_number),
    b"\x8a": _long("<B"), b"\x8b": _long("<i"), b"S": _line(_quoted), b"T": _sized("<i", _old_text),
    b"U": _sized("<B", _old_text), b"B": _sized("<I", bytes), b"C": _sized("<B", bytes), b"\x8e": _sized("<Q", bytes),
    b"\x96": _sized("<Q", bytes), b"\x97": lambda machine: machine.push(Saved("bytes kept elsewhere")),
    b"\x98": _read_only, b"N": _constant(None), b"\x88": _constant(True), b"\x89": _constant(False),
    b"V": _line(lambda line: line.decode("raw-unicode-escape")), b"\x8c": _sized("<B", _unicode),
    b"X": _sized("<I", _unicode), b"\x8d": _sized("<Q", _unicode), b"F": _line(float), b"G": _number(">d"),
    b"]": lambda machine: machine.push([], CONTAINER), b"a": _append,
    b"e": lambda machine: _add_items(machine, machine.pop_mark()), b"l": _marked(list),
    b")": _constant(()), b"t": _marked(tuple), b"\x85": _tuple_of(1), b"\x86": _tuple_of(2), b"\x87": _tuple_of(3),
    b"}": lambda machine: machine.push(Table(), 2 * CONTAINER),
    b"d": _marked(lambda items: Table(pairs=_paired(items))), b"s": _set_item,
    b"u": lambda machine: _set_items(machine, machine.pop_mark()),
    b"\x8f": lambda machine: machine.push(Bag([]), CONTAINER),
    b"\x90": lambda machine: _add_items(machine, machine.pop_mark()), b"\x91": _marked(Bag),
    b"0": _pop, b"2": _duplicate, b"(": _mark, b"1": lambda machine: _forget(machine.pop_mark()),
    b"g": _recalled(_line_key), b"h": _recalled(Source.byte), b"j": _recalled(_wide_key),
    b"p": _memoised(_line_key), b"q": _memoised(Source.byte), b"r": _memoised(_wide_key),
    b"\x94": lambda machine: machine.keep(len(machine.memo)),
    b"\x82": _extension("<B"), b"\x83": _extension("<H"), b"\x84": _extension("<i"),
    b"c": _global, b"\x93": _stack_global, b"R": _reduce, b"b": _build, b"i": _inst, b"o": _object,
    b"\x81": _reduce, b"\x92": _new_with_names, b"\x80": _passed_over(1), b"\x95": _passed_over(8),
    b"P": _persistent_line, b"Q": _persistent,
}  # fmt: skip  # a table


def _forget(_items: list[Any]) -> None:
    """What a mark is popped with."""


STOP = ord(".")
ACTIONS: tuple[Action | None, ...] = tuple(NAMED.get(bytes([code])) for code in range(256))
