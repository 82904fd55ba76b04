"""Reading processes: started, kept for the next source, ended with all that they started."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import coopnlp
from coopnlp.errors import CoopnlpError

__all__ = ["LIMITED", "ReadingProcess", "exit_reason", "put_back", "take"]

#: Whether there are limits: setrlimit, and a socket passed to a process, are of POSIX.
LIMITED = sys.platform != "win32"
#: What readers look at in the environment; comparing all of it would take as long as a small text.
_VARIABLES = (
    "COOPNLP_ALLOW_PRIVATE", "COOPNLP_CACHE", "COOPNLP_CONTACT", "COOPNLP_OCR", "HOME", "PATH",
    "SSL_CERT_DIR", "SSL_CERT_FILE", "TESSDATA_PREFIX", "XDG_CACHE_HOME",
)  # fmt: skip
#: Seconds for LibreOffice to be stopped and temporary files to go.
_STOP_S = 2.0
#: Bytes by which Linux may be wrong on what a process of many threads holds: each core counts, and tells at times.
_COUNTED_LATE = 32_000_000
#: Processes kept for the next file; threads that read at once have one each.
_MAX_IDLE = 4


class ReadingProcess:
    """A process and the socket to it. ``served`` counts the sources that it has read."""

    def __init__(self) -> None:
        self.pipe, theirs = socket.socketpair()
        self.scratch = tempfile.mkdtemp(prefix="coopnlp-")
        self.served = 0
        self.surroundings = _surroundings()
        code = f"from coopnlp.extract.guard_child import main; main({theirs.fileno()}, {os.getpid()}, {self.scratch!r})"
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(_search_path()),
            "TMPDIR": self.scratch,
            "OMP_NUM_THREADS": "1",
        }
        try:
            self.process = subprocess.Popen(
                # -P: the folder that the command is run in is not searched for modules, it may hold hostile files
                [sys.executable, "-P", "-c", code],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=environment,
                start_new_session=True,  # Ctrl-C is the parent's to handle; its programs end with it
            )
        except OSError as error:
            self.pipe.close()
            shutil.rmtree(self.scratch, ignore_errors=True)
            raise CoopnlpError(
                f"a reading process cannot be started ({error}). Check the memory of the machine and its limits."
            ) from error
        finally:
            theirs.close()
        #: Linux counts what the parent held when it started a process as held by that process.
        self._inherited = _peak_of_this()

    def stop(self, *, at_once: bool = False) -> tuple[int, int]:
        """End the process; return its exit code, negative for a signal, and the memory it held at most, in bytes.

        The memory is 0 where it is not known to have held more than this process did when it started it.
        """
        self.pipe.close()  # an idle process ends when the socket does
        if not at_once:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGTERM)
        code, peak = _reap(self.process, 0.0 if at_once else _STOP_S)
        shutil.rmtree(self.scratch, ignore_errors=True)
        return code, peak if peak > self._inherited + _COUNTED_LATE else 0


def _peak_of_this() -> int:
    if not LIMITED:
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _surroundings() -> tuple[str | None, ...]:
    return tuple(map(os.environ.get, _VARIABLES))


def _search_path() -> list[str]:
    """Return where this process finds its modules; « here » only where this library itself was found so."""
    home = str(Path(coopnlp.__file__).resolve().parent.parent)
    found = [part for part in sys.path if part and Path(part).is_absolute()]
    return found if home in found else [home, *found]


def _reap(process: subprocess.Popen[bytes], patience_s: float) -> tuple[int, int]:
    """Wait for a process, kill it and its programs when patience ends; return exit code and peak memory in bytes."""
    until = time.monotonic() + patience_s
    pause = 0.001
    killed = False
    while True:
        try:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG if not killed else 0)
        except ChildProcessError:  # somebody else has waited for it
            process.returncode = process.returncode or 0
            return process.returncode, 0
        if pid:
            break
        if time.monotonic() >= until:
            _kill_group(process.pid)
            killed = True
            continue
        time.sleep(pause)
        pause = min(0.05, pause * 2)
    _kill_group(process.pid)  # Tesseract, where its parent has died over it
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


_idle: list[ReadingProcess] = []
_lock = threading.Lock()


def take() -> ReadingProcess:
    """Return an idle process, or start one, as where variables that readers look at have changed."""
    with _lock:
        found = _idle.pop() if _idle else None
    if found is not None and found.surroundings != _surroundings():
        found.stop(at_once=True)
        found = None
    return found or ReadingProcess()


def put_back(process: ReadingProcess) -> None:
    """Keep a process for the next source."""
    with _lock:
        if len(_idle) < _MAX_IDLE:
            _idle.append(process)
            return
    process.stop()


@atexit.register
def _stop_idle() -> None:
    while _idle:
        _idle.pop().stop(at_once=True)


def _forget() -> None:
    """In a fork: the processes are the parent's."""
    global _lock  # noqa: PLW0603
    _lock = threading.Lock()
    for process in _idle:
        process.pipe.close()
        process.process.returncode = 0  # nothing to wait for
    _idle.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def exit_reason(code: int) -> str:
    """Return how a process ended, as a user may look it up: the name of a signal, or its exit code."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
