"""`openiom demo`: a made-up partnership, taken through the real main job, and served on 127.0.0.1.

Nothing here is a short cut: the extracts are uploaded, checked, accepted, linked, scored and ranked by the same
operations and background tasks that serve a real partnership.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from iom.config import embedded
from iom.config.demonstration import SIGN_INS

PASSWORD = "made-up people only"  # noqa: S105 - a demonstration on this machine's own address, with no real person in it
DATABASE = "openiom_demo"
console = Console()


def main(arguments: list[str]) -> None:
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(demo)
    app(arguments)


def demo(
    port: Annotated[int, typer.Option(help="Where the web application listens, on 127.0.0.1")] = 8000,
    people: Annotated[int, typer.Option(help="How many made-up people the force area has")] = 2000,
    store: Annotated[Path, typer.Option(help="Where everything is kept; remove it to start again")] = Path("var/demo"),
    only_prepare: Annotated[bool, typer.Option("--only-prepare", help="Populate, and stop")] = False,
) -> None:
    """Serves a populated partnership on 127.0.0.1; the first start makes it, later ones take seconds."""
    begun = time.monotonic()
    if not only_prepare and is_taken(port):
        console.print(f"[red]Port {port} is in use.[/] Stop what is using it, or choose another: --port {port + 1}")
        raise typer.Exit(1)
    with step("Starting PostgreSQL"):
        store.mkdir(mode=0o755, parents=True, exist_ok=True)
        address = embedded.start((store / "postgres").resolve())
    ready = store / "ready"
    if not ready.exists():
        clear(address, store)
    set_environment(address, store)
    with step("Bringing the database up to date"):
        from iom.config import cli

        cli.setup()
    if not ready.exists():
        from iom.config import demonstration

        demonstration.populate(people=people, password=PASSWORD, folder=store / "extracts", step=step)
        ready.write_text("The demonstration is complete.\n")
    if only_prepare:
        return
    serve(port=port, begun=begun)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Shows a step while it runs, and how long it took."""
    begun = time.monotonic()
    with console.status(f"{text} ..."):
        yield
    console.print(f"  [green]done[/]  {text} [dim]({time.monotonic() - begun:.1f} s)[/]", highlight=False)


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def clear(address: str, store: Path) -> None:
    """Removes what an interrupted first start left behind."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"drop database if exists {DATABASE} with (force)")
    for name in ("extracts", "files", "drop"):
        shutil.rmtree(store / name, ignore_errors=True)


def set_environment(address: str, store: Path) -> None:
    key = store / "secret"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(50))
    os.environ |= {
        "DATABASE_URL": embedded.with_database(address, DATABASE),
        "OPENIOM_SECRET_KEY": key.read_text(),
        "OPENIOM_STORE": str((store / "files").resolve()),
        "OPENIOM_DROP_FOLDER": str((store / "drop").resolve()),
        "OPENIOM_AUDIT_ANCHOR": str((store / "audit-heads").resolve()),
        "OPENIOM_DEMO": "yes",
        "OPENIOM_SECOND_FACTOR": "no",
        "OPENIOM_DEMO_SIGN_INS": json.dumps(
            [
                {"name": each.name, "role": each.display_name, "login": each.email, "password": PASSWORD}
                for each in SIGN_INS
            ]
        ),
    }


def serve(*, port: int, begun: float) -> None:
    """Runs the web application and a worker until Ctrl-C, and stops both cleanly."""
    command = [sys.executable, "-m", "iom.config.cli"]
    processes = [
        start([*command, "serve", "--bind", f"127.0.0.1:{port}"]),
        start([*command, "worker"]),
    ]
    # This process waits for its children, so that nothing is cut off half-way.
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell has told it to ignore Ctrl-C
        signal.signal(number, signal.default_int_handler)
    try:
        with step("Starting the web application and a worker"):
            wait_until_up(port, processes[0])
        show_sign_ins(port, begun)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        console.print("[red]The web application or the worker has stopped.[/]")
    except KeyboardInterrupt:
        console.print("\nStopping ...")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def start(command: list[str]) -> "subprocess.Popen[bytes]":
    """Starts a command out of reach of Ctrl-C: told twice to stop, the web server's workers never end."""
    return subprocess.Popen(  # noqa: S603 - this product's own commands
        command, preexec_fn=end_with_parent, start_new_session=True
    )


def end_with_parent() -> None:
    """In a child: be told to end when this process ends, however it ends (Linux)."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def wait_until_up(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(120):
        if process.poll() is not None:
            raise SystemExit("The web application did not start; see the message above.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2):  # nosec B310
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("The web application did not answer within a minute.")


def show_sign_ins(port: int, begun: float) -> None:
    table = Table(title=f"One sign-in per role; the password of each is: {PASSWORD}", title_justify="left")
    for heading in ("Role", "Agency", "Email address"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "Email address")
    for each in SIGN_INS:
        table.add_row(each.display_name, each.agency, each.email)
    console.print()
    console.print(table)
    console.print(
        f"\nReady in {time.monotonic() - begun:.0f} seconds: [bold]http://127.0.0.1:{port}/[/]", highlight=False
    )
    console.print("Everybody in it is made up, and the second factor is switched off. Ctrl-C stops everything.")
