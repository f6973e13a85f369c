from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from os import PathLike
from types import TracebackType
from typing import Any, Literal, Protocol, TypeAlias, TypedDict, final

import numpy as np
import numpy.typing as npt

__version__: str

class _Array(Protocol):
    def __array__(self, *args: Any, **kwargs: Any) -> npt.NDArray[Any]: ...

class _Tensor(Protocol):
    def __dlpack__(self, *args: Any, **kwargs: Any) -> Any: ...
    def __dlpack_device__(self) -> Any: ...

# (n, dim)
Matrix: TypeAlias = _Array | _Tensor | Sequence[Sequence[float]]
Embeddings: TypeAlias = Matrix | dict[str, Matrix]
# (n,)
Column: TypeAlias = _Array | _Tensor | Sequence[str | int | float | bool | bytes | None]
Times: TypeAlias = _Array | Sequence[datetime | np.datetime64 | int]
Values: TypeAlias = Mapping[str, Column]
_Path: TypeAlias = str | PathLike[str]
# For each image an array (k, 4), (k, 5) or (k, 6), or a mapping of boxes, scores, labels.
Boxes: TypeAlias = Iterable[Matrix | Mapping[str, Any]]
# Paths, bytes, images of Pillow, arrays.
Images: TypeAlias = Iterable[Any]

# Keywords of `Profiler`: those for a stream, on which no centres are fitted.
class StreamSettings(TypedDict, total=False):
    spaces: Mapping[str, int] | None
    like: Profile | None
    codebook: Codebook | None
    distance: str | None
    model: str | None
    seed: int | None
    sample: int | None
    sample_bytes: int | None
    max_classes: int | None
    keep_ids: str | None
    angles: Mapping[str, float] | None
    tags: Mapping[str, str] | None
    class_names: Sequence[str] | None
    logits: bool
    box_format: Literal["xyxy", "xywh", "cxcywh"] | None
    relative_boxes: bool
    image_options: ImageOptions | None
    threads: int

# Those for a part of a reference, whose centres are fitted elsewhere, too.
class PartSettings(StreamSettings, total=False):
    reference: bool

# All of them.
class Settings(PartSettings, total=False):
    fit: int | None
    method: str | None

# Keywords of `Profiler.log`.
class Columns(TypedDict, total=False):
    ids: Column | None
    labels: Column | None
    predictions: Column | None
    classes: Column | None
    scores: Column | Matrix | None
    groups: Column | None
    times: Times | None
    values: Values | None
    boxes: Boxes | None
    image_sizes: Matrix | None
    images: Images | None

# Keywords of `Profiler.log_table`.
class TableColumns(TypedDict, total=False):
    embedding: str | Mapping[str, str] | None
    id: str | None
    label: str | None
    prediction: str | None
    score: str | None
    group: str | None
    time: str | None
    image: str | None
    values: Iterable[str] | None

@final
class ImageOptions:
    def __new__(
        cls,
        *,
        pixels: bool | None = None,
        sample_pixels: int | None = None,
        model_input: tuple[int, int] | None = None,
        exif_allow: Sequence[str] | None = None,
        exif_deny: Sequence[str] | None = None,
        measures: str | None = None,
        max_pixels: int | None = None,
        max_bytes: int | None = None,
        layout: Literal["hwc", "chw"] | None = None,
        float_range: tuple[float, float] | None = None,
    ) -> ImageOptions: ...
    def __getnewargs_ex__(self) -> tuple[tuple[()], dict[str, Any]]: ...

