"""The health check: an answer has its evidence, and not answered is not no."""

from datetime import UTC, datetime
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from moothall.agreements.actions.health import CannotAnswer, answer_health
from moothall.agreements.engine.health import Answer, questions, said_of_answers
from moothall.agreements.models import HealthAnswer
from moothall.agreements.queries.health import health_page, said_of_health
from moothall.agreements.tests.factories import agreement_of, manager_of
from moothall.core.permissions import PUBLIC
from moothall.directory.engine.roles import MAY, Deed, Role
from moothall.directory.queries import viewer_for
from moothall.directory.tests.factories import OrganisationFactory, RoleHeldFactory

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
def agreement(db):
    norbury = OrganisationFactory(name="Norbury Council", slug="norbury")
    care = OrganisationFactory(name="Lantern Care", slug="lantern")
    return agreement_of(norbury, care, name="Safer streets", by=manager_of(norbury))


def answered(agreement, question="risk", answer="no", evidence="The fairness statement", **more):
    said = {"question": question, "answer": answer, "evidence": evidence, **more}
    return answer_health(agreement=agreement, **{"by": agreement.by, "at": NOW, **said})


def test_there_are_eight_questions_and_each_says_what_shows_it_and_what_to_do():
    assert len(questions()) == 8
    for each in questions().values():
        assert each.asks.endswith("?")
        assert each.evidence.endswith(".")
        assert each.no.endswith(".")


def test_not_answered_not_applicable_and_no_are_counted_apart():
    assert said_of_answers([None] * 8) == "None of 8 questions is answered yet."
    held = [Answer.YES, Answer.YES, Answer.NO, Answer.NOT_APPLICABLE, None, None, None, None]
    assert said_of_answers(held) == ("4 of 8 questions answered: 2 yes, 1 no and 1 not applicable.")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"question": "luck"}, "The health check has no question 'luck'"),
        ({"answer": "perhaps"}, "'perhaps' is no answer"),
        ({"evidence": "  "}, "is not answered without evidence. Say what shows it: The fairness"),
        ({"answer": "n/a", "evidence": ""}, "is not answered without evidence"),
        ({"evidence": "x" * 501}, "The evidence has 501 letters, and at most 500 fit"),
    ],
)
def test_an_answer_without_evidence_or_to_no_question_is_refused(agreement, said, sentence):
    with pytest.raises(CannotAnswer, match=sentence):
        answered(agreement, **said)
    assert not HealthAnswer.objects.exists()


def test_the_latest_answer_stands_and_the_earlier_are_kept(agreement):
    answered(agreement)
    answered(agreement)  # the same again says nothing new
    answered(agreement, answer="partly", evidence="A cap was agreed")
    row = next(
        row
        for row in health_page(agreement, viewer=viewer_for(agreement.by)).rows
        if row.question.key == "risk"
    )
    assert (row.answer, row.evidence, row.times) == (Answer.PARTLY, "A cap was agreed", 2)


def test_whoever_keeps_no_register_answers_nothing_and_the_public_reads_nothing(agreement):
    officer = RoleHeldFactory(organisation=agreement.body, role=Role.FINANCE_OFFICER.value).person
    with pytest.raises(CannotAnswer, match="You cannot keep the agreements of Norbury Council"):
        answered(agreement, by=officer)
    assert said_of_health(agreement, PUBLIC) is None
    assert said_of_health(agreement, viewer_for(officer)) == (
        "None of 8 questions is answered yet. What is in it for 2 members is not answered."
    )


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_and_who_answers_by_role(agreement, role):
    client = Client()
    client.force_login(RoleHeldFactory(organisation=agreement.body, role=role.value).person)
    reads, keeps = (deed in MAY[role] for deed in (Deed.READ_AGREEMENT, Deed.KEEP_AGREEMENT))
    read = reverse("agreements:health", args=[agreement.pk])
    answer = reverse("agreements:answer_health", args=[agreement.pk])
    assert client.get(read).status_code == (200 if reads else 404)
    assert client.get(answer).status_code == (200 if keeps else 403 if reads else 404)


def test_the_form_keeps_all_answers_or_none_and_the_page_shows_each_members_line(agreement):
    agreement.members.filter(organisation__slug="lantern").update(gets="Steady work")
    client = Client()
    client.force_login(manager_of(agreement.body))
    address = reverse("agreements:answer_health", args=[agreement.pk])
    sent = {"risk.answer": "no", "risk.evidence": "The charity pays", "vision.answer": "yes"}
    answer = client.post(address, sent)
    assert answer.status_code == 409
    assert "is not answered without evidence" in unescape(answer.content.decode())
    assert not HealthAnswer.objects.exists()
    sent |= {"vision.evidence": "Minute 14", "skill.answer": "n/a", "skill.evidence": "No money"}
    html = unescape(client.post(address, sent, follow=True).content.decode())
    assert "3 of 8 questions answered: 1 yes, 1 no and 1 not applicable." in html
    assert "Try the deal and read the fairness statement" in html  # what to do about a no
    assert "Steady work" in html
    assert html.count("Not answered") == 5 + 1  # five questions, one member
