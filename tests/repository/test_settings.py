"""Every setting that comes from the environment is in .env.sample, and nothing else is."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_setting_is_in_the_sample() -> None:
    source = (ROOT / "iom/config/settings.py").read_text()
    read = set(re.findall(r'(?:get_env|get_flag|environ\.get)\(\s*"([A-Z_]+)"', source))
    sample = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.sample").read_text(), re.MULTILINE))
    assert read == sample
