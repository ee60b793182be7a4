"""The API of the images of a dataset: lists, single pictures that are added, and their files."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from labelling.api.access import DatasetsAPI, FilesAPI, caller, refuse
from labelling.api.datasets import dataset_of
from labelling.downloads import picture_answer, thumbnail_answer
from labelling.gallery import images_for_gallery, with_boxes
from labelling.models import Dataset, Image
from labelling.serializers.image_lists import ImageFiltersSerializer, ImageUploadSerializer
from labelling.serializers.images import ImageSerializer
from labelling.services.pictures import image_add, image_restore


class ImagePages(CursorPagination):
    """Pages that begin where the last one ended: the thousandth is as fast as the first, and nothing is counted."""

    ordering = "pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500


class ImageList(DatasetsAPI, GenericAPIView[Image]):
    parser_classes = [MultiPartParser]
    serializer_class = ImageSerializer
    pagination_class = ImagePages
    queryset = Image.objects.none()

    @extend_schema(
        operation_id="datasets_images_list",
        parameters=[ImageFiltersSerializer],
        responses=ImageSerializer(many=True),
    )
    def get(self, request: Request, pk: int) -> Response:
        """The images of a dataset with their boxes, in the order in which they came."""
        dataset = dataset_of(request, pk)
        filters = ImageFiltersSerializer(data=request.query_params)
        filters.is_valid(raise_exception=True)
        images = images_wanted(Image.objects.for_user(caller(request)), dataset, **filters.validated_data)
        page = self.paginate_queryset(images) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        operation_id="datasets_images_add",
        request={"multipart/form-data": ImageUploadSerializer},
        responses={200: ImageSerializer, 201: ImageSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Add one picture. With `boxes`, an empty list too, it counts as labelled; without, it waits for labels.

        Where the file of an image is lost or damaged, its very bytes, sent without boxes, put it back: then 200.
        """
        dataset = dataset_of(request, pk)
        given = ImageUploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = {name: value for name, value in given.validated_data.items() if name != "boxes"}
        if given.validated_data.get("boxes") is None:
            restored = image_restore(dataset=dataset, by=caller(request), **values)
            if restored is not None:
                return Response(self.get_serializer(restored).data)
        image = image_add(dataset=dataset, by=caller(request), **given.validated_data)
        return Response(self.get_serializer(image).data, status=status.HTTP_201_CREATED)


def images_wanted(
    images: QuerySet[Image], dataset: Dataset, *, box_class: str = "", external_id: str = "", **others: str
) -> QuerySet[Image]:
    """The images of a dataset that the filters of an address leave, with their boxes."""
    images = images.filter(dataset=dataset)
    if external_id:
        images = images.filter(external_id=external_id)
    found = images_for_gallery(images, dataset=dataset, box_class=class_key(dataset, box_class), **others)
    return with_boxes(found.defer("source_row"))


def class_key(dataset: Dataset, name: str) -> str:
    """The key of a class by its name, as the gallery wants it; "" for no name."""
    if not name:
        return ""
    found = dataset.classes.filter(name=name).values_list("pk", flat=True).first()
    if found is None:
        refuse("box_class", _("This dataset has no class %(name)s.") % {"name": name})
    return str(found)


class ImageFile(FilesAPI):
    @extend_schema(operation_id="images_file", responses={(200, "image/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The picture itself, as it came; 404 while it is pending."""
        return picture_answer(request._request, image_of(request, pk))


class ImageThumbnail(FilesAPI):
    @extend_schema(operation_id="images_thumbnail", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponse:
        """A small JPEG of the upright picture, 320 pixels on its longer side; 404 while it is pending."""
        return thumbnail_answer(request._request, image_of(request, pk))


def image_of(request: Request, pk: int) -> Image:
    """The image that an address names, or Http404."""
    return get_object_or_404(Image.objects.for_user(caller(request)), pk=pk)
