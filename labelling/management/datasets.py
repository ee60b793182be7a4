"""What the commands about datasets share."""

from django.core.management.base import CommandError

from labelling.models import Dataset


def dataset_named(name: str) -> Dataset:
    """The dataset of that name; a sentence that lists those there are when there is none."""
    dataset = Dataset.objects.filter(name=name).first()
    if dataset is None:
        known = ", ".join(Dataset.objects.values_list("name", flat=True)[:20])
        rest = f"There are: {known}." if known else "There is none yet; import_labelbox makes one."
        raise CommandError(f"There is no dataset named {name!r}. {rest}")
    return dataset
