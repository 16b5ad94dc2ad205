"""The phone core of Doorstep: an encrypted store, checked edits, sync. Start at `FieldClient.open`.

Calls block until they are done and may be made from any thread.
"""

from .core import *  # noqa: F403
from .core import FieldError
from .core import __all__ as __all__


def _in_words(error: FieldError) -> str:
    """What a traceback shows. The generated text form is empty."""
    problem = error.problem()
    return f"{problem.code}: {problem.message.en}. {problem.remedy.en}"


FieldError.__str__ = _in_words
