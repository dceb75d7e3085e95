"""The command `openiom`: the demo, the web server, the worker, and Django's own commands."""

import os
import sys

USAGE = """\
openiom COMMAND

  demo     a populated partnership on 127.0.0.1, with its own PostgreSQL; nothing else is needed
  serve    the web application (needs DATABASE_URL and OPENIOM_SECRET_KEY)
  worker   the background work: imports, linking, ranking, sealing the audit record
  audit    verify the sealed audit record, or show where its chains end
  setup    make the database roles, the database and its tables, or bring them up to date
  manage   Django's commands, for instance `openiom manage createsuperuser`
"""


def main(arguments: list[str] | None = None) -> None:
    arguments = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iom.config.settings")
    command, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if command == "demo":
        from iom.config import demo

        demo.main(rest)
    elif command == "serve":
        serve(rest)
    elif command == "worker":
        worker(rest)
    elif command == "audit":
        from iom.config import audit

        audit.main(rest)
    elif command == "setup":
        setup()
    elif command == "manage":
        manage(rest)
    else:
        sys.stdout.write(USAGE)
        sys.exit(0 if command in ("help", "-h", "--help") else 2)


SERVER = ("--workers", "2", "--threads", "4", "--no-control-socket", "--log-level", "warning")


def serve(rest: list[str]) -> None:
    """Gunicorn on 127.0.0.1:8000 unless told otherwise; a proxy in front of it speaks TLS."""
    from gunicorn.app.wsgiapp import run

    sys.argv = ["openiom serve", "iom.config.wsgi:application", *SERVER, *rest]
    run()


def worker(rest: list[str]) -> None:
    """The background work; with options of procrastinate's, one worker as they say."""
    if rest:
        manage(["procrastinate", "worker", "--delete-jobs", "successful", *rest])
        return
    from iom.config import worker as both

    both.main()


def manage(rest: list[str]) -> None:
    from django.core.management import execute_from_command_line

    if not os.environ.get("DATABASE_URL") and rest and rest[0] in NEEDS_NO_DATABASE:
        os.environ.setdefault("OPENIOM_SECRET_KEY", "not used")
    execute_from_command_line(["openiom manage", *rest])


NEEDS_NO_DATABASE = ("makemigrations", "make_docs", "check", "make_catalogues")


def setup() -> None:
    """Roles and database from DATABASE_URL (an administrator's address), then the migrations as their owner."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    from iom.config import embedded

    url = os.environ["DATABASE_URL"]
    database = str(conninfo_to_dict(url).get("dbname", "openiom"))
    embedded.prepare(make_conninfo(url, dbname="postgres"), database)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", database="owner", verbosity=0)


if __name__ == "__main__":
    main()
