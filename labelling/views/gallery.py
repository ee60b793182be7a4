"""The gallery of a dataset, and what is done with the images chosen in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import person, posted_from, require
from accounts.rights import Right
from labelling.forms import GalleryForm
from labelling.gallery import GalleryPages, gallery_of, with_boxes_by_key
from labelling.models import BulkAction, BulkChange, Dataset, Image, Split
from labelling.services import images_change
from labelling.views.datasets import dataset_of

PAGE = 48


@dataclass(frozen=True)
class Action:
    """What can be done with chosen images, and the right it takes."""

    right: Right
    change: BulkAction
    parameters: Mapping[str, Any] = field(default_factory=dict)


ACTIONS: Final[Mapping[str, Action]] = {
    "label": Action(Right.EDIT_BOXES, BulkAction.MARK, {"labelled": True}),
    "unlabel": Action(Right.EDIT_BOXES, BulkAction.MARK, {"labelled": False}),
    "free": Action(Right.MANAGE_DATASETS, BulkAction.FIX_SPLIT, {"split": ""}),
    "delete": Action(Right.MANAGE_DATASETS, BulkAction.DELETE),
    **{
        str(split): Action(Right.MANAGE_DATASETS, BulkAction.FIX_SPLIT, {"split": str(split)}) for split in Split.values
    },
}


@require_safe
@require(Right.VIEW_DATASETS)
def images(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)
    dataset = dataset_of(user, pk)
    form = GalleryForm(request.GET, dataset=dataset)
    wanted = form.wanted()
    page = GalleryPages(gallery_of(dataset, user, wanted), PAGE).get_page(request.GET.get("page"))
    context = {
        "dataset": dataset,
        "form": form,
        "filtered": any(value for name, value in wanted.items() if name != "order"),
        "filters": _query(request),
        "page": page,
        "images": with_boxes_by_key(list(page)),
        "splits": Split.choices,
        "may_edit": user.may(Right.EDIT_BOXES),
        "may_manage": user.may(Right.MANAGE_DATASETS),
    }
    return render(request, "labelling/images.html", context)


@posted_from("labelling:images")
@require(Right.EDIT_BOXES)
def images_do(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what was posted as `action` with the posted `images`, or with `everything` that the filters leave."""
    dataset = dataset_of(person(request), pk)
    action = request.POST.get("action", "")
    if action == "prelabel":
        return _prelabel(request, dataset)
    if action not in ACTIONS:
        return HttpResponseBadRequest(_("There is nothing to do of this name."))
    if not person(request).may(ACTIONS[action].right):
        raise PermissionDenied
    chosen = _chosen(request, dataset)
    if action == "delete" and "confirmed" not in request.POST:
        return _confirm_deleting(request, dataset, chosen)
    return _done(request, dataset, ACTIONS[action], chosen)


def _done(request: HttpRequest, dataset: Dataset, action: Action, chosen: QuerySet[Image]) -> HttpResponse:
    """Back to the gallery, or to the page of the job that so many images take."""
    try:
        made = images_change(images=chosen, action=action.change, by=person(request), parameters=action.parameters)
        if isinstance(made, BulkChange):
            return redirect("labelling:bulk", pk=made.pk)
        messages.success(request, ngettext("Done with one image.", "Done with %(n)d images.", made) % {"n": made})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(reverse("labelling:images", args=[dataset.pk]) + _query(request))


def _chosen(request: HttpRequest, dataset: Dataset) -> QuerySet[Image]:
    user = person(request)
    if "everything" in request.POST:
        return gallery_of(dataset, user, GalleryForm(request.GET, dataset=dataset).wanted()).images
    keys = [int(key) for key in request.POST.getlist("images") if key.isdecimal()]
    return Image.objects.for_user(user).filter(dataset=dataset, pk__in=keys)


def _prelabel(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    """To the page that asks what a release is to do, or with chosen images straight to its start."""
    address = reverse("labelling:prelabel_add", args=[dataset.pk])
    if "everything" in request.POST:
        return redirect(address + _query(request))
    return redirect(address, preserve_request=True)


def _confirm_deleting(request: HttpRequest, dataset: Dataset, chosen: QuerySet[Image]) -> HttpResponse:
    context: dict[str, Any] = {
        "dataset": dataset,
        "count": chosen.count(),
        "examples": chosen.order_by("pk").values_list("external_id", flat=True)[:5],
        "everything": "everything" in request.POST,
        "keys": [] if "everything" in request.POST else chosen.values_list("pk", flat=True),
        "filters": _query(request),
    }
    return render(request, "labelling/images_delete.html", context)


def _query(request: HttpRequest) -> str:
    """The filters of the address with their question mark, without the page; "" where there are none."""
    query = request.GET.copy()
    query.pop("page", None)
    for name in [name for name, value in query.items() if not value]:
        del query[name]
    return f"?{query.urlencode()}" if query else ""
