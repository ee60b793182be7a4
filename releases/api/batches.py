"""The API of batches of photographs."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import BaseParser, FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import AnswersWithFile, RulesAPI, caller, refuse
from releases.api.access import SeesReleases
from releases.batches.downloads import batch_answer
from releases.batches.gallery import Show, pictures_shown
from releases.batches.models import BatchPicture, PictureBatch
from releases.batches.services import batch_create, batch_delete, batch_start, picture_add, zip_remove
from releases.batches.zip_portions import PortionElsewhere, zip_portion_add
from releases.serializers.batches import (
    BatchCreateSerializer,
    BatchPictureAddSerializer,
    BatchPictureSerializer,
    BatchZipSerializer,
    PictureBatchSerializer,
)

NOT_NOW = OpenApiResponse(description="The batch has been started, or cannot be.")
ZIP_NAME = OpenApiParameter("name", str, required=True, description="What the zip is called, such as gate.zip.")


class BatchesAPI(RulesAPI):
    permission_classes = [SeesReleases]


class BatchPages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500


class AnyBytes(BaseParser):
    """Leaves the body where it is: the view reads it piece by piece."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream


class BatchList(BatchesAPI, GenericAPIView[PictureBatch]):
    parser_classes = [JSONParser, FormParser, MultiPartParser]
    serializer_class = PictureBatchSerializer
    queryset = PictureBatch.objects.none()

    @extend_schema(operation_id="batches_list", tags=["batches"], responses=PictureBatchSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The batches one may see, the newest first."""
        page = self.paginate_queryset(batches_seen(request)) or []
        return self.get_paginated_response(PictureBatchSerializer(page, many=True).data)

    @extend_schema(
        operation_id="batches_create",
        tags=["batches"],
        request=BatchCreateSerializer,
        responses={201: PictureBatchSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make an empty batch, which takes photographs in until it is started."""
        given = BatchCreateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        batch = batch_create(by=caller(request), **given.validated_data)
        return Response(batch_said(request, batch.pk), status=status.HTTP_201_CREATED)


class BatchDetail(BatchesAPI):
    @extend_schema(operation_id="batches_read", tags=["batches"], responses=PictureBatchSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One batch: its job, how many photographs have arrived, and counts of what was found so far."""
        return Response(batch_said(request, pk))

    @extend_schema(operation_id="batches_delete", tags=["batches"], responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Delete a batch at once, with its photographs and all that was seen on them; its job stops."""
        batch_delete(batch=batch_of(request, pk), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BatchPictureList(BatchesAPI, GenericAPIView[BatchPicture]):
    parser_classes = [MultiPartParser]
    serializer_class = BatchPictureSerializer
    pagination_class = BatchPages
    queryset = BatchPicture.objects.none()

    @extend_schema(
        operation_id="batches_pictures_list",
        tags=["batches"],
        parameters=[
            OpenApiParameter("show", str, enum=Show.values, description="Only these."),
            OpenApiParameter("class", str, description="Only those with a box of this class."),
            OpenApiParameter("page_size", int, description="Up to 500."),
        ],
        responses=BatchPictureSerializer(many=True),
    )
    def get(self, request: Request, pk: int) -> Response:
        """The photographs of a batch in the order in which they came, with what is seen on them."""
        page = self.paginate_queryset(_shown(request, batch_of(request, pk))) or []
        return self.get_paginated_response(BatchPictureSerializer(page, many=True).data)

    @extend_schema(
        operation_id="batches_pictures_add",
        tags=["batches"],
        request={"multipart/form-data": BatchPictureAddSerializer},
        responses={201: BatchPictureSerializer, 409: NOT_NOW},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Add one photograph. The same one under the same path is taken in once, so that it may be sent again."""
        batch = batch_of(request, pk)
        upload = BatchPictureAddSerializer(data=request.data)
        upload.is_valid(raise_exception=True)
        file = upload.validated_data["picture"]
        picture = picture_add(batch=batch, name=upload.validated_data.get("path") or file.name, file=file)
        return Response(BatchPictureSerializer(picture).data, status=status.HTTP_201_CREATED)


class BatchZips(BatchesAPI):
    parser_classes = [AnyBytes]

    @extend_schema(
        operation_id="batches_zip_add",
        tags=["batches"],
        parameters=[
            ZIP_NAME,
            OpenApiParameter("size", int, description="Of the whole zip in bytes; without it the body is all of it."),
            OpenApiParameter("offset", int, description="Where this portion begins, 0 unless said."),
        ],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={200: BatchZipSerializer, 409: NOT_NOW},
    )
    def put(self, request: Request, pk: int) -> Response:
        """Add a zip of photographs, whole or in portions.

        With the last portion its pictures join the batch. A portion that does not begin where the last one ended is
        answered with 409 and `arrived`, from where to go on.
        """
        batch = batch_of(request, pk)
        name = request.query_params.get("name", "")
        if not name:
            refuse("name", _("Say what the zip is called."))
        said = request.query_params.get("size", "") or request.META.get("CONTENT_LENGTH", "")
        if not said:
            refuse("size", _("Say how many bytes the zip has."))
        size = _number(said, "size", default=0)
        offset = _number(request.query_params.get("offset", ""), "offset", default=0)
        try:
            packed = zip_portion_add(batch=batch, name=name, size=size, offset=offset, content=request._request)
        except PortionElsewhere as error:
            return Response({"detail": str(error), "arrived": error.arrived}, status=status.HTTP_409_CONFLICT)
        return Response(BatchZipSerializer(packed).data)

    @extend_schema(operation_id="batches_zip_delete", tags=["batches"], parameters=[ZIP_NAME], responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Leave a zip out again, whole or not, with the photographs in it."""
        batch = batch_of(request, pk)
        zip_remove(packed=get_object_or_404(batch.zips, name=request.query_params.get("name", "")))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BatchStart(BatchesAPI):
    @extend_schema(
        operation_id="batches_start",
        tags=["batches"],
        request=None,
        responses={202: PictureBatchSerializer, 409: NOT_NOW},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Have the active model look at the photographs, by a job; a stopped batch goes on with the model it has."""
        batch_start(batch=batch_of(request, pk), by=caller(request))
        return Response(batch_said(request, pk), status=status.HTTP_202_ACCEPTED)


class BatchDownload(AnswersWithFile, BatchesAPI):
    @extend_schema(
        operation_id="batches_download",
        tags=["batches"],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """A zip of boxes.json, boxes.csv and the pictures with their boxes drawn; sent while it is made."""
        return batch_answer(request._request, batch_of(request, pk))


def batches_seen(request: Request) -> QuerySet[PictureBatch]:
    return PictureBatch.objects.for_user(caller(request)).with_counts().prefetch_related("zips")


def batch_of(request: Request, pk: int) -> PictureBatch:
    """The batch that an address names, or Http404."""
    return get_object_or_404(PictureBatch.objects.for_user(caller(request)), pk=pk)


def batch_said(request: Request, pk: int) -> dict[str, Any]:
    return dict(PictureBatchSerializer(get_object_or_404(batches_seen(request), pk=pk)).data)


def _shown(request: Request, batch: PictureBatch) -> QuerySet[BatchPicture]:
    show = request.query_params.get("show", "")
    if show and show not in Show.values:
        refuse("show", _("Say one of these: %(words)s.") % {"words": ", ".join(Show.values)})
    return pictures_shown(batch, show=show, box_class=request.query_params.get("class", ""))


def _number(text: str, field: str, *, default: int) -> int:
    """A number of bytes from an address or a header."""
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        refuse(field, _("This is no number of bytes."))
    return int(text)
