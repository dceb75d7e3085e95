"""Whatever bytes are sent to a feed: rows, each accepted or held, or a refusal that says why. Never anything else."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from iom.imports import adapters
from iom.imports.adapters import store
from tests.web.integration.imports.conftest import SANCTIONS_LAYOUT

pytestmark = pytest.mark.slow
HEADER = b"Nominal,Convicted,Outcome,HO Code,Committed,Days,Released\n"
BIRTHS = pa.table({"source_id": ["1", "2"], "date_of_birth": pa.array([date(1990, 2, 28), date(2020, 1, 1)])})
CELL = st.sampled_from(
    ["1", "2", "3", "", "01/03/2000", "29/02/2001", "1/3/24", "caution", "02801", "2801", "=1+1", "'", '"', "é", "\x00"]
)
ROWS = st.lists(st.lists(CELL, min_size=5, max_size=8).map(",".join), max_size=12).map(lambda rows: "\n".join(rows))
SENT = (
    st.binary(max_size=300)
    | st.binary(max_size=300).map(lambda content: HEADER + content)
    | ROWS.map(lambda text: HEADER + text.encode())
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=SENT)
def test_any_bytes_are_checked_or_refused(tmp_path: Path, settings: Settings, content: bytes) -> None:
    settings.STORE = tmp_path
    for left in (store.accepted(1), store.held(1)):
        left.unlink(missing_ok=True)
    store.folder(1).mkdir(parents=True, exist_ok=True)
    store.file(1).write_bytes(content)
    found = adapters.check(
        batch_id=1,
        table="sanctions",
        file_name="sanctions.csv",
        layout=SANCTIONS_LAYOUT,
        received_on=date(2026, 11, 23),
        births=BIRTHS,
        progressed=lambda share: None,
    )
    if found.refusal:
        assert "sanctions" in found.refusal or "columns do not fit" in found.refusal
        assert not store.accepted(1).exists()
        assert not store.held(1).exists()
    else:
        accepted = pq.read_table(store.accepted(1))
        assert found.read == found.accepted + found.held
        assert accepted.num_rows == found.accepted
        born = dict(zip(*BIRTHS.to_pydict().values(), strict=True))
        for row in accepted.to_pylist():
            assert row["sanction_date"] > born.get(row["source_id"], date.min)
