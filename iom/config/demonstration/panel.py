"""Nominations, the agencies' returns, the panel's decisions, and draws for places."""

from datetime import datetime
from typing import Any

from iom.config.demonstration.schemes import SCHEMES, scheme_called

# What happens to the first candidates: the outcome, the rating given, and how it was put.
DECISIONS = (
    ("select", "red", "Arrested twice since the last conference; every agency supports selection."),
    ("select", "red", "Released last month without supervision and offending again within the week."),
    ("select", "amber", "On licence; engages with probation, misses treatment."),
    ("select", "amber", "Shoplifting linked to drug use; housing has been lost."),
    ("select", "green", "Settled since spring; kept for a last review before the exit plan."),
    ("select", "blue", "In custody until next year: release to be planned with the prison."),
    ("select", "amber", "Burglary series in the north; wants help to stop."),
    ("select", "red", "Wanted on recall; intelligence in three wards."),
    ("decline", "", "Managed under MAPPA already; the lead agency there agrees."),
    ("defer", "", "Probation asks for a month to complete its assessment."),
)


WAITING = 4  # nominations still with the agencies


# Intelligence on the first nomination that waits, and the roles of whose agencies may read it where those are listed.
INTELLIGENCE: tuple[tuple[dict[str, str], tuple[str, ...]], ...] = (
    (
        {
            "text": "Said to sell tools taken from vans at the weekend market.",
            "source_evaluation": "2", "information_assessment": "B", "handling_code": "P", "conditions": "",
            "audience": "partners",
        },
        (),
    ),
    (
        {
            "text": "Believed to plan a burglary with a person not yet known.",
            "source_evaluation": "1", "information_assessment": "C", "handling_code": "C",
            "conditions": "Not to be acted on, nor spoken of to the person, without the police.",
            "audience": "listed",
        },
        ("practitioner",),
    ),
)  # fmt: skip


def tell_the_story(workers: dict[str, Any], *, at: datetime) -> None:
    """Nominations from the ranked list, the agencies' returns, and the panel's decisions, each by who would do it."""
    from datetime import timedelta

    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.cohorts import operations as cohorts
    from iom.cohorts import queries
    from iom.cohorts.choices import Known, Origin, Outcome, Rag, View
    from iom.cohorts.operations import Referral, Report, Verdict
    from iom.cohorts.queries import CandidateFilter

    by, chair = workers["coordinator"], workers["panel-chair"]
    answering = (workers["practitioner"], workers["partner-worker"])
    today = timezone.localdate(at)
    scheme = scheme_called(SCHEMES[0])
    with act_in(by):
        run = queries.current_run(scheme_id=scheme.pk)
        assert run is not None
        page = queries.list_candidates(run=run, chosen=CandidateFilter(), page=1, scope=by)
        people = [candidate.person for candidate in page.rows][: len(DECISIONS) + WAITING]
        nominations = [
            cohorts.nominate(
                person=person,
                scheme=scheme,
                referral=Referral(reason="Ranked above the capacity line; discussed at the daily meeting."),
                origin=Origin.CANDIDATES,
                asked=[worker.agency_id for worker in answering],
                by=by,
                at=at - timedelta(days=12),
            )
            for person in people
        ]
    for worker in answering:
        with act_in(worker):
            for nomination in nominations[: len(DECISIONS) + 1]:
                cohorts.give_return(
                    nomination=nomination,
                    known=Known.YES,
                    summary="Known to us for some years; our record is open to the panel.",
                    view=View.SUPPORT,
                    view_reason="Joint work would help.",
                    audience="partners",
                    audience_agencies=[],
                    by=worker,
                    at=at - timedelta(days=6),
                )
    with act_in(by):
        for given, readers in INTELLIGENCE:
            cohorts.give_intelligence(
                nomination=nominations[len(DECISIONS)],
                report=Report(**given, agencies=tuple(workers[role].agency_id for role in readers)),
                by=by,
                at=at - timedelta(days=5),
            )
    with act_in(chair):
        leads = queries.list_leads(scope=chair)
        types = list(queries.cohort_types(scheme_id=scheme.pk))
        for number, ((outcome, rag, reasons), nomination) in enumerate(zip(DECISIONS, nominations, strict=False)):
            cohorts.decide(
                nomination=nomination,
                verdict=Verdict(
                    outcome=Outcome(outcome),
                    met_on=today - timedelta(days=2),
                    present=tuple(worker.agency_id for worker in (*answering, by)),
                    reasons=reasons,
                    dissent="Probation would have preferred amber." if rag == "red" and number else "",
                    cohort_type=types[number % len(types)] if outcome == "select" else "",
                    rag=Rag(rag) if rag else "",
                    lead=leads[number % len(leads)] if outcome == "select" else None,
                    review_on=today + timedelta(days=7 * (number + 1)) if outcome == "select" else None,
                    deferred_until=today + timedelta(days=28) if outcome == "defer" else None,
                ),
                by=chair,
                at=at,
            )


