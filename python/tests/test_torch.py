"""Hooks and transforms of PyTorch, with a stand-in for its layers and tensors.

The stand-in has the few methods of `torch.nn.Module` and `torch.Tensor` that are used,
and refuses to become an array where a tensor would.
"""

from __future__ import annotations

import driftsphere
import numpy as np
import pytest
from driftsphere import ArgumentError, Profiler
from driftsphere.torch import Measured, Watched


class Tensor:
    def __init__(self, array: np.ndarray, requires_grad: bool = False) -> None:
        self.array, self.requires_grad = array, requires_grad

    ndim = property(lambda self: self.array.ndim)

    def detach(self) -> Tensor:
        return Tensor(self.array)

    def float(self) -> Tensor:
        return Tensor(self.array.astype(np.float32, copy=False))

    def cpu(self) -> Tensor:
        return self

    def clone(self) -> Tensor:
        return Tensor(self.array.copy())

    def flatten(self, start: int) -> Tensor:
        return Tensor(self.array.reshape(*self.array.shape[:start], -1))

    def mean(self, axis: int) -> Tensor:
        return Tensor(self.array.mean(axis))

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return self.array


class Layer:
    def __init__(self) -> None:
        self.hooks: list = []

    def register_forward_hook(self, hook):
        self.hooks.append(hook)
        layer = self

        class Handle:
            def remove(self) -> None:
                layer.hooks.remove(hook)

        return Handle()

    def __call__(self, array: np.ndarray) -> Tensor:
        output = Tensor(array, requires_grad=True)
        for hook in self.hooks:
            hook(self, (), output)
        return output


def test_a_layer_is_logged_as_its_output_would_be(rows) -> None:
    layer, profiler = Layer(), Profiler()
    watched = Watched(profiler, {"penultimate": layer})
    for part in np.array_split(np.arange(300), 4):
        output = layer(rows[part].astype(np.float64))
        output.array[:] = 0  # in place, as an activation may
        watched.log(ids=part)
    assert profiler.profile() == driftsphere.profile({"penultimate": rows}, ids=np.arange(300))
    watched.remove()
    assert layer.hooks == []


def test_maps_of_features_are_averaged_over_their_places(rows) -> None:
    layer, profiler = Layer(), Profiler()
    watched = Watched(profiler, {"maps": layer})
    layer(rows.reshape(300, 3, 2, 2))
    watched.log()
    mean = rows.reshape(300, 3, 4).mean(2)
    assert profiler.profile() == driftsphere.profile({"maps": mean})


def test_nothing_is_logged_twice(rows) -> None:
    a, b = Layer(), Layer()
    watched = Watched(Profiler(), {"a": a, "b": b})
    a(rows), b(rows[:, :5])
    watched.log()
    a(rows)
    with pytest.raises(ArgumentError, match="the layer b has not run"):
        watched.log()


def test_tensors_that_need_a_gradient_say_what_to_do(rows) -> None:
    with pytest.raises(ArgumentError, match="requires grad") as caught:
        Profiler().log(Tensor(rows, requires_grad=True))
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_a_transform_measures_and_passes_on() -> None:
    profiler = Profiler()
    measured = Measured(profiler, {"mean": np.mean, "wide": lambda image: image.shape[1] > 2})
    images = [np.full((2, width), width / 4) for width in (1, 2, 3)]
    assert all(measured(image) is image for image in images)
    expected = {"mean": [0.25, 0.5, 0.75], "wide": [False, False, True]}
    assert profiler.profile() == driftsphere.profile(values=expected)
    assert repr(measured) == "Measured(mean, wide)"

    def broken(image: object) -> float:
        raise ZeroDivisionError("no pixels")

    with pytest.raises(ZeroDivisionError, match="no pixels"):
        Measured(profiler, {"broken": broken})(images[0])
