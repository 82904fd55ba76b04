"""Sources into text and blocks: one function, one module a format.

``extract(source)`` reads a path, a URL or bytes into an
:class:`~coopnlp.types.Extraction`; ``sources(inputs)`` lists what a folder, a ZIP
archive or a mail message holds, an item an ``extract`` call. ``guarded(source)`` is
``extract`` in a process of its own, with limits on time, memory and output: what the
command line uses, and what to use for files that others send.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from coopnlp.extract.guard import Limits, guarded, guarded_each
from coopnlp.extract.reader import MAX_BYTES, extract
from coopnlp.extract.sources import sources

__all__ = ["MAX_BYTES", "Limits", "extract", "guarded", "guarded_each", "sources"]


class _CallableModule(ModuleType):
    """This package has the name of its main function.

    ``coopnlp.extract(path)`` must work after ``import coopnlp.extract`` has put
    the package, not the function, under that name: so the package can be called.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return extract(*args, **kwargs)


sys.modules[__name__].__class__ = _CallableModule
