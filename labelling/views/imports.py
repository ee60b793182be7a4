"""The door for exports, and the report of one import."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import person, posted_from, require
from accounts.rights import Right
from labelling.class_aliases import former_names
from labelling.class_names import OUR_CLASSES
from labelling.forgotten_looks import forgotten_look
from labelling.forms import ClassNamesForm, ImportForm, PicturesForm
from labelling.import_reports import SkipPages, files_told, skip_groups, skips_answer
from labelling.models import BoxClass, Image, LabelImport
from labelling.services.imports import import_again, import_confirm, import_start
from labelling.services.looks import look_discard
from labelling.views.datasets import dataset_of, dataset_page

PAGE = 100


def tells_of_forgotten(view: Callable[[HttpRequest, int], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Say of an import that was a look and is forgotten what became of it, instead of that there is nothing."""

    @wraps(view)
    def told(request: HttpRequest, pk: int) -> HttpResponseBase:
        try:
            return view(request, pk)
        except Http404:
            look = forgotten_look(person(request), pk)
            if look is None:
                raise
            return render(request, "labelling/import_forgotten.html", {"look": look}, status=404)

    return told


@posted_from("labelling:dataset")
@require(Right.MANAGE_DATASETS)
def import_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an export. A script that asks for JSON gets it; a plain form gets a page."""
    dataset = dataset_of(person(request), pk)
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            return _arrived(request, import_start(dataset=dataset, by=person(request), **form.cleaned_data))
        except ValidationError as error:
            form.add_error(None, error)
    if _wants_json(request):
        return JsonResponse({"errors": form.errors}, status=400)
    return dataset_page(request, pk, import_form=form)


@posted_from("labelling:import")
@require(Right.MANAGE_DATASETS)
@tells_of_forgotten
def pictures_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the pictures that an import missed."""
    earlier = get_object_or_404(LabelImport.objects.for_user(person(request)).select_related("dataset"), pk=pk)
    form = PicturesForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            again = import_again(earlier=earlier, pictures=form.cleaned_data["pictures"], by=person(request))
            return _arrived(request, again)
        except ValidationError as error:
            form.add_error(None, error)
    if _wants_json(request):
        return JsonResponse({"errors": form.errors}, status=400)
    return _report(request, earlier, form)


@posted_from("labelling:import")
@require(Right.MANAGE_DATASETS)
@tells_of_forgotten
def import_go(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the import that was looked at, with the names for its classes as they were chosen."""
    rows = LabelImport.objects.for_user(person(request)).select_related("dataset", "job", "created_by")
    row = get_object_or_404(rows, pk=pk)
    form = ClassNamesForm(request.POST, class_names=row.class_names)
    if form.is_valid():
        try:
            return _arrived(request, import_confirm(looked_at=row, class_map=form.class_map(), by=person(request)))
        except ValidationError as error:
            form.add_error(None, error)
    return _report(request, row, None, names_form=form)


@posted_from("labelling:import")
@require(Right.MANAGE_DATASETS)
@tells_of_forgotten
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a look away with the files that were sent for it."""
    row = get_object_or_404(LabelImport.objects.for_user(person(request)).select_related("dataset"), pk=pk)
    try:
        look_discard(look=row, by=person(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("labelling:import", pk)
    said = _("%(export)s has been discarded; nothing of it was stored.") % {"export": row.export_name}
    messages.success(request, said)
    return redirect("labelling:dataset", row.dataset_id)


@require_safe
@require(Right.VIEW_DATASETS)
@tells_of_forgotten
def label_import(request: HttpRequest, pk: int) -> HttpResponse:
    rows = LabelImport.objects.for_user(person(request)).select_related("dataset", "job", "created_by")
    return _report(request, get_object_or_404(rows, pk=pk), None)


@require_safe
@require(Right.VIEW_DATASETS)
@tells_of_forgotten
def import_skipped(request: HttpRequest, pk: int) -> HttpResponse:
    """All records or objects that an import skipped, of one reason or of all, page by page."""
    row = get_object_or_404(LabelImport.objects.for_user(person(request)).select_related("dataset"), pk=pk)
    of_object = request.GET.get("kind") == "objects"
    groups = skip_groups(row, of_object=of_object)
    reason = next((group.reason for group in groups if group.reason == request.GET.get("reason")), "")
    pages = SkipPages(row, PAGE, of_object=of_object, reason=reason)
    context = {
        "import": row,
        "dataset": row.dataset,
        "of_object": of_object,
        "groups": groups,
        "reason": reason,
        "page": pages.get_page(request.GET.get("page")),
    }
    return render(request, "labelling/import_skipped.html", context)


@require_safe
@require(Right.VIEW_DATASETS)
@tells_of_forgotten
def import_skipped_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    row = get_object_or_404(LabelImport.objects.for_user(person(request)), pk=pk)
    return skips_answer(request, row)


def _report(
    request: HttpRequest, row: LabelImport, form: PicturesForm | None, names_form: ClassNamesForm | None = None
) -> HttpResponse:
    former = former_names(row.dataset) if row.dry_run else {}
    may_manage = person(request).may(Right.MANAGE_DATASETS)
    had_pending = bool(row.report.get("pending")) and not row.dry_run
    still_missing = Image.objects.visible().filter(dataset=row.dataset, file="").count() if had_pending else 0
    context = {
        "import": row,
        "dataset": row.dataset,
        "job": row.job,
        "report": row.report,
        "classes": _classes(row),
        "files": files_told(row),
        "skipped": skip_groups(row, of_object=False),
        "objects_skipped": skip_groups(row, of_object=True),
        "form": form or PicturesForm(),
        "names_form": names_form or ClassNamesForm(class_names=row.class_names, former=former),
        "our_classes": OUR_CLASSES,
        "still_missing": still_missing,
        "asks_for_pictures": may_manage and had_pending and (still_missing > 0 or form is not None),
        "may_manage": may_manage,
    }
    return render(request, "labelling/import.html", context, status=400 if form or names_form else 200)


def _classes(row: LabelImport) -> list[tuple[BoxClass | str, int]]:
    """The classes of the boxes with their number; one that the dataset lacks, which was only looked at, by its name."""
    here = {each.name: each for each in row.dataset.classes.all()}
    return [(here.get(name, name), count) for name, count in row.report.get("classes", {}).items()]


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _arrived(request: HttpRequest, row: LabelImport) -> HttpResponse:
    page = reverse("labelling:import", args=[row.pk])
    return JsonResponse({"import": row.pk, "page": page}, status=201) if _wants_json(request) else redirect(page)
