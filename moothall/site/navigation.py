"""What stands around every page: the place, the way in, the way round, the small print?"""

from attrs import frozen
from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from moothall.directory.models import Person
from moothall.directory.queries import bodies_managed
from moothall.places.models import Place
from moothall.site.demo.stamp import is_loaded


@frozen
class Link:
    """Somewhere to go: `is_here` marks the part of the site being looked at."""

    label: str
    url: str
    is_here: bool = False
    is_deed: bool = False  # done by a button, not by following a link


# The rooms of the site, in the order of the journey. A room shows once it has a front page.
PUBLIC_ROOMS = (
    ("Spending", "spend:home"),
    ("Services", "services:home"),
    ("Agreements", "agreements:home"),
    ("Outcomes", "outcomes:home"),
    ("Decisions", "decisions:home"),
    ("Cases", "cases:home"),
)
WORK_ROOMS = (
    ("Needs attention", "attention:home"),
    *PUBLIC_ROOMS[:2],
    ("Appraisals", "appraisal:home"),
    ("Deals", "agreements:drafts"),
    *PUBLIC_ROOMS[2:],
    ("Bodies and people", "directory:home"),
)
FOOTER = (
    ("Accessibility", "accessibility"),
    ("Privacy", "privacy"),
    ("Cookies", "cookies"),
    ("Open data", "spend:open_data"),
    ("Components", "components"),
)


def address(route: str) -> str | None:
    """The address of a route, or None while nothing answers there."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return None


def links(routes: tuple[tuple[str, str], ...], here: str) -> tuple[Link, ...]:
    """The routes that exist; the one nearest above the reader's page is marked."""
    found = [(label, url) for label, route in routes if (url := address(route)) is not None]
    nearest = max((url for _, url in found if here.startswith(url)), key=len, default=None)
    return tuple(Link(label, url, is_here=url == nearest) for label, url in found)


def account_links(request: HttpRequest) -> tuple[Link, ...]:
    if not hasattr(request, "user"):
        return ()
    if not request.user.is_authenticated:
        sign_in = address("account_login")
        return (Link("Sign in", sign_in),) if sign_in else ()
    account, sign_out = address("directory:my_account"), address("account_logout")
    mine = (Link(str(request.user), account),) if account else ()
    return (*mine, *((Link("Sign out", sign_out, is_deed=True),) if sign_out else ()))


def frame(request: HttpRequest) -> dict[str, object]:
    """The frame of a page, for the templates: one name, so that it hides no name of a view's."""
    user = getattr(request, "user", None)
    at_work = bool(user and user.is_authenticated)
    return {
        "frame": {
            "place_name": Place.objects.values_list("name", flat=True).first(),
            "is_demonstration": settings.DEMONSTRATION,
            "is_still_loading": settings.DEMONSTRATION and not is_loaded(),
            "demonstration_url": address("demonstration"),
            "nav": links(WORK_ROOMS if at_work else PUBLIC_ROOMS, request.path),
            "account": account_links(request),
            "footer": links(FOOTER, ""),
        }
    }


def ways_to_people(person: Person) -> tuple[dict[str, str], ...]:
    """Cards that lead to the people of each body whose people someone manages."""
    return tuple(
        {
            "label": f"People of {body.name}",
            "url": reverse("directory:people", args=[body.slug]),
            "text": "Invite someone; give or end a role.",
        }
        for body in bodies_managed(person)
    )
