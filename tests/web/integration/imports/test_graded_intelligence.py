"""Counts of intelligence reports come in graded; what has conditions on its sharing stays with its agency."""

from datetime import date

from iom.access.scope import act_in
from iom.imports import operations as imports
from iom.imports.models import Batch
from iom.people.models import IntelligenceCount
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.web.integration.imports.conftest import a_file, again, check, take_in

HEADER = "Nominal,Month,Reports,Type,Source Evaluation,Intelligence Assessment,Handling Code\n"
ROWS = (
    "1001,01/10/2026,4,theft,2,B,P\n"
    "1001,01/10/2026,1,theft,1,A,C\n"
    "1001,01/09/2026,2,theft,B,2,1\n"
    "1001,01/08/2026,2,theft,B,4,4\n"
    "1001,01/07/2026,2,theft,E,5,5\n"
    "1001,01/06/2026,3,theft,,,\n"
)
LAYOUT = {
    "table": "intelligence_counts",
    "columns": {
        "source_id": "Nominal", "month": "Month", "reports": "Reports", "crime_type": "Type",
        "source_evaluation": "Source Evaluation", "information_assessment": "Intelligence Assessment",
        "handling_code": "Handling Code",
    },
    "constants": {"source": "police-intelligence"},
    "date_order": "dmy",
}  # fmt: skip


def bring(content: str, place: Place, alice: Worker) -> Batch:
    with act_in(alice.scope):
        feed = imports.add_feed(
            agency=place.agencies["Police"], name="Intelligence", source="police-intelligence",
            table="intelligence_counts", by=alice.scope, at=AT,
        )  # fmt: skip
        feed = imports.save_layout(feed=feed, layout=LAYOUT, by=alice.scope, at=AT)
        batch = imports.upload(feed=feed, upload=a_file(content), by=alice.scope, at=AT)
    check(batch)
    with act_in(alice.scope):
        imports.accept(batch_id=batch.pk, by=alice.scope, at=AT)
    take_in(batch)
    return again(batch, alice)


def gradings(worker: Worker) -> dict[tuple[date, str], str]:
    with act_in(worker.scope):
        return {(each.month, each.grading): each.audience for each in IntelligenceCount.objects.all()}


def test_each_grading_has_its_count_and_its_audience(place: Place, alice: Worker) -> None:
    bring(HEADER + ROWS, place, alice)
    assert gradings(alice) == {
        (date(2026, 10, 1), "2BP"): "partners",
        (date(2026, 10, 1), "1AC"): "own",
        (date(2026, 9, 1), "B21"): "partners",
        (date(2026, 8, 1), "B44"): "own",
        (date(2026, 7, 1), "E55"): "own",
        (date(2026, 6, 1), ""): "partners",
    }
    peter = make_worker(place, "peter", agency="Probation", roles=["practitioner"])
    assert {grading for _, grading in gradings(peter)} == {"2BP", "B21", ""}


def test_a_code_that_is_none_is_held_with_what_there_is(place: Place, alice: Worker) -> None:
    batch = bring(HEADER + "1001,01/10/2026,4,theft,2,B,X\n" + "1002,01/10/2026,4,theft,2,B,P\n", place, alice)
    assert (batch.status, batch.held_rows) == ("accepted", 1)
    assert set(gradings(alice).values()) == {"partners"}
