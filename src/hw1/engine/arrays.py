"""Where a stack's arrays live: numpy on the CPU, or PyTorch on the CPU or a GPU.

Both libraries name the operations that training needs alike, from `matmul` to `sqrt`, all of them
with `out=`; what differs stands here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from hw1.fitted.base import Floats

if TYPE_CHECKING:
    import torch

Array = Any
"""A numpy array or a PyTorch tensor."""

Precision = Literal["single", "double"]


class Arrays(ABC):
    """A library of arrays at one precision, on one device.

    Attributes:
        library: the module, numpy or torch.
    """

    library: Any

    @abstractmethod
    def floats(self, values: npt.ArrayLike) -> Array:
        """A copy of numbers at this precision."""

    @abstractmethod
    def doubles(self, values: npt.ArrayLike) -> Array:
        """A copy of numbers at double precision, whatever that of the others is."""

    @abstractmethod
    def rounded(self, factor: Any) -> Any:
        """What `per_member` gave, or came of it, at this precision; a number as it is."""

    @abstractmethod
    def positions(self, values: npt.NDArray[np.int64]) -> Array:
        """Row numbers, ready for `take`."""

    @abstractmethod
    def empty(self, *shape: int) -> Array:
        """Numbers yet to be written."""

    @abstractmethod
    def take(self, source: Array, rows: Array, out: Array) -> None:
        """Copy rows.

        Args:
            source: shape [rows, ...].
            rows: positions in it, shape [members, batch].
            out: what they are copied to, shape [members, batch, ...].
        """

    @abstractmethod
    def to_numpy(self, array: Array) -> npt.NDArray[Any]:
        """The same numbers in numpy; waits for them to be computed."""

    def batches(self, masks: Iterable[list[npt.NDArray[np.float32]]]) -> Iterator[list[Array]]:
        """Factors drawn for every step, ready to multiply by."""
        return iter(masks)

    def zeros(self, *shape: int) -> Array:
        """Zeros."""
        array = self.empty(*shape)
        array[...] = 0.0
        return array

    def to_floats(self, array: Array) -> Floats:
        """A copy as a float64 array of numpy."""
        return np.array(self.to_numpy(array), dtype=np.float64)

    def per_member(self, values: Sequence[float]) -> Any:
        """A factor of every member's own: one number if all have the same, else [members, 1].

        Either is of double precision, so that a member's products with it are the same in both,
        to the last bit. `rounded` makes it ready to multiply arrays by, as the libraries round a
        single number before they do.
        """
        if len(set(values)) == 1:
            return values[0]
        return self.doubles(np.array(values, dtype=np.float64)[:, None])


class NumpyArrays(Arrays):
    """Numpy's arrays."""

    library = np

    def __init__(self, precision: Precision) -> None:
        self._type = np.float32 if precision == "single" else np.float64

    def floats(self, values: npt.ArrayLike) -> Array:
        """See `Arrays`."""
        return np.array(values, dtype=self._type, order="C")

    def doubles(self, values: npt.ArrayLike) -> Array:
        """See `Arrays`."""
        return np.array(values, dtype=np.float64, order="C")

    def rounded(self, factor: Any) -> Any:
        """See `Arrays`."""
        return factor.astype(self._type) if isinstance(factor, np.ndarray) else factor

    def positions(self, values: npt.NDArray[np.int64]) -> Array:
        """See `Arrays`."""
        return values

    def empty(self, *shape: int) -> Array:
        """See `Arrays`."""
        return np.empty(shape, dtype=self._type)

    def take(self, source: Array, rows: Array, out: Array) -> None:
        """See `Arrays`."""
        # "clip" spares a buffer; no position is out of range
        source.take(rows, axis=0, out=out, mode="clip")

    def to_numpy(self, array: Array) -> npt.NDArray[Any]:
        """See `Arrays`."""
        return np.asarray(array)


class TorchArrays(Arrays):
    """PyTorch's tensors.

    Args:
        precision: of the numbers.
        device: "cpu", "cuda", ...
    """

    def __init__(self, precision: Precision, device: str = "cpu") -> None:
        import torch

        self.library = torch
        self._options: dict[str, Any] = {
            "dtype": torch.float32 if precision == "single" else torch.float64,
            "device": device,
        }

    def floats(self, values: npt.ArrayLike) -> torch.Tensor:
        """See `Arrays`."""
        tensor: torch.Tensor = self.library.tensor(np.asarray(values), **self._options)
        return tensor

    def doubles(self, values: npt.ArrayLike) -> torch.Tensor:
        """See `Arrays`."""
        options = self._options | {"dtype": self.library.float64}
        tensor: torch.Tensor = self.library.tensor(np.asarray(values), **options)
        return tensor

    def rounded(self, factor: Any) -> Any:
        """See `Arrays`."""
        # on the device, so that it is not waited for
        is_tensor = isinstance(factor, self.library.Tensor)
        return factor.to(self._options["dtype"]) if is_tensor else factor

    def positions(self, values: npt.NDArray[np.int64]) -> torch.Tensor:
        """See `Arrays`."""
        tensor: torch.Tensor = self.library.from_numpy(values).to(self._options["device"])
        return tensor

    def empty(self, *shape: int) -> torch.Tensor:
        """See `Arrays`."""
        tensor: torch.Tensor = self.library.empty(shape, **self._options)
        return tensor

    def take(self, source: Array, rows: Array, out: Array) -> None:
        """See `Arrays`."""
        flat = out.view(-1, *source.shape[1:])
        self.library.index_select(source, 0, rows.reshape(-1), out=flat)

    def batches(self, masks: Iterable[list[npt.NDArray[np.float32]]]) -> Iterator[list[Array]]:
        """See `Arrays`; all of them are on the device before the first step is taken."""
        return iter([[self.floats(one) for one in several] for several in masks])

    def to_numpy(self, array: Array) -> npt.NDArray[Any]:
        """See `Arrays`."""
        values: npt.NDArray[Any] = array.detach().cpu().numpy()
        return values
