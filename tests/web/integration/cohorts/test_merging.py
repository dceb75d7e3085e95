"""Two people turn out to be one: nothing about either is lost, and nobody is in the cohort twice."""

from iom.access.scope import act_in
from iom.cohorts.choices import EndReason, MembershipState, NominationState
from iom.cohorts.models import Candidate, CohortMembership, Nomination, Scheme
from iom.cohorts.operations import merging
from tests.factories.cohorts import make_member, make_run, nominate
from tests.factories.partnerships import AT, Place, Worker
from tests.factories.people import make_person


def test_of_two_memberships_the_first_stays(
    place: Place, scheme: Scheme, alice: Worker, chair: Worker, manager: Worker
) -> None:
    with act_in(place.system()):
        keep, gone = make_person(place), make_person(place)
        make_run(scheme, [keep, gone])
    with act_in(chair.scope):
        for person in (gone, keep):
            make_member(person, scheme, lead=manager, nominated_by=alice.scope, by=chair.scope)
        merging.merge(by=chair.scope, keep_id=keep.pk, gone_id=gone.pk, at=AT)
        members = list(CohortMembership.objects.order_by("id"))
        assert not Candidate.objects.exists(), "both ranks were worked out on half a record"
    assert [each.person_id for each in members] == [keep.pk, keep.pk]
    assert [each.state for each in members] == [MembershipState.ACTIVE, MembershipState.DESELECTED]
    assert members[1].end_reason == EndReason.SAME_PERSON


def test_of_two_nominations_the_first_stays_even_one_the_merger_may_not_see(
    place: Place, scheme: Scheme, alice: Worker, bob: Worker
) -> None:
    with act_in(place.system()):
        keep, gone = make_person(place), make_person(place)
    with act_in(bob.scope):
        first = nominate(gone, scheme, bob.scope)
        Nomination.objects.filter(pk=first.pk).update(audience="own")
    with act_in(alice.scope):
        second = nominate(keep, scheme, alice.scope)
        merging.merge(by=alice.scope, keep_id=keep.pk, gone_id=gone.pk, at=AT)
    with act_in(place.system()):
        found = {each.pk: (each.person_id, each.state) for each in Nomination.objects.all()}
    assert found == {first.pk: (keep.pk, NominationState.OPEN), second.pk: (keep.pk, NominationState.WITHDRAWN)}


def test_a_split_puts_nobody_in_or_out(
    place: Place, scheme: Scheme, alice: Worker, chair: Worker, manager: Worker
) -> None:
    with act_in(place.system()):
        whole, new = make_person(place), make_person(place)
    with act_in(chair.scope):
        member = make_member(whole, scheme, lead=manager, nominated_by=alice.scope, by=chair.scope)
        merging.split(by=chair.scope, person_id=whole.pk, new_id=new.pk, source_record_ids=[], at=AT)
        member.refresh_from_db()
    assert (member.person_id, member.state) == (whole.pk, MembershipState.ACTIVE)
