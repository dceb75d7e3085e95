"""`make validate`: results on real data, official cases and known truth; writes docs/reference/validation.md."""

import importlib
import pkgutil
import sys
from pathlib import Path

from bench import figures, validation

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "validation.md"
SHARED = Path(__file__).parents[2] / "shared" / "data"


def main(areas: list[str]) -> None:
    if not SHARED.exists():
        sys.exit("The real data (../shared/data) is not on this machine.")
    names = areas or sorted(module.name for module in pkgutil.iter_modules(validation.__path__))
    parts = [
        "# Results against real data and official cases\n",
        "Made by `make validate`. Each value was computed by the product.\n",
    ]
    for name in names:
        module = importlib.import_module(f"bench.validation.{name}")
        parts.append(f"## {module.TITLE}\n\n{figures.table(module.figures(SHARED))}\n")
        print(parts[-1], flush=True)
    if not areas:
        PAGE.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
