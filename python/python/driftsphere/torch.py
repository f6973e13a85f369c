"""Logging inside a training or inference loop of PyTorch.

Nothing of torch is imported here: layers are asked for `register_forward_hook`, tensors
for `detach`, `cpu` and `float`.

>>> import driftsphere
>>> from driftsphere.torch import Measured
>>> profiler = driftsphere.Profiler()
>>> measured = Measured(profiler, {"brightness": lambda image: sum(image) / len(image)})
>>> measured([0.25, 0.75])
[0.25, 0.75]
>>> profiler.profile().features
['brightness']
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from .errors import ArgumentError

if TYPE_CHECKING:
    from ._driftsphere import Profiler
    from .rolling import RollingProfiler

__all__ = ["Measured", "Watched"]

_T = TypeVar("_T")


class Watched:
    """The embeddings of layers, kept from each forward pass until `log` takes them.

    ::

        watched = Watched(profiler, {"penultimate": model.avgpool})
        for images, labels, ids in loader:
            logits = model(images)
            watched.log(ids=ids, labels=labels, predictions=logits.argmax(1))
        watched.remove()

    A layer's name is that of its space. Outputs (n, dim) are taken as they are; of
    outputs with further dimensions, such as (n, channels, height, width), the mean over
    these. Each thread logs what it has passed forward itself.
    """

    def __init__(
        self, profiler: Profiler | RollingProfiler, layers: Mapping[str, Any]
    ) -> None:
        self._profiler = profiler
        self._names = list(layers)
        self._seen = threading.local()
        self._hooks = [
            layer.register_forward_hook(self._hook(name)) for name, layer in layers.items()
        ]

    def log(self, **columns: Any) -> None:
        """Logs the embeddings of the forward pass before it; `columns` are those of
        `Profiler.log`, with one value for each of its records.

        Raises `ArgumentError` where a layer has not run since the last time.
        """
        seen = self._taken()
        missing = [name for name in self._names if name not in seen]
        if missing:
            raise ArgumentError(
                f"the layer {missing[0]} has not run since embeddings were logged last"
            )
        self._seen.outputs = {}
        self._profiler.log(seen, **columns)

    def remove(self) -> None:
        """Watches no longer."""
        for hook in self._hooks:
            hook.remove()

    def _taken(self) -> dict[str, Any]:
        outputs: dict[str, Any] = getattr(self._seen, "outputs", {})
        return outputs

    def _hook(self, name: str) -> Callable[[Any, Any, Any], None]:
        def keep(layer: Any, inputs: Any, output: Any) -> None:
            # A copy of its own: what follows may change the output in place.
            output = output.detach()
            if output.ndim > 2:
                output = output.flatten(2).mean(2)
            self._seen.outputs = self._taken() | {name: output.float().cpu().clone()}

        return keep


class Measured:
    """A transform that logs numbers, texts or truth values of each sample and passes
    the sample on as it is.

    `measures` are callables by the name of the value. To measure what other transforms
    make of a sample, compose them with a last step that gives a number: `Compose([
    Grayscale(), ToTensor(), torch.std])`. In a `DataLoader` with workers, each worker
    has a copy of the profiler: log into a `RollingProfiler` of its own there, or
    measure in the main process.
    """

    def __init__(
        self, profiler: Profiler | RollingProfiler, measures: Mapping[str, Callable[[Any], Any]]
    ) -> None:
        self._profiler = profiler
        self._measures = dict(measures)

    def __call__(self, sample: _T) -> _T:
        values = {name: [measure(sample)] for name, measure in self._measures.items()}
        self._profiler.log(values=values)
        return sample

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._measures)})"
