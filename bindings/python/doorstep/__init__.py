"""The phone core of Doorstep: an encrypted store, checked edits, sync. Start at `FieldClient.open`.

Calls block until they are done and may be made from any thread.
"""

from .core import *  # noqa: F403
from .core import __all__ as __all__
