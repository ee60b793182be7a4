"""The API of fetches: the pictures that a dataset misses, read from their addresses."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from labelling.api.access import DatasetsAPI, caller
from labelling.api.datasets import dataset_of
from labelling.models import PictureFetch
from labelling.serializers.fetches import FetchSerializer
from labelling.services import fetch_start


class FetchList(DatasetsAPI):
    @extend_schema(
        operation_id="datasets_fetches_add",
        request=None,
        responses={
            202: FetchSerializer,
            409: OpenApiResponse(description="No picture is missing, or an import or another fetch is under way."),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        """Have a job read the pictures that are missing from the addresses in their records."""
        row = fetch_start(dataset=dataset_of(request, pk), by=caller(request))
        return Response(FetchSerializer(row).data, status=status.HTTP_202_ACCEPTED)


class FetchDetail(DatasetsAPI):
    @extend_schema(operation_id="fetches_read", responses=FetchSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One fetch: how far its job is, how many pictures came, and why others did not."""
        rows = PictureFetch.objects.for_user(caller(request)).select_related("job")
        return Response(FetchSerializer(get_object_or_404(rows, pk=pk)).data)
