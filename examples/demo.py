"""What `make demo` runs: the main job on examples/documents, and what the register then says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REGISTER = "register.db"
COMMANDS = (
    ("batch", str(HERE.relative_to(Path.cwd()) / "documents"), "--register", REGISTER),
    ("register", "stats", REGISTER),
    ("register", "show", REGISTER),
    ("register", "search", REGISTER, "assainissement"),
)


def main() -> int:
    """Run the commands one after the other; stop at the first that fails."""
    for command in COMMANDS:
        print(f"\n$ coopnlp {' '.join(command)}", flush=True)
        done = subprocess.run([sys.executable, "-m", "coopnlp", *command], check=False)
        if done.returncode:
            return done.returncode
    print(f"\nThe register is {REGISTER}. Next: .venv/bin/coopnlp register show {REGISTER} convention-fecamp-matane")
    return 0


if __name__ == "__main__":
    sys.exit(main())
