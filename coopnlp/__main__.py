"""``python -m coopnlp`` and the ``coopnlp`` command: errors become one line and an exit code.

0 all done, 1 some input failed (the rest is done and written), 2 wrong usage.
"""

from __future__ import annotations

import os
import sys

from coopnlp.cli import app
from coopnlp.errors import CoopnlpError, ExtractionError, FetchError, ModelError

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    try:
        app(prog_name="coopnlp")
    except (ExtractionError, FetchError, ModelError) as error:
        sys.stderr.write(f"coopnlp: {error}\n")
        sys.exit(1)
    except CoopnlpError as error:
        sys.stderr.write(f"coopnlp: {error}\n")
        sys.exit(2)
    except BrokenPipeError:
        # `coopnlp ... | head` is no failure; the closed pipe must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.stderr.write("coopnlp: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
