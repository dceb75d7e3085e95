"""Whether it worked: questions, what the scheme costs, and a watch over those who join."""

from datetime import datetime
from typing import Any

from iom.config.demonstration import earlier_cohort
from iom.config.demonstration.feeds import work
from iom.config.demonstration.schemes import SCHEMES, scheme_called


def ask_whether_it_works(workers: dict[str, Any], *, at: datetime) -> None:
    """Two questions of the analyst: one answered, costed and released, one whose comparison is to be looked at."""
    from iom.access.scope import act_in
    from iom.outcomes import operations as outcomes
    from iom.outcomes import queries
    from iom.outcomes.operations import Who
    from iom.outcomes.presenters.report import document
    from iom.outcomes.presenters.studies import months

    by = workers["analyst"]
    scheme = scheme_called(SCHEMES[0])
    with act_in(by):
        offered = months(queries.known_to(scope=by))
        who = Who("Did those who joined reoffend less?", scheme, offered[earlier_cohort.MONTHS], offered[0])
        first = outcomes.begin(who=who, by=by, at=at)
        outcomes.set_comparison(study_id=first.pk, method="entropy", ratio=1, by=by, at=at)
        outcomes.set_measures(
            study_id=first.pk,
            primary="reoffended",
            secondary=["reoffences", "custody_for_reoffence", "days_in_custody"],
            by=by,
            at=at,
        )
        purpose = "Whether the board pays for a third offender manager. If it cannot be told, it waits another year."
        outcomes.register(study_id=first.pk, purpose=purpose, by=by, at=at)
        who = Who("Did those who joined commit fewer offences?", scheme, offered[earlier_cohort.MONTHS], offered[0])
        second = outcomes.begin(who=who, by=by, at=at)
        outcomes.set_measures(study_id=second.pk, primary="reoffences", secondary=[], by=by, at=at)
        outcomes.set_comparison(study_id=second.pk, method="overlap", ratio=1, by=by, at=at)
        outcomes.register(study_id=second.pk, purpose=purpose, by=by, at=at)
    work()
    with act_in(by):
        why = "Alike in age, convictions and score. Nothing is known of drug use on either side."
        outcomes.accept(study_id=first.pk, why=why, by=by, at=at)
        outcomes.ask_for_board(by=by, at=at)
        outcomes.ask_for_equality(by=by, at=at)
    work()
    with act_in(by):
        source = "The partnership's budget for 2025/26; salaries with on-costs."
        outcomes.set_costs(study_id=first.pk, given=costs(), source=source, seen=None, by=by, at=at)
        answered = queries.get_study(study_id=first.pk, scope=by)
        release = outcomes.ask_release(
            study_id=first.pk,
            recipient="The board's annual report",
            says=document(answered, **queries.before(study=answered, scope=by)),
            by=by,
            at=at,
        )
    reader = workers["manager"]
    with act_in(reader):
        outcomes.decide_release(
            release_id=release.pk, is_released=True, reason="", seen=release.sha256, by=reader, at=at
        )


def costs() -> Any:
    """What the scheme costs in a year, and of what crimes reoffences are; the multipliers are made up as well."""
    from iom.outcomes.evaluation.money import Inputs, Mixed, Post

    return Inputs(
        staff=[
            Post("Offender managers, police and probation", 4.0, 52_000),
            Post("Co-ordinator", 1.0, 46_000),
            Post("Analyst", 0.4, 44_000),
        ],
        other_pounds=35_000,
        as_usual_pounds=90_000,
        mean_caseload=70,
        price_year=2024,
        mix=[
            Mixed("Domestic burglary", 0.2, 3.0),
            Mixed("Theft from vehicle", 0.2, 4.0),
            Mixed("Theft from person", 0.1, 4.0),
            Mixed("Violence without injury", 0.15, 2.0),
            Mixed("Violence with injury", 0.1, 2.0),
        ],
        uncosted=0.25,
    )


def watch_who_joined(by: Any, *, at: datetime) -> None:
    """A watch registered before the first of the earlier cohort joined, looked at today."""
    from datetime import timedelta

    from iom.access.scope import act_in
    from iom.outcomes import operations as outcomes
    from iom.outcomes.choices import Direction
    from iom.outcomes.operations.watches import Watched

    with act_in(by):
        watched = Watched(
            title="Those who join the neighbourhood crime scheme",
            scheme=scheme_called(SCHEMES[0]),
            area=None,
            direction=Direction.WORSE,
            chance=0.05,
            cases=200,
            purpose="The board looks at every case of the last year before anybody else is taken on.",
        )
        before = at - timedelta(days=31 * (earlier_cohort.ENDED_MONTHS_AGO + earlier_cohort.MONTHS))
        outcomes.register_watch(watched=watched, by=by, at=before)
    work()
