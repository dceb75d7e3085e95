"""What the import pages ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iom.agreements.choices import Audience, Descriptor
from iom.govuk.forms import GovukForm
from iom.imports.choices import BatchStatus
from iom.imports.models import Feed


class UploadForm(GovukForm):
    feed = forms.ChoiceField(
        label=_("Which extract is it?"),
        widget=forms.RadioSelect,
        help_text=_("The feeds of your own agency."),
    )
    file = forms.FileField(
        label=_("The file"),
        help_text=_("CSV (also zipped), Excel or OpenDocument spreadsheet, or Parquet. Up to 2 GB."),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, feeds: list[Feed], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["feed"].choices = [(str(feed.pk), feed.name) for feed in feeds]  # type: ignore[attr-defined]
        if len(feeds) == 1:
            self.fields["feed"].initial = str(feeds[0].pk)


class FeedForm(GovukForm):
    name = forms.CharField(label=_("Name of the feed"), max_length=120, help_text=_("For instance: Custody records"))
    source = forms.RegexField(
        regex=r"^[a-z][a-z0-9-]{1,38}$",
        label=_("System it comes from"),
        help_text=_("A short name, the same for every feed of that system, for instance police-custody."),
        error_messages={"invalid": _("Use small letters, digits and hyphens, for instance police-custody")},
    )
    table = forms.ChoiceField(label=_("What each row is"), widget=forms.RadioSelect)
    audience = forms.ChoiceField(
        label=_("Who may see its rows"),
        choices=[
            ("", _("Whoever our sharing agreement says")),
            (Audience.PARTNERS, _("All partners")),
            (Audience.OWN, _("Our own agency only")),
        ],
        widget=forms.RadioSelect,
        required=False,
        initial="",
        help_text=_("Without an agreement in force: our own agency only."),
    )
    descriptor = forms.ChoiceField(
        label=_("Descriptor"),
        help_text=_("Written after OFFICIAL-SENSITIVE, where your agency's rules ask for one."),
        choices=[("", _("None")), *Descriptor.choices],
        widget=forms.RadioSelect,
        required=False,
        initial="",
    )

    def __init__(self, *args: Any, tables: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["table"].choices = tables  # type: ignore[attr-defined]


class MappingForm(GovukForm):
    """One select per contract column, made from the file's header; `layout()` is the layout it says."""

    date_order = forms.ChoiceField(
        label=_("How does the file write dates in digits?"),
        choices=[("dmy", _("Day first: 23/11/2026")), ("mdy", _("Month first: 11/23/2026"))],
        widget=forms.RadioSelect,
        initial="dmy",
        help_text=_("Dates written year first are read either way."),
    )

    def __init__(
        self, *args: Any, header: list[str], columns: list[dict[str, Any]], suggested: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        for column in columns:
            choices = [("", _("Not in this file")), *((name, name) for name in header)]
            self.fields[f"column_{column['name']}"] = forms.ChoiceField(
                label=column["meaning"],
                choices=choices,
                required=column["required"],
                initial=suggested.get(column["name"], ""),
                help_text=column["hint"],
                error_messages={"required": _("Choose the column that holds this: it is needed")},
            )
        self.order_fields([*(name for name in self.fields if name != "date_order"), "date_order"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen: dict[str, str] = {}
        for column in self.columns:
            name = f"column_{column['name']}"
            value = cleaned.get(name)
            if value and value in chosen and chosen[value] != f"column_{column['may_share']}":
                self.add_error(name, _("This column is chosen twice. Choose another"))
            elif value:
                chosen[value] = name
        return cleaned

    def layout(self, *, table: str, source: str) -> dict[str, Any]:
        """The layout these answers make; `source` is the same on every row."""
        columns = {
            column["name"]: self.cleaned_data[f"column_{column['name']}"]
            for column in self.columns
            if self.cleaned_data[f"column_{column['name']}"]
        }
        return {
            "table": table,
            "columns": columns,
            "constants": {"source": source},
            "date_order": self.cleaned_data["date_order"],
        }


class BatchFilterForm(GovukForm):
    mark_optional = False
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any")), *BatchStatus.choices], widget=forms.RadioSelect
    )

    def chosen(self) -> str:
        """The status chosen; empty where it is any, or none of ours."""
        return str(self.cleaned_data["status"]) if self.is_valid() else ""
