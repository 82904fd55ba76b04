"""The application: Datasette with our plugin, and how it is served."""

from __future__ import annotations

import logging
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from coopnlp.errors import CoopnlpError
from coopnlp.web.settings import Settings, is_loopback

__all__ = ["ASGIApp", "make_app", "make_datasette", "serve"]

ASGIApp = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]
]
_HERE = Path(__file__).resolve().parent
_REMEDY = 'The pages need Datasette and uvicorn. Install them with `pip install "coopnlp[serve]"`.'
# Datasette's own pages, for the tables of an SQLite register.
_DATASETTE = {
    "allow_download": False,
    "default_allow_sql": False,
    "allow_facet": True,
    "suggest_facets": False,
    "sql_time_limit_ms": 2000,
    "max_csv_mb": 200,
}


def make_datasette(register_url: str | Path, *, settings: Settings | None = None) -> Any:
    """Return the Datasette of :func:`make_app`, for what needs more of it than the application.

    Raises
    ------
    CoopnlpError
        The extra ``serve`` is not installed.
    RegisterError
        There is no register at the URL, or it cannot be served.
    """
    try:
        import uvicorn  # noqa: F401
        from datasette.app import Datasette  # type: ignore[import-untyped]
        from datasette.database import Database  # type: ignore[import-untyped]
        from datasette.plugins import pm  # type: ignore[import-untyped]
    except ImportError as error:
        raise CoopnlpError(f"{error.name or error} is not installed. {_REMEDY}") from error
    from coopnlp.web import plugin
    from coopnlp.web.site import Site

    site = Site(str(register_url), settings or Settings())
    site.refresh()
    datasette = Datasette(
        [],
        memory=False,
        settings=_DATASETTE,
        secret=site.settings.secret,
        template_dir=str(_HERE / "templates"),
        static_mounts=[("static", str(_HERE / "static"))],
    )
    datasette.remove_database("_memory")  # which Datasette adds where there is no file
    if site.file is not None:
        datasette.add_database(Database(datasette, site.file, is_mutable=True), name="registre")
    site.attach(datasette)
    # One for the process: the hooks do nothing for a Datasette that is not ours.
    if not pm.has_plugin("coopnlp"):
        pm.register(plugin, name="coopnlp")
    return datasette


def make_app(register_url: str | Path, *, settings: Settings | None = None) -> ASGIApp:
    """Return the pages over a register as an ASGI application.

    Raises
    ------
    CoopnlpError
        The extra ``serve`` is not installed.
    RegisterError
        There is no register at the URL, or it cannot be served.
    """
    app: ASGIApp = make_datasette(register_url, settings=settings).app()
    return app


def serve(
    register_url: str | Path, *, settings: Settings | None = None, ready: Callable[[], None] | None = None
) -> None:
    """Serve the pages until interrupted; ``ready`` is called when they can be opened.

    Raises
    ------
    CoopnlpError
        As :func:`make_app`.
    """
    chosen = settings or Settings()
    app = make_app(register_url, settings=chosen)
    import uvicorn

    if not is_loopback(chosen.host):
        print(  # noqa: T201
            f"warning: the pages are served on {chosen.host}, to whoever can reach it, over plain HTTP. "
            "Put a server with TLS before them, and read who may correct with `coopnlp register accounts`.",
            file=sys.stderr,
        )

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            if ready is not None and not self.should_exit:
                ready()

    logging.getLogger("httpx").setLevel(logging.WARNING)
    config = uvicorn.Config(
        app,
        host=chosen.host,
        port=chosen.port,
        log_level="warning",
        server_header=False,
        # connections, idle ones among them; the gate refuses requests long before, in French
        limit_concurrency=400,
        timeout_keep_alive=10,
        h11_max_incomplete_event_size=32_768,
    )
    Server(config).run()
