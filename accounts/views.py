"""Pages about people: logging in, one's own settings, and who may do what."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import services
from accounts.access import person, require
from accounts.context import entries_of
from accounts.forms import LoginForm, PersonChangeForm, PersonForm, ProfileForm, TokenForm, address_of
from accounts.models import ApiToken, AuditEntry, User
from accounts.rights import Right

PAGE_SIZE = 50


class Login(LoginView):
    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        services.login_record(user=person(self.request), address=address_of(self.request))
        return response


@login_not_required
def administration_login(request: HttpRequest) -> HttpResponse:
    """The way in to the Django administration: the one login, where failed attempts are counted."""
    wanted = request.GET.get("next") or reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(wanted, reverse("accounts:login"))
    if not person(request).is_staff:
        raise PermissionDenied
    return redirect("admin:index")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page that this person's role opens."""
    return redirect(reverse(entries_of(person(request))[0].url_name))


def settings_page(request: HttpRequest) -> HttpResponse:
    """One's own name, time zone, password and tokens."""
    user = person(request)
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        services.profile_update(user=user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:settings")
    return _settings(request, form=form, token_form=TokenForm())


@never_cache
@require_POST
def token_create(request: HttpRequest) -> HttpResponse:
    """Make a token and show it, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _settings(request, form=ProfileForm(instance=person(request)), token_form=form)
    row, token = services.api_token_create(user=person(request), name=form.cleaned_data["name"])
    return render(request, "accounts/secret.html", {"kind": "token", "name": row.name, "secret": token})


@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=pk, user=person(request))
    services.api_token_revoke(token=token, by=person(request))
    messages.success(request, _("The token “%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("accounts:settings")


@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; other sessions end, this one stays."""
    form = PasswordChangeForm(person(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user = form.save()
            services.audit(actor=user, action="password_change", target=user)
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed. Other places where you were signed in are signed out."))
        return redirect("accounts:settings")
    return render(request, "accounts/password.html", {"form": form})


@require(Right.MANAGE_PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    rows = User.objects.order_by("-is_active", "username")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/people.html", {"page": page})


@require(Right.MANAGE_PEOPLE)
@never_cache
def person_add(request: HttpRequest) -> HttpResponse:
    """Add a person and show the first password, this once."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user, secret = services.user_create(by=person(request), **form.cleaned_data)
        return render(request, "accounts/secret.html", {"kind": "password", "name": user.username, "secret": secret})
    return render(request, "accounts/person_add.html", {"form": form})


@require(Right.MANAGE_PEOPLE)
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a person's name, role, or whether the person may log in."""
    somebody = get_object_or_404(User, pk=pk)
    form = PersonChangeForm(request.POST or None, instance=somebody)
    if request.method == "POST" and form.is_valid() and _update(form, by=person(request)):
        messages.success(request, _("Saved."))
        return redirect("accounts:people")
    somebody_shown = User.objects.get(pk=pk)
    return render(request, "accounts/person.html", {"form": form, "person": somebody_shown})


def _update(form: PersonChangeForm, *, by: User) -> bool:
    try:
        services.user_update(user=form.instance, by=by, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


@require(Right.MANAGE_PEOPLE)
@never_cache
@require_POST
def person_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody a new password and show it, this once."""
    somebody = get_object_or_404(User, pk=pk)
    secret = services.password_replace(user=somebody, by=person(request))
    return render(request, "accounts/secret.html", {"kind": "password", "name": somebody.username, "secret": secret})


@require(Right.MANAGE_PEOPLE)
@require_safe
def audit_entries(request: HttpRequest) -> HttpResponse:
    rows = AuditEntry.objects.select_related("actor")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/audit.html", {"page": page})


def _settings(request: HttpRequest, *, form: Form | ProfileForm, token_form: TokenForm) -> HttpResponse:
    tokens = person(request).api_tokens.all()
    return render(request, "accounts/settings.html", {"form": form, "token_form": token_form, "tokens": tokens})
