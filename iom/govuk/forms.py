"""Django form fields as GOV.UK components: which macro, with which parameters, and the error summary.

The markup is the macros' (`govuk/forms.html`); here is only what they are given, so that it can be tested as data.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.forms import BaseForm
from django.forms.utils import ErrorDict, pretty_name
from django.utils.functional import Promise
from django.utils.translation import gettext

from iom.govuk.fields import PARTS, GovukDateInput
from iom.govuk.words import default_words, words_for

# Attributes of a Django widget that the macros take as parameters of their own, by the macro's name for them.
OWN_PARAMETERS = {
    "autocomplete": "autocomplete",
    "inputmode": "inputmode",
    "spellcheck": "spellcheck",
    "autocapitalize": "autocapitalize",
    "class": "classes",
    "disabled": "disabled",
    "rows": "rows",
}
# What a form is sent with that is only to be shown again, as when somebody goes on with what they could not save.
SHOWN_AGAIN = "shown-again"
# Left to the server: the browser's own messages are worded and placed otherwise. A placeholder is no label.
DROPPED = {
    "required",
    "maxlength",
    "minlength",
    "placeholder",
    "cols",
    "aria-invalid",
    "aria-describedby",
    "step",
    "min",
    "max",
}


@dataclass(frozen=True)
class Component:
    """A GOV.UK macro's name without its prefix ("input", "radios"), and its parameters."""

    name: str
    params: dict[str, Any]


