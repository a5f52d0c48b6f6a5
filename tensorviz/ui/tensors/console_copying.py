"""What is copied of a transcript: text without what only opens things, and code without prompts.

Must not know where it is pasted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorviz.ui.tensors.console_transcript import Transcript

NOT_COPIED = frozenset({"toggle", "card"})


def selected_text(transcript: Transcript) -> str:
    """The selected text as it should be pasted: long lines are whole again."""
    cursor, lines = transcript.textCursor(), transcript.lines
    first, last = cursor.selectionStart(), cursor.selectionEnd()
    block, found = transcript.document().findBlock(first), ""
    while block.isValid() and block.position() <= last and block.blockNumber() < len(lines):
        line = lines[block.blockNumber()]
        text = block.text()[max(0, first - block.position()) : last - block.position()]
        if line.kind not in NOT_COPIED:
            found += text if line.joined or not found else f"\n{text}"
        block = block.next()
    return found


def selected_code(transcript: Transcript) -> str:
    """The code of the selected steps; of the step under the cursor when nothing is selected."""
    cursor, lines = transcript.textCursor(), transcript.lines
    places = (cursor.selectionStart(), cursor.selectionEnd())
    first, last = (transcript.document().findBlock(at).blockNumber() for at in places)
    entries = dict.fromkeys(transcript.entry_of(at) for at in range(first, min(last + 1, len(lines))))
    return "\n".join(one.step.code for one in entries if one.step is not None)
