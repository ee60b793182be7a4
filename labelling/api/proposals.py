"""The API of proposals: boxes that a release proposes, accepted or thrown away."""

from typing import cast

from django.core.exceptions import ValidationError as BrokenRule
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from labelling.api.access import Conflict, caller
from labelling.api.boxes import EditsBoxes, box_answer, image_answer, image_of, images_visible, taken
from labelling.models import Box, Image, Proposal
from labelling.serializers.boxes import (
    BoxSavedSerializer,
    DecidedSerializer,
    DecisionSerializer,
    ImageRevisionSerializer,
)
from labelling.services import proposal_decide, proposals_decide

DECIDED = OpenApiResponse(description="Somebody has decided about it already; `detail` says so.")


class ProposalAccept(GenericAPIView[Proposal]):
    permission_classes = [EditsBoxes]
    serializer_class = BoxSavedSerializer
    queryset = Proposal.objects.none()

    @extend_schema(operation_id="proposals_accept", request=None, responses={200: BoxSavedSerializer, 409: DECIDED})
    def post(self, request: Request, pk: int) -> Response:
        """Make a proposal a box of its image."""
        try:
            box = proposal_decide(proposal=proposal_of(request, pk), accept=True, by=caller(request))
        except BrokenRule as error:
            raise Conflict(" ".join(error.messages)) from error
        return box_answer(cast(Box, box))  # an accepted proposal is one


class ProposalReject(GenericAPIView[Proposal]):
    permission_classes = [EditsBoxes]
    serializer_class = ImageRevisionSerializer
    queryset = Proposal.objects.none()

    @extend_schema(
        operation_id="proposals_reject", request=None, responses={200: ImageRevisionSerializer, 409: DECIDED}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Throw a proposal away."""
        proposal = proposal_of(request, pk)
        try:
            proposal_decide(proposal=proposal, accept=False, by=caller(request))
        except BrokenRule as error:
            raise Conflict(" ".join(error.messages)) from error
        return Response({"image_revision": image_of(request, proposal.image_id).revision})


class ProposalList(GenericAPIView[Image]):
    permission_classes = [EditsBoxes]
    serializer_class = DecisionSerializer
    queryset = Image.objects.none()

    @extend_schema(
        operation_id="images_proposals_decide", request=DecisionSerializer, responses={200: DecidedSerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Accept, or throw away, all open proposals of an image from a score up."""
        image, data = image_of(request, pk), taken(DecisionSerializer, request.data)
        accept = data["action"] == "accept"
        decided = proposals_decide(image=image, accept=accept, least_score=data["least_score"], by=caller(request))
        accepted = [each.box_key for each in decided if each.box_key is not None]
        return image_answer(request, pk, DecidedSerializer, accepted=accepted)


def proposal_of(request: Request, pk: int) -> Proposal:
    return get_object_or_404(Proposal.objects.filter(image__in=images_visible(request)), pk=pk)