class GovukFormMixin:
    """A form whose messages are GOV.UK's: "Enter surname" rather than "This field is required".

    Words that a field was given of its own are left as they are.
    """

    # Whether labels of fields that may be left empty end in "(optional)". A filter panel, where all may be, says False.
    mark_optional = True
    # Other labels for the fields of a form that a library made.
    labels: Mapping[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = getattr(self, "fields")  # noqa: B009
        for name, field in fields.items():
            field.label = self.labels.get(name, field.label)
            defaults = default_words(field)
            for code, said in words_for(field, str(field.label or pretty_name(name))).items():
                if field.error_messages.get(code) == defaults.get(code):
                    field.error_messages[code] = said


class GovukForm(GovukFormMixin, forms.Form):
    """A plain form with GOV.UK's messages. Sent with `SHOWN_AGAIN` it is drawn as typed, unchecked and never valid."""

    @property
    def is_shown_again(self) -> bool:
        return SHOWN_AGAIN in self.data

    def is_valid(self) -> bool:
        return super().is_valid() and not self.is_shown_again

    def full_clean(self) -> None:
        if self.is_shown_again:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()


def component_for(bound: BoundField, options: Mapping[str, Any] | None = None) -> Component:
    """The GOV.UK component of one form field.

    Options: `label` (another text), `label_classes`, `heading` (the label is the page's h1), `hint`, `classes`,
    `prefix`, `suffix`, `conditional` ({choice value: html shown where it is chosen}), `inline`, `small`.
    """
    options = options or {}
    widget = bound.field.widget
    for widget_type, make in MAKERS:
        if isinstance(widget, widget_type):
            return make(bound, options)
    raise TypeError(f"{bound.html_name}: no GOV.UK component for {type(widget).__name__}")


def is_in_error(form: BaseForm | Iterable[BaseForm] | None) -> bool:
    """Whether a form, or any of several, was sent with mistakes."""
    return any(each.is_bound and bool(each.errors) for each in _each(form))


def error_list(form: BaseForm | Iterable[BaseForm] | None) -> list[dict[str, str]]:
    """The lines of the error summary: those of the form as a whole, then each field's, linked to where it is mended."""
    lines: list[dict[str, str]] = []
    for each in _each(form):
        if not each.is_bound:
            continue
        lines += [{"text": str(message)} for message in each.non_field_errors()]
        for bound in each:
            for error in each.errors.as_data().get(bound.name, []):
                href = {} if bound.is_hidden else {"href": f"#{_first_input_id(bound, error)}"}
                lines += [{"text": str(message), **href} for message in error.messages]
    return lines


def _each(form: BaseForm | Iterable[BaseForm] | None) -> list[BaseForm]:
    if form is None:
        return []
    return [form] if isinstance(form, BaseForm) else list(form)


def _id(bound: BoundField) -> str:
    return bound.auto_id or f"id_{bound.html_name}"


def _first_input_id(bound: BoundField, error: ValidationError) -> str:
    if isinstance(bound.field.widget, GovukDateInput):
        return f"{_id(bound)}_{_part_in_error(error) or PARTS[0]}"
    return _id(bound)


def _part_in_error(error: ValidationError) -> str | None:
    part = (error.params or {}).get("part") if isinstance(error.params, dict) else None
    return part if isinstance(part, str) else None


def _label_text(bound: BoundField, options: Mapping[str, Any]) -> str:
    label = str(options.get("label", bound.label))
    marks = getattr(bound.form, "mark_optional", True)
    if marks and not bound.field.required and not isinstance(bound.field.widget, forms.CheckboxInput):
        return gettext("%(label)s (optional)") % {"label": label}
    return label


def _label(bound: BoundField, options: Mapping[str, Any]) -> dict[str, Any]:
    heading = bool(options.get("heading"))
    classes = options.get("label_classes", "govuk-label--l" if heading else "")
    return {"text": _label_text(bound, options), "classes": classes, "isPageHeading": heading}


def _legend(bound: BoundField, options: Mapping[str, Any]) -> dict[str, Any]:
    heading = bool(options.get("heading"))
    classes = options.get("label_classes", "govuk-fieldset__legend--l" if heading else "govuk-fieldset__legend--s")
    return {"legend": {"text": _label_text(bound, options), "classes": classes, "isPageHeading": heading}}


def _hint_and_error(bound: BoundField, options: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    hint = options.get("hint", bound.help_text)
    if isinstance(hint, Promise):
        hint = str(hint)
    if hint:
        # A help text that is markup says so itself (Django's password rules are a list).
        found["hint"] = {"html": hint} if hasattr(hint, "__html__") else {"text": str(hint)}
    if bound.errors:
        found["errorMessage"] = {
            "text": " ".join(str(each) for each in bound.errors),
            "visuallyHiddenText": gettext("Error"),
        }
    return found


def _attributes(bound: BoundField, options: Mapping[str, Any]) -> dict[str, Any]:
    """The widget's attributes: those the macros know by name, and the rest as they are."""
    known: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name, value in bound.field.widget.attrs.items():
        if name in OWN_PARAMETERS:
            known[OWN_PARAMETERS[name]] = value
        elif name not in DROPPED:
            rest[name] = value
    if options.get("classes"):
        known["classes"] = options["classes"]
    if bound.field.disabled:
        known["disabled"] = True
    return {**known, "attributes": rest}


def _base(bound: BoundField, options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": _id(bound),
        "name": bound.html_name,
        "label": _label(bound, options),
        **_hint_and_error(bound, options),
        **_attributes(bound, options),
    }


def _text_value(bound: BoundField) -> str:
    value = bound.field.widget.format_value(bound.value())
    return "" if value is None else str(value)


def _input(bound: BoundField, options: Mapping[str, Any]) -> Component:
    widget = bound.field.widget
    params = {**_base(bound, options), "value": _text_value(bound), "type": getattr(widget, "input_type", "text")}
    if isinstance(widget, forms.NumberInput):
        # The Design System asks for a text box with a numeric keyboard: number boxes change when the page is scrolled.
        whole = not isinstance(bound.field, forms.DecimalField | forms.FloatField)
        params |= {"type": "text", "inputmode": "numeric" if whole else "decimal", "spellcheck": False}
    if isinstance(widget, forms.EmailInput):
        params |= {"spellcheck": False, "autocomplete": params.get("autocomplete", "email")}
    params |= {name: {"text": str(options[name])} for name in ("prefix", "suffix") if options.get(name)}
    return Component("input", params)


def _password(bound: BoundField, options: Mapping[str, Any]) -> Component:
    return Component(
        "password_input",
        {
            "autocomplete": "current-password",
            **_base(bound, options),
            "showPasswordText": gettext("Show"),
            "hidePasswordText": gettext("Hide"),
            "showPasswordAriaLabelText": gettext("Show password"),
            "hidePasswordAriaLabelText": gettext("Hide password"),
            "passwordShownAnnouncementText": gettext("Your password is visible"),
            "passwordHiddenAnnouncementText": gettext("Your password is hidden"),
        },
    )


def _textarea(bound: BoundField, options: Mapping[str, Any]) -> Component:
    params = {**_base(bound, options), "value": _text_value(bound)}
    longest = getattr(bound.field, "max_length", None)
    if not longest:
        return Component("textarea", params)
    return Component(
        "character_count",
        {
            **params,
            "maxlength": str(longest),
            "textareaDescriptionText": gettext("You can enter up to %{count} characters"),
            "charactersUnderLimitText": {
                "one": gettext("You have %{count} character remaining"),
                "other": gettext("You have %{count} characters remaining"),
            },
            "charactersAtLimitText": gettext("You have 0 characters remaining"),
            "charactersOverLimitText": {
                "one": gettext("You have %{count} character too many"),
                "other": gettext("You have %{count} characters too many"),
            },
        },
    )


def _file(bound: BoundField, options: Mapping[str, Any]) -> Component:
    params = _base(bound, options)
    params["multiple"] = bool(getattr(bound.field.widget, "allow_multiple_selected", False))
    return Component("file_upload", params)


def _choices(bound: BoundField) -> list[dict[str, Any]]:
    widget = bound.field.widget
    assert isinstance(widget, forms.widgets.ChoiceWidget)
    value = widget.format_value(bound.value())
    return [
        option
        for _group, options, _index in widget.optgroups(bound.html_name, [str(each) for each in value])
        for option in options
    ]


def _select(bound: BoundField, options: Mapping[str, Any]) -> Component:
    items = [
        {"value": str(choice["value"]), "text": str(choice["label"]), "selected": choice["selected"]}
        for choice in _choices(bound)
    ]
    return Component("select", {**_base(bound, options), "items": items})


def _radios_or_checkboxes(name: str, bound: BoundField, options: Mapping[str, Any]) -> Component:
    hints = getattr(bound.field.widget, "hints", {})
    conditional = options.get("conditional", {})
    items = []
    for choice in _choices(bound):
        value = str(choice["value"])
        # An unanswered question has nothing chosen, so the empty choice is no choice of its own.
        if value == "" and bound.field.required:
            continue
        item: dict[str, Any] = {"value": value, "text": str(choice["label"]), "checked": bool(choice["selected"])}
        if hints.get(value):
            item["hint"] = {"text": str(hints[value])}
        if conditional.get(value):
            item["conditional"] = {"html": conditional[value]}
        if choice["attrs"].get("disabled") or bound.field.disabled:
            item["disabled"] = True
        items.append(item)
    layout = [
        f"govuk-{name}--inline" if options.get("inline") else "",
        f"govuk-{name}--small" if options.get("small") else "",
    ]
    given = _attributes(bound, options)
    return Component(
        name,
        {
            "idPrefix": _id(bound),
            "name": bound.html_name,
            "fieldset": _legend(bound, options),
            "items": items,
            **_hint_and_error(bound, options),
            **given,
            "classes": " ".join(filter(None, [*layout, given.get("classes", "")])),
        },
    )


def _radios(bound: BoundField, options: Mapping[str, Any]) -> Component:
    return _radios_or_checkboxes("radios", bound, options)


def _checkboxes(bound: BoundField, options: Mapping[str, Any]) -> Component:
    return _radios_or_checkboxes("checkboxes", bound, options)


def _one_checkbox(bound: BoundField, options: Mapping[str, Any]) -> Component:
    """A single tick box: its label stands beside it, its hint under it, and there is no legend."""
    widget = bound.field.widget
    assert isinstance(widget, forms.CheckboxInput)
    found = _hint_and_error(bound, options)
    item = {
        "id": _id(bound),
        "value": "on",
        "text": _label_text(bound, options),
        "checked": bool(widget.check_test(bound.value())),
        "disabled": bound.field.disabled,
    }
    if "hint" in found:
        item["hint"] = found.pop("hint")
    small = "govuk-checkboxes--small" if options.get("small") else ""
    return Component(
        "checkboxes", {"idPrefix": _id(bound), "name": bound.html_name, "items": [item], "classes": small, **found}
    )


def _date(bound: BoundField, options: Mapping[str, Any]) -> Component:
    widget = bound.field.widget
    assert isinstance(widget, GovukDateInput)
    value = bound.value()
    typed = value if isinstance(value, list) else widget.decompress(value)
    errors = bound.form.errors.as_data().get(bound.name, []) if bound.form.is_bound else []
    parts = [_part_in_error(error) for error in errors]
    labels = {"day": gettext("Day"), "month": gettext("Month"), "year": gettext("Year")}
    # Where the mistake is in no one part, all three are marked.
    marked = {part for part in parts if part} or (set(PARTS) if errors else set())
    items = [
        {
            "id": f"{_id(bound)}_{part}",
            "name": f"{bound.html_name}_{part}",
            "label": labels[part],
            "value": text or "",
            "inputmode": "numeric",
            "classes": f"govuk-input--width-{4 if part == 'year' else 2}"
            + (" govuk-input--error" if part in marked else ""),
        }
        for part, text in zip(PARTS, typed, strict=True)
    ]
    params = {"id": _id(bound), "fieldset": _legend(bound, options), "items": items, **_hint_and_error(bound, options)}
    return Component("date_input", params)


def _hidden(bound: BoundField, options: Mapping[str, Any]) -> Component:
    return Component("hidden", {"id": _id(bound), "name": bound.html_name, "value": _text_value(bound)})


# The first that fits is taken: a subclass stands before what it is a kind of.
MAKERS: tuple[tuple[type[forms.Widget], Callable[[BoundField, Mapping[str, Any]], Component]], ...] = (
    (forms.HiddenInput, _hidden),
    (GovukDateInput, _date),
    (forms.PasswordInput, _password),
    (forms.CheckboxSelectMultiple, _checkboxes),
    (forms.RadioSelect, _radios),
    (forms.CheckboxInput, _one_checkbox),
    (forms.Select, _select),
    (forms.FileInput, _file),
    (forms.Textarea, _textarea),
    (forms.widgets.Input, _input),
)
