"""What needs the values of a checkpoint's tensors: health, duplicates, comparison, copies.

May import core, cancel and places. Never torch, Qt or a file format: bytes come through a callable that is handed in.
"""
