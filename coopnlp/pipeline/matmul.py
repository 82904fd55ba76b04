"""Matrix products by NumPy's own library, which is faster on one core than thinc's.

thinc multiplies matrices with the kernels that it ships, for any machine; NumPy's
wheels bring one that uses what this processor has. The results differ in the last
bits only. Its threads are kept to one: the matrices are small, threads would wait
for each other, and a batch has a process for each core.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from thinc.api import NumpyOps
from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from thinc.api import Model

__all__ = ["MatmulOps", "multiply_by_numpy", "one_thread"]


class MatmulOps(NumpyOps):  # type: ignore[misc]
    """thinc's operations on the processor, with NumPy's matrix product."""

    def gemm(self, x: Any, y: Any, out: Any = None, trans1: bool = False, trans2: bool = False) -> Any:
        """Return ``x @ y``, each transposed first where asked; written to ``out`` where it is given."""
        return np.matmul(x.T if trans1 else x, y.T if trans2 else y, out=out)


def multiply_by_numpy(model: Model[Any, Any]) -> None:
    """Let every layer of a model on the processor multiply by NumPy."""
    ops = MatmulOps()
    for layer in model.walk():
        if type(layer.ops) is NumpyOps:
            layer.ops = ops


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[Any]:
    """Return a context in which NumPy multiplies on the calling thread alone."""
    return _libraries().limit(limits=1, user_api="blas")  # type: ignore[no-any-return]
