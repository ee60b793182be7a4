"""The API of the numbers of a release: its int8 form, its calibration, and the precision it judges in."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import caller
from jobs.serializers import JobSerializer
from releases.api.access import ReleasesAPI
from releases.api.releases import release_of, release_said
from releases.completion import completion_start
from releases.precision import precision_choose
from releases.serializers.numbers import PrecisionSerializer
from releases.serializers.releases import ReleaseDetailSerializer

PRESENT = OpenApiResponse(description="It is there already, or is being made.")


class ReleasePart(ReleasesAPI):
    """Makes what may lie beside a release, by a job."""

    part: ClassVar[str]

    def post(self, request: Request, pk: int) -> Response:
        job = completion_start(release=release_of(request, pk), part=self.part, by=caller(request))
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


class ReleaseInt8(ReleasePart):
    part = "int8"

    @extend_schema(operation_id="releases_int8", request=None, responses={202: JobSerializer, 409: PRESENT})
    def post(self, request: Request, pk: int) -> Response:
        """Make the int8 form by a job; it fails where int8 costs more than one point of mAP on validation."""
        return super().post(request, pk)


class ReleaseCalibration(ReleasePart):
    part = "calibration"

    @extend_schema(operation_id="releases_calibration", request=None, responses={202: JobSerializer, 409: PRESENT})
    def post(self, request: Request, pk: int) -> Response:
        """Find by a job which chance to be right each score stands for."""
        return super().post(request, pk)


class ReleasePrecision(ReleasesAPI):
    @extend_schema(operation_id="releases_precision", request=PrecisionSerializer, responses=ReleaseDetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Choose the numbers that the release judges in from the next clip and picture on."""
        given = PrecisionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        precision_choose(release=release_of(request, pk), by=caller(request), **given.validated_data)
        return Response(release_said(release_of(request, pk)))
