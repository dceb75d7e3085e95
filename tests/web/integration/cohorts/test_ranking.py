"""A ranking from the record to the list: what is stored, what is swapped, and what a killed worker leaves behind."""

import math
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from iom.access.scope import act_in
from iom.cohorts import operations as cohorts
from iom.cohorts import queries, scoring, tasks
from iom.cohorts.choices import RunStatus, Standing
from iom.cohorts.models import Candidate, CandidateWorking, RankRun, Scheme, Score
from iom.people.models import Arrest, Person, Sanction
from iom.people.operations import erasing, restrictions
from tests.factories.cohorts import ON, make_scheme
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import make_person

TEXT = """
id: neighbourhood-crime
version: "1"
name: Neighbourhood crime
purpose: A test
source: A test
effective_from: 2021-04-01
capacity: {people: 1, local placeholder: true}
criteria:
  - {id: adult, name: Adult, factor: age, at_least: 18, near: 1, local placeholder: true}
components:
  - id: burglary
    name: Burglaries in the last 12 months
    factor: offences
    groups: [burglary_domestic]
    months: 12
    bands: [{at_least: 1, points: 10}, {at_least: 3, points: 20}]
    local placeholder: true
  - id: arrests
    name: Arrests in the last 6 months
    factor: arrests
    months: 6
    bands: [{at_least: 1, points: 4}]
    local placeholder: true
"""


@pytest.fixture
def scheme(place: Place) -> Scheme:
    with act_in(place.system()):
        return make_scheme(place, definition_text=TEXT)


def add_burglary(person: Person, day: date, number: int) -> Sanction:
    made: Sanction = Sanction.objects.create(
        partnership=person.partnership,
        owner_agency=person.owner_agency,
        regime=person.regime,
        source="police",
        source_id=person.person_key,
        person=person,
        batch_id=0,
        row_hash=f"{person.pk:08d}{number:08d}".encode(),
        sanction_date=day,
        sanction_type="conviction",
        offence_code="02803",
        offence_date=day,
    )
    return made


def rank(scheme: Scheme, worker: Worker) -> RankRun:
    """Asks for a ranking as `worker`, and does the work as the queue would."""
    with act_in(worker.scope):
        run = cohorts.start_ranking(scheme=scheme, on=ON, by=worker.scope, at=AT)
    tasks.rank(run_id=run.pk, partnership_id=worker.scope.partnership_id, agency_id=worker.scope.agency_id)
    with act_in(worker.scope):
        run.refresh_from_db()
    return run


@pytest.fixture
def people(place: Place) -> dict[str, Person]:
    """Two adults, one with more burglaries; one nearly adult; one child."""
    born = {"prolific": 1990, "occasional": 1985, "nearly": 2009, "child": 2014}
    with act_in(place.system()):
        found = {name: make_person(place, date_of_birth=date(year, 6, 1)) for name, year in born.items()}
        for number in range(3):
            add_burglary(found["prolific"], ON - timedelta(days=30 * (number + 1)), number)
        add_burglary(found["occasional"], ON - timedelta(days=40), 0)
    return found


def test_people_are_put_in_order_with_the_rows_behind_every_factor(
    people: dict[str, Person], scheme: Scheme, alice: Worker
) -> None:
    run = rank(scheme, alice)
    assert (run.status, run.is_current, run.people, run.eligible, run.near_misses) == (RunStatus.DONE, True, 4, 2, 1)
    groups = {(row["characteristic"], row["group"]): row for row in run.fairness["rows"]}
    assert run.fairness["on"] == run.on.isoformat()
    assert groups["sex", "All"]["suppressed"], "two of four: nothing that could be published"
    with act_in(alice.scope):
        first, working = queries.get_candidate(run=run, person_id=people["prolific"].pk, scope=alice.scope)
        second, _ = queries.get_candidate(run=run, person_id=people["occasional"].pk, scope=alice.scope)
        nearly, _ = queries.get_candidate(run=run, person_id=people["nearly"].pk, scope=alice.scope)
        child, none = queries.get_candidate(run=run, person_id=people["child"].pk, scope=alice.scope)
        sanctions = set(Sanction.objects.filter(person=people["prolific"]).values_list("pk", flat=True))
    assert (first.rank, first.points, first.within_capacity, first.age_band) == (1, 20, True, "35-49")
    assert (second.rank, second.points, second.within_capacity) == (2, 10, False)
    assert (nearly.standing, child.standing, none) == (Standing.NEAR_MISS, Standing.NOT_ELIGIBLE, None)
    assert "Adult" in nearly.reasons
    assert working is not None
    burglary = next(factor for factor in working.factors if factor["id"] == "burglary")
    assert (burglary["value"], burglary["points"]) == (3, 20)
    assert set(burglary["rows"]) == {f"sanctions:{pk}" for pk in sanctions}


