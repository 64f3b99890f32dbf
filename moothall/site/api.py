"""The door for programs: every slice's API under one address, with one way of refusing."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.generic import RedirectView
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi import get_schema
from ninja.openapi.schema import OpenAPISchema

from moothall.agreements.actions.facts import KeyUsedForOther
from moothall.agreements.api import NotRead
from moothall.agreements.api import router as agreements
from moothall.core.errors import CannotDo
from moothall.decisions.api import NoSuchDecision
from moothall.decisions.api import router as decisions
from moothall.spend.api import router as spend
from moothall.spend.queries.categories import NoSuchCategory
from moothall.spend.queries.duplicates import CannotSeeDuplicates
from moothall.spend.queries.suppliers import NoSuchSupplier


class Described(NinjaAPI):
    """Describes itself once for each address it stands at: what it says does not change."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        return _described(self, path_prefix or self.get_root_path(path_params or {}))


@cache
def _described(described: NinjaAPI, path_prefix: str) -> OpenAPISchema:
    return get_schema(api=described, path_prefix=path_prefix)


api = Described(
    title="Moothall",
    version="1",
    description=(
        "What the pages show, as JSON: with a session, as that person may see it; without, as the "
        "public does. Exact money is a string in pounds; an estimate is a number."
    ),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("/spend", spend)
api.add_router("/decisions", decisions)
api.add_router("/agreements", agreements)
# What an address itself names, and is not there; any other question is one not to be answered.
NOT_THERE = (NoSuchSupplier, NoSuchCategory, NoSuchDecision, NotRead)
NOT_YOURS = (CannotSeeDuplicates,)
OTHERWISE_HERE = (KeyUsedForOther,)


@api.exception_handler(CannotDo)
def refused(request: HttpRequest, refusal: CannotDo) -> HttpResponse:
    """A refusal is the sentence that the pages show."""
    by_kind = ((NOT_THERE, 404), (NOT_YOURS, 403), (OTHERWISE_HERE, 409))
    status = next((code for kinds, code in by_kind if isinstance(refusal, kinds)), 400)
    return api.create_response(request, {"sentence": refusal.sentence}, status=status)


@api.exception_handler(AuthenticationError)
def not_known(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Neither a session nor a key that opens this."""
    sentence = (
        "This is not answered: it takes a key that is in use, or for reading a session. Send the "
        "key as Authorization: Bearer, or sign in."
    )
    return api.create_response(request, {"sentence": sentence}, status=401)


@api.exception_handler(HttpError)
def not_read(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What was sent cannot even be read."""
    sentence = f"This cannot be answered: {error}. Send JSON as /api/ describes it."
    return api.create_response(request, {"sentence": sentence}, status=error.status_code)


@api.exception_handler(ValidationError)
def not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What was sent does not fit: one sentence that names each part."""
    wrong = "; ".join(
        f"{'.'.join(str(part) for part in each['loc'][1:]) or 'the request'}: {each['msg']}"
        for each in error.errors
    )
    sentence = f"This cannot be answered: {wrong}. See /api/ for what each part may be."
    return api.create_response(request, {"sentence": sentence}, status=422)


def addresses() -> tuple[list[URLPattern], str, str]:
    """The API's own addresses; its root leads to the page that describes them."""
    routes, app_name, namespace = api.urls
    root = path("", RedirectView.as_view(pattern_name="api"), name="api-root")
    own = [each for each in routes if isinstance(each, URLPattern) and each.name != root.name]
    return [root, *own], app_name, namespace


def endpoints() -> list[dict[str, object]]:
    """Every address of the API, in words, from its own OpenAPI document."""
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return [
        {
            "path": address,
            "summary": deed.get("summary", ""),
            "parts": [
                {
                    "name": part["name"],
                    "is_required": part.get("required", False),
                    "text": part.get("description")
                    or part.get("schema", {}).get("description", ""),
                    "choices": part.get("schema", {}).get("enum", []),
                }
                for part in deed.get("parameters", [])
            ],
        }
        for address, deeds in schema["paths"].items()
        for deed in deeds.values()
    ]
