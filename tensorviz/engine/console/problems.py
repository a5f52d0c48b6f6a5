"""What can go wrong in a step, as a sentence, a hint, and the explanation of whoever refused.

Must not know the syntax tree; torch is known by the words of its messages only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tensorviz.core.errors import TensorvizError
from tensorviz.core.names import did_you_mean
from tensorviz.engine.console.explain import Explained

LONGEST_SAID = 300  # characters of a message repeated in a sentence
FILES = (
    "The console reads and writes no files: {what} is not offered.",
    "Use Open and Save of the program (on the command line: tensorviz inspect FILE).",
)


class Refused(TensorvizError, RuntimeError):
    """The language has no such thing, or not in that size. Can be caught by `except RuntimeError`."""


class UnknownName(TensorvizError, NameError):
    """A variable or function of that name does not exist."""


class UnknownAttribute(TensorvizError, AttributeError):
    """A value has no attribute of that name that is offered."""


@dataclass(frozen=True, slots=True)
class StepProblem:
    """Why a step ended: a sentence, what to try, and the reason with its numbers, or the words of torch or Python.

    subject: the code of what the call that failed was made on. found: the numbers behind the refusal.
    """

    message: str
    hint: str = ""
    explanation: str = ""
    subject: str = ""
    found: Explained | None = None

    def as_dict(self) -> dict[str, str]:
        """The form of the contract."""
        return {"message": self.message, "hint": self.hint, "explanation": self.explanation}


def file_refusal(what: str) -> Refused:
    """The refusal of everything that reaches files."""
    return Refused(FILES[0].format(what=what), FILES[1])


def unknown_name(name: str, known: list[str]) -> UnknownName:
    """There is no `name`; `known` are those that there are."""
    return UnknownName(f"There is no name {name!r}.", did_you_mean(name, known) or "Assign it first.")


# A pattern in torch's own message -> the sentence and the hint that say it plainly.
KNOWN = (
    (r"view size is not compatible", "view() cannot show these elements in the shape asked for: they do not lie in "
     "memory at even steps.", "reshape() copies when it has to; contiguous().view(...) copies always."),
    (r"must match the size of tensor b .* at non-singleton dimension", "The shapes do not broadcast: counted from the "
     "right, each pair of sizes must be equal or one of them 1.", "Compare their .shape; unsqueeze() adds sizes of 1."),
    (r"more than one element of the written-to tensor refers to a single memory location", "Elements of this tensor "
     "share memory, so it cannot be written in place.", "clone() it first."),
    (r"some elements of the input tensor and the written-to tensor refer", "What is read lies partly on the memory "
     "that is written.", "clone() what is read."),
    (r"a leaf Variable that requires grad.*in-place", "A tensor that requires grad cannot be changed in place while "
     "autograd watches.", "Do it inside `with torch.no_grad():` or on a clone."),
    (r"Can't call numpy\(\) on Tensor that requires grad", "A tensor that requires grad cannot be handed to numpy.",
     "Use .detach().numpy()."),
    (r"at least one stride in the given numpy array is negative", "torch has no negative strides, and this array does.",
     "Copy it first: torch.from_numpy(array.copy())."),
    (r"shape '.*' is invalid for input of size", "The number of elements does not fit the shape asked for.",
     "The product of the sizes must be that of the tensor; -1 stands for what remains."),
    (r"is out of bounds for dimension|index \d+ is out of bounds", "An index is outside the tensor.",
     "Sizes are in .shape; indices run from 0 to size - 1."),
    (r"setStorage: sizes", "The layout asked for reaches outside the storage.", "Look at .storage() and its size."),
    (r"element 0 of tensors does not require grad", "Nothing here requires grad, so there is nothing to go back to.",
     "Make a tensor with requires_grad=True first."),
    (r"grad can be implicitly created only for scalar", "backward() starts from one number, and this has several.",
     "Call .sum() or .mean() first, or hand over a gradient of the same shape."),
    (r"backward through the graph a second time", "The graph was already used by backward() and freed.",
     "Compute it again, or use backward(retain_graph=True)."),
    (r"size mismatch|shapes cannot be multiplied|must have same reduction dim",
     "The sizes do not fit a matrix product.",
     "The last size of the first must be the second last of the other; .t() or .mT may help."),
    (r"can't allocate memory|not enough memory", "There is not enough memory for this.", "Ask for less."),
    (r"NVIDIA driver|not compiled with CUDA|No CUDA GPUs", "CUDA was asked for, and this torch finds no usable NVIDIA "
     "GPU on this computer.", "Everything works on the processor as well: leave the device out."),
)  # fmt: skip


def explained_problem(error: BaseException, code: str, found: Explained | None, subject: str) -> StepProblem:
    """The problem that tells of `error`, with what was found out about the call that raised it."""
    problem = problem_from(error, code)
    if found is None:
        return problem
    words = "\n".join(part for part in (problem.explanation, found.sentence) if part)
    return replace(problem, explanation=words, subject=subject, found=found)


def problem_from(error: BaseException, code: str = "") -> StepProblem:
    """The problem that tells of `error`, raised by the step `code`."""
    if isinstance(error, TensorvizError):
        return StepProblem(error.message, error.hint, _cause(error))
    said = str(error).strip()
    for pattern, message, hint in KNOWN:
        if re.search(pattern, said, re.DOTALL):
            return StepProblem(message, hint, f"{type(error).__name__}: {said}")
    return StepProblem(_plain(error, said, code), "", f"{type(error).__name__}: {said}".rstrip(": "))


def _cause(error: BaseException) -> str:
    return f"{type(error.__cause__).__name__}: {error.__cause__}" if error.__cause__ is not None else ""


def _plain(error: BaseException, said: str, code: str) -> str:
    first = said.splitlines()[0][:LONGEST_SAID] if said else ""
    line = code.strip().splitlines()[0][:60] if code.strip() else "The step"
    if isinstance(error, AssertionError):
        return f"An assertion does not hold{f': {first}' if first else f': {line}'}."
    if isinstance(error, KeyError):
        return f"`{line}` could not be done: there is no key {first}."
    return f"`{line}` could not be done: {first or type(error).__name__}{'' if first.endswith('.') else '.'}"
