"""What a scheme costs is set beside what it did: by who asks, on an answer, and nothing more is said than was found."""

import re
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.cohorts.models import Scheme
from iom.common.errors import InvalidInput, NotAllowed, NotVisible, WrongState
from iom.outcomes import evaluation, operations, queries
from iom.outcomes.evaluation import Inputs, Mixed, Post
from iom.outcomes.models import Costs, Study
from tests.factories.outcomes import make_costs, make_study
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.web.integration.outcomes.test_journey import found as answered

# £100,000 more than business as usual, for 50 people; a reoffence costs (11,320 + 870) / 2 = £6,095 in prices of 2015.
TYPED = {
    "what_1": "Offender manager", "fte_1": "2", "pounds_1": "£40,000",
    "what_3": "Analyst", "fte_3": "1", "pounds_3": "30000",
    "other": "10,000", "as_usual": "20000", "mean_caseload": "50", "price_year": "2015", "source": "Payroll of March",
    "share_robbery": "50", "times_robbery": "4", "share_theft_from_vehicle": "50",
}  # fmt: skip
GIVEN = Inputs(
    staff=[Post("Offender manager", 2, 40_000), Post("Analyst", 1, 30_000)],
    other_pounds=10_000,
    as_usual_pounds=20_000,
    mean_caseload=50,
    price_year=2015,
    mix=[Mixed("Robbery", 0.5, 4), Mixed("Theft from vehicle", 0.5, 1)],
    uncosted=0,
)


@pytest.fixture
def study(place: Place, scheme: Scheme) -> Study:
    """A question that is answered: 1.2369 reoffences a person expected, 0.44142 avoided (-0.0271 to 0.90994)."""
    with act_in(place.system()):
        return make_study(place, "done", scheme=scheme)


