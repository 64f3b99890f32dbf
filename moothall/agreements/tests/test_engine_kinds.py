"""The kinds of agreement, and the table of its life."""

import pytest

from moothall.agreements.engine.kinds import kinds
from moothall.agreements.engine.life import LIFE, RUNNING
from moothall.agreements.models import Agreement, Member
from moothall.values.state_table import CannotMove


def test_a_kind_that_moves_nothing_asks_for_less_before_it_is_signed():
    assert [each.key for each in kinds().values() if not each.has_every_check] == [
        "informal",
        "compact",
    ]
    assert kinds()["compact"].needs == ("members", "purpose", "review_on", "leaving_terms")


def test_every_need_of_a_kind_is_something_that_the_record_holds():
    fields = {each.name for each in Agreement._meta.get_fields()}
    assert {need for kind in kinds().values() for need in kind.needs} <= fields


def test_every_kind_can_be_kept():
    longest = Agreement._meta.get_field("kind").max_length
    assert [key for key in kinds() if len(key) > longest] == []
    assert max(map(len, Member.Role.values)) <= Member._meta.get_field("role").max_length


def test_an_agreement_runs_from_its_commencement_to_its_end():
    assert LIFE.begins.key == "DRAFT"
    assert {state.key for state in LIFE.states} >= RUNNING
    assert LIFE.after("EXECUTING", "COMMENCE") == "IN_FORCE"


def test_what_is_no_move_is_refused_with_what_would_make_it_one():
    with pytest.raises(CannotMove) as refused:
        LIFE.after("DRAFT", "COMMENCE")
    assert str(refused.value) == (
        "You cannot bring it into force: the agreement is a draft. "
        "It can once it is being executed."
    )


def test_what_has_ended_never_begins_again():
    assert LIFE.open_from("ENDED") == ()
