"""What the program knows of the weights of a captioner, as data: they are several files.

Must not know torch or files: the engine fills these rows, the window and the command line show them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from tensorviz.core.catalogue import WeightsRow

Role = Literal["weights", "infos", "cnn"]
SIDE = (640, 480)  # pixels of the picture by which costs are told


@dataclass(frozen=True, slots=True)
class CaptionerFile:
    """One file of a set of weights, or a chunk of one.

    key: by which its digest is kept. role: what it holds: the captioner's numbers, its infos (options and vocabulary),
    or the numbers of the network it sees with. name: how it is called on this computer. nbytes: exact when it is here
    or known, else as many as its numbers take. url: where it is published, "" for one that is joined from chunks, or
    comes along. git_blob: the id under which it lies in a git repository, "" when it lies in none. chunks: what it is
    joined from, in order.
    """

    key: str
    role: Role
    name: str
    nbytes: int
    url: str = ""
    git_blob: str = ""
    sha256_prefix: str = ""
    path: str | None = None
    chunks: tuple[CaptionerFile, ...] = ()

    @property
    def published(self) -> bool:
        """Whether others know its bytes, or whoever fetched them first."""
        return bool(self.url or self.chunks or self.sha256_prefix)

    @property
    def pieces(self) -> tuple[CaptionerFile, ...]:
        """What is downloaded for it: its chunks, or the file itself."""
        return self.chunks or (self,)

    @property
    def title(self) -> str:
        """The name under which it is published, for a person; its own where it is not."""
        return self.url.rpartition("/")[2] or self.name

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "role": self.role,
            "name": self.name,
            "file_bytes": self.nbytes,
            "urls": [piece.url for piece in self.pieces if piece.url],
            "git_blobs": [piece.git_blob for piece in self.pieces if piece.git_blob],
            "sha256_prefix": self.sha256_prefix,
            "path": self.path,
        }


@dataclass(frozen=True, slots=True)
class CaptionerWeights(WeightsRow):
    """One set of weights of a captioner: numbers, infos, and the numbers of the network that it sees with.

    Of the fields of WeightsRow, recipe, classes and accuracies mean nothing here; parameters and file_bytes are of all
    files, gflops for a picture of SIDE, path is that of the captioner's numbers once all files are here.
    caption_family: which network it is ("fc"). words: of its vocabulary.
    """

    caption_family: str = "fc"
    words: int = 0
    files: tuple[CaptionerFile, ...] = ()

    def file(self, role: Role) -> CaptionerFile:
        """The file of that role."""
        return next(file for file in self.files if file.role == role)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON: what a captioner's weights have."""
        return {
            "name": self.name,
            "default": self.is_default,
            "parameters": self.parameters,
            "gflops": self.gflops,
            "family": self.caption_family,
            "words": self.words,
            "file_bytes": self.file_bytes,
            "licence": self.licence,
            "url": self.url,
            "files": [file.as_dict() for file in self.files],
            "trained_on": self.trained_on,
            "on_this_computer": self.here,
            "path": self.path,
        }
