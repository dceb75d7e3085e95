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
    """Puts the heads of the chains where the database cannot reach them."""
    for head in heads:
        try:
            if settings.AUDIT_ANCHOR:
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
            # The next seal's head stands for this one too.
            logger.error("The head of chain %s could not be anchored: %s", head.partnership_id, type(error).__name__)


def _append(path: Path, line: str) -> None:
    """One write of one line, which Linux keeps whole beside those of other processes."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(descriptor, (line + "\n").encode())
    finally:
        os.close(descriptor)


def _to_syslog(address: str, line: str) -> None:
    """`address` is a socket of this machine, or `host:port` for UDP."""
    if address not in _syslog:
        host, _, port = address.rpartition(":")
        _syslog[address] = SysLogHandler((host, int(port)) if host else address, SysLogHandler.LOG_AUTHPRIV)
    _syslog[address].emit(logging.LogRecord("openiom.audit", logging.INFO, "", 0, "openiom: %s", (line,), None))
