"""The API of trainings: started, watched, stopped, gone on with, and what came of them."""

from collections.abc import Callable
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import AnswersWithFile, caller
from jobs.models import Job
from training.api.access import TrainingAPI, run_of, runs_seen
from training.epoch_csv import epochs_csv, steps_csv
from training.models import Curve, Examination, StartWeights, TrainingRun
from training.serializers.new_runs import NewRunSerializer
from training.serializers.runs import (
    ExaminationSerializer,
    RunDetailSerializer,
    RunFiltersSerializer,
    RunSerializer,
    StartWeightsSerializer,
)
from training.services import run_cancel, run_publish_best, run_resume, run_start

LOOKUPS: Final = {
    "state": "job__state",
    "network": "network",
    "dataset": "version__dataset",
    "version": "version",
    "release": "release__name",
}


class RunList(TrainingAPI, GenericAPIView[TrainingRun]):
    serializer_class = RunSerializer
    queryset = TrainingRun.objects.none()

    @extend_schema(operation_id="runs_list", parameters=[RunFiltersSerializer], responses=RunSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The trainings: those that wait or run first, then the newest."""
        filters = RunFiltersSerializer(data=request.query_params)
        filters.is_valid(raise_exception=True)
        page = self.paginate_queryset(runs_wanted(runs_seen(request), **filters.validated_data)) or []
        return self.get_paginated_response(RunSerializer(page, many=True).data)

    @extend_schema(operation_id="runs_start", request=NewRunSerializer, responses={202: RunDetailSerializer})
    def post(self, request: Request) -> Response:
        """Start a training by a job; at its end it publishes a release."""
        given = NewRunSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        run = run_start(by=caller(request), **given.recipe())
        return Response(run_said(request, run.pk), status=status.HTTP_202_ACCEPTED)


class RunDetail(TrainingAPI):
    @extend_schema(operation_id="runs_read", responses=RunDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One training with its epochs so far, its job, and what it has published."""
        return Response(run_said(request, pk))


class _RunOrder(TrainingAPI):
    """Something that is asked of a run; it answers with the run."""

    order: Callable[..., Job]

    def ordered(self, request: Request, pk: int) -> Response:
        type(self).order(run=run_of(request, pk), by=caller(request))
        return Response(run_said(request, pk))


class RunCancel(_RunOrder):
    order = staticmethod(run_cancel)

    @extend_schema(operation_id="runs_cancel", request=None, responses=RunDetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Stop a training at its next safe point; what is trained is kept, and it can be resumed."""
        return self.ordered(request, pk)


class RunResume(_RunOrder):
    order = staticmethod(run_resume)

    @extend_schema(
        operation_id="runs_resume",
        request=None,
        responses={200: RunDetailSerializer, 409: OpenApiResponse(description="It runs, or has published already.")},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Go on with a training that was cancelled or failed, from its last checkpoint."""
        return self.ordered(request, pk)


class RunPublishBest(_RunOrder):
    order = staticmethod(run_publish_best)

    @extend_schema(
        operation_id="runs_publish_best",
        request=None,
        responses={200: RunDetailSerializer, 409: OpenApiResponse(description="`can_publish_best` is false.")},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Publish the best epoch of a training that was broken off, instead of going on with it."""
        return self.ordered(request, pk)


class RunEpochs(AnswersWithFile, TrainingAPI):
    @extend_schema(operation_id="runs_epochs_csv", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The epochs of a training as comma-separated values, a line for each."""
        return HttpResponse(epochs_csv([run_of(request, pk)]), content_type="text/csv; charset=utf-8")


class RunSteps(AnswersWithFile, TrainingAPI):
    @extend_schema(operation_id="runs_steps_csv", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The course of a training by its steps, some hundreds of lines; it grows while the training runs."""
        curve = get_object_or_404(Curve, run=run_of(request, pk))
        return HttpResponse(steps_csv(curve), content_type="text/csv; charset=utf-8")


class RunExamination(TrainingAPI):
    @extend_schema(operation_id="runs_examination", responses=ExaminationSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The close look at the best epoch: curves, confusion, reliability and errors by picture; 404 before it."""
        return Response(ExaminationSerializer(get_object_or_404(Examination, run=run_of(request, pk))).data)


class StartWeightsList(TrainingAPI, ListAPIView[StartWeights]):
    serializer_class = StartWeightsSerializer
    queryset = StartWeights.objects.order_by("name")

    @extend_schema(operation_id="start_weights_list", tags=["runs"])
    def get(self, request: Request) -> Response:
        """Darknet's weights that trainings may start from; `manage.py fetch_weights` adds some."""
        return self.list(request)


def runs_wanted(rows: QuerySet[TrainingRun], *, published: bool | None = None, **filters: Any) -> QuerySet[TrainingRun]:
    """The runs that the filters of an address leave."""
    if published is not None:
        rows = rows.filter(release__isnull=not published)
    return rows.filter(**{LOOKUPS[name]: value for name, value in filters.items()})


def run_said(request: Request, pk: int) -> dict[str, Any]:
    """What the API says of one run, as it is now."""
    return dict(RunDetailSerializer(run_of(request, pk)).data)
