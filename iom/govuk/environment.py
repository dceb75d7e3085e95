"""The Jinja2 environment of every page: the design system's macros, GOV.UK formats, translation, and no silent gaps.

Wire it up as Django's Jinja2 backend with `"environment": "iom.govuk.environment.environment"` and `APP_DIRS`, so that
each app's own `jinja2/` folder is searched too.
"""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import jinja2
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2.runtime import Context

from iom.govuk import filters, forms, pagination, query_strings, sign_in

PACKAGE = "govuk_frontend_jinja"


class Environment(jinja2.Environment):
    """An environment that is strict about our own templates, and lenient about the packaged GOV.UK macros.

    A name that is missing from one of our templates is a mistake and raises (`StrictUndefined`): a blank where a date
    of birth should be is worse than an error. The packaged macros are translated from Nunjucks, where a missing option
    is simply absent, so they are compiled in an overlay of this environment that lets it be.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.packaged: jinja2.Environment | None = None

    def get_template(
        self,
        name: "str | jinja2.Template",
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 (Jinja2's own name for it)
    ) -> jinja2.Template:
        if self.packaged is not None and isinstance(name, str) and name.startswith(f"{PACKAGE}/"):
            return self.packaged.get_template(name, parent, globals)
        return super().get_template(name, parent, globals)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named page."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def counting(ngettext: Callable[..., str]) -> Callable[..., str]:
    """Jinja2's `ngettext`, whose `%(num)s` has its thousands separated as every other number on a page has."""

    @jinja2.pass_context
    def counted(context: Context, singular: str, plural: str, num: int, **variables: Any) -> str:
        return ngettext(context, singular, plural, num, **{"num": filters.number(num), **variables})

    return counted


def environment(**options: Any) -> Environment:
    """The environment in which every page is rendered, from the options Django's Jinja2 backend passes."""
    packaged_templates = jinja2.PrefixLoader({PACKAGE: jinja2.PackageLoader(PACKAGE)})
    given = options.pop("loader", None)
    loaders = [given, packaged_templates] if given is not None else [packaged_templates]
    options.pop("undefined", None)
    options.pop("autoescape", None)
    made = Environment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", *options.pop("extensions", [])],
        **options,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    made.globals.update(
        ngettext=counting(made.globals["ngettext"]),  # type: ignore[arg-type]
        url=url,
        static=static,
        get_language=get_language,
        component_for=forms.component_for,
        error_list=forms.error_list,
        is_in_error=forms.is_in_error,
        pages=pagination.pages,
        page_links=pagination.page_links,
        sign_in_providers=sign_in.sign_in_providers,
        svg_only=sign_in.svg_only,
        with_changes=query_strings.with_changes,
        without_value=query_strings.without_value,
    )
    made.filters.update(FILTERS)
    made.packaged = made.overlay(undefined=jinja2.Undefined, cache_size=400)
    return made


FILTERS: Mapping[str, Any] = {
    "date": filters.date,
    "datetime": filters.datetime,
    "time": filters.time,
    "number": filters.number,
    "percent": filters.percent,
    "age": filters.age,
    "yesno": filters.yesno,
    "pluralise": filters.pluralise,
}
