"""What came of a source into the register: its rows, or why there are none."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import exc

from coopnlp.api import MISTAKES, failure
from coopnlp.errors import RegisterError
from coopnlp.register.store import Register
from coopnlp.register.values import Claim, Versions
from coopnlp.types import Failure, Result

__all__ = ["land", "write"]

#: Calls what it is given, and waits for a register that is busy or away.
Ask = Callable[[Callable[[], bool]], bool]


def write(register: Register, claim: Claim, result: Result, versions: Versions, ask: Ask) -> bool | Failure:
    """Write a result with the state of its source; return whether its rows were new.

    A result whose rows no register takes (a number that is too large) is a
    failure of its source, and costs no other one: it is returned, and nothing is
    written.

    Raises
    ------
    RegisterError
        The register cannot be written to.
    """
    try:
        return ask(lambda: register.finish(claim, result, versions=versions))
    except RegisterError as error:
        if not isinstance(error.__cause__, exc.DataError | exc.IntegrityError):
            raise
        return failure(claim.source, error)
    except (*MISTAKES, exc.StatementError) as error:
        return failure(claim.source, error)


def land(
    register: Register, claim: Claim, outcome: Result | Failure, versions: Versions, ask: Ask
) -> tuple[bool, Result | Failure]:
    """Write a result or a failure with the state of its source; return whether that counted, and what was written."""
    if isinstance(outcome, Result):
        written = write(register, claim, outcome, versions, ask)
        if not isinstance(written, Failure):
            return written, outcome
        outcome = written
    return ask(lambda: register.fail(claim, outcome, versions=versions)), outcome
