"""The numbers and lists the area is made from: `data/settings.yaml` and the tables beside it."""

from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import yaml

PACKAGE = "iom_analytics.synthetic"


def data_file(name: str) -> bytes:
    return (resources.files(PACKAGE) / "data" / name).read_bytes()


@cache
def settings() -> dict[str, Any]:
    """What `data/settings.yaml` says."""
    found: dict[str, Any] = yaml.safe_load(data_file("settings.yaml"))
    return found


@cache
def listed(name: str, *text: str) -> pa.Table:
    """The table `data/<name>.csv`, comment lines left out; the columns named in `text` stay text."""
    lines = data_file(f"{name}.csv").splitlines(keepends=True)
    rows = b"".join(line for line in lines if not line.startswith(b"#"))
    options = pa_csv.ConvertOptions(column_types=dict.fromkeys(text, pa.string()), strings_can_be_null=False)
    return pa_csv.read_csv(BytesIO(rows), convert_options=options)
