"""`iom-analytics validate` from a terminal: the report, the files it writes and its exit code."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from iom_analytics import cli

ROWS = "Nominal Ref,Conviction Date,Outcome Type,HO Code,Note\n"
GOOD = "X1,01/03/2024,Conviction,02801,a\n"
BAD = "X2,01/03/24,Conviction,99999,=1+1\n"


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(cli.app, ["validate", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    path = tmp_path / "sent.csv"
    path.write_text(ROWS + GOOD + BAD)
    return path


def test_held_rows_make_the_exit_code_one_and_are_written_with_their_reasons(sent: Path, tmp_path: Path) -> None:
    held, out = tmp_path / "held.csv", tmp_path / "accepted.parquet"
    code, output = run(
        sent, "--table", "sanctions", "--source", "police", "--received-on", "2026-04-01", "--held", held, "--out", out
    )
    assert code == 1
    assert "sanction_date from 'Conviction Date'" in output
    assert "Columns not used: Note" in output
    assert "2 rows of sanctions: 1 accepted (0 with a warning), 1 held" in output
    assert "The year has two digits" in output
    assert "line 3: 01/03/24" in output
    assert "Home Office offence code" in held.read_text(encoding="utf-8-sig")
    assert "'=1+1" in held.read_text(encoding="utf-8-sig")
    rows = pq.read_table(out).to_pylist()
    assert [(row["line"], row["source"], row["offence_code"]) for row in rows] == [(2, "police", "02801")]


def test_a_file_whose_rows_are_all_accepted_has_exit_code_nought(sent: Path) -> None:
    sent.write_text(ROWS + GOOD)
    code, output = run(sent, "--table", "sanctions", "--source", "police", "--received-on", "2026-04-01")
    assert (code, "1 accepted" in output) == (0, True)


def test_columns_and_whole_layouts_come_from_files(sent: Path, tmp_path: Path) -> None:
    names = "  source_id: Nominal Ref\n  sanction_date: Conviction Date\n  offence_code: HO Code\n"
    columns = names.replace("  ", "") + "sanction_type: Outcome Type\nalso_compare: [Note]\n"
    (tmp_path / "map.yaml").write_text(columns)
    sent.write_text(ROWS + GOOD)
    assert run(sent, "--table", "sanctions", "--source", "police", "--columns", tmp_path / "map.yaml")[0] == 0
    layout = f"columns:\n{names}constants: {{source: police, sanction_type: caution}}\ndate_order: mdy\n"
    (tmp_path / "layout.yaml").write_text(layout)
    out = tmp_path / "out.parquet"
    assert run(sent, "--table", "sanctions", "--layout", tmp_path / "layout.yaml", "--out", out)[0] == 0
    row = pq.read_table(out).to_pylist()[0]
    assert (row["sanction_date"].isoformat(), row["sanction_type"]) == ("2024-01-03", "caution")


def test_a_keyed_table_is_checked_as_one(tmp_path: Path) -> None:
    path = tmp_path / "sent.csv"
    path.write_text("person_key,sanction_date,sanction_type,offence_code\np1,2024-03-01,caution,02801\n")
    assert run(path, "--table", "sanctions")[0] == 0
    path.write_text("person_key,sex\np1,M\np1,F\n")
    code, output = run(path, "--table", "persons")
    assert (code, "1 accepted" in output) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--table", "sanctoins"], "There is no table 'sanctoins'"),
        (["--table", "sanctions"], "nothing fills 'source'"),
        (["--table", "sanctions", "--source", "x", "--received-on", "1/4/26"], "must be a date like 2026-04-01"),
        (["--table", "sanctions", "--columns", "none.yaml"], "none.yaml: cannot be read"),
    ],
)
def test_what_cannot_be_done_is_a_message_and_exit_code_two(
    sent: Path, arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["iom-analytics", "validate", str(sent), *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_a_file_that_proves_unreadable_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sent.csv"
    path.write_text(ROWS)
    out, held = tmp_path / "out.parquet", tmp_path / "held.csv"
    arguments = [str(path), "--table", "sanctions", "--source", "police", "--out", str(out), "--held", str(held)]
    monkeypatch.setattr("sys.argv", ["iom-analytics", "validate", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 2
    assert "has a header and no rows" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [path]
