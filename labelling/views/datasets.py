"""The list of datasets, and the page of one with its versions."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import person, posted_from, require
from accounts.models import User
from accounts.rights import Right
from labelling.class_forms import ClassForm, RenameForm, UniteForm
from labelling.forms import DatasetForm, ImportForm, VersionForm
from labelling.models import Dataset, DatasetVersion
from labelling.services import dataset_create
from labelling.summaries import (
    classes_with_counts,
    labelling_time,
    newest_imports,
    remembered_class_map,
    test_lock_of,
    versions_with_counts,
    with_counts,
)
from labelling.versions import left_out_of, version_create

NEWEST = 10


@require_safe
@require(Right.VIEW_DATASETS)
def datasets(request: HttpRequest) -> HttpResponse:
    rows = with_counts(Dataset.objects.for_user(person(request)))
    context = {"datasets": rows, "may_manage": person(request).may(Right.MANAGE_DATASETS)}
    return render(request, "labelling/datasets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.MANAGE_DATASETS)
def dataset_add(request: HttpRequest) -> HttpResponse:
    form = DatasetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        added = dataset_create(**form.cleaned_data, by=person(request))
        return redirect("labelling:dataset", pk=added.pk)
    return render(request, "labelling/dataset_add.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
@require(Right.VIEW_DATASETS)
def dataset(request: HttpRequest, pk: int) -> HttpResponse:
    return dataset_page(request, pk)


@posted_from("labelling:dataset")
@require(Right.MANAGE_DATASETS)
def version_add(request: HttpRequest, pk: int) -> HttpResponse:
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            version = version_create(dataset=dataset_of(person(request), pk), by=person(request), **form.cleaned_data)
            messages.success(request, frozen_sentence(version))
            return redirect("labelling:dataset", pk=pk)
        except ValidationError as error:
            form.add_error(None, error)
    return dataset_page(request, pk, version_form=form)


def frozen_sentence(version: DatasetVersion) -> str:
    """What to tell of a version that was frozen just now."""
    sentence = _("Version %(number)d is frozen.") % {"number": version.number}
    left_out = left_out_of(version)
    if not left_out:
        return sentence
    why = ngettext(
        "One picture was left out: it is a near-duplicate of a picture in the locked test split.",
        "%(count)d pictures were left out: they are near-duplicates of pictures in the locked test split.",
        left_out,
    )
    return f"{sentence} {why % {'count': left_out}}"


def dataset_of(user: User, pk: int) -> Dataset:
    return get_object_or_404(Dataset.objects.for_user(user), pk=pk)


def dataset_page(
    request: HttpRequest,
    pk: int,
    *,
    import_form: ImportForm | None = None,
    version_form: VersionForm | None = None,
    class_form: ClassForm | None = None,
    rename_form: RenameForm | None = None,
    unite_form: UniteForm | None = None,
) -> HttpResponse:
    """The page of a dataset; with a form that was refused, status 400."""
    found = get_object_or_404(with_counts(Dataset.objects.for_user(person(request))), pk=pk)
    context = {
        "dataset": found,
        "classes": classes_with_counts(found),
        "labelling_time": labelling_time(found),
        "imports": newest_imports(found)[:NEWEST],
        "versions": versions_with_counts(found),
        "test_lock": test_lock_of(found),
        "import_form": import_form or ImportForm(initial={"class_map": remembered_class_map(found)}),
        "version_form": version_form or VersionForm(),
        "class_form": class_form or ClassForm(prefix="class"),
        "rename_form": rename_form or RenameForm(dataset=found, prefix="rename"),
        "unite_form": unite_form or UniteForm(dataset=found, prefix="merge"),
        "classes_form_refused": bool(class_form or rename_form or unite_form),
        "bulk_underway": found.bulk_changes.underway().defer("image_keys").first(),
        "may_edit_boxes": person(request).may(Right.EDIT_BOXES),
        "may_train": person(request).may(Right.TRAIN),
        "may_manage": person(request).may(Right.MANAGE_DATASETS),
    }
    refused = import_form or version_form or class_form or rename_form or unite_form
    return render(request, "labelling/dataset.html", context, status=400 if refused else 200)
