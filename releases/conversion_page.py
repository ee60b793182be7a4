"""What the page of a release shows of the files it was converted to."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from releases.models import ModelRelease, ReleaseConversion

Form = ReleaseConversion.Form


@dataclass(frozen=True)
class FileShown:
    """One form; `row` is None until somebody asks for it."""

    form: str
    label: str
    use: str
    row: ReleaseConversion | None

    @property
    def difference(self) -> str:
        """The largest one, with as many digits as tell something."""
        value = self.row.largest_difference if self.row else None
        return "" if value is None else f"{value:.6f}"


def files_shown(release: ModelRelease) -> list[FileShown]:
    """Every form there is, in one query."""
    rows = {row.form: row for row in release.conversions.select_related("release", "job")}
    uses = {Form.KERAS: _("To train or run it in Python."), Form.ONNX: _("Runs with ONNX Runtime and many others.")}
    return [FileShown(form.value, str(form.label), uses[form], rows.get(form.value)) for form in Form]
