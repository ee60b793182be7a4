"""What a person typed about datasets."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from labelling.anchors import MOST_ANCHORS
from labelling.class_names import OUR_CLASSES, name_key
from labelling.exporting import FORMATS
from labelling.gallery import NO_SPLIT, Order, State
from labelling.models import Dataset, DatasetVersion, Image, Split
from labelling.services.prelabelling import LEAST_SCORE
from labelling.uploads import zip_check
from releases.models import ModelRelease


def zip_input() -> forms.FileInput:
    """For a zip of pictures, with the number of bytes that are taken at once."""
    return forms.FileInput(attrs={"accept": ".zip,application/zip", "data-most": settings.MAX_CLIP_BYTES})


class DatasetForm(forms.ModelForm[Dataset]):
    class Meta:
        model = Dataset
        fields = ["name", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}


class ImportForm(forms.Form):
    """An export file with its pictures. What they hold is found out by the job."""

    export = forms.FileField(
        label=_("Export"),
        help_text=_(
            "What Labelbox exported, of any year: JSON, NDJSON, CSV, or a zip of those. "
            "Pascal VOC, YOLO and COCO are recognised too."
        ),
        widget=forms.FileInput(attrs={"accept": ".json,.ndjson,.jsonl,.csv,.zip,.xml"}),
    )
    pictures = forms.FileField(
        label=_("Zip of the pictures"),
        required=False,
        validators=[zip_check],
        help_text=_(
            "Matched by External ID or file name. Without it all images are pending; pictures can follow later."
        ),
        widget=zip_input(),
    )
    class_map = forms.CharField(
        label=_("Rename classes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "Face mask = with_mask"}),
        help_text=_("One a line: the name in the export = the class here. Usual names of %(ours)s are known.")
        % {"ours": ", ".join(OUR_CLASSES)},
    )

    dry_run = forms.BooleanField(
        label=_("Look first"),
        required=False,
        initial=True,
        help_text=_("Shows what would become of each record and class; nothing is stored until you say so."),
    )

    def clean_class_map(self) -> dict[str, str]:
        mapping = {}
        for number, line in enumerate(self.cleaned_data["class_map"].splitlines(), start=1):
            old, equals, new = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not (old and equals and new) or len(new) > 100:
                raise ValidationError(gettext("Line %(number)d is not NAME = CLASS.") % {"number": number})
            mapping[old] = new
        return mapping


class ClassNamesForm(forms.Form):
    """One field for each class of an export: the name it gets in the dataset."""

    MOST = 200

    def __init__(
        self, data: Any = None, *, class_names: Mapping[str, str], former: Collection[str] = frozenset()
    ) -> None:
        """`former`: the keys of names that classes had before they were renamed or merged."""
        super().__init__(data)
        self._classes = list(class_names)[: self.MOST]
        for position, name in enumerate(self._classes):
            self.fields[f"class_{position}"] = forms.CharField(
                label=name,
                initial=class_names[name],
                max_length=100,
                widget=forms.TextInput(attrs={"list": "class-names"}),
                help_text=_("A class was called so before it was renamed or merged.")
                if name_key(name) in former
                else "",
            )

    def class_map(self) -> dict[str, str]:
        """What each class of the export is to be called, once the form is valid."""
        return {name: self.cleaned_data[f"class_{position}"] for position, name in enumerate(self._classes)}


class PicturesForm(forms.Form):
    pictures = forms.FileField(label=_("Zip of the pictures"), validators=[zip_check], widget=zip_input())


class VersionForm(forms.Form):
    note = forms.CharField(label=_("Note"), max_length=200, required=False, help_text=_("What this version is for."))
    seed = forms.IntegerField(
        label=_("Seed"),
        initial=0,
        min_value=0,
        max_value=2**31 - 1,
        help_text=_("Another seed, another split into train, validation and test."),
    )


class AnchorForm(forms.Form):
    net_size = forms.IntegerField(
        label=_("Net size"),
        initial=416,
        min_value=288,
        max_value=1280,
        help_text=_("Pixels of the longer side of a picture in the network, a multiple of 32."),
        widget=forms.NumberInput(attrs={"step": 32}),
    )
    count = forms.IntegerField(
        label=_("Anchors"),
        initial=9,
        min_value=1,
        max_value=MOST_ANCHORS,
        help_text=_("The networks here have nine: three on each of three scales."),
    )
    version = forms.ModelChoiceField(
        DatasetVersion.objects.none(),
        label=_("Boxes of"),
        required=False,
        empty_label=_("the dataset as it is now"),
        to_field_name="number",
        help_text=_("Of a version, the train split counts: that is what a training learns from."),
    )

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_versions(self.fields["version"], dataset)

    def clean_net_size(self) -> int:
        size: int = self.cleaned_data["net_size"]
        if size % 32:
            raise ValidationError(gettext("The net size must be a multiple of 32, such as 416."))
        return size


class GalleryForm(forms.Form):
    """The filters and the order of a gallery, all from the address bar."""

    search = forms.CharField(
        label=_("External ID"),
        required=False,
        max_length=255,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("contains …")}),
    )
    box_class = forms.ChoiceField(label=_("Class"), required=False)
    split = forms.ChoiceField(
        label=_("Split"),
        required=False,
        choices=(("", _("all")), *Split.choices, (NO_SPLIT, _("not in the newest version"))),
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=(("", _("all images")), *State.choices))
    order = forms.ChoiceField(label=_("Order"), required=False, choices=Order.choices)

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["box_class"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("all classes")), *((str(each.pk), each.name) for each in dataset.classes.all())]

    def wanted(self) -> dict[str, str]:
        """What was asked for, for `gallery_of`; what cannot be asked for counts as nothing."""
        self.full_clean()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class ExportForm(forms.Form):
    """What to hand on of a dataset, and in which form."""

    export_format = forms.ChoiceField(
        label=_("Format"), widget=forms.RadioSelect, choices=[(key, each.label) for key, each in FORMATS.items()]
    )
    version = forms.ModelChoiceField(
        DatasetVersion.objects.none(),
        label=_("Version"),
        required=False,
        empty_label=_("the dataset as it is now"),
        to_field_name="number",
        help_text=_("A version comes with its split into train, validation and test."),
    )

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_versions(self.fields["version"], dataset)


class ComparisonForm(forms.Form):
    """Two versions; without a second, what the dataset holds now."""

    old = forms.ModelChoiceField(
        DatasetVersion.objects.none(), label=_("From"), to_field_name="number", empty_label=None
    )
    new = forms.ModelChoiceField(
        DatasetVersion.objects.none(),
        label=_("To"),
        required=False,
        to_field_name="number",
        empty_label=_("the dataset as it is now"),
    )

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _offer_versions(field, dataset)


class TestLockForm(forms.Form):
    """The version whose test split later ones keep."""

    version = forms.ModelChoiceField(DatasetVersion.objects.none(), to_field_name="number")

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_versions(self.fields["version"], dataset)


def _offer_versions(field: forms.Field, dataset: Dataset) -> None:
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = dataset.versions.select_related("dataset")


class PrelabelForm(forms.Form):
    """What a release is to do on pictures of a dataset."""

    TASKS = (
        ("propose", _("Propose boxes, and check the labels that are there")),
        ("check", _("Only check the labels that are there")),
    )

    task = forms.ChoiceField(
        label=_("Task"), required=False, choices=TASKS, initial="propose", widget=forms.RadioSelect
    )
    release = forms.ModelChoiceField(
        ModelRelease.objects.none(), label=_("Model"), required=False, empty_label=_("the active one")
    )
    least_score = forms.FloatField(
        label=_("Least score"),
        required=False,
        initial=LEAST_SCORE,
        min_value=0,
        max_value=1,
        widget=forms.NumberInput(attrs={"step": 0.05}),
        help_text=_("A box is proposed from this score on. The lower, the more boxes to throw away."),
    )
    images = forms.ModelMultipleChoiceField(Image.objects.none(), required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, dataset: Dataset, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        querysets = {
            "release": ModelRelease.objects.for_user(user),
            "images": Image.objects.for_user(user).filter(dataset=dataset),
        }
        for name, queryset in querysets.items():
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = queryset

    def clean_least_score(self) -> float:
        score: float | None = self.cleaned_data["least_score"]
        return LEAST_SCORE if score is None else score

    def wishes(self) -> dict[str, Any]:
        """What prelabel_start takes of this form, once it is valid."""
        given = self.cleaned_data
        return {
            "release": given["release"],
            "least_score": given["least_score"],
            "proposes": given["task"] != "check",
        }
