"""The actions on the session of tensors: their rows.

Must not know widgets: what needs one is asked of the `Screen`. To add an action, add a row.
"""

from __future__ import annotations

from tensorviz.ui import tensor_actions as tensors
from tensorviz.ui.command import Command

TENSOR_COMMANDS: tuple[Command, ...] = (
    Command(
        "page.tensors", "&Tensors page", "See tensors as views of storage",
        tensors.show("tensors"), "Ctrl+1", "tensor", "&View", "pages",
    ),
    Command(
        "page.models", "&Models page", "Run pretrained networks on your pictures",
        tensors.show("models"), "Ctrl+2", "model", "&View", "pages",
    ),
    Command(
        "session.undo", "&Undo step", "Take the last step of the session back (while a field has text: Alt+Z)",
        tensors.undo, "Ctrl+Z, Alt+Z", "undo", "&Edit", "step", tensors.can_undo,
    ),
    Command(
        "session.redo", "&Redo step", "Do the undone step of the session again (while a field has text: Alt+Shift+Z)",
        tensors.redo, "Ctrl+Shift+Z, Ctrl+Y, Alt+Shift+Z", "redo", "&Edit", "step", tensors.can_redo,
    ),
    Command(
        "session.new", "&New session...", "Begin with nothing; the steps so far are kept in a file",
        tensors.begin_anew, "Ctrl+N", "plus", "&Tensors", "session",
    ),
    Command(
        "session.stop", "S&top the step", "End the step that runs, and those that wait",
        tensors.stop, "Ctrl+Shift+.", "stop", "&Tensors", "session", tensors.is_running,
    ),
    Command(
        "session.copy_script", "Cop&y session as script", "A plain PyTorch script that does what the steps did",
        tensors.copy_script, "", "code", "&Tensors", "script", tensors.has_path,
    ),
    Command(
        "session.save_script", "Save session as s&cript...", "A plain PyTorch script that does what the steps did",
        tensors.save_script, "Ctrl+S", "export", "&Tensors", "script", tensors.has_path,
    ),
    Command(
        "tensor.save", "&Save tensor as...", "Write the current tensor, or its selected part, to a file",
        tensors.save_tensor, "", "export", "&Tensors", "save", tensors.in_session(tensors.has_tensor),
    ),
    Command(
        "session.save_tensors", "Save &all tensors...", "Every tensor of the session, as .pt or .safetensors",
        tensors.save_all, "", "export", "&Tensors", "save", tensors.has_tensors,
    ),
    Command(
        "canvas.export_svg", "&Export canvas as SVG...", "The storage and its lanes as a drawing that scales",
        tensors.export("canvas", "svg"), "", "export", "&Tensors", "export", tensors.has_drawing("canvas"),
    ),
    Command(
        "canvas.export_png", "Export canvas as &PNG...", "The storage and its lanes as a picture",
        tensors.export("canvas", "png"), "", "export", "&Tensors", "export", tensors.has_drawing("canvas"),
    ),
    Command(
        "canvas.copy_text", "Copy canvas as te&xt", "The storage and its tensors in words and numbers",
        tensors.copy_text("canvas"), "", "copy", "&Tensors", "export", tensors.has_drawing("canvas"),
    ),
    Command(
        "grid.export_svg", "Export grid as S&VG...", "The current tensor's grid as a drawing that scales",
        tensors.export("grid", "svg"), "", "export", "&Tensors", "export", tensors.has_drawing("grid"),
    ),
    Command(
        "grid.export_png", "Export grid as PNG...", "The current tensor's grid as a picture",
        tensors.export("grid", "png"), "", "export", "&Tensors", "export", tensors.has_drawing("grid"),
    ),
    Command(
        "tensor.operations", "&Operations...", "What can be done with the current tensor, or with its selected part",
        tensors.operations, "Ctrl+B", "operations", "&Tensors", "tensor", tensors.in_session(tensors.has_tensor),
    ),
    Command(
        "tensor.strided", "Str&ided view...", "Size, stride and offset of a view, by sliders that stay in the storage",
        tensors.on_current(lambda w, t: w.showing.strided_wished.emit(t.name)), "", "strided", "&Tensors", "tensor",
        tensors.in_session(tensors.has_tensor),
    ),
    Command(
        "tensors.measure", "&Measure all elements", "Statistics of the current tensor, however large it is",
        tensors.on_current(lambda w, t: w.statistics.measure()), "", "chart", "&Tensors", "tensor", tensors.has_tensor,
    ),
    # The current tensor's grid.
    Command(
        "grids.flip", "&Flip rows and columns", "Show the current tensor's rows as columns; the tensor stays as it is",
        tensors.on_current(lambda w, t: w.grids.flip(t)), "", "table", "&Tensors", "grid", tensors.has_tensor,
    ),
    Command(
        "grids.arrange", "Arrange &dimensions as at first", "Put each dimension of the grid where it was shown first",
        tensors.on_current(lambda w, t: w.grids.arrange_anew(t)), "", "undo", "&Tensors", "grid", tensors.has_tensor,
    ),
    Command(
        "grids.colours_off", "Colours: off", "Numbers only in the current grid",
        tensors.on_current(lambda w, t: w.grids.set_scale(t, "off")), "", "gradient", "&Tensors", "colours",
        tensors.has_tensor,
    ),
    Command(
        "grids.colours_sequential", "Colours: small to &large", "Colour the cells of the current grid by their size",
        tensors.on_current(lambda w, t: w.grids.set_scale(t, "sequential")), "", "gradient", "&Tensors", "colours",
        tensors.has_tensor,
    ),
    Command(
        "grids.colours_diverging", "Colours: around &zero", "Colour below and above zero differently",
        tensors.on_current(lambda w, t: w.grids.set_scale(t, "diverging")), "", "gradient", "&Tensors", "colours",
        tensors.has_tensor,
    ),
    Command(
        "grids.close", "Close the g&rid", "Take the current tensor's grid away; the tensor stays",
        tensors.on_current(lambda w, t: w.showing.hide(t.name)), "", "close", "&Tensors", "grid", tensors.has_tensor,
    ),
)
