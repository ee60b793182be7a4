"""Pages of accounts."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("home/", views.home, name="home"),
    path("settings/", views.settings_page, name="settings"),
    path("settings/password/", views.password, name="password"),
    path("settings/tokens/", views.token_create, name="token_create"),
    path("settings/tokens/<int:pk>/revoke/", views.token_revoke, name="token_revoke"),
    path("settings/people/", views.people, name="people"),
    path("settings/people/add/", views.person_add, name="person_add"),
    path("settings/people/<int:pk>/", views.person_edit, name="person"),
    path("settings/people/<int:pk>/password/", views.person_password, name="person_password"),
    path("settings/audit/", views.audit_entries, name="audit"),
]
