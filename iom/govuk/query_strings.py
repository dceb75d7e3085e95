"""Links that keep the rest of the question: a sort link keeps the filters, a page link keeps the sort."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.utils.datastructures import MultiValueDict

# What `request.GET` is, or a plain dictionary whose values may be lists.
Params = MultiValueDict[str, str] | Mapping[str, object]


def _strings(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


def _as_lists(params: Params) -> dict[str, list[str]]:
    if isinstance(params, MultiValueDict):
        return {name: list(values) for name, values in params.lists()}
    return {name: _strings(value) for name, value in params.items() if value is not None}


def _encoded(lists: Mapping[str, list[str]]) -> str:
    return "?" + urlencode([(name, value) for name, values in lists.items() for value in values if value != ""])


def with_changes(params: Params, **changes: object) -> str:
    """The query string with some parameters set, or removed where None; empty parameters are left out.

    Changing anything but the page goes back to the first page: page 7 of another question means nothing.
    """
    lists = _as_lists(params)
    if "page" not in changes:
        lists.pop("page", None)
    for name, value in changes.items():
        lists.pop(name, None)
        if value is not None:
            lists[name] = _strings(value)
    return _encoded(lists)


def without_value(params: Params, name: str, value: object) -> str:
    """The query string with one of a parameter's values taken out: the link of a selected filter's tag."""
    lists = _as_lists(params)
    lists.pop("page", None)
    lists[name] = [each for each in lists.get(name, []) if each != str(value)]
    return _encoded(lists)
