"""The API of previews: how the rate would change with a release, told before it is made active."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.api import caller
from detection.models import ReleasePreview
from detection.preview_page import preview_page
from detection.preview_serializers import NewPreviewSerializer, PreviewDetailSerializer, PreviewSerializer
from detection.previews import preview_create, preview_delete
from releases.api.access import ReleasesAPI
from releases.api.releases import release_of


class PreviewList(ReleasesAPI, GenericAPIView[ReleasePreview]):
    serializer_class = PreviewSerializer
    queryset = ReleasePreview.objects.none()

    @extend_schema(operation_id="releases_previews_list", tags=["previews"], responses=PreviewSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The previews of a release, the newest first."""
        rows = ReleasePreview.objects.filter(release=release_of(request, pk))
        page = self.paginate_queryset(rows.select_related("release", "job", "created_by")) or []
        return self.get_paginated_response(PreviewSerializer(page, many=True).data)

    @extend_schema(
        operation_id="releases_previews_add",
        tags=["previews"],
        request=NewPreviewSerializer,
        responses={
            202: PreviewSerializer,
            409: OpenApiResponse(description="No other release has judged a clip yet: there is nothing to compare."),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        """Have a release judge the newest clips of each camera once more, by a job; nothing of it counts."""
        given = NewPreviewSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = preview_create(release=release_of(request, pk), by=caller(request), **given.validated_data)
        return Response(PreviewSerializer(made).data, status=status.HTTP_202_ACCEPTED)


class PreviewDetail(ReleasesAPI):
    @extend_schema(operation_id="previews_read", responses=PreviewDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One preview: by camera the rate now and with the release, the passages that differ, and its job."""
        said: BaseSerializer[Any] = PreviewDetailSerializer(preview_page(preview_of(pk), caller(request)))
        return Response(said.data)

    @extend_schema(operation_id="previews_delete", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Delete a preview with what was judged for it; one that is under way is stopped."""
        preview_delete(preview=preview_of(pk), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def preview_of(pk: int) -> ReleasePreview:
    """The preview that an address names, or Http404."""
    return get_object_or_404(ReleasePreview.objects.select_related("release", "job", "created_by"), pk=pk)
