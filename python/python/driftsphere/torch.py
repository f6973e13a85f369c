"""Logging inside a training or inference loop of PyTorch.

Nothing of torch is imported here: layers are asked for `register_forward_hook`, tensors
for `ndim`, `detach`, `float`, `cpu`, `clone`, `flatten` and `mean`.

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
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from .errors import ArgumentError

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._driftsphere import Columns, Profiler
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

    A layer's name is that of its space. What is taken of its output:

    =============================  =========================================
    (n, dim)                       as it is
    (n, tokens, dim)               the mean over tokens, padding included
    (n, channels, height, width)   the mean over height and width
    a tuple, list or mapping       its `last_hidden_state`, else the first
                                   tensor in it, likewise
    =============================  =========================================

    For all else give `pool`, a callable, or one for each layer by its name, which makes
    (n, dim) of the tensor: the first token, `lambda hidden: hidden[:, 0]`; a recurrent layer
    that has time first, `lambda hidden: hidden[-1]`; channels last,
    `lambda maps: maps.mean((1, 2))`.

    What cannot be taken is said by `log`: a forward pass is never broken. Each thread logs
    what it has passed forward itself.
    """

    def __init__(
        self,
        profiler: Profiler | RollingProfiler,
        layers: Mapping[str, Any],
        *,
        pool: Callable[[Any], Any] | Mapping[str, Callable[[Any], Any]] | None = None,
    ) -> None:
        pools = dict(pool) if isinstance(pool, Mapping) else dict.fromkeys(layers, pool)
        unknown = [name for name in pools if name not in layers]
        if unknown:
            raise ArgumentError(f"there is no layer {unknown[0]}, for which pool is given")
        self._profiler = profiler
        self._names = list(layers)
        self._seen = threading.local()
        self._hooks = [
            layer.register_forward_hook(self._hook(name, pools.get(name) or _mean))
            for name, layer in layers.items()
        ]

    def log(self, **columns: Unpack[Columns]) -> None:
        """Logs the embeddings of the forward pass before it; `columns` are those of
        `Profiler.log`, with one value for each of its records.

        Raises `ArgumentError` where a layer has not run since the last time, and where no
        rows (n, dim) could be made of its output. Nothing is logged then.
        """
        seen = self._taken()
        missing = [name for name in self._names if name not in seen]
        if missing:
            raise ArgumentError(
                f"the layer {missing[0]} has not run since embeddings were logged last"
            )
        self._seen.outputs = {}
        for name, output in seen.items():
            if isinstance(output, Exception):
                raise ArgumentError(f"of the layer {name}: {output}") from output
        self._profiler.log(seen, **columns)

    def remove(self) -> None:
        """Watches no longer."""
        for hook in self._hooks:
            hook.remove()

    def _taken(self) -> dict[str, Any]:
        outputs: dict[str, Any] = getattr(self._seen, "outputs", {})
        return outputs

    def _hook(self, name: str, pool: Callable[[Any], Any]) -> Callable[[Any, Any, Any], None]:
        def keep(layer: Any, inputs: Any, output: Any) -> None:
            try:
                rows = _rows(output, pool)
            except Exception as error:
                rows = error
            self._seen.outputs = self._taken() | {name: rows}

        return keep


def _rows(output: Any, pool: Callable[[Any], Any]) -> Any:
    """A tensor (n, dim) of what a layer gave."""
    tensor = _tensor(output)
    if tensor is None:
        raise ArgumentError(f"there is no tensor in its output, a {type(output).__name__}")
    rows = pool(tensor.detach())
    if getattr(rows, "ndim", None) != 2:
        shape = getattr(rows, "shape", type(rows).__name__)
        raise ArgumentError(f"pool gives (n, dim), not {shape}")
    # A copy of its own: what follows may change the output in place.
    return rows.detach().float().cpu().clone()


def _tensor(output: Any) -> Any:
    """The tensor that stands for an output; None where there is none."""
    if hasattr(output, "detach") and hasattr(output, "ndim"):
        return output
    parts: Iterable[Any] = ()
    if isinstance(output, Mapping):
        parts = (output.get("last_hidden_state"), *output.values())
    elif isinstance(output, (tuple, list)):
        parts = (getattr(output, "last_hidden_state", None), *output)
    elif hasattr(output, "last_hidden_state"):
        parts = (output.last_hidden_state,)
    return next((found for part in parts if (found := _tensor(part)) is not None), None)


def _mean(tensor: Any) -> Any:
    """Of tokens, and of places; in full precision, which 16 bits have not."""
    match tensor.ndim:
        case 2:
            return tensor
        case 3:
            return tensor.float().mean(1)
        case 4:
            return tensor.float().flatten(2).mean(2)
    raise ArgumentError(
        f"its output has the shape {tuple(tensor.shape)}; say how (n, dim) is made of it: "
        "Watched(..., pool=lambda output: ...)"
    )


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
