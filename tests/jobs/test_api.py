"""Jobs over the API."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.services import api_token_create
from jobs.models import Job
from jobs.services import job_enqueue

pytestmark = pytest.mark.django_db


def as_person(user) -> APIClient:
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {api_token_create(user=user, name='test')[1]}")
    return client


@pytest.fixture
def job(carol) -> Job:
    return job_enqueue(kind="labelling.import", title="Import a", owner=carol, target_id=1)


def test_a_job_tells_how_far_it_is_and_nothing_of_its_insides(job, carol):
    told = as_person(carol).get(reverse("jobs_api:job", args=[job.pk])).json()
    assert (told["id"], told["title"], told["state"], told["total"]) == (job.pk, "Import a", "queued", None)
    assert "traceback" not in told


def test_a_job_is_cancelled(job, carol):
    answer = as_person(carol).post(reverse("jobs_api:cancel", args=[job.pk]))
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")


def test_the_job_of_somebody_else_is_not_there(job, charlie):
    client = as_person(charlie)
    assert client.get(reverse("jobs_api:job", args=[job.pk])).status_code == 404
    assert client.post(reverse("jobs_api:cancel", args=[job.pk])).status_code == 404
    assert Job.objects.get().state == Job.State.QUEUED
