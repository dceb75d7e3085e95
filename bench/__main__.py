"""`make bench [AREA ...]`: every speed figure, each beside its peer, in one run."""

import importlib
import pkgutil
import subprocess
import sys

from bench import figures, speed


def main(areas: list[str]) -> int:
    """Prints the figures of each area; the number of areas that could not be measured."""
    names = areas or sorted(module.name for module in pkgutil.iter_modules(speed.__path__))
    if len(names) > 1:
        # One process each: the web application is set up once in a process, for one database.
        return sum(subprocess.run([sys.executable, "-m", "bench", name], check=False).returncode != 0 for name in names)
    print(f"Measured on {figures.machine()}\n", flush=True)
    print(f"## {names[0]}\n\n{figures.table(importlib.import_module(f'bench.speed.{names[0]}').figures())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
