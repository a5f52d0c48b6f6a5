"""The actions on files of tensors: their rows.

Must not know widgets: what needs one is asked of the `Screen`. To add an action, add a row.
"""

from __future__ import annotations

from tensorviz.ui import file_actions as files
from tensorviz.ui.command import Command

FILE_COMMANDS: tuple[Command, ...] = (
    Command(
        "tensors.open_file", "Open file of &tensors...", "Look into .pt, .pth, .safetensors, .npy and .npz files",
        files.open_files, "Ctrl+Shift+T", "file", "&File", "tensors",
    ),
    Command(
        "tensors.open_raw", "Open as &raw numbers...", "Take the bytes of any file as numbers of a type and shape",
        files.open_raw, "", "file", "&File", "tensors",
    ),
    Command(
        "tensors.open_picture", "Open pict&ure as tensors...", "The samples of a picture, as they are in its file",
        files.open_pictures, "", "picture", "&File", "tensors",
    ),
    # The file that is looked at.
    Command(
        "file.find", "&Find a tensor", "Search the names of the file that is looked at",
        files.on_file(files.find), "Ctrl+F", "search", "&Edit", "find", files.is_read,
    ),
    Command(
        "file.open_in_session", "Ope&n in the session", "Copy the selected tensors, or all, into the session",
        files.on_file(files.open_in_session), "Ctrl+Shift+E", "tensor", "&File", "file", files.has_tensors,
    ),
    Command(
        "file.compare", "Co&mpare with...", "How the tensors of another file differ from those of this one",
        files.on_file(files.compare), "", "compare", "&File", "file", files.is_read,
    ),
    Command(
        "file.compact", "Write com&pact copy...", "A copy without the bytes that no tensor reaches",
        files.on_file(files.write_copy("compact")), "", "export", "&File", "file", files.can_be_compact,
    ),
    Command(
        "file.to_safetensors", "Con&vert to safetensors...", "A copy as .safetensors; what it cannot hold is said",
        files.on_file(files.write_copy("safetensors")), "", "export", "&File", "file", files.can_be_converted,
    ),
    Command(
        "file.use_as_model", "Use as a networ&k...", "Add the file as an own checkpoint of the Models page",
        files.on_file(files.use_as_model), "", "model", "&File", "file", files.can_be_a_model,
    ),
    Command(
        "file.reload", "Rea&d file again", "It may have been written since it was opened",
        files.on_file(files.reload), "Ctrl+R", "retry", "&File", "file", files.has_file,
    ),
    Command(
        "file.close", "Close f&ile", "Close the tab of the file",
        files.on_file(files.close), "Ctrl+W", "close", "&File", "file", files.has_file,
    ),
    Command(
        "file.copy_path", "Copy pat&h of file", "The path of the file that is looked at",
        files.on_file(files.copy_path), "", "copy", "&File", "about", files.has_file,
    ),
    Command(
        "file.copy_python", "Cop&y Python that loads it", "Plain code that loads the file that is looked at",
        files.on_file(files.copy_python), "", "code", "&File", "about", files.is_read,
    ),
    Command(
        "file.copy_command", "Copy comm&and that inspects it", "tensorviz inspect, for the file that is looked at",
        files.on_file(files.copy_command), "", "terminal", "&File", "about", files.has_file,
    ),
    Command(
        "file.show_folder", "Show file in its folder", "Open the folder of the file that is looked at",
        files.on_file(files.show_folder), "", "folder", "&File", "about", files.has_file,
    ),
    # Tabs.
    Command(
        "tabs.next", "Ne&xt tab", "The next open file of tensors, or the session",
        files.go(1), "Ctrl+Tab, Ctrl+PgDown", "next", "&View", "tabs", files.has_tabs,
    ),
    Command(
        "tabs.previous", "Pre&vious tab", "The open file of tensors before, or the session",
        files.go(-1), "Ctrl+Shift+Tab, Ctrl+PgUp", "previous", "&View", "tabs", files.has_tabs,
    ),
)
