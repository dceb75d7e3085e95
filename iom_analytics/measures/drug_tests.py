"""Drug tests: how many are positive, by the occasion of testing.

Who is tested is chosen: at arrest for some offences or on an inspector's word, on licence and orders by a requirement
that a few people have. So a share of positive tests is of those tested and no measure of how many people use drugs,
and it moves when the choice does. `WORDS` belongs beside every figure.
"""

from ibis.expr.types import Table as IbisTable

from iom_analytics.history import complete
from iom_analytics.measures.contracts import DRUG_TEST_SHARES
from iom_analytics.tables import EVENTS

DRUG_TESTS = next(table for table in EVENTS if table.name == "drug_tests")
WORDS = (
    "Of the people who were tested, who were chosen for it. It does not say how many use drugs, and it changes when "
    "others are tested: compare it only where testing stayed the same."
)


def positive_share(tests: IbisTable) -> IbisTable:
    """One row per occasion, in order of its name: the columns of `DRUG_TEST_SHARES`.

    `tests` is the table `drug_tests`; take one period of it, or the tests after a start, before. A disputed or refused
    test is neither positive nor negative. Counts are not suppressed here. Raises InputError where a column is missing.
    """
    rows = complete(tests, DRUG_TESTS)
    counts = rows.group_by("occasion").aggregate(
        tests=rows.count(),
        people=rows.person_key.nunique(),
        **{
            result: rows.count(where=rows.result == result)
            for result in ("positive", "negative", "refused", "disputed")
        },
        without_result=rows.count(where=rows.result.isnull()),
    )
    known = counts.positive + counts.negative
    found = counts.mutate(
        positive_percent=100 * counts.positive / known.cast("float64").nullif(0), is_selective=counts.tests > 0
    )
    types = DRUG_TEST_SHARES.ibis_schema()
    return found.select(**{name: found[name].cast(type_) for name, type_ in types.items()}).order_by("occasion")
