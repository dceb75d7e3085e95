"""Which page numbers a list shows: first, last, current and its neighbours, with an ellipsis for each gap.

The GOV.UK Design System's pagination pattern, "For larger numbers of pages".
"""

from typing import Any

from django.utils.translation import gettext

from iom.govuk.query_strings import Params, with_changes


def pages(current: int, total: int) -> list[int | None]:
    """The page numbers to show, None for a gap: page 6 of 42 is [1, None, 5, 6, 7, None, 42].

    A gap of one page is that page: an ellipsis that hides one number saves nothing.
    """
    total = max(total, 1)  # an empty list has its one, empty, page
    if not 1 <= current <= total:
        raise ValueError(f"there is no page {current} of {total}")
    wanted = sorted({1, total, current - 1, current, current + 1} & set(range(1, total + 1)))
    shown: list[int | None] = []
    for number in wanted:
        if shown and shown[-1] is not None and number - shown[-1] == 2:
            shown.append(number - 1)
        elif shown and shown[-1] is not None and number - shown[-1] > 2:
            shown.append(None)
        shown.append(number)
    return shown


def page_links(current: int, total: int, params: Params) -> dict[str, Any]:
    """The parameters of the `govukPagination` macro; empty where there is only one page.

    `params` is the present query string: its filters and order are kept, and its page is changed.
    """
    if total <= 1:
        return {}

    def href(number: int) -> str:
        return with_changes(params, page=number)

    links: dict[str, Any] = {
        "landmarkLabel": gettext("Pages of this list"),
        "items": [
            {"ellipsis": True}
            if number is None
            else {
                "number": number,
                "href": href(number),
                "current": number == current,
                "visuallyHiddenText": gettext("Page %(number)s") % {"number": number},
            }
            for number in pages(current, total)
        ],
    }
    if current > 1:
        links["previous"] = {"href": href(current - 1), "text": gettext("Previous page")}
    if current < total:
        links["next"] = {"href": href(current + 1), "text": gettext("Next page")}
    return links
