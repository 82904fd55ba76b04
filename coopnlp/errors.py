"""The errors that coopnlp raises, and nothing else.

::

    CoopnlpError
    ├── ExtractionError      a source that could not be read
    │   ├── UnknownFormat    neither its name nor its bytes say a format that is read
    │   ├── UnreadableFile   missing, damaged, or not what it claims to be
    │   ├── EncryptedFile    opening it needs a password
    │   ├── NoText           nothing to read: empty, or scanned images without OCR
    │   ├── TooLarge         over the size limit
    │   └── TimedOut         a reader was stopped at its time limit
    ├── FetchError           a URL that may not or could not be fetched
    │   ├── PrivateAddress   it leads to an address that is not of the open internet
    │   └── RobotsDisallowed the site does not let robots read it
    ├── ModelError           a model that is missing or of another version
    ├── CorpusError          bad mark-up or bad data in a corpus (path, line)
    ├── TaxonomyError        unknown node, cycle, duplicate label
    ├── RegisterError        not a register, newer schema, unreachable database
    │   ├── Conflict         what was to be corrected is not any more what it was taken for
    │   └── AccountError     no such account, wrong password, one that may not be taken
    └── ExchangeError        an export that cannot be written, a line that cannot be read back

A message says where, what is wrong and what to do. Errors of other libraries
are caught by name around one call and chained.
"""

from __future__ import annotations

from coopnlp.text import legible

__all__ = [
    "AccountError",
    "Conflict",
    "CoopnlpError",
    "CorpusError",
    "EncryptedFile",
    "ExchangeError",
    "ExtractionError",
    "FetchError",
    "ModelError",
    "NoText",
    "PrivateAddress",
    "RegisterError",
    "RobotsDisallowed",
    "TaxonomyError",
    "TimedOut",
    "TooLarge",
    "UnknownFormat",
    "UnreadableFile",
]


class CoopnlpError(Exception):
    """Whatever this library raises on purpose."""


class ExtractionError(CoopnlpError):
    """A source could not be read.

    Parameters
    ----------
    source
        Name of the source as the user gave it.
    problem
        What is wrong, in a phrase.
    remedy
        What to do about it, a full sentence.
    """

    def __init__(self, source: str, problem: str, remedy: str = "") -> None:
        self.source = source = legible(source)
        self.problem = problem = legible(problem)
        self.remedy = remedy
        super().__init__(source, problem, remedy)

    def __str__(self) -> str:
        text = f"{self.source}: {self.problem.rstrip('.')}."
        return f"{text} {self.remedy}" if self.remedy else text


class UnknownFormat(ExtractionError):
    """Neither the name nor the bytes of the source say a format that is read."""


class UnreadableFile(ExtractionError):
    """The source is missing, damaged, or not what it claims to be."""


class EncryptedFile(ExtractionError):
    """Opening the source needs a password."""


class NoText(ExtractionError):
    """There is nothing to read: the source is empty, or images only."""


class TooLarge(ExtractionError):
    """The source is over the size limit."""


class TimedOut(ExtractionError):
    """A reader was stopped at its time limit."""


class FetchError(CoopnlpError):
    """A URL may not be fetched, or could not be."""


class PrivateAddress(FetchError):
    """A URL leads to a private, loopback or link-local address, or another that is not of the open internet."""


class RobotsDisallowed(FetchError):
    """The robots.txt of the site does not let robots read the URL."""


class ModelError(CoopnlpError):
    """A model is missing, or was made by another version."""


class CorpusError(CoopnlpError):
    """A corpus holds bad mark-up or bad data; the message names path and line."""


class TaxonomyError(CoopnlpError):
    """A taxonomy has an unknown node, a cycle or a duplicate label."""


class RegisterError(CoopnlpError):
    """The database is no register, has a newer schema, or cannot be reached."""


class Conflict(RegisterError):
    """What was to be corrected is not what it was taken for.

    Parameters
    ----------
    message
        What is wrong and what to do.
    author, made_at
        Who changed it meanwhile, and when (ISO 8601, UTC); absent where the source was read anew.
    """

    def __init__(self, message: str, author: str | None = None, made_at: str | None = None) -> None:
        self.author = author
        self.made_at = made_at
        super().__init__(message)


class AccountError(RegisterError):
    """There is no such account, it may not be used, or its name or password cannot be taken."""


class ExchangeError(CoopnlpError):
    """An export that cannot be written, or a file or line that cannot be read back; the message names file and line."""
