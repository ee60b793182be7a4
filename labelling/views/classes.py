"""Classes of a dataset: added, given another name, and merged."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import person, posted_from, require
from accounts.rights import Right
from labelling import services
from labelling.class_forms import ClassForm, RenameForm, UniteForm
from labelling.models import BoxClass, BulkChange
from labelling.views.datasets import dataset_of, dataset_page


@posted_from("labelling:dataset")
@require(Right.MANAGE_DATASETS)
def class_add(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_of(person(request), pk)
    form = ClassForm(request.POST, prefix="class")
    if form.is_valid():
        try:
            added = services.class_create(dataset=dataset, name=form.cleaned_data["name"], by=person(request))
            messages.success(request, _("The class %(name)s is there to be drawn.") % {"name": added.name})
            return redirect("labelling:dataset", pk=pk)
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
    return dataset_page(request, pk, class_form=form)


@posted_from("labelling:dataset")
@require(Right.MANAGE_DATASETS)
def class_rename(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_of(person(request), pk)
    form = RenameForm(request.POST, dataset=dataset, prefix="rename")
    if form.is_valid():
        try:
            renamed = services.class_rename(**form.cleaned_data, by=person(request))
            messages.success(request, _("The class is now called %(name)s.") % {"name": renamed.name})
            return redirect("labelling:dataset", pk=pk)
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
    return dataset_page(request, pk, rename_form=form)


@posted_from("labelling:dataset")
@require(Right.MANAGE_DATASETS)
def class_merge(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_of(person(request), pk)
    form = UniteForm(request.POST, dataset=dataset, prefix="merge")
    if form.is_valid():
        try:
            return _merged(request, pk, form.cleaned_data["source"], form.cleaned_data["into"])
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
    return dataset_page(request, pk, unite_form=form)


def _merged(request: HttpRequest, pk: int, source: BoxClass, into: BoxClass) -> HttpResponse:
    sources = BoxClass.objects.filter(pk=source.pk)
    made = services.classes_unite(sources=sources, into=into, by=person(request))
    if isinstance(made, BulkChange):
        return redirect("labelling:bulk", pk=made.pk)
    told = ngettext("One box is now %(name)s.", "%(count)d boxes are now %(name)s.", made)
    messages.success(request, told % {"count": made, "name": into.name})
    return redirect("labelling:dataset", pk=pk)
