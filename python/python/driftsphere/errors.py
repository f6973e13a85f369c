"""What can go wrong: one hierarchy, by what is at fault.

Every error says what was wrong, where, and what to do about it, as the command does.

>>> import numpy as np, driftsphere
>>> try:
...     driftsphere.profile(np.zeros(3))
... except driftsphere.DriftsphereError as error:
...     print(type(error).__name__, "-", error)
ArgumentError - embeddings have two dimensions, (records, numbers), not the shape (3) (column embeddings)
"""

__all__ = [
    "ArgumentError",
    "DriftsphereError",
    "FileError",
    "FormatError",
    "IncompatibleError",
    "InputError",
    "LimitError",
    "VersionError",
]


class DriftsphereError(Exception):
    """Any error of driftsphere."""


class ArgumentError(DriftsphereError, ValueError):
    """An argument lies outside what the function accepts."""


class InputError(DriftsphereError, ValueError):
    """Input data are not what they claim to be."""


class LimitError(DriftsphereError, ValueError):
    """Input data ask for more than the stated limits allow."""


class IncompatibleError(DriftsphereError, ValueError):
    """Two profiles, or a profile and records, do not fit together."""


class FormatError(DriftsphereError, ValueError):
    """A profile or codebook is damaged, or is not one."""


class VersionError(DriftsphereError, ValueError):
    """A profile or codebook was written by a newer version."""


class FileError(DriftsphereError, OSError):
    """The operating system refused to read or write."""
