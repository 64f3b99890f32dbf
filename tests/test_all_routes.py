"""Is every address in the register, and does it hold to what it says, for each role?

The register: `@route` on a view, or `moothall/site/routes.py` for a library's. A route with
arguments is tried with the ones in `ARGUMENTS`, by their name or else by their kind.
"""

import re
from collections.abc import Iterator

import pytest
from attrs import frozen
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from moothall.core.models import AuditEntry
from moothall.core.permissions import Door, Needs, UnregisteredRoute, needs_of, route
from moothall.directory.engine.roles import MAY, Deed, Role
from moothall.directory.tests.factories import (
    DeclaredInterestFactory,
    OrganisationFactory,
    PersonFactory,
    RoleHeldFactory,
)
from moothall.site.routes import LISTED
from moothall.spend.queries.asking import Reading

PUBLIC, NO_ROLE = "the public", "a person without a role"
VISITORS = [PUBLIC, NO_ROLE, *Role]
BODY = "norbury"
ARGUMENTS = {"slug": BODY, "provider_id": "sign-in", "uidb36": "1", "key": "a-b"}
BY_KIND = {
    "IntConverter": 1,
    "WholeNumber": 1,
    "CategoryCode": "ict",
    "SlugConverter": BODY,
    "StringConverter": "1",
    "PathConverter": "x",
    "UUIDConverter": "00000000-0000-4000-8000-000000000000",
}
# What a session, a cache or a sign-in keeps is not what anyone's deed changes.
HOUSEKEEPING = re.compile(r'"(django_session|core_cache)"')
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


@frozen
class Route:
    """One address: its name (or its path, when it has none) and what it takes."""

    name: str
    path: str
    view: object
    takes: tuple[tuple[str, str], ...]

    def address(self) -> str:
        if self.name == self.path:
            return "/" + self.path
        wanting = [arg for arg, kind in self.takes if arg not in ARGUMENTS and kind not in BY_KIND]
        assert not wanting, f"Give an example of {wanting} of {self.name} in ARGUMENTS."
        given = {arg: ARGUMENTS.get(arg, BY_KIND.get(kind)) for arg, kind in self.takes}
        return reverse(self.name, kwargs=given)

    def needs(self) -> Needs:
        return needs_of(self.name, self.view, LISTED)


