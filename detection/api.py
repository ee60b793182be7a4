"""The API of cameras, clips and passages."""

from typing import Any, NoReturn, cast

from django.core.exceptions import ValidationError as BrokenRule
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.authentication import TokenAuthentication
from accounts.models import User
from accounts.rights import Right
from detection.authentication import CameraCaller, CameraTokenAuthentication
from detection.clip_rows import clip_rows, with_state
from detection.local_time import moment_from
from detection.models import Camera, Clip, Passage
from detection.serializers import (
    CameraSerializer,
    ClipDetailSerializer,
    ClipSerializer,
    ClipUploadSerializer,
    PassageSerializer,
)
from detection.services import ClipDuplicate, clip_add
from detection.summaries import with_said

CAMERAS_TOO = [CameraTokenAuthentication, TokenAuthentication, SessionAuthentication]
ONE_CAMERA = OpenApiParameter("camera", int, description="Only clips of the camera with this id.")
ONE_CLIP = OpenApiParameter("clip", int, description="Only passages of the clip with this id.")


class SeesCameras(BasePermission):
    """Cameras, and people with the right to see cameras; to send clips, the right to upload."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if isinstance(request.user, CameraCaller):
            return True
        right = Right.VIEW_CAMERAS if request.method in {"GET", "HEAD", "OPTIONS"} else Right.UPLOAD_CLIPS
        return isinstance(request.user, User) and request.user.may(right)


class CameraList(ListAPIView[Camera]):
    """The cameras one may see."""

    permission_classes = [SeesCameras]
    serializer_class = CameraSerializer
    queryset = Camera.objects.none()

    def get_queryset(self) -> QuerySet[Camera]:
        return Camera.objects.for_user(cast(User, self.request.user))


@extend_schema(parameters=[ONE_CLIP])
class PassageList(ListAPIView[Passage]):
    """The passages that the statistics read, in order of their begin."""

    permission_classes = [SeesCameras]
    serializer_class = PassageSerializer
    queryset = Passage.objects.none()

    def get_queryset(self) -> QuerySet[Passage]:
        clips = Clip.objects.for_user(cast(User, self.request.user))
        clip = number_in(self.request, "clip")
        if clip is not None:
            clips = clips.filter(pk=clip)
        return passages_of(clips).order_by("analysis__clip_id", "begins", "number")


class ClipList(GenericAPIView[Clip]):
    authentication_classes = CAMERAS_TOO
    permission_classes = [SeesCameras]
    parser_classes = [MultiPartParser]
    serializer_class = ClipSerializer
    queryset = Clip.objects.none()

    @extend_schema(operation_id="clips_list", parameters=[ONE_CAMERA], responses=ClipSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The clips one may see, the newest first."""
        clips = with_state(clips_visible(request)).select_related("camera").order_by("-filmed_at", "-pk")
        camera = number_in(request, "camera")
        page = self.paginate_queryset(clips.filter(camera=camera) if camera is not None else clips) or []
        return self.get_paginated_response(ClipSerializer(clip_rows(page), many=True).data)

    @extend_schema(
        operation_id="clips_add",
        request={"multipart/form-data": ClipUploadSerializer},
        responses={
            201: ClipSerializer,
            409: OpenApiResponse(description="The camera already has this video; `clip` is the id of the one it has."),
        },
    )
    def post(self, request: Request) -> Response:
        """Send a clip and have it judged."""
        upload = ClipUploadSerializer(data=request.data)
        upload.is_valid(raise_exception=True)
        data = upload.validated_data
        camera = camera_of(request, data.get("camera"))
        person = request.user if isinstance(request.user, User) else None
        try:
            filmed_at = moment_from(data["filmed_at"], camera.zone)
        except BrokenRule as error:
            refuse(error, "filmed_at")
        try:
            clip = clip_add(camera=camera, file=data["file"], filmed_at=filmed_at, by=person)
        except ClipDuplicate as known:
            return Response({"file": known.messages, "clip": known.clip.pk}, status=status.HTTP_409_CONFLICT)
        except BrokenRule as error:
            refuse(error, "file")
        (row,) = clip_rows(with_state(Clip.objects.filter(pk=clip.pk)).select_related("camera"))
        return Response(ClipSerializer(row).data, status=status.HTTP_201_CREATED)


class ClipDetail(GenericAPIView[Clip]):
    authentication_classes = CAMERAS_TOO
    permission_classes = [SeesCameras]
    serializer_class = ClipDetailSerializer
    queryset = Clip.objects.none()

    @extend_schema(operation_id="clips_read")
    def get(self, request: Request, pk: int) -> Response:
        """One clip, how far it is judged, and its passages."""
        clip = get_object_or_404(with_state(clips_visible(request)).select_related("camera"), pk=pk)
        (row,) = clip_rows([clip])
        passages = passages_of(Clip.objects.filter(pk=pk)).order_by("begins", "number")
        context = {**self.get_serializer_context(), "passages": passages}
        serializer: BaseSerializer[Any] = ClipDetailSerializer(row, context=context)
        return Response(serializer.data)


def clips_visible(request: Request) -> QuerySet[Clip]:
    caller = request.user
    if isinstance(caller, CameraCaller):
        return Clip.objects.filter(camera=caller.camera)
    return Clip.objects.for_user(cast(User, caller))


def passages_of(clips: QuerySet[Clip]) -> QuerySet[Passage]:
    """The passages of the counted analyses of clips, each with what counts as `said`."""
    counted = Passage.objects.filter(analysis__counts_for__in=clips).select_related("analysis__release").defer("path")
    return with_said(counted)


def camera_of(request: Request, wanted: str | None) -> Camera:
    """The camera that a clip is sent for: named by name or id, and for a camera's token always its own."""
    caller = request.user
    if isinstance(caller, CameraCaller):
        if wanted is not None and wanted not in {caller.camera.name, str(caller.camera.pk)}:
            raise PermissionDenied(_("This token is that of another camera."))
        return caller.camera
    if wanted is None:
        raise ValidationError({"camera": [_("Say which camera filmed this, by name or id.")]})
    cameras = Camera.objects.for_user(cast(User, caller))
    found = cameras.filter(name=wanted).first()
    if found is None and is_number(wanted):
        found = cameras.filter(pk=int(wanted)).first()
    if found is None:
        raise ValidationError({"camera": [_("There is no camera %(name)s.") % {"name": wanted}]})
    return found


def number_in(request: Request, name: str) -> int | None:
    """The number that a filter of the address holds, None where it is left out."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not is_number(text):
        raise ValidationError({name: [_("A number is needed.")]})
    return int(text)


def is_number(text: str) -> bool:
    """Whether a text is an id: decimal digits, and few enough for the database."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def refuse(error: BrokenRule, field: str) -> NoReturn:
    """Answer 400 naming the field: the one of the broken rule, else the one given."""
    if hasattr(error, "error_dict"):
        raise ValidationError(error.message_dict) from error
    raise ValidationError({field: error.messages}) from error