@final
class Profiler:
    def __new__(
        cls,
        *,
        spaces: Mapping[str, int] | None = None,
        fit: int | None = None,
        method: str | None = None,
        like: Profile | None = None,
        codebook: Codebook | None = None,
        reference: bool = False,
        distance: str | None = None,
        model: str | None = None,
        seed: int | None = None,
        sample: int | None = None,
        sample_bytes: int | None = None,
        max_classes: int | None = None,
        keep_ids: str | None = None,
        angles: Mapping[str, float] | None = None,
        tags: Mapping[str, str] | None = None,
        class_names: Sequence[str] | None = None,
        logits: bool = False,
        box_format: Literal["xyxy", "xywh", "cxcywh"] | None = None,
        relative_boxes: bool = False,
        image_options: ImageOptions | None = None,
        threads: int = 1,
    ) -> Profiler: ...
    def log(
        self,
        embeddings: Embeddings | None = None,
        *,
        ids: Column | None = None,
        labels: Column | None = None,
        predictions: Column | None = None,
        classes: Column | None = None,
        scores: Column | Matrix | None = None,
        groups: Column | None = None,
        times: Times | None = None,
        values: Values | None = None,
        boxes: Boxes | None = None,
        image_sizes: Matrix | None = None,
        images: Images | None = None,
    ) -> None: ...
    def log_table(
        self,
        table: Any,
        *,
        embedding: str | Mapping[str, str] | None = None,
        id: str | None = None,
        label: str | None = None,
        prediction: str | None = None,
        score: str | None = None,
        group: str | None = None,
        time: str | None = None,
        image: str | None = None,
        values: Iterable[str] | None = None,
    ) -> None: ...
    def skip(self, reason: str, records: int = 1) -> None: ...
    def fail(self, reason: str, records: int = 1) -> None: ...
    @property
    def spaces(self) -> dict[str, int]: ...
    def passes(self) -> Passes: ...
    def profile(self) -> Profile: ...
    def close(self) -> Profile: ...
    def __enter__(self) -> Profiler: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

@final
class Passes(Iterator[int]):
    def __iter__(self) -> Passes: ...
    def __next__(self) -> int: ...

@final
class Profile:
    @staticmethod
    def load(path: _Path) -> Profile: ...
    def save(self, path: _Path) -> None: ...
    @staticmethod
    def from_bytes(data: bytes) -> Profile: ...
    def to_bytes(self) -> bytes: ...
    def merge(self, *others: Profile) -> Profile: ...
    def seal(self, *, threads: int | None = None) -> Profile: ...
    def shrink(self, rows: int | None = None, bytes: int | None = None) -> Profile: ...
    def score(
        self,
        embeddings: Matrix,
        *,
        labels: Column | None = None,
        predictions: Column | None = None,
        space: str | None = None,
        threads: int | None = None,
    ) -> dict[str, npt.NDArray[Any]]: ...
    @property
    def records(self) -> int: ...
    @property
    def features(self) -> list[str]: ...
    @property
    def spaces(self) -> list[str]: ...
    @property
    def objects(self) -> list[str]: ...
    @property
    def tags(self) -> dict[str, set[str]]: ...
    @property
    def times(self) -> tuple[int, int] | None: ...
    @property
    def is_sealed(self) -> bool: ...
    def page(
        self, *, name: str = "profile", verbose: bool = False, width: int = 100
    ) -> str: ...
    def to_html(self, *, name: str = "profile") -> str: ...
    def show(self, *, verbose: bool = False, width: int = 100) -> None: ...
    def to_json(self, *, name: str = "profile") -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, tuple[bytes]]: ...

@final
class Codebook:
    @staticmethod
    def load(path: _Path) -> Codebook: ...
    def save(self, path: _Path) -> None: ...
    @staticmethod
    def from_bytes(data: bytes) -> Codebook: ...
    def to_bytes(self) -> bytes: ...
    @property
    def spaces(self) -> list[str]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, tuple[bytes]]: ...

@final
class Answer:
    def headline(self) -> str: ...
    def json(self) -> str: ...
    def markdown(self, verbose: bool) -> str: ...
    def page(self, verbose: bool, width: int) -> str: ...
    def html(self, images: Sequence[str | PathLike[str]]) -> str: ...

def run(arguments: Sequence[str]) -> int: ...
def escape(text: str) -> str: ...
def window_of(length: str, time: int) -> tuple[int, int]: ...
def fit(
    profile: Profile,
    clusters: int = 8,
    *,
    method: str = "kmeans",
    seed: int = 0,
    threads: int | None = None,
) -> Codebook: ...
def compare(
    reference: Profile,
    target: Profile,
    history: Iterable[Profile],
    alpha: float,
    statistics: Iterable[tuple[str, str]],
    thresholds: Iterable[tuple[str, float]],
    outputs: Iterable[str],
    paired: bool | None,
    self_check: bool,
    seed: int,
    names: tuple[str, str],
    threads: int | None,
) -> Answer: ...
def series(
    reference: Profile,
    windows: Iterable[tuple[str, Profile]],
    alpha: float,
    horizon: int | None,
    season: bool,
    length: int | None,
    outputs: Iterable[str],
    threads: int | None,
) -> Answer: ...
def stability(
    runs: Iterable[tuple[str, Profile]],
    paired: bool,
    space: str | None,
    clusters: int | None,
    neighbours: int,
    max_ids: int,
    seed: int,
    threads: int | None,
) -> Answer: ...
