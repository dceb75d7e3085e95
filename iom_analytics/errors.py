"""What can go wrong in the library, in words a user can act on.

An `AnalyticsError` is shown to the person as it stands, without a traceback. Everything else is a bug, and crashes.
Messages carry line numbers, column names and identifiers of records; never a person's name.
"""


class AnalyticsError(Exception):
    """The root: something about the input or the request; the message says what to do."""


class InputError(AnalyticsError):
    """A file or table is not what its contract says: unreadable, wrong columns, wrong types."""


class DefinitionError(AnalyticsError):
    """A definitions file (scheme, model, column map, coefficients) does not hold together."""

    def __init__(self, definition: str, problem: str) -> None:
        super().__init__(f"{definition}: {problem}")
        self.definition = definition
        self.problem = problem


class EngineError(AnalyticsError):
    """The engine that was asked for is not there, or ran out of what it needs."""


class EstimateError(AnalyticsError):
    """The data do not allow the number that was asked for: too few people, no events, everybody alike."""
