"""The administration of datasets: a tool for daily work. Whatever it changes goes through the services."""

from labelling.admin import boxes, classes, datasets, fetches, history, images, imports, proposals, versions

__all__ = ["boxes", "classes", "datasets", "fetches", "history", "images", "imports", "proposals", "versions"]
