"""Which files may be kept with an agreement. Pure: no database, no clock."""

from iom.common.errors import InvalidInput

LARGEST = 20 << 20  # bytes


def check_can_keep(*, size: int, kind: str) -> None:
    """A document is a PDF or a text document of at most 20 MB, by what is in it and not by its name."""
    message = ""
    if size > LARGEST:
        message = "The file must be smaller than 20 MB"
    elif not kind:
        message = "The file must be a PDF, a Word document (.docx) or an OpenDocument text (.odt)"
    if message:
        raise InvalidInput(message, {"file": message})
