"""The plain `Scope` a request acts in: who, for which agency, in which partnership, with which permissions.

Every read starts from it and every write takes it as `by`. It is a value: it holds ids and words, no rows.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from iom.access.permissions import Permission
from iom.common.errors import NotAllowed


@dataclass(frozen=True)
class PersonRule:
    """One person for whom something else holds than their records' audience, and the id of the row that says so."""

    person_id: int
    row_id: int


@dataclass(frozen=True)
class Scope:
    """`user_id` 0 is the system acting for the partnership; `because` then says why.

    `shut_out` are the people whose records are kept from this user whatever their audience (limited access); `opened`
    those whose records are open to them to read whatever their audience (emergency access).
    """

    user_id: int
    partnership_id: int
    agency_id: int
    roles: tuple[str, ...]
    permissions: frozenset[Permission]
    because: str = ""
    shut_out: tuple[PersonRule, ...] = ()
    opened: tuple[PersonRule, ...] = ()

    @property
    def people_shut_out(self) -> list[int]:
        return [rule.person_id for rule in self.shut_out]

    @property
    def people_opened(self) -> list[int]:
        return [rule.person_id for rule in self.opened]

    def access_to(self, person_id: int | None) -> int | None:
        """The emergency access under which a person is open, if one is."""
        return next((rule.row_id for rule in self.opened if rule.person_id == person_id), None)

    def allows(self, permission: Permission) -> bool:
        return permission in self.permissions

    def check(self, permission: Permission) -> None:
        """Raises `NotAllowed` where the roles do not list the permission."""
        if permission not in self.permissions:
            raise NotAllowed("Your role does not allow this. Ask the administrator of your partnership.")


NOBODY = Scope(user_id=0, partnership_id=0, agency_id=0, roles=(), permissions=frozenset())


def unrestricted(*, partnership_id: int, agency_id: int, because: str) -> Scope:
    """The system acting for one agency in one partnership, in background work. Every use says why, and can be found."""
    return Scope(0, partnership_id, agency_id, ("system",), frozenset(Permission), because)


_acting: ContextVar[Scope] = ContextVar("acting", default=NOBODY)


def acting() -> Scope:
    """The scope this thread of work acts in; `NOBODY` outside any."""
    return _acting.get()


@contextmanager
def act_in(scope: Scope, *, using: str = "default") -> Iterator[Scope]:
    """One transaction in which row-level security sees `scope`. Nested use narrows or changes it, then restores it."""
    before, nested = _acting.get(), connections[using].in_atomic_block
    token = _acting.set(scope)
    try:
        with transaction.atomic(using=using):
            _tell(connections[using], scope)
            try:
                yield scope
            finally:
                # What a transaction was told ends with it.
                if nested and not connections[using].needs_rollback:
                    _tell(connections[using], before)
    finally:
        _acting.reset(token)


def _tell(connection: BaseDatabaseWrapper, scope: Scope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('iom.user', %s, true), set_config('iom.partnerships', %s, true),"
            " set_config('iom.agencies', %s, true), set_config('iom.system', %s, true),"
            " set_config('iom.shut_out', %s, true), set_config('iom.opened', %s, true),"
            " set_config('iom.roles', %s, true)",
            [
                str(scope.user_id),
                _array([scope.partnership_id]),
                _array([scope.agency_id]),
                "yes" if scope.because else "no",
                _array(scope.people_shut_out),
                _array(scope.people_opened),
                f"{{{','.join(scope.roles)}}}",
            ],
        )


def _array(ids: Iterable[int]) -> str:
    return f"{{{','.join(map(str, sorted(ids)))}}}"
