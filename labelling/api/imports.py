"""The API of imports: exports sent in, what became of them, and pictures that follow."""

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from labelling.api.access import DatasetsAPI, FilesAPI, caller
from labelling.api.datasets import dataset_of
from labelling.forgotten_looks import forgotten_look
from labelling.import_reports import skips_answer, skips_of
from labelling.models import ImportSkip, LabelImport
from labelling.serializers.imports import (
    ImportConfirmSerializer,
    ImportRowSerializer,
    ImportSerializer,
    ImportUploadSerializer,
    PicturesUploadSerializer,
    SkippedFilterSerializer,
    SkippedSerializer,
)
from labelling.services import import_again, import_confirm, import_start, look_discard

BUSY = OpenApiResponse(description="Another import into this dataset is under way.")


class ImportList(DatasetsAPI, GenericAPIView[LabelImport]):
    parser_classes = [MultiPartParser]
    serializer_class = ImportRowSerializer
    queryset = LabelImport.objects.none()

    @extend_schema(operation_id="datasets_imports_list", responses=ImportRowSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The imports into a dataset, the newest first, without their reports."""
        rows = imports_seen(request).filter(dataset=dataset_of(request, pk)).defer("report", "class_names")
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(ImportRowSerializer(page, many=True).data)

    @extend_schema(
        operation_id="datasets_imports_add",
        request={"multipart/form-data": ImportUploadSerializer},
        responses={202: ImportSerializer, 409: BUSY},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Send an export and have it imported, or only looked at, by a job: wait for it, then read the report."""
        dataset = dataset_of(request, pk)
        given = ImportUploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return _started(import_start(dataset=dataset, by=caller(request), **given.validated_data))


class ImportDetail(DatasetsAPI):
    @extend_schema(operation_id="imports_read", responses=ImportSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One import: how far its job is, and once it has finished what became of each record."""
        return Response(ImportSerializer(import_of(request, pk)).data)

    @extend_schema(
        operation_id="imports_discard",
        responses={204: None, 409: OpenApiResponse(description="It is no look, or still being taken.")},
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Discard a look (`dry_run`) with the files that were sent for it."""
        look_discard(look=import_of(request, pk), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ImportSkipped(DatasetsAPI, GenericAPIView[ImportSkip]):
    serializer_class = SkippedSerializer
    queryset = ImportSkip.objects.none()

    @extend_schema(
        operation_id="imports_skipped", parameters=[SkippedFilterSerializer], responses=SkippedSerializer(many=True)
    )
    def get(self, request: Request, pk: int) -> Response:
        """Everything that an import skipped, page by page: records, or objects in them, and why."""
        wanted = SkippedFilterSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        of_object, reason = wanted.validated_data["kind"] == "objects", wanted.validated_data["reason"]
        page = self.paginate_queryset(skips_of(import_of(request, pk), of_object=of_object, reason=reason)) or []
        return self.get_paginated_response(SkippedSerializer(page, many=True).data)


class ImportSkippedCsv(FilesAPI):
    @extend_schema(operation_id="imports_skipped_csv", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, pk: int) -> StreamingHttpResponse:
        """Everything that an import skipped as comma-separated values, a line for each record or object."""
        return skips_answer(request._request, import_of(request, pk))


class ImportConfirm(DatasetsAPI):
    @extend_schema(
        operation_id="imports_confirm",
        request=ImportConfirmSerializer,
        responses={202: ImportSerializer, 409: BUSY},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Carry out an import that was only looked at (`dry_run`), with these names for its classes."""
        looked_at = import_of(request, pk)
        given = ImportConfirmSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        class_map = given.validated_data.get("class_map", {})
        return _started(import_confirm(looked_at=looked_at, class_map=class_map, by=caller(request)))


class ImportPictures(DatasetsAPI):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="imports_pictures",
        request={"multipart/form-data": PicturesUploadSerializer},
        responses={202: ImportSerializer, 409: BUSY},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Send the pictures that an import missed. The answer is a new import of the same export."""
        earlier = import_of(request, pk)
        given = PicturesUploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return _started(import_again(earlier=earlier, by=caller(request), **given.validated_data))


def imports_seen(request: Request) -> QuerySet[LabelImport]:
    return LabelImport.objects.for_user(caller(request)).select_related("dataset", "job")


def import_of(request: Request, pk: int) -> LabelImport:
    """The import that an address names, or 404: with a sentence of its own where it is a look that was forgotten."""
    found = imports_seen(request).filter(pk=pk).first()
    if found is None:
        look = forgotten_look(caller(request), pk)
        raise NotFound(look.sentence if look else None)
    return found


def _started(row: LabelImport) -> Response:
    return Response(ImportSerializer(row).data, status=status.HTTP_202_ACCEPTED)
