"""Finding people: by what is typed, or through the list by name."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from iom.access import downloads
from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, requires
from iom.audit import operations as audit
from iom.common.errors import NotVisible
from iom.people import linkage
from iom.people.forms import PeopleFilterForm
from iom.people.models import Person
from iom.people.presenters import search as presenter
from iom.people.queries import people
from iom.people.queries import search as queries
from iom.people.queries.people import MOST_EXPORTED, PAGE, Filters
from iom.people.rules import search as rules

SORTS = ("best", "name", "-name", "born", "-born")


@dataclass(frozen=True)
class Listed:
    """The people of one page of a list, and how to go on. `total` None: more than anybody counts."""

    people: list[Person]
    exact: frozenset[int] | None = None
    total: int | None = None
    page: int = 1
    pages: int = 1
    has_more: bool = False
    next_after: Person | None = None
    unread: tuple[str, ...] = ()


@require_GET
@requires(Permission.PERSON_SEARCH)
def search(request: ScopedRequest) -> HttpResponse:
    """People by what was typed, best first; without a search, everybody by name."""
    on, now = timezone.localdate(), timezone.now()
    typed, sort = what_is_asked(request)
    form = filter_form(request)
    filters = form.filters()
    listed = found_people(request, typed, filters, sort) if typed else listed_people(request, filters)
    person_ids = [person.pk for person in listed.people]
    records = people.records_of(person_ids=person_ids, scope=request.scope)
    audit.viewed_list(by=request.scope, at=now, person_ids=person_ids, action="people.search")
    context = {
        "typed": typed,
        "form": form,
        "filters": filters,
        "sort": sort,
        "listed": listed,
        "rows": presenter.rows(listed.people, records, listed.exact, on),
        "may_open": request.scope.allows(Permission.PERSON_VIEW),
        "may_review": request.scope.allows(Permission.MATCH_REVIEW),
        "first": (listed.page - 1) * PAGE + 1,
        "exports": downloads.export_links(request, "people-export") if listed.people else [],
        "most": MOST_EXPORTED,
    }
    return render(request, "people/search.html", context)


@require_GET
@requires(Permission.EXPORT)
def export(request: ScopedRequest, kind: str) -> HttpResponse:
    """The people found, or the list as it is filtered, as a file; the first `MOST_EXPORTED` of them."""
    request.scope.check(Permission.PERSON_SEARCH)
    typed, sort = what_is_asked(request)
    filters = filter_form(request).filters()
    if typed:
        found = in_order(find(request, read(typed), filters).people, sort)
    else:
        found, _more = people.page_by_name(scope=request.scope, filters=filters, size=MOST_EXPORTED)
    person_ids = [person.pk for person in found]
    records = people.records_of(person_ids=person_ids, scope=request.scope)
    rows = presenter.rows(found, records, None, timezone.localdate())
    return downloads.download(
        request=request,
        name="people",
        kind=kind,
        headings=presenter.export_headings(),
        rows=[presenter.export_row(row) for row in rows],
        people=person_ids,
    )


def filter_form(request: ScopedRequest) -> PeopleFilterForm:
    return PeopleFilterForm(request.GET, areas=people.list_areas(scope=request.scope))


def what_is_asked(request: ScopedRequest) -> tuple[str, str]:
    """What was typed, and in which order the people are to come."""
    sort = request.GET.get("sort", "best")
    return request.GET.get("q", "").strip(), sort if sort in SORTS else "best"


def found_people(request: ScopedRequest, typed: str, filters: Filters, sort: str) -> Listed:
    query = read(typed)
    found = find(request, query, filters)
    everyone = in_order(found.people, sort)
    pages = max(1, -(-len(everyone) // PAGE))
    page = min(max(page_number(request), 1), pages)
    return Listed(
        people=everyone[(page - 1) * PAGE : page * PAGE],
        exact=found.exact,
        total=len(everyone),
        page=page,
        pages=pages,
        has_more=found.has_more,
        unread=query.unread,
    )


def read(typed: str) -> rules.Query:
    return rules.read(typed, on=timezone.localdate(), forms_of=linkage.full_forms)


def find(request: ScopedRequest, query: rules.Query, filters: Filters) -> queries.Found:
    among = people.filtered(scope=request.scope, filters=filters) if filters.is_set else None
    return queries.find(scope=request.scope, query=query, among=among)


def in_order(found: list[Person], sort: str) -> list[Person]:
    """The people as they were found, or by name or date of birth; who has none comes last."""
    key, turned = sort.removeprefix("-"), sort.startswith("-")
    if key == "name":
        return sorted(found, key=lambda person: (person.family_name, person.given_names), reverse=turned)
    if key == "born":
        dated = [person for person in found if person.date_of_birth]
        dated.sort(key=lambda person: person.date_of_birth or timezone.localdate(), reverse=turned)
        return dated + [person for person in found if not person.date_of_birth]
    return found


def listed_people(request: ScopedRequest, filters: Filters) -> Listed:
    after = None
    if cursor := request.GET.get("after"):
        try:
            after = people.get_person(public_id=UUID(cursor), scope=request.scope)
        except ValueError as error:
            raise NotVisible() from error
    found, has_more = people.page_by_name(scope=request.scope, filters=filters, after=after)
    return Listed(people=found, has_more=has_more, next_after=found[-1] if has_more else None)


def page_number(request: ScopedRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 6 else 1
