"""A web server of the tests: answers by path, in a thread, on an address of this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Answer", "Site", "serving"]


@dataclass
class Answer:
    """What a path answers. ``drip`` is the seconds between its bytes, ``etag`` what it is compared by."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0.0
    drip_head: float = 0.0


@dataclass
class Site:
    """A running server: its pages, and what it was asked for and when."""

    url: str
    pages: dict[str, Answer | Callable[[dict[str, str]], Answer]]
    asked: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def serving(pages: dict[str, Answer | Callable[[dict[str, str]], Answer]], host: str = "127.0.0.1") -> Iterator[Site]:
    """Serve pages by path until the block ends; what is not there is 404."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.times.append(time.monotonic())
            asked = {key.lower(): value for key, value in self.headers.items()}
            site.headers.append(asked)
            found = site.pages.get(self.path, Answer(b"", 404))
            answer = found if isinstance(found, Answer) else found(asked)
            try:
                if answer.drip_head:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                    for n in range(1000):
                        self.wfile.write(f"X-{n}: y\r\n".encode())
                        time.sleep(answer.drip_head)
                self.send_response(answer.status)
                for key, value in ({"Content-Length": str(len(answer.body))} | answer.headers).items():
                    if value:
                        self.send_header(key, value)
                if "Content-Length" in answer.headers:
                    self.close_connection = True
                self.end_headers()
                if answer.drip:
                    for byte in answer.body:
                        self.wfile.write(bytes([byte]))
                        time.sleep(answer.drip)
                else:
                    self.wfile.write(answer.body)
            except OSError:
                self.close_connection = True  # the reader went away, as tests of limits do

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    site = Site(f"http://{host}:{server.server_port}", dict(pages))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
