"""People in the Django administration. Their rights follow from the role; nobody is deleted there."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from accounts.models import AuditEntry, User
from accounts.services import audit, last_administrator_check, role_apply

admin.site.unregister(Group)  # groups are made from roles
admin.site.site_header = _("maskweb administration")
admin.site.site_title = _("maskweb administration")


class PersonChangeForm(UserChangeForm[User]):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        with transaction.atomic():
            last_administrator_check(
                user=self.instance,
                role=cleaned.get("role", self.initial["role"]),
                is_active=cleaned.get("is_active", False),
            )
        return cleaned


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    form = PersonChangeForm
    list_display = ["username", "first_name", "last_name", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Who"), {"fields": ["first_name", "last_name", "email", "time_zone"]}),
        (_("May do"), {"fields": ["role", "is_active"]}),
        (_("When"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["username", "role", "password1", "password2"]})]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            role_apply(user=obj)
            action = "user_update" if change else "user_create"
            audit(actor=person(request), action=action, target=obj, username=obj.username, fields=form.changed_data)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    """The record, to be read only."""

    list_display = ["at", "actor", "action", "target_type", "target_id"]
    list_filter = ["action"]
    date_hierarchy = "at"
    list_select_related = ["actor"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False
