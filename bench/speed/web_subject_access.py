"""Gathering and writing the answer about a person with 10 years of records, beside one plain read of the same rows."""

from datetime import date, timedelta
from typing import Any

from bench.figures import Figure, seconds
from bench.web import partnership

YEARS = 10
BAR = 10.0


def figures() -> list[Figure]:
    with partnership() as (place, system):
        from iom.access.scope import act_in
        from iom.people.models import Sanction
        from iom.sharing.adapters import answers
        from iom.sharing.operations import subject_access
        from iom.sharing.operations.subject_access import Asked
        from iom.sharing.queries import subject_access as queries
        from tests.factories.partnerships import AT

        person = with_records(place, system)
        asked = Asked(date(2026, 11, 20), "email", "All of it", "documents")

        def answer_once() -> None:
            """From the request to the files; undone, so that each run starts from nothing."""
            with act_in(system):
                made = subject_access.record(person=person, asked=asked, by=system, at=AT)
                subject_access.gather(request=made, by=system, at=AT)
                items = list(queries.items_of(request=made, scope=system))
                for item in items:
                    item.treatment = "give"
                made.received_on = asked.received_on
                particulars = queries.particulars(request=made, scope=system, on=asked.received_on)
                answer = answers.answer(made, items, recipients=[], others=[], particulars=particulars)
                answers.write(made, answer)

        def read_once() -> None:
            with act_in(system):
                list(Sanction.objects.visible_to(system).filter(person=person))

        with act_in(system):
            rows = Sanction.objects.filter(person=person).count()
        ours, peer = seconds(answer_once, runs=1, warm_up=0), seconds(read_once)
    return [
        Figure(
            f"subject access to a person's {YEARS} years, {rows:,} sanctions among them",
            "from the request to the PDF",
            f"{ours:.1f} s",
            f"under {BAR:.0f} s",
            ours < BAR,
            f"one plain read of the sanctions takes {peer * 1000:.0f} ms",
        )
    ]


def with_records(place: Any, system: Any) -> Any:
    """A person of whom something is recorded every week for ten years."""
    from iom.access.scope import act_in
    from iom.people.models import Arrest, Assessment, DrugTest, Sanction
    from tests.factories.people import add_event, make_person

    first = date(2016, 11, 1)
    with act_in(system):
        person = make_person(place)
        record = person.source_records.get()
        for week in range(YEARS * 52):
            day = first + timedelta(weeks=week)
            add_event(Sanction, record, person=person, sanction_date=day, offence_code="02800", court="Northam")
            add_event(Arrest, record, person=person, arrest_date=day, offence_code="02800")
            add_event(DrugTest, record, person=person, test_date=day, result="negative")
            add_event(
                Assessment, record, person=person, assessment_date=day, instrument="OASys", item="total", score=50
            )
    return person
