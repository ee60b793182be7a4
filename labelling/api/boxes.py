"""The API of one image: its boxes, changed one by one, and their history. What the editor talks to."""

from typing import Any, cast

from django.core.exceptions import ValidationError as BrokenRule
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rights import Right
from labelling.api.access import DatasetRights, DatasetsAPI, caller, refuse
from labelling.models import Box, BoxChange, BoxClass, Image, Proposal
from labelling.serializers.boxes import (
    BoxAddSerializer,
    BoxChangeSerializer,
    BoxDeleteSerializer,
    BoxSavedSerializer,
    ConflictSerializer,
    HistorySerializer,
    ImageDetailSerializer,
    ImageRevisionSerializer,
    LabelledSerializer,
)
from labelling.serializers.images import BoxSerializer
from labelling.services import BoxConflict, box_create, box_remove, box_update, image_mark, images_delete

EDITOR = "editor"
OUTDATED = OpenApiResponse(ConflictSerializer, description="The box is not of this revision any more.")
REVISION = OpenApiParameter("revision", int, required=True, description="The revision of the box when it was read.")
SOURCE = OpenApiParameter(
    "X-Maskweb-Source", str, OpenApiParameter.HEADER, description='"editor" puts a change on record as the editor\'s.'
)


class EditsBoxes(DatasetRights):
    """To read, the right to view datasets; to write, the right to edit boxes."""

    write = Right.EDIT_BOXES


