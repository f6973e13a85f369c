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
    shape = property(lambda self: self.array.shape)

    def __getitem__(self, key: object) -> Tensor:
        return Tensor(self.array[key], self.requires_grad)

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

    def __call__(self, array: np.ndarray, wrap=lambda tensor: tensor):
        output = wrap(Tensor(array, requires_grad=True))
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


class Output(dict):
    """As the models of `transformers` give it: a mapping whose values are attributes, too."""

    def __getattr__(self, name: str) -> object:
        if name not in self:
            raise AttributeError(name)
        return self[name]


def test_tokens_are_averaged(rows) -> None:
    layer, profiler = Layer(), Profiler()
    watched = Watched(profiler, {"encoder": layer})
    tokens = np.stack([rows - 1, rows, rows + 1, rows + 4], axis=1)
    layer(tokens.astype(np.float16))
    watched.log()
    # 12 numbers of each record, not 4.
    mean = tokens.astype(np.float16).astype(np.float32).mean(1)
    assert profiler.spaces == {"encoder": 12}
    assert profiler.profile() == driftsphere.profile({"encoder": mean})


@pytest.mark.parametrize(
    "wrap",
    [
        lambda tensor: (tensor, (None, Tensor(np.ones((1, 3, 4))))),  # an LSTM's
        lambda tensor: [tensor],
        lambda tensor: (None, (tensor, "state")),
        lambda tensor: {"hidden": tensor, "attention": None},
        lambda tensor: Output(loss=Tensor(np.float32(3)), last_hidden_state=tensor),
        lambda tensor: type("Output", (), {"last_hidden_state": tensor})(),
        lambda tensor: type("Pair", (tuple,), {"last_hidden_state": tensor})((Tensor(np.ones(2)), tensor)),
    ],
)
def test_the_tensor_of_an_output_is_found(rows, wrap) -> None:
    layer, profiler = Layer(), Profiler()
    watched = Watched(profiler, {"encoder": layer})
    layer(np.stack([rows, rows], axis=1), wrap)
    watched.log()
    assert profiler.profile() == driftsphere.profile({"encoder": rows})


def test_another_way_to_pool_may_be_given(rows) -> None:
    tokens = np.stack([rows, rows + 9], axis=1)
    expected = driftsphere.profile({"a": rows, "b": rows + 9})
    for pool in (
        {"a": lambda hidden: hidden[:, 0], "b": lambda hidden: hidden[:, 1]},
        lambda hidden: hidden[:, 0],
    ):
        a, b, profiler = Layer(), Layer(), Profiler()
        watched = Watched(profiler, {"a": a, "b": b}, pool=pool)
        a(tokens), b(tokens if isinstance(pool, dict) else tokens[:, ::-1])
        watched.log()
        assert profiler.profile() == expected
    # Where none is given for a layer, the mean.
    a, b, profiler = Layer(), Layer(), Profiler()
    watched = Watched(profiler, {"a": a, "b": b}, pool={"b": lambda hidden: hidden[:, 1]})
    a(rows), b(tokens)
    watched.log()
    assert profiler.profile() == expected
    with pytest.raises(ArgumentError, match="no layer c"):
        Watched(profiler, {"a": a}, pool={"c": lambda hidden: hidden})


def broken(hidden: Tensor) -> Tensor:
    raise ZeroDivisionError("no heads")


@pytest.mark.parametrize(
    "shape,wrap,pool,says",
    [
        ((300,), None, None, r"layer net: its output has the shape \(300,\); .*pool="),
        ((2, 3, 4, 5, 6), None, None, r"shape \(2, 3, 4, 5, 6\)"),
        ((2, 3), lambda tensor: "logits", None, "layer net: there is no tensor in its output, a str"),
        ((2, 3), lambda tensor: (), None, "a tuple"),
        ((2, 3, 4), None, lambda hidden: hidden, r"pool gives \(n, dim\), not \(2, 3, 4\)"),
        ((2, 3, 4), None, lambda hidden: 7, r"not int"),
        ((2, 3), None, broken, "layer net: no heads"),
    ],
)
def test_what_cannot_be_taken_is_said_by_log_and_breaks_no_forward_pass(
    rows, shape, wrap, pool, says
) -> None:
    layer, profiler = Layer(), Profiler()
    watched = Watched(profiler, {"net": layer}, pool=pool)
    output = layer(np.ones(shape), wrap or (lambda tensor: tensor))
    assert output is not None
    with pytest.raises(ArgumentError, match=says) as caught:
        watched.log()
    assert caught.value.__cause__ is not None
    with pytest.raises(ArgumentError, match="has not run"):
        watched.log()
    assert profiler.spaces == {}


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
