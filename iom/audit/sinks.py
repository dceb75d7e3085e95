"""Where the record goes besides the database: every event to a second sink, every chain's head to an anchor.

Neither can be switched off from inside the database. The sink is a file or the system's log (`OPENIOM_AUDIT_SINK`); the
anchor a file (`OPENIOM_AUDIT_ANCHOR`) and a command that is given the line (`OPENIOM_AUDIT_ANCHOR_COMMAND`): a printer,
or a way to another machine. A sink that fails is said so in the log and does not stop the work.
"""

import json
import logging
import os
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Any

from django.conf import settings

from iom.audit.rules import Head

logger = logging.getLogger(__name__)
_syslog: dict[str, logging.Handler] = {}
# By chain: the head that this process anchored last, and whether one of its heads did not reach every anchor.
_anchored: dict[int, str] = {}
_behind: set[int] = set()
NEAR_THE_END = 65_536  # bytes


def wanted() -> bool:
    return bool(settings.AUDIT_SINK)


def write(event_id: int, values: Mapping[str, Any]) -> None:
    """One event as a line of JSON: the same columns, the same words, as in the database."""
    texts = {**values, "at": values["at"].isoformat()}
    for column in ("detail", "changes"):
        texts[column] = json.loads(values[column])
    line = json.dumps({"id": event_id, **texts}, ensure_ascii=False, separators=(",", ":"))
    try:
        if settings.AUDIT_SINK.startswith("syslog:"):
            _to_syslog(settings.AUDIT_SINK.removeprefix("syslog:"), line)
        else:
            _append(Path(settings.AUDIT_SINK), line)
    except OSError as error:
        logger.error("Event %s did not reach the second sink: %s", event_id, error.strerror)


def anchor(heads: Iterable[Head]) -> None:
    """Puts the heads of the chains where the database cannot reach them, those that are not there already."""
    for head in heads:
        if is_anchored(head):
            continue
        _behind.add(head.partnership_id)
        try:
            if settings.AUDIT_ANCHOR and not _is_at_end(head):
                _append(Path(settings.AUDIT_ANCHOR), head.line())
            if settings.AUDIT_ANCHOR_COMMAND:
                subprocess.run(  # noqa: S603 - the operator's own command
                    shlex.split(settings.AUDIT_ANCHOR_COMMAND),
                    input=head.line() + "\n",
                    text=True,
                    check=True,
                    timeout=30,
                    stdout=subprocess.DEVNULL,
                )
        except (OSError, subprocess.SubprocessError) as error:
            # It is tried again; and the next seal's head stands for this one too.
            logger.error("The head of chain %s could not be anchored: %s", head.partnership_id, type(error).__name__)
        else:
            _behind.discard(head.partnership_id)
            _anchored[head.partnership_id] = head.hash


def is_anchored(head: Head) -> bool:
    """Whether this head was anchored: by this process, or as the end of the anchor's file says, by another.

    A process killed after it sealed leaves a head that was not.
    """
    if head.partnership_id in _behind:
        return False
    return _anchored.get(head.partnership_id) == head.hash or bool(settings.AUDIT_ANCHOR and _is_at_end(head))


def _is_at_end(head: Head) -> bool:
    """Whether the head is among the last lines of the anchor's file."""
    try:
        with Path(settings.AUDIT_ANCHOR).open("rb") as lines:
            lines.seek(max(0, lines.seek(0, os.SEEK_END) - NEAR_THE_END))
            return head.line().encode() in lines.read().splitlines()
    except OSError:
        return False


def _append(path: Path, line: str) -> None:
    """One write of one line, which Linux keeps whole beside those of other processes.

    Where there was no room for the whole of a line, the rest is tried, and the next line does not join what was left.
    """
    rest = (line + "\n").encode()
    if not _ends_a_line(path):
        rest = b"\n" + rest
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)


def _ends_a_line(path: Path) -> bool:
    """Whether a file ends with a whole line; so does one that is not there, or that cannot be read back."""
    try:
        with path.open("rb") as lines:
            return lines.seek(0, os.SEEK_END) == 0 or (lines.seek(-1, os.SEEK_END) >= 0 and lines.read() == b"\n")
    except OSError:
        return True


def _to_syslog(address: str, line: str) -> None:
    """`address` is a socket of this machine, or `host:port` for UDP."""
    if address not in _syslog:
        host, _, port = address.rpartition(":")
        _syslog[address] = SysLogHandler((host, int(port)) if host else address, SysLogHandler.LOG_AUTHPRIV)
    _syslog[address].emit(logging.LogRecord("openiom.audit", logging.INFO, "", 0, "openiom: %s", (line,), None))
