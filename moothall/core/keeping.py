"""Which pages may a browser or a proxy keep, once they were answered?"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class KeptFromOthers:
    """What somebody saw while signed in is kept nowhere: not by the way back after signing out."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        # Asking request.user would look the session up; a page that needed it has.
        person = getattr(request, "_cached_user", None)
        if person is not None and person.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
