"""The API of measurements: a release on a part of a dataset version."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import caller
from training.api.access import TrainingAPI
from training.evaluations.models import Evaluation
from training.evaluations.services import evaluations_start
from training.serializers.evaluations import (
    EvaluationFiltersSerializer,
    EvaluationSerializer,
    NewEvaluationSerializer,
)


class EvaluationList(TrainingAPI, GenericAPIView[Evaluation]):
    serializer_class = EvaluationSerializer
    queryset = Evaluation.objects.none()

    @extend_schema(
        operation_id="evaluations_list",
        parameters=[EvaluationFiltersSerializer],
        responses=EvaluationSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The measurements of releases on dataset versions, the newest first."""
        filters = EvaluationFiltersSerializer(data=request.query_params)
        filters.is_valid(raise_exception=True)
        page = self.paginate_queryset(evaluations_seen(request).filter(**filters.validated_data)) or []
        return self.get_paginated_response(EvaluationSerializer(page, many=True).data)

    @extend_schema(
        operation_id="evaluations_start", request=NewEvaluationSerializer, responses={202: EvaluationSerializer}
    )
    def post(self, request: Request) -> Response:
        """Have a release measured by a job, unless it was or is being measured on these pictures."""
        given = NewEvaluationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wishes = given.validated_data
        (row,) = evaluations_start(
            releases=[wishes["release"]], version=wishes["version"], split=wishes["split"], by=caller(request)
        )
        said = EvaluationSerializer(evaluations_seen(request).get(pk=row.pk)).data
        return Response(said, status=status.HTTP_202_ACCEPTED)


class EvaluationDetail(TrainingAPI):
    @extend_schema(operation_id="evaluations_read", responses=EvaluationSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One measurement: its job, and once it is finished every figure."""
        return Response(EvaluationSerializer(get_object_or_404(evaluations_seen(request), pk=pk)).data)


def evaluations_seen(request: Request) -> QuerySet[Evaluation]:
    rows = Evaluation.objects.for_user(caller(request)).defer("pictures")
    return rows.select_related("release", "version__dataset", "job")
