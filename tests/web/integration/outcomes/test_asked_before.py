"""What was asked, tried and read before a question, as its report tells it."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from iom.access.scope import act_in
from iom.outcomes import operations, queries
from iom.outcomes.models import Study
from tests.factories.outcomes import make_study
from tests.factories.partnerships import AT, Place, Worker


def test_only_a_comparison_that_was_made_was_tried(place: Place, analyst: Worker) -> None:
    """A draft that was given up before it was settled showed nobody anything, and counts for nothing."""
    with act_in(analyst.scope):
        first = make_study(place, "designed")
        draft = operations.ask_again(study_id=first.pk, by=analyst.scope, at=AT)
        operations.withdraw(study_id=draft.pk, reason="Not now", by=analyst.scope, at=AT)
        last = operations.ask_again(study_id=draft.pk, by=analyst.scope, at=AT)
        assert [each.pk for each in queries.tried_before(study=last, scope=analyst.scope)] == [draft.pk, first.pk]
        last = make_study(place, "done", follows=draft)
        assert queries.before(study=last, scope=analyst.scope)["tried"] == 1


def test_a_double_click_begins_one_draft(place: Place, analyst: Worker, as_user: Callable[[Worker], Client]) -> None:
    with act_in(analyst.scope):
        first = make_study(place, "designed")
    client = as_user(analyst)
    answers = [client.post(reverse("outcomes-again", args=[first.pk])) for _click in range(2)]
    with act_in(analyst.scope):
        draft = Study.objects.get(follows=first)
        assert [answer.url for answer in answers] == [reverse("outcomes-comparison", args=[draft.pk])] * 2
        # Once it is given up too, it can be asked again anew.
        operations.withdraw(study_id=draft.pk, reason="Not now", by=analyst.scope, at=AT)
        assert operations.ask_again(study_id=first.pk, by=analyst.scope, at=AT).pk != draft.pk
