"""No page keeps anyone out, or is wider than a narrow window: the register of routes is walked.

Every route is visited in the demonstration place by someone who holds every role there and, where
it is public, by someone who has not signed in. A new page is visited by itself: what stands in its
address is found in `examples` by the argument's name, and a page that is not there fails.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Error, Page

from moothall.agreements.actions.exits import add_exit_cost, add_stake, begin_plan
from moothall.agreements.actions.meetings import declare_result
from moothall.agreements.actions.variations import ask_variation
from moothall.agreements.models import Motion, Trial
from moothall.agreements.queries.exits import key_of
from moothall.agreements.tests.board_factories import busy_board
from moothall.agreements.tests.company_factories import company_story, route_of
from moothall.agreements.tests.factories import agreement_of
from moothall.agreements.tests.lamps import settlement_story
from moothall.agreements.tests.promises import busy_register
from moothall.appraisal.models import Appraisal
from moothall.core.models import Publication
from moothall.core.permissions import Door, Viewer
from moothall.decisions.models import Decision
from moothall.directory.actions.bodies import record_succession
from moothall.directory.engine.roles import Role
from moothall.directory.models import Organisation
from moothall.directory.tests.factories import (
    PASSWORD,
    DeclaredInterestFactory,
    OrganisationFactory,
    PersonFactory,
    RoleHeldFactory,
)
from moothall.site.demo.load import load_demonstration
from moothall.spend.actions.purging import request_purge
from moothall.spend.actions.reporting import report_error
from moothall.spend.models import CategoryCorrection, Load, Register, Release, SourceFile, Upload
from moothall.spend.queries import aside, lines
from tests.journeys.conftest import barriers_of
from tests.test_all_routes import ARGUMENTS, EVERY_ROUTE, Route

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_lake"),
]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 900}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
OPERATOR = Viewer.operator()


@pytest.fixture
def person(settings) -> Any:
    """Someone who holds every role at every body of the demonstration, with work waiting."""
    settings.DEMONSTRATION = True
    load_demonstration(at=timezone.now(), say=lambda _sentence: None)
    person = PersonFactory()
    for body in Organisation.objects.all():
        for role in Role:
            RoleHeldFactory(person=person, organisation=body, role=role.value)
    return person


@pytest.fixture
def examples(person) -> dict[str, dict[str, object]]:
    """What stands in an address, by the argument's name, or by a route's where that says more."""
    now, county = timezone.now(), Organisation.objects.get(slug="aldermoor-county-council")
    client = Client()
    client.force_login(person)
    file = SimpleUploadedFile(
        "may.csv", b"When,Payee,Net\n01/05/2026,Ashmere Highways LLP,1200.00\n"
    )
    client.post(reverse("spend:upload"), {"body": county.slug, "files": [file]})
    token = Upload.objects.get().token
    held = next(
        each
        for each in lines.lines_page(OPERATOR).lines
        if each.supplier_id and each.body == county.name
    )
    purge = request_purge(
        body=county, value=held.supplier, reason="confidential", by=person, at=now
    )
    report = report_error(
        supplier_id=held.supplier_id, bodies=[county.pk], said="It is closed.", at=now
    )
    row = aside.all_aside(OPERATOR, aside.AsideFilter())[0]
    replaced = SourceFile.objects.exclude(changes={}).first()
    register = Register.objects.first()
    release = Release.objects.first()
    board = busy_board(county, person=person)
    # What is not declared is not the public's to read.
    declare_result(motion=Motion.objects.get(pk=board["motion_id"]), by=person, at=now)
    trial = Trial.objects.filter(version__text__contains="[terms.dividend]").get()
    agreement = agreement_of(
        county, Organisation.objects.exclude(pk=county.pk).first(), is_public=True
    )
    other = Organisation.objects.exclude(pk=county.pk).first()
    company, plan = company_story(county, other)
    abolished = OrganisationFactory(name="Old Vale", slug="old-vale")
    record_succession(
        predecessor=abolished, shares={county: Decimal(1)}, on=date(2026, 4, 1), by=None, at=now
    )
    begin_plan(agreement=agreement, by=person, at=now)
    member = agreement.members.first()
    cost = add_exit_cost(
        agreement=agreement, what="Handing over", low_gbp=Decimal(1), mode_gbp=Decimal(2),
        high_gbp=Decimal(4), shares={key_of(member): Decimal(1)}, by=person, at=now,
    )  # fmt: skip
    stake = add_stake(
        agreement=agreement, member=member, what="Depot", gbp=Decimal(9), by=person, at=now
    )
    ask_variation(
        agreement=agreement, organisation=county, title="More of it", side="client",
        in_force_from=now.date(), what="A wider area", by=person, at=now,
    )  # fmt: skip
    return {
        "slug": county.slug,
        "supplier_id": held.supplier_id,
        "code": "ict",
        "report_id": report.pk,
        "source_id": held.source_id,
        "row": held.row,
        "register_id": register.pk,
        "decision_id": Decision.objects.first().pk,
        "correction_id": CategoryCorrection.objects.first().pk,
        "token": token,
        "number": 1,
        "load_id": Load.objects.filter(body=county).first().pk,
        "publication_id": Publication.objects.filter(body_id=county.pk).first().pk,
        "release_id": release.pk,
        "quarter": "2026Q1",
        "purge_id": purge.pk,
        "interest_id": DeclaredInterestFactory(person=person, organisation=county).pk,
        "draft_id": trial.version.draft_id,
        "trial_id": trial.pk,
        **board,
        "deed": "vote",
        "place": "terms.dividend",
        "board's agreement": board["agreement_id"],
        "agreement_id": agreement.pk,
        "company_id": company.pk,
        "plan_id": plan.pk,
        "kept_id": route_of(county).pk,
        "agreements:succession": {"slug": abolished.slug},
        "member_id": agreement.members.first().pk,
        **busy_register(agreement, by=person),
        "section": "terms",
        "body": county.slug,
        "role_id": person.roles.first().pk,
        "pk": 0,
        **settlement_story(person),
        "appraisal_id": Appraisal.objects.earliest("pk").pk,
        "appraisal:place": {"place": "options.trust"},
        "appraisal:remove": {"place": "options.trust"},
        "appraisal:add": {"section": "options"},
        "appraisal:paper": {"name": "briefing"},
        "agreements:variation_deed": {"deed": "advise"},
        "agreements:exit_deed": {"deed": "item"},
        "agreements:exit_part": {"part": "staff"},
        "agreements:exit_cost_drop": {"line_id": cost.pk},
        "agreements:exit_stake_drop": {"stake_id": stake.pk},
        "agreements:exit_item": {"item_id": agreement.exit_items.first().pk},
        "spend:by": {"dimension": "supplier"},
        "cases:case": {"name": "lg-spend-2011"},
        "spend:changes": {"source_id": replaced.pk},
        "spend:changes_csv": {"source_id": replaced.pk},
        "spend:correct_row": {"source_id": row.source_id, "row": row.row},
        "spend:release_file": {"name": "payments.csv"},
    }


def address(route: Route, examples: dict[str, Any]) -> str:
    if route.name == route.path:
        return "/" + route.path
    given = ARGUMENTS | examples | examples.get(route.name, {})
    if "board_id" in dict(route.takes):
        given["agreement_id"] = examples["board's agreement"]
    lost = [name for name, _kind in route.takes if name not in given]
    assert not lost, f"Give an example of {lost}, for {route.name}."
    return reverse(route.name, kwargs={name: given[name] for name, _kind in route.takes})


class Walker:
    """Someone who visits pages one after another, and looks at no main part twice."""

    def __init__(self, page: Page, site: str, seen: set[str]) -> None:
        self.page, self.site, self.seen = page, site, seen

    def sign_in(self, person: Any) -> None:
        self.page.goto(f"{self.site}/account/login/")
        self.page.locator("[name=login]").fill(person.email)
        self.give_password()
        self.page.wait_for_url(f"{self.site}/needs-attention/")

    def give_password(self) -> None:
        self.page.locator("[name=password]").fill(PASSWORD)
        with self.page.expect_navigation():
            self.page.locator("main button[type=submit]").first.click()

    def trouble(self, route: Route, path: str) -> list[str]:
        """What is wrong with a page; nothing for an address that is no page."""
        asked = self.page.request.fetch(self.site + path, method="OPTIONS")
        if "GET" not in asked.headers.get("allow", "GET"):
            return []
        try:
            answer = self.page.goto(self.site + path)
        except Error as error:
            if "Download is starting" in str(error):
                return []
            raise
        assert answer is not None
        if "text/html" not in answer.headers.get("content-type", ""):
            return []
        is_librarys = route.path.startswith("account/") and answer.status < 500
        if answer.status != 200 and not is_librarys:
            return [f"answers {answer.status}: give the walk an example that is there"]
        if "/reauthenticate/?next=" in self.page.url:
            self.give_password()
        main = CSRF.sub("", self.page.locator("main").inner_html())
        if main in self.seen:
            return []
        self.seen.add(main)
        return [*barriers_of(self.page), *self.overflow()]

    def overflow(self) -> list[str]:
        self.page.set_viewport_size(NARROW)
        wider = self.page.evaluate(WIDER)
        self.page.set_viewport_size(WIDE)
        return [f"is {wider} px wider than a window of 320"] if wider else []

    def walk(self, routes: Iterable[Route], examples: dict[str, Any]) -> list[str]:
        """What is wrong with all of them, a sentence each."""
        paths = [(route, address(route, examples)) for route in routes]
        return [
            f"{route.name} ({path}) {each}"
            for route, path in paths
            for each in self.trouble(route, path)
        ]


@pytest.mark.timeout(900)  # it walks every page there is
def test_no_page_of_the_register_has_a_barrier_or_is_wider_than_its_window(
    new_context, live_server, person, examples
):
    def walker() -> Walker:
        return Walker(new_context(viewport=WIDE).new_page(), live_server.url, seen)

    seen: set[str] = set()
    public = [route for route in EVERY_ROUTE if route.needs().door is Door.PUBLIC]
    wrong = walker().walk(public, examples)
    at_work = walker()
    at_work.sign_in(person)
    wrong += at_work.walk(EVERY_ROUTE, examples)
    # Again with a second factor, which opens the pages about it.
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    wrong += at_work.walk((each for each in EVERY_ROUTE if each.name.startswith("mfa_")), examples)
    passkey = Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Key", "credential": {}}
    )
    of_a_passkey = (each for each in EVERY_ROUTE if ("pk", "IntConverter") in each.takes)
    wrong += at_work.walk(of_a_passkey, examples | {"pk": passkey.pk})
    assert not wrong, "\n".join(wrong)
