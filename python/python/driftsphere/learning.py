"""Profiles of what is in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._driftsphere import Profiler

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._driftsphere import (
        Boxes,
        Column,
        Embeddings,
        Images,
        Matrix,
        Profile,
        Settings,
        Times,
        Values,
    )

__all__ = ["profile"]


def profile(
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
    **settings: Unpack[Settings],
) -> Profile:
    """The profile of records that are in memory, in one pass or two.

    The columns are those of `Profiler.log`, all else are the settings of `Profiler`:
    `fit=8` for a reference, `like=reference` for another window.
    `images` of floats are 0 (black) to 1 (white), unless
    `image_options=ImageOptions(float_range=(black, white))` says otherwise.

    >>> import numpy as np, driftsphere
    >>> rows = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    >>> reference = driftsphere.profile(rows, fit=4, model="example-net@1")
    >>> target = driftsphere.profile(rows[:100], like=reference)
    >>> target
    <Profile: 100 records; space embedding (8 numbers, 4 clusters, 0 classes); keeps the embeddings of 100 records and the smallest and largest of 2 series of numbers>

    Raises what `Profiler` and its methods raise.
    """
    profiler = Profiler(**settings)
    for _ in profiler.passes():
        profiler.log(
            embeddings,
            ids=ids,
            labels=labels,
            predictions=predictions,
            classes=classes,
            scores=scores,
            groups=groups,
            times=times,
            values=values,
            boxes=boxes,
            image_sizes=image_sizes,
            images=images,
        )
    return profiler.close()
