"""Tells when what a vision model sees, or says, has changed in meaning.

Embeddings, labels, predictions and other values of a window of records go into a small
profile. Profiles of parts merge into the profile of the whole, byte for byte. Two
profiles are compared: what drifted, by how much, how sure, and which records show it.

>>> import numpy as np, driftsphere
>>> random = np.random.default_rng(0)
>>> march = random.normal(1, 1, size=(400, 16)).astype(np.float32)
>>> april = random.normal(1, 1, size=(400, 16)).astype(np.float32)
>>> may = april + np.linspace(0, 2, 16, dtype=np.float32)
>>> reference = driftsphere.profile(march, fit=4)
>>> driftsphere.compare(reference, driftsphere.profile(may, like=reference)).verdict
'drift'

=====================  ===============================================================
`Profiler`             learns a profile batch by batch, in a loop
`profile`              the same of arrays that are in memory
`Profile`              what was learned: saved, loaded, merged, sealed, shown
`fit`, `Codebook`      centres shared by the parts of a large reference
`compare`              a reference and a target -> `Comparison`
`series`               a reference and windows in the order of time -> `Series`
`stability`            training runs over the same records -> `Stability`
`DriftsphereError`     and its children: what can go wrong
=====================  ===============================================================
"""

from ._driftsphere import Codebook, ImageOptions, Profile, Profiler, __version__, fit
from .answers import Answer, Comparison, Series, Stability, compare, series, stability
from .errors import (
    ArgumentError,
    DriftsphereError,
    FileError,
    FormatError,
    IncompatibleError,
    InputError,
    LimitError,
    VersionError,
)
from .learning import profile

__all__ = [
    "Answer",
    "ArgumentError",
    "Codebook",
    "Comparison",
    "DriftsphereError",
    "FileError",
    "FormatError",
    "ImageOptions",
    "IncompatibleError",
    "InputError",
    "LimitError",
    "Profile",
    "Profiler",
    "Series",
    "Stability",
    "VersionError",
    "__version__",
    "compare",
    "fit",
    "profile",
    "series",
    "stability",
]