def test_a_criterion_not_met_is_not_told_to_whom_the_rows_behind_it_are_not(
    people: dict[str, Person], place: Place, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    """One burglary, of the police's own, makes a near miss of two: the words say how many there are."""
    asks = TEXT.replace(
        "components:",
        "  - {id: burglar, name: Burgled twice, factor: offences, groups: [burglary_domestic], at_least: 2, near: 1,"
        " local placeholder: true}\ncomponents:",
    )
    with act_in(place.system()):
        scheme = make_scheme(place, definition_text=asks)
        Sanction.objects.filter(person=people["occasional"]).update(audience="own")
    rank(scheme, alice)
    peter = make_worker(place, "peter", agency="Probation", roles=["coordinator"])
    pages = {
        "list": reverse("cohorts-candidates") + "?list=near-miss",
        "file": reverse("cohorts-candidates-export", args=["csv"]) + "?list=near-miss",
        "scores": reverse("cohorts-scores", args=[people["occasional"].public_id]),
    }
    for name, address in pages.items():
        assert "Burgled twice: not at least 2 offences, but near" in as_user(alice).get(address).content.decode(), name
        page = as_user(peter).get(address).content.decode()
        assert people["occasional"].family_name in page, name
        assert "Burgled twice" not in page, name


def test_the_next_run_replaces_the_list(people: dict[str, Person], scheme: Scheme, alice: Worker) -> None:
    before = rank(scheme, alice)
    after = rank(scheme, alice)
    with act_in(alice.scope):
        before.refresh_from_db()
        runs = set(Candidate.objects.values_list("run_id", flat=True))
        assert CandidateWorking.objects.count() == 3
    assert (before.is_current, after.is_current, runs) == (False, True, {after.pk})


def test_a_job_that_runs_again_changes_nothing(people: dict[str, Person], scheme: Scheme, alice: Worker) -> None:
    run = rank(scheme, alice)
    with act_in(alice.scope):
        before = set(Candidate.objects.values_list("pk", flat=True))
    tasks.rank(run_id=run.pk, partnership_id=alice.scope.partnership_id, agency_id=alice.scope.agency_id)
    with act_in(alice.scope):
        assert set(Candidate.objects.values_list("pk", flat=True)) == before


def test_a_cancelled_run_leaves_the_list_as_it_was(people: dict[str, Person], scheme: Scheme, alice: Worker) -> None:
    shown = rank(scheme, alice)
    with act_in(alice.scope):
        run = cohorts.start_ranking(scheme=scheme, on=ON, by=alice.scope, at=AT)
        cohorts.cancel_ranking(run=run, by=alice.scope, at=AT)
    tasks.rank(run_id=run.pk, partnership_id=alice.scope.partnership_id, agency_id=alice.scope.agency_id)
    with act_in(alice.scope):
        run.refresh_from_db()
        current = queries.current_run(scheme_id=scheme.pk)
    assert run.status == RunStatus.CANCELLED
    assert current == shown


def test_who_was_erased_merged_or_restricted_while_the_ranking_was_worked_out_is_not_put_back(
    people: dict[str, Person], scheme: Scheme, alice: Worker, place: Place, tmp_path: Path
) -> None:
    with act_in(alice.scope):
        run = cohorts.start_ranking(scheme=scheme, on=ON, by=alice.scope, at=AT)
    with act_in(place.system()) as system:
        run = cohorts.begin_ranking(run_id=run.pk, by=system, at=AT)
        files, text = scoring.snapshot(tmp_path, scope=system), run.version.text
    ranked = scoring.rank(files=files, folder=tmp_path, text=text, on=ON, at=AT, also=[], progressed=lambda *_: None)
    with act_in(place.system()) as system:
        erasing.erase(by=system, person_id=people["prolific"].pk, agency_id=system.agency_id, at=AT)
        Person.objects.filter(pk=people["child"].pk).update(merged_into=people["nearly"])
    with act_in(alice.scope):
        restrictions.restrict(person=people["occasional"], reason="Not theirs", by=alice.scope, at=AT)
    with act_in(place.system()) as system:
        cohorts.store_ranking(run_id=run.pk, ranked=ranked, by=system, at=AT)
        assert set(Candidate.objects.values_list("person", flat=True)) == {people["nearly"].pk}
        assert set(Score.objects.values_list("person", flat=True)) <= {people["nearly"].pk}


def test_an_arrest_of_somebody_not_linked_yet_counts_for_nobody(
    people: dict[str, Person], scheme: Scheme, alice: Worker, place: Place
) -> None:
    with act_in(place.system()):
        person = people["occasional"]
        Arrest.objects.create(
            partnership=person.partnership,
            owner_agency=person.owner_agency,
            regime=person.regime,
            source="police",
            source_id="not linked",
            person=None,
            batch_id=0,
            row_hash=b"1",
            arrest_date=ON,
        )
    run = rank(scheme, alice)
    with act_in(alice.scope):
        assert queries.get_candidate(run=run, person_id=person.pk, scope=alice.scope)[0].points == 10


def test_scores_are_kept_with_every_term_and_say_what_is_missing(
    people: dict[str, Person], scheme: Scheme, alice: Worker
) -> None:
    """The prolific person has three convictions and no assessment: there is a static score by each predictor."""
    run = rank(scheme, alice)
    with act_in(alice.scope):
        scores = queries.list_scores(person_id=people["prolific"].pk, scope=alice.scope)
        nobody = queries.list_scores(person_id=people["child"].pk, scope=alice.scope)
    assert {score.predictor for score in scores} == {"ogrs3", "ogrs4g", "ogrs4v", "arp", "vrp", "svrp"}
    assert nobody == []
    ogrs3 = next(score for score in scores if score.predictor == "ogrs3" and score.horizon_months == 24)
    total = sum(term["value"] for term in ogrs3.working)
    # The published form of OGRS3: the percentage is the logistic of the sum of its terms.
    assert ogrs3.percent == pytest.approx(100 / (1 + math.exp(-total)), abs=0.51)
    assert (ogrs3.run_id, ogrs3.scored_on, ogrs3.provisional) == (run.pk, ON, False)
    arp = next(score for score in scores if score.predictor == "arp")
    assert "is_unemployed" in arp.missing
    assert arp.kind == "static"


def test_a_scheme_that_counts_a_score_finds_it(people: dict[str, Person], place: Place, alice: Worker) -> None:
    text = TEXT + (
        "  - {id: score, name: Likelihood of reoffending, factor: score, predictors: [ogrs3],"
        " bands: [{at_least: 1, points: 1}], local placeholder: true}\n"
    )
    with act_in(place.system()):
        scheme = make_scheme(place, definition_text=text)
    run = rank(scheme, alice)
    with act_in(alice.scope):
        candidate, working = queries.get_candidate(run=run, person_id=people["prolific"].pk, scope=alice.scope)
        score = queries.list_scores(person_id=people["prolific"].pk, scope=alice.scope)
    assert candidate.points == 21
    assert working is not None
    counted = next(factor for factor in working.factors if factor["id"] == "score")
    longest = next(each for each in score if each.predictor == "ogrs3" and each.horizon_months == 24)
    assert counted["value"] == longest.percent
