"""What a form says where an answer is missing or wrong, in GOV.UK's words: what to do, naming the question."""

from django import forms
from django.utils.translation import gettext


def words_for(field: forms.Field, label: str) -> dict[str, str]:
    """The messages of one field by error code; those with a limit keep Django's `%(limit_value)s` to be filled in."""
    exact = label.replace("%", "%%")  # these two are filled in again, when the limit is known
    said = {
        "required": required_message(field, label),
        "max_length": gettext("%(label)s must be %(limit)s characters or fewer")
        % {"label": exact, "limit": "%(limit_value)s"},
        "min_length": gettext("%(label)s must be %(limit)s characters or more")
        % {"label": exact, "limit": "%(limit_value)s"},
        "min_value": gettext("%(label)s must be %(limit)s or more") % {"label": exact, "limit": "%(limit_value)s"},
        "max_value": gettext("%(label)s must be %(limit)s or less") % {"label": exact, "limit": "%(limit_value)s"},
    }
    if isinstance(field, forms.EmailField):
        said["invalid"] = gettext("Enter an email address in the correct format, like name@example.org")
    elif isinstance(field, forms.FileField):
        said["empty"] = gettext("The chosen file is empty")
    elif isinstance(field, forms.IntegerField):
        whole = not isinstance(field, forms.DecimalField | forms.FloatField)
        said["invalid"] = (
            gettext("%(label)s must be a whole number") if whole else gettext("%(label)s must be a number")
        ) % {"label": label}
    elif isinstance(field, forms.ChoiceField):
        said["invalid_choice"] = gettext("Choose from the answers given for “%(label)s”") % {"label": exact}
    return said


def required_message(field: forms.Field, label: str) -> str:
    """What is said where a field was left empty: "Select", "Choose a file for" or "Enter" and what the label names."""
    if label.endswith("?"):
        return gettext("Answer “%(question)s”") % {"question": label}
    if isinstance(field.widget, forms.CheckboxInput):
        return gettext("Tick “%(label)s” to continue") % {"label": label}
    # "Date of birth" starts a sentence, "PNC number" is an abbreviation.
    named = label[:1].lower() + label[1:] if label[1:2].islower() else label
    if isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.Select):
        return gettext("Select %(named)s") % {"named": named}
    if isinstance(field.widget, forms.FileInput):
        return gettext("Choose a file for %(named)s") % {"named": named}
    return gettext("Enter %(named)s") % {"named": named}


def default_words(field: forms.Field) -> dict[str, object]:
    """What Django would say for this kind of field: where a field says something else, its author chose the words."""
    found: dict[str, object] = {}
    for kind in reversed(type(field).__mro__):
        found.update(getattr(kind, "default_error_messages", {}))
    return found
