"""Who may see two records at once: never anybody who may not see each, and everybody who may."""

from hypothesis import given
from hypothesis import strategies as st

from iom.agreements.choices import Audience, Marking
from iom.partnerships.choices import Regime
from iom.people.rules.markings import Seen, strictest

AGENCIES = range(1, 6)
markings = st.builds(
    Seen,
    owner_agency_id=st.sampled_from(AGENCIES),
    regime=st.sampled_from(Regime.values),
    marking=st.sampled_from(Marking.values),
    audience=st.sampled_from(Audience.values),
    audience_agencies=st.lists(st.sampled_from(AGENCIES), max_size=4).map(tuple),
)


def sees(agency: int, seen: Seen) -> bool:
    """The rule of `agreements.models.marking.visible`, written out for one row."""
    return (
        seen.audience == "partners"
        or agency == seen.owner_agency_id
        or (seen.audience == "listed" and agency in seen.audience_agencies)
    )


@given(left=markings, right=markings)
def test_exactly_those_who_see_both_see_the_pair(left: Seen, right: Seen) -> None:
    both = {agency for agency in AGENCIES if sees(agency, left) and sees(agency, right)}
    pair = strictest(left, right)
    if pair is None:
        assert both == set()
        return
    assert {agency for agency in AGENCIES if sees(agency, pair)} == both
    assert (pair.marking == "official") == (left.marking == right.marking == "official")
    assert (pair.regime == "uk-gdpr") == (left.regime == right.regime == "uk-gdpr")