def text_of(page: HttpResponse | Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def shown(study: Study, client: Client) -> str:
    page = client.get(reverse("outcomes-money", args=[study.pk]))
    assert page.status_code == 200
    return text_of(page).replace("&#x27;", "'").replace("&#39;", "'")


def entered(study: Study, client: Client, **changes: str) -> Any:
    return client.post(reverse("outcomes-costs", args=[study.pk]), TYPED | {"seen": ""} | changes)


def set_costs(study: Study, by: Worker, *, given: Inputs = GIVEN, seen: int | None = None) -> Costs:
    with act_in(by.scope):
        return operations.set_costs(
            study_id=study.pk, given=given, source="Payroll of March", seen=seen, by=by.scope, at=AT
        )


def altered(study: Study, by: Worker, **changes: Any) -> None:
    """Another answer than it had."""
    with act_in(by.scope):
        assert study.result is not None
        Study.objects.filter(pk=study.pk).update(result=study.result | changes)


def test_from_what_was_typed_to_what_it_means(
    study: Study, analyst: Worker, as_user: Callable[[Worker], Client]
) -> None:
    client = as_user(analyst)
    link = reverse("outcomes-money", args=[study.pk])
    assert link in client.get(reverse("outcomes-study", args=[study.pk])).content.decode()
    assert "No costs have been entered" in shown(study, client)
    assert entered(study, client).status_code == 302
    said = shown(study, client)
    assert "costs £100,000 more than business as usual, in prices of 2015: £2,000 for each of the 50 people" in said
    # 100,000 / 6,095 = 16.4 of 50 x 1.2369 = 61.8
    assert "it has to avoid 16.4 proven reoffences a year, at £6,095 each: 27% of those" in said
    # 50 x 0.44142, over 1.2369; 50 x -0.0271 and 50 x 0.90994
    assert "22.1 proven reoffences a year are avoided, 36% of those expected without it" in said
    assert "from -1.4 to 45.5 (95% interval" in said
    assert "cannot be told from chance whether it pays for itself" in said
    assert "How many there were is not what decides this question" in said
    assert "Each reoffence avoided cost £4,530." in said
    assert "so that cost has no upper limit" in said
    assert "Its net benefit is £34,500 a year" in said  # 22.071 x 6,095 - 100,000
    error = (0.90994 + 0.027102) / 2 / NormalDist().inv_cdf(0.975)
    needed = 100_000 / 6_095 / 50
    chance = 1 - NormalDist(0.44142, error).cdf(needed)
    (first, last) = re.findall(
        r"is (\d+)% if each reoffence counts as one crime, and (\d+)% if each counts as 4,", said
    )[0]
    assert int(first) == pytest.approx(100 * chance, abs=1.5)
    assert int(last) == pytest.approx(100 * (1 - NormalDist(0.44142, error).cdf(needed / 4)), abs=1.5)
    # (4 x 11,320 + 870) / 2 by each crime's own, 4 x 6,095 for every crime
    assert "By each crime's own, as given £23,075 4.3" in said
    assert "4, for every crime £24,380 4.1" in said
    assert "Robbery 50% 4 £11,320 £11,320 Yes" in said
    assert "GDP deflator as of December 2025" in said
    assert "It is no saving in cash" in said
    assert "no substitute for measuring what a scheme did" in said
    assert "For the partnership's own use" in said
    assert "Maryland scale 3 of 5" in said
    with act_in(analyst.scope):
        event = Event.objects.get(action="outcomes.set_costs")
    assert (event.subject_type, event.subject_id) == ("outcomes.Study", str(study.pk))


def test_of_an_answer_that_was_really_worked_out(
    past: Scheme, analyst: Worker, as_user: Callable[[Worker], Client]
) -> None:
    study = answered(past, analyst)
    assert study.result is not None
    row = study.result["rows"][1]
    set_costs(study, analyst)
    with act_in(analyst.scope):
        reckoned = evaluation.reckon(GIVEN, result=study.result, names=["reoffended", "reoffences"])
    # What was avoided is minus the difference, and its interval turns round.
    assert reckoned.effect is not None, reckoned.why
    assert reckoned.effect.avoided.per_person == -row["difference_means"]
    assert (reckoned.effect.avoided.low, reckoned.effect.avoided.high) == (
        -row["difference_upper"],
        -row["difference_lower"],
    )
    assert reckoned.levels[0].reduction == pytest.approx(100_000 / 6_095 / (50 * row["comparison_mean"]))
    said = shown(study, as_user(analyst))
    assert f"{round(100 * 100_000 / 6_095 / (50 * row['comparison_mean']))}% of those that people like them" in said
    assert "cannot be told from chance whether it pays for itself" in said


def test_prices_are_brought_to_the_year_asked(
    study: Study, analyst: Worker, as_user: Callable[[Worker], Client]
) -> None:
    client = as_user(analyst)
    entered(study, client, price_year="2024", share_robbery="100", times_robbery="", share_theft_from_vehicle="")
    assert "Robbery 100% 1 £11,320 £15,062 Yes" in shown(study, client)  # 11,320 x 100 / 75.1536


def test_what_is_not_confirmed_and_what_has_no_cost_is_said(
    study: Study, analyst: Worker, as_user: Callable[[Worker], Client]
) -> None:
    client = as_user(analyst)
    typed = {"share_robbery": "", "times_robbery": "", "share_commercial_theft": "30", "uncosted": "20"}
    entered(study, client, **typed)
    said = shown(study, client)
    assert "Not confirmed in a source that could be read: Commercial theft." in said
    assert "All else 20% – – – Counted at nothing" in said
    assert "An average reoffence costs £732 " in said  # 0.5 x 870 + 0.3 x 990


NO_MONEY = ("Net benefit", "net benefit", "probability", "Each reoffence avoided")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"verdict": {"word": "refused", "reason": "too few of them reoffended"}},
            "no money is reckoned from it: too few of them reoffended.",
        ),
        (
            {
                "grade": {
                    "label": "Before and after",
                    "levels": "Maryland scale 1 to 2 of 5",
                    "sentence": "This is not an effect.",
                }
            },
            "because it is not the effect of anything: This is not an effect.",
        ),
    ],
)
def test_nothing_is_made_of_what_may_not_be_told(
    changes: dict[str, Any], why: str, study: Study, analyst: Worker, as_user: Callable[[Worker], Client]
) -> None:
    altered(study, analyst, **changes)
    set_costs(study, analyst)
    said = shown(study, as_user(analyst))
    assert why in said
    assert "£2,000 for each of the 50 people" in said
    assert "This is what would be needed, not what was achieved." in said
    assert not any(word in said for word in NO_MONEY)
    assert "36%" not in said


