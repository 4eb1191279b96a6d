"""What goes to executors, and what they say if they lack the package.

Python names a class by its module when it sends an object.  Where the module is missing, it can say no
more than that.  So a function goes along by value, which looks first and says what to do.
"""

from __future__ import annotations

import builtins
import types
from typing import Any

import mwparquet


def shipped(of: type, *arguments: Any) -> tuple[Any, ...]:
    """What an object is sent as, whose class is called with these arguments."""
    # Arguments may be of the package, too, and are opened by what has looked for it.
    from pyspark import cloudpickle

    packed = cloudpickle.dumps(arguments)
    return _by_value(_opened), (mwparquet.__version__, of.__module__, of.__qualname__, packed)


def _opened(version: str, module: str, name: str, packed: bytes) -> Any:
    # All that this needs is here: it runs where there may be no package.
    import importlib
    import pickle
    import socket
    import sys

    where = f"{socket.gethostname()}, for {sys.executable}"
    try:
        import mwparquet
    except ImportError as error:
        raise ImportError(
            f"the Python package mwparquet is not installed on {where}: install version {version} there, "
            f"or send an environment that has it along (--archives).  {error}"
        ) from error
    if mwparquet.__version__ != version:
        raise ImportError(
            f"the Python package mwparquet is {mwparquet.__version__} on {where}, and {version} on the "
            f"driver: install the same version"
        )
    return getattr(importlib.import_module(module), name)(*pickle.loads(packed))


def _by_value(function: Any) -> types.FunctionType:
    """The same function as one of no module, which cloudpickle sends whole."""
    nobodys = types.FunctionType(function.__code__, {"__builtins__": builtins}, function.__name__)
    nobodys.__module__ = "__main__"
    return nobodys
