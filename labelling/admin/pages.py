"""What the administration's classes of labelling share: rights by role, pages that ask before they act."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final, cast

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import Form, ModelForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.access import person
from accounts.rights import Right

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
else:
    Admin = object

SHOWN: Final = 12  # of the chosen rows, by name, on a page that asks


def linked(url_name: str, pk: int, text: object) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(url_name, args=[pk]), text)


class ByRole(Admin):
    """Rights that actions may ask for beside Django's own; the role decides, as on every page."""

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return person(request).may(Right.MANAGE_DATASETS)

    def has_label_permission(self, request: HttpRequest) -> bool:
        return person(request).may(Right.EDIT_BOXES)


class NotAdded(Admin):
    """Rows that come by an import or a service, never by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LookedAt(NotAdded):
    """Rows that nobody changes or deletes either."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AsksFirst(Admin):
    """Actions that ask on a page of their own. What a service refuses is told, and nothing is done by half."""

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *others: Any) -> HttpResponse | None:
        deleting = request.POST.get("action") == "delete_selected"  # Django logs deletions before they are made
        try:
            with transaction.atomic() if deleting else nullcontext():
                return super().response_action(request, queryset, *others)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return redirect(request.get_full_path())

    def ask(
        self,
        request: HttpRequest,
        chosen: QuerySet[Any],
        form: Form,
        *,
        title: str | Promise,
        button: str | Promise,
        sentence: str | Promise = "",
        harmful: bool = False,
    ) -> HttpResponse:
        """The page that asks how, and whether, to do the action of the request with the chosen rows."""
        rows = list(chosen[: SHOWN + 1])
        names = [str(row) for row in rows[:SHOWN]]
        context = {
            "title": title,
            "sentence": sentence,
            "form": form,
            "button": button,
            "harmful": harmful,
            "names": names,
            "count": chosen.count(),
            "action": request.POST["action"],
            "select_across": request.POST.get("select_across", "0"),
            "selected": request.POST.getlist(helpers.ACTION_CHECKBOX_NAME),
            "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        }
        return form_page(self, request, context)


def asked(request: HttpRequest) -> bool:
    """Whether a person has answered the page of an action."""
    return "answered" in request.POST


def form_page(page_of: Admin, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """A page of one form in the frame of the administration."""
    form: Form = context["form"]
    context = {
        **page_of.admin_site.each_context(request),
        "opts": page_of.opts,
        "media": page_of.media + form.media,
        "adminform": helpers.AdminForm(cast("ModelForm[Any]", form), [(None, {"fields": list(form.fields)})], {}),
        **context,
    }
    status = 400 if form.errors else 200
    return TemplateResponse(request, "admin/labelling/form.html", context, status=status)


def row_form(
    page_of: Admin,
    request: HttpRequest,
    row: Model,
    form: Form,
    *,
    title: str | Promise,
    button: str | Promise,
    sentence: str | Promise = "",
    act: Callable[[dict[str, Any]], HttpResponseBase],
) -> HttpResponseBase:
    """The page of a form about one row: once it is filled in, `act` answers; what a service refuses is told on it."""
    if form.is_bound and form.is_valid():
        try:
            return act(form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
    context = {"title": title, "sentence": sentence, "button": button, "form": form, "row": row}
    return form_page(page_of, request, context)
