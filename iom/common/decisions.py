"""One decision, two questions: `check_can_x(...)` raises with a sentence; `can_x(...)` says yes or no."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from iom.common.errors import UserError

P = ParamSpec("P")


def can(check: Callable[P, None]) -> Callable[P, bool]:
    """Makes `can_x` from `check_can_x`: true where the check raises no `UserError`."""

    @wraps(check)
    def answer(*args: P.args, **kwargs: P.kwargs) -> bool:
        try:
            check(*args, **kwargs)
        except UserError:
            return False
        return True

    return answer
