"""The API of frozen versions: made, compared, given anchors, locked, and handed on."""

from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from labelling.api.access import DatasetsAPI, FilesAPI, caller, refuse
from labelling.api.datasets import dataset_of, dataset_said
from labelling.comparing import Difference, compare
from labelling.downloads import export_answer
from labelling.exporting import FORMATS
from labelling.formats.content import content_of
from labelling.models import DatasetVersion
from labelling.serializers.datasets import DatasetDetailSerializer
from labelling.serializers.versions import (
    ChosenAnchorsSerializer,
    DifferenceSerializer,
    ImageDifferenceSerializer,
    NewVersionSerializer,
    VersionSerializer,
)
from labelling.services.splits import test_split_lock, test_split_unlock
from labelling.summaries import versions_with_counts
from labelling.versions import version_choose_anchors, version_create

FORMAT: Final = OpenApiParameter("format", str, enum=list(FORMATS), required=True, description="The form of the files.")
OTHER: Final = OpenApiParameter(
    "with", int, description="Number of another version of the dataset; without it, the dataset as it is now."
)
A_ZIP: Final = {(200, "application/zip"): OpenApiTypes.BINARY}


class VersionList(DatasetsAPI, GenericAPIView[DatasetVersion]):
    serializer_class = VersionSerializer
    queryset = DatasetVersion.objects.none()

    @extend_schema(operation_id="datasets_versions_list", responses=VersionSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The versions of a dataset, the newest first."""
        page = self.paginate_queryset(versions_with_counts(dataset_of(request, pk))) or []
        return self.get_paginated_response(VersionSerializer(page, many=True).data)

    @extend_schema(
        operation_id="datasets_versions_add", request=NewVersionSerializer, responses={201: VersionSerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Freeze the labelled images of a dataset, split into train, validation and test."""
        dataset = dataset_of(request, pk)
        given = NewVersionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        version = version_create(dataset=dataset, by=caller(request), **given.validated_data)
        return Response(version_said(version), status=status.HTTP_201_CREATED)


class VersionDetail(DatasetsAPI):
    @extend_schema(operation_id="versions_read", responses=VersionSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One version: its splits, classes, content hash and anchors."""
        return Response(version_said(version_of(request, pk)))


class VersionCompare(DatasetsAPI, GenericAPIView[DatasetVersion]):
    queryset = DatasetVersion.objects.none()

    @extend_schema(
        operation_id="versions_compare",
        parameters=[OTHER, OpenApiParameter("page", int, description="Of the images that differ.")],
        responses=DifferenceSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        """What became of a version in another one, or in the dataset as it is now."""
        old = version_of(request, pk)
        new = other_version(request, old)
        difference = compare(content_of(old.dataset, old), content_of(old.dataset, new))
        page = self.paginate_queryset(difference.images) or []
        rows = self.get_paginated_response(ImageDifferenceSerializer(page, many=True).data).data
        numbers = {"old": old.number, "new": new.number if new else None}
        return Response({**numbers, **_sums(difference), **rows})


class VersionAnchors(DatasetsAPI):
    @extend_schema(operation_id="versions_anchors", request=ChosenAnchorsSerializer, responses=VersionSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Find anchors for the boxes of the train split and keep them with the version, for trainings to use."""
        version = version_of(request, pk)
        given = ChosenAnchorsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(
            version_said(version_choose_anchors(version=version, by=caller(request), **given.validated_data))
        )


class VersionLock(DatasetsAPI):
    @extend_schema(operation_id="versions_lock", request=None, responses=DatasetDetailSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Lock the test split: later versions of the dataset test on what this one tests on, and on nothing else."""
        dataset = test_split_lock(version=version_of(request, pk), by=caller(request))
        return Response(dataset_said(caller(request), dataset.pk))


class DatasetLock(DatasetsAPI):
    @extend_schema(operation_id="datasets_unlock", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Unlock the test split: later versions deal it out anew."""
        test_split_unlock(dataset=dataset_of(request, pk), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class VersionExport(FilesAPI):
    @extend_schema(operation_id="versions_export", parameters=[FORMAT], responses=A_ZIP)
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """A version as a zip with its pictures, in the folders of its split; sent while it is made."""
        version = version_of(request, pk)
        return export_answer(request._request, content_of(version.dataset, version), format_in(request))


class DatasetExport(FilesAPI):
    @extend_schema(operation_id="datasets_export", parameters=[FORMAT], responses=A_ZIP)
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """The labelled images of a dataset as they are now, as a zip with the pictures; sent while it is made."""
        return export_answer(request._request, content_of(dataset_of(request, pk)), format_in(request))


def version_of(request: Request, pk: int) -> DatasetVersion:
    """The version that an address names, or Http404."""
    return get_object_or_404(DatasetVersion.objects.for_user(caller(request)).select_related("dataset"), pk=pk)


def version_said(version: DatasetVersion) -> dict[str, Any]:
    """What the API says of one version, with its counts."""
    rows: QuerySet[DatasetVersion] = versions_with_counts(version.dataset)
    return dict(VersionSerializer(rows.get(pk=version.pk)).data)


def other_version(request: Request, version: DatasetVersion) -> DatasetVersion | None:
    """The version of the same dataset that `?with=` names by number, None where it is left out."""
    wanted = request.query_params.get("with", "")
    if not wanted:
        return None
    is_number = wanted.isascii() and wanted.isdigit() and len(wanted) < 10
    found = version.dataset.versions.filter(number=int(wanted)).first() if is_number else None
    if found is None:
        refuse("with", _("This dataset has no version %(number)s.") % {"number": wanted})
    return found


def format_in(request: Request) -> str:
    """The form of export that `?format=` names."""
    chosen = request.query_params.get("format", "")
    if chosen not in FORMATS:
        refuse("format", _("Say which: %(formats)s.") % {"formats": ", ".join(FORMATS)})
    return chosen


def _sums(difference: Difference) -> dict[str, Any]:
    images = {kind: difference.count(kind) for kind in ("added", "removed", "changed")}
    boxes = difference.boxes
    return {
        "images": {**images, "moved": difference.moved},
        "boxes": {"added": boxes.added, "removed": boxes.removed, "changed": boxes.changed},
        "classes_added": difference.classes_added,
        "classes_removed": difference.classes_removed,
    }
