"""The API of the classes of a dataset: added, given another name, and merged."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from labelling.api.access import DatasetsAPI, caller, refuse
from labelling.api.datasets import dataset_of
from labelling.models import BoxClass, BulkChange, Dataset
from labelling.serializers.classes import BulkSerializer, ClassSerializer, MergedSerializer, MergeSerializer
from labelling.services import class_create, class_rename, classes_unite


class ClassList(DatasetsAPI):
    @extend_schema(operation_id="datasets_classes_add", request=ClassSerializer, responses={201: ClassSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Add a class that no box has yet, to be drawn."""
        dataset = dataset_of(request, pk)
        given = ClassSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        added = class_create(dataset=dataset, name=given.validated_data["name"], by=caller(request))
        return Response(ClassSerializer(added).data, status=status.HTTP_201_CREATED)


class ClassDetail(DatasetsAPI):
    @extend_schema(operation_id="classes_read", responses=ClassSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One class, with the former names that imports know it by."""
        return Response(ClassSerializer(class_of(request, pk)).data)

    @extend_schema(operation_id="classes_rename", request=ClassSerializer, responses=ClassSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Give a class another name. Frozen versions keep the old one, and later imports know it."""
        box_class = class_of(request, pk)
        given = ClassSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        class_rename(box_class=box_class, name=given.validated_data["name"], by=caller(request))
        return Response(ClassSerializer(class_of(request, pk)).data)


class ClassMerge(DatasetsAPI):
    @extend_schema(
        operation_id="classes_merge",
        request=MergeSerializer,
        responses={
            200: MergedSerializer,
            202: BulkSerializer,
            409: OpenApiResponse(description="Another change of many images of the dataset is under way."),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        """Give all boxes of a class to another of its dataset and delete it; 202 where a job does so, of many boxes."""
        source = class_of(request, pk)
        given = MergeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        into = BoxClass.objects.filter(dataset=source.dataset_id, pk=given.validated_data["into"]).first()
        if into is None or into == source:
            refuse("into", _("This is no other class of the same dataset."))
        made = classes_unite(sources=BoxClass.objects.filter(pk=source.pk), into=into, by=caller(request))
        if isinstance(made, BulkChange):
            return Response(BulkSerializer(made).data, status=status.HTTP_202_ACCEPTED)
        return Response(MergedSerializer({"boxes": made, "into": class_of(request, into.pk)}).data)


def class_of(request: Request, pk: int) -> BoxClass:
    """The class that an address names, or Http404."""
    seen = Dataset.objects.for_user(caller(request))
    return get_object_or_404(BoxClass.objects.filter(dataset__in=seen).prefetch_related("aliases"), pk=pk)
