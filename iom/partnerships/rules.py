"""What can be said of users without keeping it."""

import hmac


def postcode_mark(postcode: str, *, key: str) -> str:
    """A keyed mark of a postcode: two can be told equal, and none can be read back."""
    plain = "".join(postcode.split()).casefold()
    return hmac.new(key.encode(), b"postcode " + plain.encode(), "sha256").hexdigest()
