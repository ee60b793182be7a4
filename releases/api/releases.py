"""The API of releases: listed, read, downloaded, made active, rolled back, deleted."""

from typing import Any, Final

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.filters import SearchFilter
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import AnswersWithFile, Conflict, KnownOrdering, caller
from releases.api.access import ReleasesAPI, releases_seen
from releases.archive import zipped
from releases.card import as_markdown
from releases.models import ModelRelease
from releases.serializers.releases import ReleaseDetailSerializer, ReleaseSerializer, RollBackSerializer
from releases.services import (
    release_activate,
    release_before,
    release_delete,
    release_folder,
    release_roll_back,
)
from releases.written import release_card, release_written

NOT_WHOLE: Final = OpenApiResponse(description="A file of it is missing or was changed.")


class ReleaseList(ReleasesAPI, ListAPIView[ModelRelease]):
    serializer_class = ReleaseSerializer
    queryset = ModelRelease.objects.none()
    filter_backends = [DjangoFilterBackend, SearchFilter, KnownOrdering]
    filterset_fields = ["name", "network", "is_active", "is_bundled"]
    search_fields = ["name"]
    ordering_fields = ["name", "created_at"]

    def get_queryset(self) -> QuerySet[ModelRelease]:
        return releases_seen(self.request).select_related("created_by")

    @extend_schema(operation_id="releases_list")
    def get(self, request: Request) -> Response:
        """The releases with their figures: the active one first, then the newest, unless `ordering` says otherwise."""
        return self.list(request)


class ReleaseDetail(ReleasesAPI):
    @extend_schema(operation_id="releases_read", responses=ReleaseDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One release with every figure, its thresholds and anchors, and where it comes from."""
        return Response(release_said(release_of(request, pk)))

    @extend_schema(
        operation_id="releases_delete",
        responses={204: None, 409: OpenApiResponse(description="It is active, or something still points at it.")},
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Delete a release that nothing points at, with its files; what keeps it is said in `detail`."""
        release_delete(release=release_of(request, pk), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReleaseActivate(ReleasesAPI):
    @extend_schema(
        operation_id="releases_activate", request=None, responses={200: ReleaseDetailSerializer, 409: NOT_WHOLE}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Make this the release that judges from the next clip on."""
        release_activate(release=release_of(request, pk), by=caller(request))
        return Response(release_said(release_of(request, pk)))


class ReleaseRollBack(ReleasesAPI):
    @extend_schema(
        operation_id="releases_roll_back",
        request=RollBackSerializer,
        responses={
            200: ReleaseDetailSerializer,
            409: OpenApiResponse(description="No other release has judged before, or it is not the one named."),
        },
    )
    def post(self, request: Request) -> Response:
        """Make the release active again that judged before the active one."""
        given = RollBackSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        before = release_before()
        if before is None:
            raise Conflict(_("No other release has judged before."))
        if given.validated_data.get("to", before.name) != before.name:
            raise Conflict(_("The release that judged before is %(name)s.") % {"name": before.name})
        return Response(release_said(release_roll_back(to=before, by=caller(request))))


class ReleaseCard(AnswersWithFile, ReleasesAPI):
    @extend_schema(operation_id="releases_card", responses={(200, "text/markdown"): OpenApiTypes.STR, 409: NOT_WHOLE})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The model card in Markdown: data and licences, figures by class and size, limits, fit and unfit use."""
        return HttpResponse(
            as_markdown(release_card(release_of(request, pk))), content_type="text/markdown; charset=utf-8"
        )


class ReleaseDownload(AnswersWithFile, ReleasesAPI):
    @extend_schema(
        operation_id="releases_download", responses={(200, "application/zip"): OpenApiTypes.BINARY, 409: NOT_WHOLE}
    )
    def get(self, request: Request, pk: int) -> FileResponse:
        """The folder of a release with its card, as a zip: what `manage.py release_import` takes elsewhere."""
        row = release_of(request, pk)
        archive = zipped(release_folder(row), name=row.name, card=as_markdown(release_card(row)))
        return FileResponse(archive, as_attachment=True, filename=f"{row.name}.zip")


def release_of(request: Request, pk: int) -> ModelRelease:
    """The release that an address names, or Http404."""
    return get_object_or_404(releases_seen(request).select_related("created_by", "run"), pk=pk)


def release_said(row: ModelRelease) -> dict[str, Any]:
    """What the API says of one release."""
    return dict(ReleaseDetailSerializer(row, context={"written": release_written(row)[0]}).data)
