"""The administration of datasets: a tool for daily work. Whatever it changes goes through the services."""

from labelling.admin import boxes, bulk, classes, datasets, fetches, history, images, imports, proposals, versions

__all__ = ["boxes", "bulk", "classes", "datasets", "fetches", "history", "images", "imports", "proposals", "versions"]
