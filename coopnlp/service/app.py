"""The ASGI application: endpoints behind the gate, errors as JSON, the description and a page of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect

from coopnlp import __version__
from coopnlp.service import pages, routes, shapes
from coopnlp.service.crew import ClientGone, Crew
from coopnlp.service.faults import Refused, answer_to
from coopnlp.service.gate import Gate
from coopnlp.service.settings import Settings

__all__ = ["create_app"]

_DESCRIPTION = (
    "Documents on the cooperation between local authorities, in French: records, entities, themes, identifiers. "
    "A document is sent as JSON (`text`), as a form with a `file`, or as the bytes of a file with `?name=`. "
    'Absent values are absent keys. Errors are `{"error": class, "message": what is wrong and what to do}`; '
    "429 and 503 say in `Retry-After` when to ask again."
)


def create_app(settings: Settings | None = None, crew: Crew | None = None) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    settings
        Limits; the defaults of :class:`Settings` where there are none.
    crew
        Workers that have been started; where there are none, the application
        starts and ends its own (lifespan).
    """
    settings = settings or Settings()
    own = crew is None
    crew = crew or Crew(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if own:
            await asyncio.to_thread(crew.start)
        try:
            yield
        finally:
            if own:
                await asyncio.to_thread(crew.stop)

    app = FastAPI(
        title="coopnlp",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        # their pages load from servers of others
        docs_url=None,
        redoc_url=None,
        # answers leave out what is absent: nothing is required for having a default
        separate_input_output_schemas=False,
    )
    app.state.settings, app.state.crew = settings, crew
    app.include_router(routes.router)
    _add_pages(app)
    _describe(app, settings)
    _tell_errors(app)
    app.add_middleware(Gate, settings=settings, crew=crew)
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
        )
    return app


def _add_pages(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def home() -> Response:
        return RedirectResponse("docs")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(pages.reference(app.openapi()))

    @app.get("/docs.css", include_in_schema=False)
    async def style() -> Response:
        return Response(pages.style(), media_type="text/css")


def _describe(app: FastAPI, settings: Settings) -> None:
    """Add what FastAPI cannot know: the JSON that workers read, and which calls ask for a token."""
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = made()
            known = schema["components"]["schemas"]
            for model in (shapes.Document, shapes.Projects):
                own = model.model_json_schema(ref_template="#/components/schemas/{model}")
                known.update(own.pop("$defs", {}))
                known[model.__name__] = own
            if settings.tokens:
                schema["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
                for path, calls in schema["paths"].items():
                    for call in calls.values():
                        call["security"] = [{"bearer": []}] if path.startswith("/v1/") else []
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _tell_errors(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        return answer_to(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return answer_to(Refused(422, "InvalidRequest", shapes.problems(error.errors())))

    @app.exception_handler(HTTPException)
    async def plain(_: Request, error: HTTPException) -> Response:
        name = HTTPStatus(error.status_code).phrase.title().replace(" ", "")
        told = f"{error.detail}. GET /docs lists what there is.".replace("..", ".")
        answer = answer_to(Refused(error.status_code, name, told))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def unexpected(_: Request, error: Exception) -> Response:
        return answer_to(Refused(500, "InternalError", "An unexpected error of the service. Its log says more."))

    @app.exception_handler(ClientDisconnect)
    @app.exception_handler(ClientGone)
    async def gone(_: Request, error: Exception) -> Response:
        return Response(status_code=499)  # nobody reads it