def test_nothing_is_made_of_a_number_that_was_not_asked_or_is_withheld(
    study: Study, analyst: Worker, as_user: Callable[[Worker], Client]
) -> None:
    set_costs(study, analyst)
    assert study.result is not None
    rows = study.result["rows"]
    empty = rows[1] | dict.fromkeys([name for name, value in rows[1].items() if isinstance(value, float | int)], None)
    altered(
        study, analyst, rows=[rows[0], empty | {"reason": "fewer than 10 of the treated had the outcome."}, *rows[2:]]
    )
    client = as_user(analyst)
    said = shown(study, client)
    assert "no money is reckoned from it: fewer than 10 of the treated had the outcome." in said
    assert not any(word in said for word in NO_MONEY)
    with act_in(analyst.scope):
        Study.objects.filter(pk=study.pk).update(secondary=[], result=study.result | {"rows": rows[:1]})
    said = shown(study, client)
    assert "This question did not ask how many reoffences there were" in said
    assert not any(word in said for word in NO_MONEY)


def test_more_reoffences_than_without_it(study: Study, analyst: Worker, as_user: Callable[[Worker], Client]) -> None:
    assert study.result is not None
    rows = study.result["rows"]
    worse = rows[1] | {"difference_means": 0.2, "difference_lower": 0.1, "difference_upper": 0.3}
    altered(study, analyst, rows=[rows[0], worse, *rows[2:]])
    set_costs(study, analyst)
    said = shown(study, as_user(analyst))
    assert "no proven reoffences are avoided: 10 a year are committed besides those expected" in said
    assert "anything from -15 to -5 (95% interval" in said
    assert "there is no cost of one" in said
    assert (
        "Even the most that may have been avoided is less than it needs, if each reoffence counts as one crime." in said
    )
    assert "is less than 1% if each reoffence counts as one crime" in said
    assert "net benefit is -\u2060£161,000 a year" in said  # -10 x 6,095 - 100,000


def test_what_costs_no_more_than_before_has_nothing_to_pay_for(
    study: Study, analyst: Worker, as_user: Callable[[Worker], Client]
) -> None:
    client = as_user(analyst)
    entered(study, client, as_usual="200000")
    said = shown(study, client)
    assert "costs no more than business as usual (-\u2060£80,000" in said
    assert "To pay for itself" not in said
    assert "Each reoffence avoided" not in said


def test_more_needed_than_there_are(study: Study, analyst: Worker, as_user: Callable[[Worker], Client]) -> None:
    client = as_user(analyst)
    entered(study, client, other="1000000", times_robbery="")
    said = shown(study, client)
    assert "and so more than there are" in said
    assert "is less than 1%." in said


