"""Every setting that comes from the environment is in .env.sample, and nothing else is."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_setting_is_in_the_sample() -> None:
    source = (ROOT / "iom/config/settings.py").read_text()
    read = set(re.findall(r'(?:get_env|get_flag|environ\.get)\(\s*"([A-Z_]+)"', source))
    sample = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.sample").read_text(), re.MULTILINE))
    assert read == sample


def test_the_demonstration_starts_without_a_setting() -> None:
    """Nothing it imports may ask for the settings before it has made them."""
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "iom.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", "import iom.config.demo"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
