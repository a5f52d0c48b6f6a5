"""Files as pictures: what is accepted, how one is opened, how its colours become upright RGB.

Must not know networks or windows; torch is not needed here.
"""

from tensorviz.engine.pictures.formats import ACCEPTED_SUFFIXES, LISTED_SUFFIXES
from tensorviz.engine.pictures.opening import Picture, open_picture, opened, picture_of
from tensorviz.engine.pictures.samples import Samples, read_samples

__all__ = [
    "ACCEPTED_SUFFIXES", "LISTED_SUFFIXES", "Picture", "Samples", "open_picture", "opened", "picture_of",
    "read_samples",
]  # fmt: skip  # a list of names
