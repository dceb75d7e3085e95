"""Difference in differences with staggered entry against R's `did` and csdid, which we did not write.

The minimum-wage panel of R's `did` (mpdta) is under the GPL and not kept here: the test of it runs where the variable
MPDTA_CSV names the file (csdid's repository has it as data/mpdta.csv). The made panel needs nothing.
"""

import os

import numpy as np
import pandas as pd
import pytest

from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.staggered import Comparison, Staggered, staggered

Expected = tuple[float, float]


def made_panel() -> pd.DataFrame:
    """48 units over 7 periods; noise from remainders, so that it is the same in any language."""
    rows = []
    for unit in range(48):
        entered = (3, 4, 6, None)[unit % 4] if unit % 3 else None
        for period in range(1, 8):
            noise = ((7 * unit + 13 * period + unit * period * period) % 17) / 4
            on = entered is not None and period >= entered
            fall = 1 + 0.5 * (period - entered) if on and entered is not None else 0
            rows.append((unit, period, entered, unit % 5 + 0.5 * period + noise - fall))
    return pd.DataFrame(rows, columns=["unit", "period", "entered", "outcome"])


def of(panel: pd.DataFrame, comparison: Comparison) -> Staggered:
    return staggered(**{name: panel[name] for name in ("unit", "period", "entered", "outcome")}, comparison=comparison)


# ATTgt(..., xformla="y~1", control_group=...).fit(est_method="reg", bstrap=False).aggte(...), csdid 0.4.3.
MADE: dict[Comparison, dict[str, Expected]] = {
    "never": {
        "overall": (-1.4696969697, 0.3321097183),
        "dynamic": (-1.7173611111, 0.3620397659),
        "0": (-0.8020833333, 0.3377059700),
        "4": (-3.0, 0.7121907800),
        "-1": (-0.1284722222, 0.4157983100),
        "-4": (0.0, 0.6392473300),
        "group 3": (-1.7166666700, 0.5348097000),
        "group 4": (-1.3593750000, 0.5489018700),
        "group 6": (-1.0729166700, 0.5982974900),
    },
    "not yet": {
        "overall": (-1.4803977273, 0.3318983919),
        "dynamic": (-1.7281597222, 0.3612799385),
        "0": (-0.7675347222, 0.3403289500),
        "4": (-3.0, 0.7121907800),
        "-1": (-0.1260416667, 0.4117449500),
        "-4": (0.0250000000, 0.6195890800),
        "group 3": (-1.6959375000, 0.5198580100),
        "group 4": (-1.4147135400, 0.5307325700),
        "group 6": (-1.0729166700, 0.5982974900),
    },
}
# att_gt and aggte of R's did on mpdta, without bootstrap (csdid, test_csdid/r_ref/ref_aggte.csv).
MPDTA: dict[Comparison, dict[str, Expected]] = {
    "never": {
        "overall": (-0.0399512751551763, 0.0120340127701854),
        "dynamic": (-0.0772398214573151, 0.0199649890618494),
        "0": (-0.0199318167892593, 0.0118263640580582),
        "3": (-0.100811363085404, 0.0343592258346733),
        "-1": (-0.0244587449711696, 0.0142364022105193),
        "-3": (0.0305066555832928, 0.01503356028013),
        "group 2004": (-0.0797491265747291, 0.0263677994350273),
        "group 2006": (-0.0229095392495403, 0.0167033302551619),
        "group 2007": (-0.0260544107191966, 0.0166554353492522),
    },
    "not yet": {
        "overall": (-0.0397636256230437, 0.0120524247873419),
        "dynamic": (-0.0773993139705847, 0.0195601769463944),
        "0": (-0.0189221990834249, 0.0120445686892691),
        "-1": (-0.0242689034145076, 0.0144636816758019),
        "-3": (0.0297593647610311, 0.0145335416386514),
        "group 2004": (-0.0836942930380162, 0.0257015997680069),
    },
}


def figures(found: Staggered) -> dict[str, Expected]:
    effects = {
        "overall": found.overall,
        "dynamic": found.dynamic_overall,
        **{str(time): effect for time, effect in (*found.dynamic, *found.pre_trend.placebos)},
        **{f"group {group}": effect for group, effect in found.by_group},
    }
    return {name: (effect.estimate, effect.error) for name, effect in effects.items()}


@pytest.mark.slow
@pytest.mark.parametrize("comparison", ["never", "not yet"])
def test_a_made_panel_against_csdid(comparison: Comparison) -> None:
    found = of(made_panel(), comparison)
    assert (found.units, found.never, found.left_out, found.grade) == (48, 24, 0, Grade.AREA)
    given = figures(found)
    for name, expected in MADE[comparison].items():
        assert given[name] == pytest.approx(expected, abs=2e-8), name


@pytest.mark.slow
@pytest.mark.parametrize("comparison", ["never", "not yet"])
def test_the_minimum_wage_panel_against_r(comparison: Comparison) -> None:
    if "MPDTA_CSV" not in os.environ:
        pytest.skip("the panel mpdta is not kept here: name its file in MPDTA_CSV")
    raw = pd.read_csv(os.environ["MPDTA_CSV"])
    panel = pd.DataFrame(
        {
            "unit": raw.countyreal,
            "period": raw.year,
            "entered": raw["first.treat"].replace(0, np.nan),
            "outcome": raw.lemp,
        }
    )
    found = of(panel, comparison)
    given = figures(found)
    for name, expected in MPDTA[comparison].items():
        assert given[name] == pytest.approx(expected, abs=1e-12), name
    cell = next(cell for cell in found.cells if (cell.entered, cell.period) == (2006, 2007))
    assert (cell.treated, cell.comparison) == (40, 309)
    assert cell.effect is not None
    assert cell.effect.error == pytest.approx(0.0202291807041068, abs=1e-12)
