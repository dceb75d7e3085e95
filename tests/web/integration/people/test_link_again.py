"""The task itself: real linkage over real records, decisions that hold through it, twins, and a killed worker."""

from datetime import date
from typing import Any

import pytest

from iom.access.scope import act_in
from iom.people.choices import Conflict, RunStatus
from iom.people.models import LinkDecision, LinkRun, Person, PossibleMatch, SourceRecord
from iom.people.operations import decisions, linking
from iom.people.tasks import link
from tests.factories.partnerships import AT, Place, Worker
from tests.factories.people import make_record

pytestmark = pytest.mark.slow

# Enough people of their own for the model to learn what agreement means here.
CROWD = [
    (given, family, date(1960 + (7 * number) % 40, 1 + number % 12, 1 + (3 * number) % 28))
    for number, (given, family) in enumerate(
        (given, family)
        for given in ("Amir", "Beth", "Carl", "Dina", "Evan", "Faye", "Glyn", "Hana", "Ivor", "Jess")
        for family in ("Okafor", "Lindqvist", "Pryce", "Quartey", "Rhodes", "Sandhu", "Tuplin", "Usher", "Varga", "Wye")
    )
]


@pytest.fixture
def records(place: Place) -> dict[str, SourceRecord]:
    born = date(1985, 3, 12)
    with act_in(place.system()):
        for number, (given, family, day) in enumerate(CROWD):
            lives = f"ZW{number % 90} {number % 9}AB"
            for agency in ("Police", "Probation"):
                make_record(
                    place, agency=agency, given_names=given, family_name=family, date_of_birth=day, postcode=lives
                )
        return {
            "police": make_record(
                place, given_names="Stephen", family_name="Poole", date_of_birth=born, pnc_id="1979/0163001B",
                postcode="WS1 2AB",
            ),
            "probation": make_record(
                place, agency="Probation", given_names="Steven", family_name="Poole", date_of_birth=born,
                pnc_id="79/163001B", postcode="WS1 2AB",
            ),
            "twin": make_record(
                place, given_names="Gareth", family_name="Poole", date_of_birth=born, pnc_id="1999/0123456X",
                postcode="WS1 2AB",
            ),
        }  # fmt: skip


def run_link(place: Place) -> LinkRun:
    link(partnership_id=place.partnership.pk, agency_id=place.agencies["Police"].pk)
    with act_in(place.system()):
        found: LinkRun = LinkRun.objects.latest("pk")
        return found


def whose(place: Place, records: dict[str, SourceRecord]) -> dict[str, int]:
    with act_in(place.system()):
        return {name: SourceRecord.objects.get(pk=record.pk).person_id for name, record in records.items()}


def test_linking_finds_people_says_what_is_in_doubt_and_stays_what_it_is(
    place: Place, records: dict[str, SourceRecord]
) -> None:
    with act_in(place.system()):
        killed = linking.begin_linking(by=place.system(), at=AT)
    run = run_link(place)
    assert (run.status, run.records) == (RunStatus.FINISHED, 203)
    found = whose(place, records)
    assert found["police"] == found["probation"]
    assert found["twin"] != found["police"]
    with act_in(place.system()):
        killed.refresh_from_db()
        assert killed.status == RunStatus.FAILED, "its worker was killed, and another run took over"
        people = list(Person.objects.order_by("pk").values_list("pk", "person_key", "merged_into"))
        doubts = {match.left_id: match for match in PossibleMatch.objects.filter(right=records["twin"])}
    assert len(people) == 102
    doubt = doubts[records["police"].pk]
    assert {part["name"]: part["words"] for part in doubt.working}["date_of_birth"] == "the same"
    assert set(doubt.conflicts) == {Conflict.TWINS, Conflict.PNC_IDS}
    run_link(place)
    with act_in(place.system()):
        assert list(Person.objects.order_by("pk").values_list("pk", "person_key", "merged_into")) == people


def test_decisions_hold_through_linkage_even_those_made_while_it_runs(
    place: Place, alice: Worker, records: dict[str, SourceRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_link(place)
    person, twin = whose(place, records)["police"], whose(place, records)["twin"]
    with act_in(alice.scope):
        decisions.merge_people(keep_id=person, gone_id=twin, reason="One", by=alice.scope, at=AT)
    applied: list[bool] = []
    apply_links = linking.apply_links

    def decide_and_apply(**arguments: Any) -> bool:
        if not applied:
            with act_in(alice.scope):
                decisions.split_person(
                    person_id=person, record_ids={records["probation"].pk}, reason="Two", by=alice.scope, at=AT
                )
        applied.append(apply_links(**arguments))
        return applied[-1]

    with monkeypatch.context() as during:
        during.setattr(linking, "apply_links", decide_and_apply)
        run_link(place)
    assert applied == [False, True], "what was compared without the decision is not applied"
    found = whose(place, records)
    assert found["police"] == found["twin"] == person
    assert found["probation"] != person
    with act_in(alice.scope):
        for decision in LinkDecision.objects.filter(undone_at__isnull=True, together_with__isnull=True):
            decisions.undo_decision(decision_id=decision.pk, reason="A mistake", by=alice.scope, at=AT)
    run_link(place)
    found = whose(place, records)
    assert found["police"] == found["probation"] != found["twin"]


def test_asking_twice_queues_one_run(place: Place, alice: Worker) -> None:
    with act_in(alice.scope):
        assert linking.request_linking(by=alice.scope, at=AT) is not None
        assert linking.request_linking(by=alice.scope, at=AT) is None
        assert LinkRun.objects.count() == 1
