"""What staff type into the pages of the workspace."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: A reason of a page or two; longer texts are no reasons.
LONGEST_REASON = 2_000


class ReasonForm(forms.Form):
    """Why something is done, in the words of whoever does it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why: the reason is kept in the history of every record.")},
    )


class FileForm(forms.Form):
    """A spreadsheet that somebody sends."""

    file = forms.FileField(
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
            "missing": gettext_lazy("Choose a file."),
            "invalid": gettext_lazy("The file did not arrive: send it again."),
        },
    )

    def clean_file(self) -> UploadedFile:
        sent: UploadedFile = self.cleaned_data["file"]
        if (sent.size or 0) > settings.UPLOAD_MEGABYTES * 1_000_000:
            raise ValidationError(
                _(
                    "“%(name)s” has %(size)s, and no more than %(most)s MB are read: split it, or delete "
                    "pictures and sheets that do not belong to it."
                )
                % {
                    "name": sent.name,
                    "size": filesizeformat(sent.size or 0),
                    "most": settings.UPLOAD_MEGABYTES,
                }
            )
        return sent


class UploadForm(FileForm, ReasonForm):
    """A spreadsheet of records, and why it is sent."""

    field_order = ("file", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("Spreadsheet")
        self.fields["file"].widget.attrs["accept"] = ".csv,.tsv,.txt,.xlsx,.ods"
        self.fields["file"].help_text = _("CSV, XLSX (Excel) or ODS (LibreOffice), up to %(size)s MB.") % {
            "size": settings.UPLOAD_MEGABYTES
        }
        self.fields["reason"].help_text = _("Kept in the history of every record that changes.")
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"id_{name}_helptext"


class WorkbookForm(FileForm):
    """A workbook that was filled in."""

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.label = label
        field.help_text = _("XLSX or ODS, up to %(most)s MB, without macros.") % {"most": settings.UPLOAD_MEGABYTES}
        field.error_messages["required"] = _("Choose the workbook that was filled in.")
        field.widget.attrs |= {"accept": ".xlsx,.ods", "aria-describedby": "id_file_helptext"}
