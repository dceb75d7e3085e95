"""What is let go, what fails, and what a kill leaves behind."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from iom.access.scope import act_in
from iom.common.errors import WrongState
from iom.outcomes import evaluation, operations, tasks
from iom.outcomes.models import Study
from tests.factories.outcomes import make_study
from tests.factories.partnerships import Place

LONG_AGO = timedelta(days=61)


def settled(place: Place, state: str, ago: timedelta, **fields: Any) -> Study:
    """A question in a state, settled so long ago; whose people lie in the store."""
    with act_in(place.system()):
        study = make_study(place, state, registered_at=timezone.now() - ago, **fields)
    evaluation.folder(study.pk).mkdir(parents=True)
    return study


def is_kept(study: Study) -> bool:
    return evaluation.folder(study.pk).exists()


def test_what_was_just_accepted_is_worked_out_however_long_ago_it_was_settled(
    place: Place, django_capture_on_commit_callbacks: Any
) -> None:
    now = timezone.now()
    study = settled(place, "estimating", LONG_AGO, accepted_at=now - timedelta(minutes=10))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.let_go(timestamp=0)
    with act_in(place.system()):
        study.refresh_from_db()
        assert (study.state, is_kept(study)) == ("estimating", True)
        # Listed before it was accepted, and let go after: then too it is left alone.
        with pytest.raises(WrongState):
            operations.let_go(study_id=study.pk, by=place.system(), at=now)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("designing", "The comparison was not made within 60 days,"),
        ("designed", "Nobody accepted the comparison within 60 days,"),
        ("estimating", "The answer was not worked out within 60 days of the comparison being accepted,"),
    ],
)
def test_what_came_to_nothing_says_truly_why_it_is_let_go(
    place: Place, state: str, says: str, django_capture_on_commit_callbacks: Any
) -> None:
    accepted: dict[str, datetime] = {"accepted_at": timezone.now() - LONG_AGO} if state == "estimating" else {}
    study = settled(place, state, LONG_AGO + timedelta(days=1), **accepted)
    young = settled(place, state, timedelta(days=59), **{name: timezone.now() for name in accepted})
    with django_capture_on_commit_callbacks(execute=True):
        tasks.let_go(timestamp=0)
    with act_in(place.system()):
        study.refresh_from_db()
        young.refresh_from_db()
    assert (study.state, is_kept(study)) == ("withdrawn", False)
    assert study.end_reason.startswith(says)
    assert (young.state, is_kept(young)) == (state, True)