class ImageDetail(DatasetsAPI, GenericAPIView[Image]):
    serializer_class = ImageDetailSerializer
    queryset = Image.objects.none()

    def get_permissions(self) -> list[DatasetRights]:
        """To delete an image whole takes more than to edit its boxes."""
        return [DatasetRights() if self.request.method == "DELETE" else EditsBoxes()]

    @extend_schema(operation_id="images_read")
    def get(self, request: Request, pk: int) -> Response:
        """One image with its boxes and open proposals."""
        return image_answer(request, pk)

    @extend_schema(operation_id="images_mark", request=LabelledSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Say whether an image is labelled: without boxes, it then shows nothing that is to be found."""
        image, data = image_of(request, pk), taken(LabelledSerializer, request.data)
        image_mark(image=image, labelled=data["labelled"], by=caller(request))
        return image_answer(request, pk)

    @extend_schema(
        operation_id="images_delete",
        responses={204: None, 409: OpenApiResponse(description="A version has frozen it.")},
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Delete an image with its boxes and their history."""
        images_delete(images=images_visible(request).filter(pk=image_of(request, pk).pk), by=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BoxList(GenericAPIView[Box]):
    permission_classes = [EditsBoxes]
    serializer_class = BoxAddSerializer
    queryset = Box.objects.none()

    @extend_schema(operation_id="boxes_add", parameters=[SOURCE], responses={201: BoxSavedSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Draw a box on an image."""
        image, data = image_of(request, pk), taken(BoxAddSerializer, request.data)
        box_class = class_of(image, data["class"])
        try:
            box = box_create(
                image=image, box_class=box_class, xyxy=data["xyxy"], by=caller(request), source=source_of(request)
            )
        except BrokenRule as error:
            refuse("xyxy", " ".join(error.messages))
        return box_answer(box, status.HTTP_201_CREATED)


class BoxDetail(GenericAPIView[Box]):
    permission_classes = [EditsBoxes]
    serializer_class = BoxSerializer
    queryset = Box.objects.none()

    @extend_schema(operation_id="boxes_read")
    def get(self, request: Request, pk: int) -> Response:
        """One box as it is now."""
        return Response(BoxSerializer(get_object_or_404(boxes_visible(request), pk=pk)).data)

    @extend_schema(
        operation_id="boxes_change",
        parameters=[SOURCE],
        request=BoxChangeSerializer,
        responses={200: BoxSavedSerializer, 409: OUTDATED},
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Give a box another class, another place, or both, if it is still of the revision that was read."""
        data = taken(BoxChangeSerializer, request.data)
        box = boxes_visible(request).filter(pk=pk).first()
        if box is None:
            return gone(request, pk)
        box_class = class_of(box.image, data["class"]) if "class" in data else None
        try:
            saved = box_update(
                box_id=pk,
                revision=data["revision"],
                by=caller(request),
                source=source_of(request),
                box_class=box_class,
                xyxy=data.get("xyxy"),
            )
        except BrokenRule as error:
            refuse("xyxy", " ".join(error.messages))
        except BoxConflict as conflict:
            return conflict_answer(conflict)
        return box_answer(saved)

    @extend_schema(
        operation_id="boxes_delete",
        parameters=[REVISION, SOURCE],
        responses={200: ImageRevisionSerializer, 409: OUTDATED},
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Delete a box, if it is still of the revision that was read."""
        data = taken(BoxDeleteSerializer, request.query_params)
        if not boxes_visible(request).filter(pk=pk).exists():
            return gone(request, pk)
        try:
            image = box_remove(box_id=pk, revision=data["revision"], by=caller(request), source=source_of(request))
        except BoxConflict as conflict:
            return conflict_answer(conflict)
        return Response({"image_revision": image.revision})


class BoxHistory(ListAPIView[BoxChange]):
    permission_classes = [EditsBoxes]
    serializer_class = HistorySerializer
    queryset = BoxChange.objects.none()

    def get_queryset(self) -> QuerySet[BoxChange]:
        image = image_of(self.request, self.kwargs["pk"])
        return BoxChange.objects.filter(image=image).select_related("by")

    @extend_schema(operation_id="images_history")
    def get(self, request: Request, pk: int) -> Response:
        """Every change of a box of an image, the newest first."""
        return self.list(request)


def images_visible(request: Request) -> QuerySet[Image]:
    return Image.objects.for_user(caller(request))


def boxes_visible(request: Request) -> QuerySet[Box]:
    return Box.objects.filter(image__in=images_visible(request)).select_related("box_class", "image")


def image_of(request: Request, pk: int) -> Image:
    return get_object_or_404(images_visible(request), pk=pk)


def class_of(image: Image, name: str) -> BoxClass:
    """The class of that name in the image's dataset; 400 where there is none."""
    found = BoxClass.objects.filter(dataset=image.dataset_id, name=name).first()
    if found is None:
        refuse("class", _("The dataset has no class %(name)s.") % {"name": name})
    return found


def source_of(request: Request) -> BoxChange.Source:
    from_editor = request.headers.get("X-Maskweb-Source") == EDITOR
    return BoxChange.Source.EDITOR if from_editor else BoxChange.Source.API


def taken(serializer_class: type[Any], given: Any) -> dict[str, Any]:
    """What was sent, checked; 400 where it is wrong."""
    serializer = serializer_class(data=given)
    serializer.is_valid(raise_exception=True)
    return cast(dict[str, Any], serializer.validated_data)


def gone(request: Request, pk: int) -> Response:
    """The answer about a box that is not there: 409 where it has been deleted, else 404."""
    if not BoxChange.objects.filter(image__in=images_visible(request), box_key=pk).exists():
        raise NotFound
    return conflict_answer(BoxConflict(None))


def image_answer(
    request: Request,
    pk: int,
    serializer_class: type[ImageDetailSerializer] = ImageDetailSerializer,
    **told: Any,
) -> Response:
    """The image as it is now; `told` is for the serializer."""
    undecided = Proposal.objects.filter(state=Proposal.State.OPEN).select_related("box_class")
    images = images_visible(request).prefetch_related(
        Prefetch("boxes", Box.objects.select_related("box_class")),
        Prefetch("proposals", undecided, to_attr="open_proposals"),
    )
    serializer = serializer_class(get_object_or_404(images, pk=pk), context={"request": request, **told})
    return Response(serializer.data)


def box_answer(box: Box, code: int = status.HTTP_200_OK) -> Response:
    return Response({"box": BoxSerializer(box).data, "image_revision": box.image.revision}, status=code)


def conflict_answer(conflict: BoxConflict) -> Response:
    current = BoxSerializer(conflict.current).data if conflict.current else None
    return Response({"detail": str(conflict), "current": current}, status=status.HTTP_409_CONFLICT)
