"""The API of datasets as a whole."""

from django.db.models import OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.filters import SearchFilter
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import KnownOrdering
from accounts.models import User
from labelling.api.access import DatasetsAPI, caller
from labelling.models import Dataset, DatasetVersion
from labelling.serializers.datasets import DatasetDetailSerializer, DatasetSerializer
from labelling.services import dataset_change, dataset_create, dataset_delete
from labelling.summaries import with_counts


class DatasetList(DatasetsAPI, ListAPIView[Dataset]):
    serializer_class = DatasetSerializer
    queryset = Dataset.objects.none()
    filter_backends = [DjangoFilterBackend, SearchFilter, KnownOrdering]
    filterset_fields = ["name"]
    search_fields = ["name", "description"]
    ordering_fields = ["name", "created_at"]

    def get_queryset(self) -> QuerySet[Dataset]:
        return datasets_told(caller(self.request))

    @extend_schema(operation_id="datasets_list")
    def get(self, request: Request) -> Response:
        """The datasets with what each holds, by name unless `ordering` says otherwise."""
        return self.list(request)

    @extend_schema(operation_id="datasets_add", responses={201: DatasetDetailSerializer})
    def post(self, request: Request) -> Response:
        """Make an empty dataset."""
        given = DatasetSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        added = dataset_create(**given.validated_data, by=caller(request))
        return Response(dataset_said(caller(request), added.pk), status=status.HTTP_201_CREATED)


class DatasetDetail(DatasetsAPI, GenericAPIView[Dataset]):
    serializer_class = DatasetDetailSerializer
    queryset = Dataset.objects.none()

    @extend_schema(operation_id="datasets_read")
    def get(self, request: Request, pk: int) -> Response:
        """One dataset, with the number of boxes and images of each class."""
        return Response(dataset_said(caller(request), pk))

    @extend_schema(operation_id="datasets_change", request=DatasetSerializer(partial=True))
    def patch(self, request: Request, pk: int) -> Response:
        """Change its name or description; what is left out stays."""
        dataset = dataset_of(request, pk)
        given = DatasetSerializer(dataset, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        kept = {"name": dataset.name, "description": dataset.description}
        dataset_change(dataset=dataset, by=caller(request), **{**kept, **given.validated_data})
        return Response(dataset_said(caller(request), pk))

    @extend_schema(
        operation_id="datasets_delete",
        responses={
            204: None,
            409: OpenApiResponse(description="Versions of it have been frozen, or an import into it is under way."),
        },
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Delete a dataset with its images, boxes and imports."""
        dataset_delete(dataset=dataset_of(request, pk), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def dataset_of(request: Request, pk: int) -> Dataset:
    """The dataset that an address names, or Http404."""
    return get_object_or_404(Dataset.objects.for_user(caller(request)), pk=pk)


def datasets_told(user: User) -> QuerySet[Dataset]:
    """The datasets that a person may see, with all that the API says of them."""
    newest = DatasetVersion.objects.filter(dataset=OuterRef("pk")).order_by("-number").values("pk")[:1]
    return with_counts(Dataset.objects.for_user(user)).annotate(newest_version_key=Subquery(newest))


def dataset_said(user: User, pk: int) -> dict[str, object]:
    """What the API says of one dataset, with its counts."""
    return dict(DatasetDetailSerializer(get_object_or_404(datasets_told(user), pk=pk)).data)