ENTRANTS, PLACES = 4, 1  # of a draw for places


def offer_places_by_lot(workers: dict[str, Any], *, at: datetime) -> None:
    """More people wait than there are places: one draw has been made, and the list of the next one is open.

    Not under the scheme that the panel works with, whose order it would then have to keep.
    """
    from iom.access.scope import act_in
    from iom.cohorts import operations as cohorts
    from iom.cohorts.queries import list_entrants

    by, second = workers["coordinator"], workers["manager"]
    scheme = scheme_called(SCHEMES[1])
    waiting = let_wait(scheme, workers, at=at)
    if len(waiting) < PLACES + 2:  # an area so small that nobody has to wait
        return
    given = {"scheme": scheme, "places": PLACES, "by": by, "at": at}
    with act_in(by):
        first = cohorts.open_draw(beacon="", entered=waiting, left_out={}, **given)
        cohorts.close_draw(draw=first, by=by, at=at)
    with act_in(second):
        cohorts.make_draw(draw=first, beacon_value="", by=second, at=at)
    with act_in(by):
        drawn = [each.nomination_id for each in list_entrants(draw=first, scope=by) if each.is_drawn]
        cohorts.open_draw(
            beacon="Main numbers of the Lotto of the Saturday after the list is closed",
            entered=[pk for pk in waiting if pk not in drawn],
            left_out=dict.fromkeys(drawn, "Has a place by the draw before."),
            **given,
        )


def let_wait(scheme: Any, workers: dict[str, Any], *, at: datetime) -> list[int]:
    """The next candidates, nominated and deferred for want of a place; the ids of their nominations."""
    from datetime import timedelta

    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.cohorts import operations as cohorts
    from iom.cohorts import queries
    from iom.cohorts.choices import Origin, Outcome
    from iom.cohorts.models import Nomination
    from iom.cohorts.operations import Referral, Verdict
    from iom.cohorts.queries import CandidateFilter

    by, chair = workers["coordinator"], workers["panel-chair"]
    today = timezone.localdate(at)
    with act_in(by):
        run = queries.current_run(scheme_id=scheme.pk)
        assert run is not None
        rows = queries.list_candidates(run=run, chosen=CandidateFilter(), page=1, scope=by).rows
        nominated = set(Nomination.objects.visible_to(by).values_list("person_id", flat=True))
        nominations = [
            cohorts.nominate(
                person=candidate.person,
                scheme=scheme,
                referral=Referral(reason="Meets the criteria; discussed at the daily meeting."),
                origin=Origin.CANDIDATES,
                asked=[],
                by=by,
                at=at - timedelta(days=12),
            )
            for candidate in [row for row in rows if row.person_id not in nominated][:ENTRANTS]
        ]
    with act_in(chair):
        for nomination in nominations:
            verdict = Verdict(
                outcome=Outcome.DEFER,
                met_on=today - timedelta(days=2),
                present=(by.agency_id, chair.agency_id),
                reasons="Meets the criteria; there is no place now.",
                deferred_until=today + timedelta(days=28),
            )
            cohorts.decide(nomination=nomination, verdict=verdict, by=chair, at=at)
    return [nomination.pk for nomination in nominations]
