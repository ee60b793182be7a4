"""Keeps what releases say of labels in step with the labels."""

from django.db import transaction

from labelling.models import Image, Opinion
from labelling.opinions import contradictions, labelled_classes, opinion_set


@transaction.atomic
def opinions_refresh(image: Image) -> None:
    """Hold the stored detections of each release against the boxes that the image has now.

    To be called after each change of its boxes, or of whether it is labelled. One query where no
    release has looked at the image yet. When the release looked (`Opinion.at`) stays as it is.
    """
    opinions = list(Opinion.objects.filter(image=image).select_related("release"))
    if not opinions:
        return
    boxes = list(image.boxes.select_related("box_class"))
    names = labelled_classes(image.dataset_id)
    for opinion in opinions:
        found = contradictions(image, boxes, opinion.detections, release=opinion.release, names=names)
        opinion_set(opinion, found)
    Opinion.objects.bulk_update(opinions, ["doubts", "disagreement"])
