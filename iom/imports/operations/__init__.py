"""Every write of the imports: feeds and their layouts, and a batch from upload to taken in."""

from iom.imports.operations.batches import (
    accept,
    cancel,
    check,
    clear_up,
    finish_accepting,
    lay_out,
    record_download,
    refuse,
    upload,
)
from iom.imports.operations.drop import take_up
from iom.imports.operations.feeds import add_feed, save_layout

__all__ = [
    "accept",
    "add_feed",
    "cancel",
    "check",
    "clear_up",
    "finish_accepting",
    "lay_out",
    "record_download",
    "refuse",
    "save_layout",
    "take_up",
    "upload",
]