BAD_INPUT: list[tuple[dict[str, str], str]] = [
    ({"fte_1": "-2"}, "Post 1: full-time equivalents must be 0.01 or more"),
    ({"pounds_1": ""}, "Enter the whole row of post 1"),
    ({"what_2": "", "fte_2": "1", "pounds_2": "1"}, "Enter the whole row of post 2"),
    ({"other": "-1"}, "All other costs, in pounds must be 0 or more"),
    ({"as_usual": "a lot"}, "Business as usual, in pounds must be a number"),
    ({"other": "NaN"}, "All other costs, in pounds must be a number"),
    ({"other": "0.001"}, "no more than 2 decimal places"),
    ({"mean_caseload": "0"}, "Nobody was managed, so there is no cost for each person"),
    ({"mean_caseload": "9"}, "nothing is shown of fewer people"),
    ({"mean_caseload": ""}, "Enter mean caseload"),
    ({"price_year": "2012"}, "There is no GDP deflator of 2012, so prices cannot be brought to it"),
    ({"price_year": "2999999999"}, "There is no GDP deflator of 2999999999"),
    ({"share_robbery": "40"}, "The shares must add up to 100; they add up to 90"),
    ({"share_robbery": "-50"}, "Share of Robbery, in per cent must be 0 or more"),
    ({"times_robbery": "0.5"}, "Multiplier of Robbery must be 1 or more"),
    ({"share_robbery": "", "uncosted": "50"}, "Enter the share of Robbery, or no multiplier"),
    (
        {"share_robbery": "", "times_robbery": "", "share_theft_from_vehicle": "", "uncosted": "100"},
        "at least one that has a unit cost",
    ),
    ({"source": " "}, "Answer “Where do the figures come from?”"),
    (
        {"what_1": "", "fte_1": "", "pounds_1": "", "what_3": "", "fte_3": "", "pounds_3": "", "other": ""},
        "Enter what the scheme costs",
    ),
]


def test_what_does_not_hold_together_is_said_and_not_kept(
    study: Study, analyst: Worker, as_user: Callable[[Worker], Client]
) -> None:
    client = as_user(analyst)
    pages = [(entered(study, client, **changes), message) for changes, message in BAD_INPUT]
    wrong = [
        message
        for page, message in pages
        if page.status_code != 200 or message not in text_of(page) or "There is a problem" not in text_of(page)
    ]
    assert wrong == []
    with act_in(analyst.scope):
        assert not Costs.objects.exists()


NOT_BY_A_FORM: list[dict[str, Any]] = [
    {"mean_caseload": float("nan")},
    {"other_pounds": float("inf")},
    {"staff": [Post("Analyst", -1, 30_000)]},
    {"staff": [Post("Analyst", 1, float("nan"))]},
    {"uncosted": -0.5},
    {"mix": [Mixed("Piracy", 1, 1)]},
    {"mix": [Mixed("Robbery", 1, float("nan"))]},
    {"mix": [Mixed("Robbery", -1, 1), Mixed("Rape", 2, 1)]},
    {"price_year": 2011},
]


def test_what_no_form_would_send_is_refused_too(study: Study, analyst: Worker) -> None:
    for changes in NOT_BY_A_FORM:
        with pytest.raises(InvalidInput):
            set_costs(study, analyst, given=Inputs(**(vars(GIVEN) | changes)))


def test_a_new_set_takes_the_place_of_the_old_which_stays(
    study: Study, analyst: Worker, as_user: Callable[[Worker], Client]
) -> None:
    client = as_user(analyst)
    entered(study, client)
    with act_in(analyst.scope):
        first = Costs.objects.get()
    page = client.get(reverse("outcomes-costs", args=[study.pk])).content.decode()
    assert 'value="Offender manager"' in page
    assert f'name="seen" value="{first.pk}"' in page
    assert entered(study, client, other="60,000", seen=str(first.pk)).status_code == 302
    said = shown(study, client)
    assert "costs £150,000 more than business as usual" in said
    assert re.search(r"Costs entered before .* by Amina .* by Amina £100,000 50 2015 Payroll of March", said)
    with act_in(analyst.scope):
        first.refresh_from_db()
        assert (first.replaced_by, first.replaced_at is not None) == (analyst.scope.user_id, True)
        now = queries.costs_of(study=study, scope=analyst.scope)
        assert now is not None
        assert [each.pk for each in queries.earlier_costs(study=study, scope=analyst.scope)] == [first.pk]
        assert Event.objects.filter(action="outcomes.set_costs").latest("pk").detail == {
            "costs": now.pk,
            "in_place_of": first.pk,
        }


