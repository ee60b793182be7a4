"""Labelled pictures in the forms other programs read and write: Pascal VOC, YOLO, COCO, Labelbox."""
