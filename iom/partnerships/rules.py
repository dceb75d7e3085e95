"""What can be said of users without keeping it, and what may be asked of those who give access to other systems."""

import hashlib
import hmac
from collections.abc import Collection
from datetime import date

from iom.common.errors import InvalidInput

LONGEST_TOKEN_DAYS = 366


def postcode_mark(postcode: str, *, key: str) -> str:
    """A keyed mark of a postcode: two can be told equal, and none can be read back."""
    plain = "".join(postcode.split()).casefold()
    return hmac.new(key.encode(), b"postcode " + plain.encode(), "sha256").hexdigest()


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def check_can_make_token(
    *, system: str, scopes: Collection[str], known: Collection[str], last_day: date, on: date
) -> None:
    wrong: dict[str, str] = {}
    if not system.strip():
        wrong["system"] = "Enter the name of the system"
    if not scopes or not set(scopes) <= set(known):
        wrong["scopes"] = "Select what the system may do"
    if not on <= last_day or (last_day - on).days > LONGEST_TOKEN_DAYS:
        wrong["expires_on"] = "Enter a day from today to a year from now"
    if wrong:
        raise InvalidInput("The token is not complete.", wrong)
