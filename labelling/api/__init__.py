"""The API of datasets, images, boxes, imports and versions."""
