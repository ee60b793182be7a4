"""What all views of this API have in common: who gets in."""

from accounts.api import AnswersWithFile, Conflict, Rights, RulesAPI, answer_to, caller, refuse
from accounts.rights import Right

__all__ = ["Conflict", "DatasetRights", "DatasetsAPI", "FilesAPI", "answer_to", "caller", "refuse"]


class DatasetRights(Rights):
    """To read, the right to view datasets; to write, the right to manage them."""

    read = Right.VIEW_DATASETS
    write = Right.MANAGE_DATASETS


class DatasetsAPI(RulesAPI):
    """A view on datasets. A rule that a service finds broken is told as `answer_to` says."""

    permission_classes = [DatasetRights]


class FilesAPI(AnswersWithFile, DatasetsAPI):
    """A view on datasets that answers with a file."""
