"""The API of the files that releases are converted to for other programs."""

from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import AnswersWithFile, Conflict, caller
from releases.api.access import ReleasesAPI
from releases.api.releases import release_of
from releases.conversions import conversion_delete, conversion_start
from releases.models import ReleaseConversion
from releases.serializers.conversions import ConversionSerializer, NewConversionSerializer


class ConversionList(ReleasesAPI, GenericAPIView[ReleaseConversion]):
    serializer_class = ConversionSerializer
    queryset = ReleaseConversion.objects.none()

    @extend_schema(operation_id="releases_files_list", tags=["releases"], responses=ConversionSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The files that a release was converted to."""
        page = self.paginate_queryset(conversions_seen(request).filter(release=release_of(request, pk))) or []
        return self.get_paginated_response(ConversionSerializer(page, many=True).data)

    @extend_schema(
        operation_id="releases_files_make",
        tags=["releases"],
        request=NewConversionSerializer,
        responses={
            202: ConversionSerializer,
            409: OpenApiResponse(description="The release is not whole, or too large for the memory that is free."),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        """Have a file made by a job and compared with the network, unless it is there or being made."""
        given = NewConversionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = conversion_start(release=release_of(request, pk), by=caller(request), **given.validated_data)
        said = ConversionSerializer(conversion_of(request, row.pk)).data
        return Response(said, status=status.HTTP_202_ACCEPTED)


class ConversionDetail(ReleasesAPI):
    @extend_schema(operation_id="files_read", tags=["releases"], responses=ConversionSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One file of a release: its job, its hash, and how far its outputs are from the network's."""
        return Response(ConversionSerializer(conversion_of(request, pk)).data)

    @extend_schema(operation_id="files_delete", tags=["releases"], responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Delete a file; it can be made again. A job that makes it is stopped."""
        conversion_delete(conversion=conversion_of(request, pk), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConversionFile(AnswersWithFile, ReleasesAPI):
    @extend_schema(
        operation_id="files_download",
        tags=["releases"],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            409: OpenApiResponse(description="It is not made yet, or was lost."),
        },
    )
    def get(self, request: Request, pk: int) -> FileResponse:
        """The file itself."""
        row = conversion_of(request, pk)
        if not row.is_there:
            raise Conflict(_("This file is not there; have it made."))
        return FileResponse(row.path.open("rb"), as_attachment=True, filename=row.file_name)


def conversions_seen(request: Request) -> QuerySet[ReleaseConversion]:
    rows = ReleaseConversion.objects.for_user(caller(request))
    return rows.select_related("release", "job", "created_by").order_by("form")


def conversion_of(request: Request, pk: int) -> ReleaseConversion:
    """The file that an address names, or Http404."""
    return get_object_or_404(conversions_seen(request), pk=pk)
