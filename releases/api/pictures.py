"""The API of single pictures."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from releases.api.access import SeesReleases
from releases.serializers.pictures import PictureUploadSerializer, SeenSerializer
from releases.warm import InferenceAway, PictureRefused, picture_detect


class NotNow(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "not_now"


class Detect(APIView):
    permission_classes = [SeesReleases]
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="detect",
        tags=["models"],
        request={"multipart/form-data": PictureUploadSerializer},
        responses={
            (200, "application/json"): SeenSerializer,
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            503: OpenApiResponse(description="The model is just being loaded, or none is active."),
        },
    )
    def post(self, request: Request) -> HttpResponse:
        """Find masks on one photograph with the active model. The photograph is not kept."""
        upload = PictureUploadSerializer(data=request.data)
        upload.is_valid(raise_exception=True)
        data = upload.validated_data
        try:
            seen = picture_detect(data["picture"].read(), score=data.get("score"), draw=data["drawn"])
        except PictureRefused as error:
            raise ValidationError({"picture": [str(error)]}) from error
        except InferenceAway as error:
            raise NotNow(str(error)) from error
        if data["drawn"]:
            return HttpResponse(seen.drawn, content_type="image/jpeg")
        return Response(seen.as_json())
