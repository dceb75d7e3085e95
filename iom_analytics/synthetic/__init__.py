"""A made-up force area with known truth: people, careers, and what four agencies write down about them.

Nothing here is about anybody. Use it for demonstrations, tests and training: the truth beside the extracts says which
records are one person, so linkage, histories and schemes can be checked against it.

    area = make_area(people=2_000, seed=1, as_of=date(2026, 9, 30))
    area.truth("persons")              # Arrow tables, for a few people
    write_area(area, Path("area"))     # each agency's files in its own layout, the layouts, and the truth
"""

from iom_analytics.synthetic.area import Area, Part, make_area
from iom_analytics.synthetic.feeds import Feed, feeds
from iom_analytics.synthetic.records import MISTAKES
from iom_analytics.synthetic.writing import write_area

__all__ = ["MISTAKES", "Area", "Feed", "Part", "feeds", "make_area", "write_area"]