def routes(
    patterns: list[URLPattern | URLResolver] | None = None,
    path: str = "",
    space: str = "",
    takes: tuple[tuple[str, str], ...] = (),
) -> Iterator[Route]:
    """Every address of the site, libraries' included."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        here = path + str(each.pattern)
        kinds = {arg: type(kind).__name__ for arg, kind in each.pattern.converters.items()}
        if regex := getattr(each.pattern, "regex", None):
            kinds = dict.fromkeys(regex.groupindex, "") | kinds
        held = (*takes, *kinds.items())
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from routes(each.url_patterns, here, inner, held)
        else:
            yield Route(space + each.name if each.name else here, here, each.callback, held)


EVERY_ROUTE = tuple(routes())


@pytest.fixture(scope="module")
def nothing_read() -> dict[object, object]:
    """Answers of a lake that holds nothing, which are the same to every visitor."""
    return {}


@pytest.fixture(autouse=True)
def _each_question_is_put_once(nothing_read, own_lake, monkeypatch):
    """The rights of a visitor are in question here: composing questions is most of the time."""
    asked = Reading.table

    def table(reading, question, *filters, **given):
        assert not reading.reach.all
        key = (question, filters, *sorted(given.items()))
        if key not in nothing_read:
            nothing_read[key] = asked(reading, question, *filters, **given)
        return nothing_read[key]

    monkeypatch.setattr(Reading, "table", table)


@pytest.fixture
def norbury(db):
    return OrganisationFactory(name="Norbury", slug=BODY)


@pytest.fixture
def visit(norbury, client, request, settings) -> Client:
    """A browser in the hands of the visitor that the test names, where every route is open."""
    settings.DEMONSTRATION = True  # /demonstration is not there elsewhere
    if request.param == PUBLIC:
        return client
    if request.param == NO_ROLE:
        person = PersonFactory()
    else:
        person = RoleHeldFactory(role=request.param.value, organisation=norbury).person
    DeclaredInterestFactory(person=person, organisation=norbury)
    client.force_login(person)
    return client


def is_sent_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/account/login/")


def may(visitor: str, needs: Needs) -> bool:
    if needs.door is Door.PUBLIC:
        return True
    if visitor == PUBLIC:
        return False
    if needs.door is Door.SIGNED_IN:
        return True
    return visitor != NO_ROLE and Deed(needs.deed) in MAY[Role(visitor)]


def trespass(visitor: str, route_: Route, answer: HttpResponse) -> str | None:
    """What is wrong with an answer to this visitor, or None."""
    needs, status = route_.needs(), answer.status_code
    said = f"{route_.name} needs {needs}, and gave {visitor} {status}"
    if may(visitor, needs):
        # The sign-in library sends back, or says is not there, whoever has not begun what a page
        # is a step of; of our own pages only one with arguments may be missing.
        is_librarys = route_.path.startswith("account/")
        fine = {200, 301, 302, 400, 405, 422, 503} | (
            {401, 404} if is_librarys else {404} if route_.takes else set()
        )
        lost = is_sent_to_sign_in(answer) and not is_librarys
        return said if lost or status not in fine else None
    if visitor == PUBLIC:
        turned_away = is_sent_to_sign_in(answer) or status in {401, 403, 404, 405}
    else:
        turned_away = status in {403, 404, 405, 409}
    return None if turned_away else said


def test_every_route_is_in_the_register():
    missing = []
    for each in EVERY_ROUTE:
        try:
            each.needs()
        except UnregisteredRoute as unregistered:
            missing.append(str(unregistered))
    assert missing == []


def test_the_list_of_libraries_routes_names_none_that_is_gone():
    assert sorted(set(LISTED) - {each.name for each in EVERY_ROUTE}) == []


def test_every_deed_in_the_register_is_a_deed():
    asked = {each.needs().deed for each in EVERY_ROUTE}
    assert sorted(filter(None, asked - {deed.value for deed in Deed})) == []


@pytest.mark.parametrize(
    ("visitor", "visit"), [(each, each) for each in VISITORS], indirect=["visit"]
)
def test_each_route_opens_to_whom_it_says_and_looking_changes_nothing(visitor, visit):
    before = AuditEntry.objects.count()
    wrong = []
    for each in EVERY_ROUTE:
        with CaptureQueriesContext(connection) as asked:
            answer = visit.get(each.address())
        wrong.append(trespass(visitor, each, answer))
        wrong += [
            f"GET {each.name} changes the books: {query['sql'][:120]}"
            for query in asked
            if WRITES.match(query["sql"]) and not HOUSEKEEPING.search(query["sql"])
        ]
    assert list(filter(None, wrong)) == []
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    ("visitor", "visit"), [(each, each) for each in VISITORS], indirect=["visit"]
)
def test_a_deed_is_refused_to_whoever_may_not_do_it(visitor, visit):
    before = AuditEntry.objects.count()
    closed = [each for each in EVERY_ROUTE if not may(visitor, each.needs())]
    wrong = [trespass(visitor, each, visit.post(each.address(), {})) for each in closed]
    assert list(filter(None, wrong)) == []
    assert AuditEntry.objects.count() == before


def test_a_view_without_a_register_entry_is_found_out():
    def view(request):
        return HttpResponse()

    with pytest.raises(UnregisteredRoute, match="The route spend:home is not in the register"):
        needs_of("spend:home", view, {})
    assert needs_of("spend:home", route(signed_in=True)(view), {}).door is Door.SIGNED_IN


@pytest.mark.parametrize("wrong", [{}, {"public": True, "signed_in": True}])
def test_a_route_is_for_exactly_one_kind_of_visitor(wrong):
    with pytest.raises(ValueError, match="Give exactly one of them"):
        route(**wrong)
