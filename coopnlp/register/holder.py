"""Who holds a claim: a process, named so that another one of the same machine can tell that it has ended.

A run that was killed cannot give back what it had in hand. Its lease runs out in
time; on the same machine there is no need to wait, for the process is not there
any more. From elsewhere nothing can be told.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

__all__ = ["has_ended", "this_process"]

_SEPARATOR = " "


def this_process() -> str:
    """Return the name of this process: machine, its start, the space of its process numbers, number, start."""
    pid = os.getpid()
    return _SEPARATOR.join((_machine(), str(pid), _started(pid)))


def has_ended(holder: str) -> bool:
    """Tell whether a process is known to have ended; False where that cannot be known from here.

    >>> has_ended(this_process()), has_ended("autre-machine - - 1 1")
    (False, False)
    """
    machine, _, process = holder.rpartition(_SEPARATOR)[0].rpartition(_SEPARATOR)
    started = holder.rpartition(_SEPARATOR)[2]
    # A name alone is not enough, for two machines may have the same. After a start of this one what ran
    # before is unknown too: its lease has run out by then.
    if machine != _machine() or "-" in machine.split(_SEPARATOR)[1:]:
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return _started(int(process)) != started


def _machine() -> str:
    """Name, start and process space: in two containers of one name the same number is another process.

    « - » where the system does not tell (it is not Linux).
    """
    name = platform.node().replace(_SEPARATOR, "_") or "-"
    boot = _read("/proc/sys/kernel/random/boot_id").replace("-", "") or "-"
    try:
        space = str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        space = "-"
    return _SEPARATOR.join((name, boot, space))


def _started(pid: int) -> str:
    """Return when a process started, in ticks since the machine did; the same number may be another process later.

    Field 22 of /proc/PID/stat (proc(5)), counted after the name, which may hold spaces.
    """
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    if len(fields) > 19 and fields[0] == "Z":  # it has ended, and nobody has waited for it
        return "ended"
    return fields[19] if len(fields) > 19 else "-"


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
