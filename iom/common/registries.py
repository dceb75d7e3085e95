"""How a lower app learns what a higher one offers, without importing it.

Each app fills these in its `apps.ready()`; lower apps iterate. A registry keeps the order given by `order`, then by
name, so that what a page shows does not depend on which app was loaded first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Protocol, TypeVar


class Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def order(self) -> int: ...


T = TypeVar("T", bound=Named)

NEWS_DAYS = 14  # what happened is news for so long


class Registry(Generic[T]):
    """Named entries, each registered once."""

    def __init__(self) -> None:
        self._entries: dict[str, T] = {}

    def register(self, entry: T) -> None:
        assert entry.name not in self._entries, f"{entry.name} is registered twice"
        self._entries[entry.name] = entry

    def __iter__(self) -> Iterator[T]:
        return iter(sorted(self._entries.values(), key=lambda entry: (entry.order, entry.name)))


@dataclass(frozen=True)
class NavigationItem:
    """An entry of the service navigation, shown to who holds `permission`."""

    name: str
    text: str
    url_name: str
    permission: str
    order: int


@dataclass(frozen=True)
class AdminPage:
    """A page of the section Admin, listed there with what it is for, to who holds `permission`."""

    name: str
    text: str
    purpose: str
    url_name: str
    permission: str
    order: int


@dataclass(frozen=True)
class PersonTab:
    """A page of the person frame's sub-navigation. Its url takes the person's public id."""

    name: str
    text: str
    url_name: str
    permission: str
    order: int


@dataclass(frozen=True)
class FrameSource:
    """What an app adds to the frame round every page about a person.

    `facts(scope=, person_id=)` returns values for fields of `iom.govuk.frames.PersonFrame` by name, for instance
    `{"rag": "amber"}`; a higher order wins.
    """

    name: str
    facts: Callable[..., dict[str, Any]]
    order: int = 100


@dataclass(frozen=True)
class Attention:
    """One line of "What needs your attention": what, since or by when, and where to deal with it.

    News has happened in the last `NEWS_DAYS` and passes by itself; it never stands before what somebody must do.
    """

    text: str
    url: str
    on: date | None = None
    overdue: bool = False
    kind: str = ""
    is_news: bool = False
    person_id: int | None = None  # whom it is about: who sees the line has looked at them


@dataclass(frozen=True)
class AttentionSource:
    """`items(scope=, on=, person_id=None)` lists what needs this user's attention, for one person or for all."""

    name: str
    items: Callable[..., list[Attention]]
    order: int = 100


@dataclass(frozen=True)
class TimelineEntry:
    on: date
    title: str
    text: str = ""
    kind: str = ""
    source: str = ""
    seen_by: str = ""  # who may see it, where that is not all partners


@dataclass(frozen=True)
class TimelineSource:
    """`entries(scope=, person_id=)` lists what an app knows happened to a person."""

    name: str
    entries: Callable[..., list[TimelineEntry]]
    order: int = 100


@dataclass(frozen=True)
class MergeHandler:
    """Moves an app's rows when two people turn out to be one, or one turns out to be two.

    `merge(by=, keep_id=, gone_id=, at=)`; `split(by=, person_id=, new_id=, source_record_ids=, at=)`.
    """

    name: str
    merge: Callable[..., None]
    split: Callable[..., None]
    order: int = 100


@dataclass(frozen=True)
class Held:
    """What an app holds about one person for one agency: when something last happened, and whether it still goes on.

    `registers` and `offence_codes` are what the retention schedule tells people apart by.
    """

    person_id: int
    agency_id: int
    last_on: date
    is_open: bool = False
    registers: frozenset[str] = frozenset()
    offence_codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RetainedRecord:
    """What an app holds about people that has an end, and how it ends.

    `record` is the kind of record in the retention schedule. `held(scope=, person_ids=)` lists `Held`; an entry without
    it only follows what others hold. `plan(scope=, person_id=, agency_id=)` counts what `erase(by=, person_id=,
    agency_id=, at=)` would do; both return `iom.common.erasure.Counts`. What was erased may be erased again.
    """

    name: str
    record: str
    plan: Callable[..., Any]
    erase: Callable[..., Any]
    held: Callable[..., list[Held]] | None = None
    order: int = 100


@dataclass(frozen=True)
class TransferHandler:
    """Told that rows about a person pass to another agency, in the transaction in which they do.

    `handed(by=, person_id=, agency=, purpose=, gateway=, agreement_id=, rows=, at=)`; `agency` answers for them now.
    """

    name: str
    handed: Callable[..., None]
    order: int = 100


@dataclass(frozen=True)
class DisclosureLog:
    """Where it is written down that many people's data went to somebody outside the partnership, and who asked it not.

    `note(by=, person_ids=, recipient=, purpose=, gateway=, kinds=, at=)`, in the transaction in which it leaves;
    `asked_not_to(scope=, person_ids=)` returns the ids of those whose request that their data not be used is open.
    """

    name: str
    note: Callable[..., None]
    asked_not_to: Callable[..., set[int]]
    order: int = 100


@dataclass(frozen=True)
class AgreementUse:
    """What rests on sharing agreements: `stopped(scope=, without=, on=)` says in words what would stop without one."""

    name: str
    stopped: Callable[..., list[str]]
    order: int = 100


@dataclass(frozen=True)
class PrivacyDeclaration:
    """How each field of a model is to be treated. See `iom.common.privacy`."""

    name: str  # the model's label, for instance "people.Person"
    fields: dict[str, Any] = field(default_factory=dict)
    order: int = 100


@dataclass(frozen=True)
class SubjectAccessGatherer:
    """`gather(scope=, person_id=)` yields what an app holds about a person: see `iom.common.subject_access`."""

    name: str
    gather: Callable[..., Iterator[Any]]
    order: int = 100


navigation: Registry[NavigationItem] = Registry()
admin_pages: Registry[AdminPage] = Registry()
person_tabs: Registry[PersonTab] = Registry()
frame_sources: Registry[FrameSource] = Registry()
attention_sources: Registry[AttentionSource] = Registry()
timeline_sources: Registry[TimelineSource] = Registry()
merge_handlers: Registry[MergeHandler] = Registry()
privacy_declarations: Registry[PrivacyDeclaration] = Registry()
retained_records: Registry[RetainedRecord] = Registry()
transfer_handlers: Registry[TransferHandler] = Registry()
disclosure_logs: Registry[DisclosureLog] = Registry()
agreement_uses: Registry[AgreementUse] = Registry()
subject_access_gatherers: Registry[SubjectAccessGatherer] = Registry()


def list_attention(*, scope: Any, on: date, person_id: int | None = None) -> list[Attention]:
    """What every app says needs this user's attention, about one person or all.

    What is overdue first, then what is to be done by date, then news, the newest first.
    """
    found = [item for source in attention_sources for item in source.items(scope=scope, on=on, person_id=person_id)]
    return sorted(found, key=in_order)


def in_order(item: Attention) -> tuple[bool, bool, int, str]:
    day = (item.on or date.max).toordinal()
    return item.is_news, not item.overdue, -day if item.is_news else day, item.text
