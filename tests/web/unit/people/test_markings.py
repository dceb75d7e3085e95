"""Who may see two records at once: never anybody who may not see each, and everybody who may."""

from hypothesis import given
from hypothesis import strategies as st

from iom.agreements.choices import Audience, Descriptor
from iom.partnerships.choices import Regime
from iom.people.rules.markings import Seen, strictest

AGENCIES = range(1, 6)
handling = st.sampled_from([("official", ""), *(("official-sensitive", why) for why in ("", *Descriptor.values))])
markings = st.builds(
    lambda handling, **rest: Seen(marking=handling[0], descriptor=handling[1], **rest),
    handling=handling,
    owner_agency_id=st.sampled_from(AGENCIES),
    regime=st.sampled_from(Regime.values),
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
    why = {left.descriptor, right.descriptor}
    assert pair.descriptor == ("personal" if "personal" in why else "commercial" if "commercial" in why else "")
    assert pair.marking == "official-sensitive" or not pair.descriptor
    assert (pair.regime == "uk-gdpr") == (left.regime == right.regime == "uk-gdpr")
