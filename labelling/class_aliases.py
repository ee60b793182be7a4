"""Former names of a dataset's classes, which renamings and merges left behind, for imports to know them by."""

from collections.abc import Mapping

from labelling.class_names import ClassNames, name_key
from labelling.models import ClassAlias, Dataset


def former_names(dataset: Dataset) -> dict[str, str]:
    """The keys of former names, each with what its class is called now; without those that a class has today."""
    names = set(map(name_key, dataset.classes.values_list("name", flat=True)))
    rows = ClassAlias.objects.filter(dataset=dataset).exclude(key__in=names)
    return dict(rows.values_list("key", "box_class__name"))


def class_names_of(dataset: Dataset | None, class_map: Mapping[str, str]) -> ClassNames:
    """How an import into a dataset (None: one that is not there yet) names classes, with the mapping of a person."""
    if dataset is None:
        return ClassNames(class_map)
    return ClassNames(class_map, dataset.classes.values_list("name", flat=True), former_names(dataset))


def class_map_today(dataset: Dataset, class_map: Mapping[str, str]) -> dict[str, str]:
    """A mapping that was given once, into what its classes are called now."""
    former = former_names(dataset) if class_map else {}
    return {old: former.get(name_key(new), new) for old, new in class_map.items()}
