"""The API of pre-labellings: a release run over images of a dataset."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rights import Right
from labelling.api.access import DatasetRights, DatasetsAPI, caller, refuse
from labelling.api.datasets import dataset_of
from labelling.models import Dataset, Image, PreLabel
from labelling.serializers.prelabels import PrelabelSerializer, PrelabelStartSerializer
from labelling.services import prelabel_start
from releases.models import ModelRelease

NOT_NOW = OpenApiResponse(
    description="Another one of the dataset is under way, none of the pictures has come, or no release is active."
)
MOST_NAMED = 10


class StartsPrelabels(DatasetRights):
    """To read, the right to view datasets; to start, the right to edit boxes."""

    write = Right.EDIT_BOXES


class PrelabelList(DatasetsAPI, GenericAPIView[PreLabel]):
    permission_classes = [StartsPrelabels]
    serializer_class = PrelabelSerializer
    queryset = PreLabel.objects.none()

    @extend_schema(operation_id="datasets_prelabels_list", responses=PrelabelSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The pre-labellings of a dataset, the newest first."""
        page = self.paginate_queryset(prelabels_seen(request).filter(dataset=dataset_of(request, pk))) or []
        return self.get_paginated_response(PrelabelSerializer(page, many=True).data)

    @extend_schema(
        operation_id="datasets_prelabels_add",
        request=PrelabelStartSerializer,
        responses={202: PrelabelSerializer, 409: NOT_NOW},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Have a release look at images by a job, to propose boxes or only to check the labels."""
        dataset = dataset_of(request, pk)
        given = PrelabelStartSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wishes = given.validated_data
        row = prelabel_start(
            dataset=dataset,
            images=images_named(request, dataset, wishes.get("images")),
            by=caller(request),
            release=release_named(wishes.get("release")),
            least_score=wishes["least_score"],
            proposes=wishes["proposes"],
        )
        return Response(PrelabelSerializer(row).data, status=status.HTTP_202_ACCEPTED)


class PrelabelDetail(DatasetsAPI):
    @extend_schema(operation_id="prelabels_read", responses=PrelabelSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One pre-labelling: how far its job is, and what it has found so far."""
        return Response(PrelabelSerializer(get_object_or_404(prelabels_seen(request), pk=pk)).data)


def prelabels_seen(request: Request) -> QuerySet[PreLabel]:
    return PreLabel.objects.for_user(caller(request)).select_related("release", "job").defer("image_keys")


def images_named(request: Request, dataset: Dataset, keys: Sequence[int] | None) -> QuerySet[Image] | None:
    """The images of these ids, None for all; 400 where some are no images of the dataset."""
    if keys is None:
        return None
    images = Image.objects.for_user(caller(request)).filter(dataset=dataset, pk__in=keys)
    unknown = sorted(set(keys) - set(images.values_list("pk", flat=True)))
    if unknown:
        named = ", ".join(map(str, unknown[:MOST_NAMED]))
        refuse("images", _("These are no images of the dataset: %(ids)s.") % {"ids": named})
    return images


def release_named(name: str | None) -> ModelRelease | None:
    """The release of that name, None for the active one; 400 where there is none."""
    if name is None:
        return None
    release = ModelRelease.objects.filter(name=name).first()
    if release is None:
        refuse("release", _("There is no release named %(name)s.") % {"name": name})
    return release
