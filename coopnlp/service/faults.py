"""What is said where a request cannot be answered: a status, the name of the error, what to do; never a trace."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from coopnlp import errors
from coopnlp.errors import CoopnlpError, ExtractionError, TimedOut, TooLarge

if TYPE_CHECKING:
    from starlette.responses import JSONResponse

__all__ = ["STATUSES", "Refused", "answer_to", "refusal", "status_of"]

#: Of each error of the library; one that is not here has that of its parent.
STATUSES: dict[type[CoopnlpError], int] = {
    errors.UnknownFormat: 415,
    errors.TooLarge: 413,
    errors.TimedOut: 504,
    errors.ExtractionError: 422,
    errors.PrivateAddress: 403,
    errors.RobotsDisallowed: 403,
    errors.FetchError: 502,
    errors.CoopnlpError: 500,
}
_REMEDY = "Send a smaller document, or ask who runs the service to raise its limit."


class Refused(Exception):
    """A request that is not answered: HTTP status, name of the error, message, seconds to wait before the next.

    It is no error of the library: it says how a service stands, or what a request lacks.
    """

    def __init__(self, status: int, error: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(status, error, message, retry_after)
        self.status = status
        self.error = error
        self.message = message
        self.retry_after = retry_after


def status_of(error: CoopnlpError) -> int:
    """Return the HTTP status of an error of the library."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def refusal(error: CoopnlpError) -> Refused:
    """Return an error of the library as what a client is told."""
    told = str(error)
    if isinstance(error, TooLarge | TimedOut):  # their remedies name options of the command line
        told = str(ExtractionError(error.source, error.problem, _REMEDY))
    return Refused(status_of(error), type(error).__name__, told)


def answer_to(refused: Refused) -> JSONResponse:
    """Return the response that says so."""
    from starlette.responses import JSONResponse

    headers = {}
    if refused.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(refused.retry_after)))
    if refused.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="coopnlp"'
    return JSONResponse({"error": refused.error, "message": refused.message}, refused.status, headers)
