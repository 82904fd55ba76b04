"""Frames between a reading process and its parent: a kind, a length, bytes. JSON inside, never pickle.

What a damaged file may do to a C library, it may do to the process that reads
it; so nothing that comes out of that process may run code in the parent.
"""

from __future__ import annotations

import socket
import struct
import time

__all__ = ["DATA", "END", "ERROR", "REQUEST", "Overlong", "receive", "send"]

REQUEST, DATA, END, ERROR = b"?", b"+", b".", b"!"
_HEAD = struct.Struct(">cQ")
_CHUNK_BYTES = 1 << 20


class Overlong(Exception):
    """A frame says that it is longer than the reader takes."""


def send(pipe: socket.socket, kind: bytes, payload: bytes = b"") -> None:
    """Send one frame."""
    head = _HEAD.pack(kind, len(payload))
    if len(payload) < _CHUNK_BYTES:
        pipe.sendall(head + payload)
    else:
        pipe.sendall(head)
        pipe.sendall(payload)


def receive(
    pipe: socket.socket, *, max_bytes: int, deadline: float | None = None, stall_s: float | None = None
) -> tuple[bytes, bytes]:
    """Return the kind and the bytes of the next frame.

    Parameters
    ----------
    deadline
        When the frame must have begun, as ``time.monotonic`` tells time. A frame that has
        come already is taken, however late it is asked for.
    stall_s
        How long nothing may come within a frame.

    Raises
    ------
    TimeoutError
        The frame did not begin by the deadline, or stalled.
    EOFError
        The other side is gone.
    Overlong
        It has more than ``max_bytes``; it was not read.
    """
    # 0 would mean « do not wait » and raise another error
    pipe.settimeout(None if deadline is None else max(0.001, deadline - time.monotonic()))
    first = pipe.recv(_HEAD.size)
    pipe.settimeout(stall_s)
    head = bytearray(first)
    while head and len(head) < _HEAD.size and (more := pipe.recv(_HEAD.size - len(head))):
        head += more
    if len(head) < _HEAD.size:
        raise EOFError
    kind, size = _HEAD.unpack(head)
    if size > max_bytes:
        raise Overlong(size)
    parts: list[bytes] = []
    while size:
        part = pipe.recv(min(size, _CHUNK_BYTES))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return kind, parts[0] if len(parts) == 1 else b"".join(parts)
