"""`make bench [AREA ...]`: every speed figure, each beside its peer, in one run."""

import importlib
import pkgutil
import sys

from bench import figures, speed


def main(areas: list[str]) -> None:
    names = areas or sorted(module.name for module in pkgutil.iter_modules(speed.__path__))
    print(f"Measured on {figures.machine()}\n")
    for name in names:
        print(f"## {name}\n\n{figures.table(importlib.import_module(f'bench.speed.{name}').figures())}\n", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
