"""The API of jobs, so that a program can wait for what it has started."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from jobs.access import job_controlled_by, job_seen_by
from jobs.serializers import JobSerializer
from jobs.services import job_cancel


class JobDetail(APIView):
    @extend_schema(operation_id="jobs_read", responses=JobSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """How far a job is. Ask again every second or two until its `state` says that it has ended."""
        return Response(JobSerializer(job_seen_by(cast(User, request.user), pk)).data)


class JobCancel(APIView):
    @extend_schema(operation_id="jobs_cancel", request=None, responses=JobSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Stop a job: at once while it waits, at its next safe point while it runs."""
        user = cast(User, request.user)
        job_cancel(job=job_controlled_by(user, pk), by=user)
        return Response(JobSerializer(job_seen_by(user, pk)).data)
