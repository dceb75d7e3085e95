"""The environment as the product uses it, and a page drawn from a few lines of template."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
from django.test import override_settings
from django.utils import translation

import iom.govuk
from iom.govuk.environment import Environment, environment

TEMPLATES = Path(iom.govuk.__file__).parent / "jinja2"


@pytest.fixture(autouse=True)
def plain_english() -> Iterator[None]:
    """British English and plain static addresses, whatever the settings of the product say."""
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STATIC_URL="/static/", STORAGES=plain), translation.override("en-gb"):
        yield


@pytest.fixture(scope="session")
def env() -> Environment:
    return environment(loader=jinja2.FileSystemLoader(TEMPLATES))


@pytest.fixture
def draw(env: Environment) -> Callable[..., str]:
    """Renders template source with the given context."""

    def render(source: str, **context: Any) -> str:
        return env.from_string(source).render(**context)

    return render