def test_nobody_replaces_costs_they_have_not_seen(
    study: Study, analyst: Worker, place: Place, as_user: Callable[[Worker], Client]
) -> None:
    other = make_worker(place, "anna", agency="Probation", roles=["analyst"])
    set_costs(study, other)
    client = as_user(analyst)
    page = entered(study, client, other="60,000")  # begun before Anna had saved hers
    assert "Somebody has entered costs since you opened this page" in text_of(page)
    assert 'value="60,000"' in page.content.decode()
    with act_in(analyst.scope):
        (current,) = Costs.objects.all()
    assert f'name="seen" value="{current.pk}"' in page.content.decode()
    assert entered(study, client, other="60,000", seen=str(current.pk)).status_code == 302


def test_what_is_typed_again_later_does_not_replace_what_was_not_seen(
    study: Study, analyst: Worker, place: Place, as_user: Callable[[Worker], Client]
) -> None:
    other = make_worker(place, "anna", agency="Probation", roles=["analyst"])
    client = as_user(analyst)
    set_costs(study, other)
    page = entered(study, client, **{"shown-again": "1"})  # begun before, taken up again after a session ended
    assert 'name="seen" value=""' in page.content.decode()
    assert "There is a problem" not in text_of(page)
    assert "Somebody has entered costs" in text_of(entered(study, client))


def test_an_unanswered_question_has_no_money(
    place: Place, scheme: Scheme, analyst: Worker, as_user: Callable[[Worker], Client]
) -> None:
    with act_in(place.system()):
        study = make_study(place, "designed", scheme=scheme)
    client = as_user(analyst)
    assert client.get(reverse("outcomes-money", args=[study.pk])).status_code == 409
    assert entered(study, client).status_code == 409
    with pytest.raises(WrongState):
        set_costs(study, analyst)
    assert (
        reverse("outcomes-money", args=[study.pk])
        not in client.get(reverse("outcomes-study", args=[study.pk])).content.decode()
    )


def test_who_may_not_ask_enters_nothing_and_who_may_see_sees(
    study: Study, analyst: Worker, bob: Worker, place: Place, as_user: Callable[[Worker], Client]
) -> None:
    set_costs(study, analyst)
    assert as_user(bob).get(reverse("outcomes-money", args=[study.pk])).status_code == 403
    assert entered(study, as_user(bob)).status_code == 403
    with pytest.raises(NotAllowed):
        set_costs(study, bob)
    board = make_worker(place, "beth", agency="Council", roles=["panel-chair"])
    client = as_user(board)
    said = shown(study, client)
    assert "£2,000 for each" in said
    assert "Change the costs" not in said
    assert client.get(reverse("outcomes-costs", args=[study.pk])).status_code == 403


def test_nobody_elsewhere_sees_or_enters_any(
    study: Study, analyst: Worker, elsewhere: Place, as_user: Callable[[Worker], Client]
) -> None:
    set_costs(study, analyst)
    charlie = make_worker(elsewhere, "charlie", agency="Police", roles=["analyst"])
    client = as_user(charlie)
    assert client.get(reverse("outcomes-money", args=[study.pk])).status_code == 404
    assert entered(study, client).status_code == 404
    with pytest.raises(NotVisible):
        set_costs(study, charlie)
    with act_in(charlie.scope):
        assert not Costs.objects.exists()  # the second wall, without `visible_to`


IMPOSSIBLE: list[dict[str, Any]] = [
    {"mean_caseload": 9},
    {"other_pounds": -1},
    {"mix": []},
    {"uncosted_percent": 100},
    {"source": ""},
    {"replaced_at": AT},
]


def test_the_tables_refuse_what_cannot_be(study: Study, place: Place) -> None:
    with act_in(place.system()):
        for wrong in IMPOSSIBLE:
            with pytest.raises(IntegrityError), transaction.atomic():
                make_costs(study, **wrong)


def test_one_set_counts_at_a_time(study: Study, place: Place) -> None:
    with act_in(place.system()):
        make_costs(study, replaced_by=1, replaced_at=AT)
        make_costs(study)
        with pytest.raises(IntegrityError), transaction.atomic():
            make_costs(study)
