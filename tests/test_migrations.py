"""Migrations go both ways."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

APPS = ("training", "detection", "labelling", "releases", "jobs", "accounts")


def tables() -> set[str]:
    return set(connection.introspection.table_names())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("app", APPS)
def test_the_tables_of_an_app_can_be_taken_back_and_made_again(app):
    before = tables()
    try:
        call_command("migrate", app, "zero", verbosity=0)
        assert not {table for table in tables() if table.startswith(f"{app}_")}
        assert not MigrationRecorder.Migration.objects.filter(app=app).exists()
    finally:
        call_command("migrate", verbosity=0)
    assert tables() == before
