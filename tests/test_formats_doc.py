"""What docs/formats.md shows works."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from django.conf import settings

from tests.yolo.random_release import random_pictures, random_release
from yolo.config import network_named
from yolo.detector import Detector
from yolo.release import load_network, output_name


def example() -> dict[str, object]:
    """The functions of the example in the document."""
    text = (Path(settings.BASE_DIR) / "docs" / "formats.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    found: dict[str, object] = {"__name__": "example"}
    exec(code, found)
    return found


@pytest.mark.parametrize("name", ["yolov3-slim-x0.25", "yolov3-slim-p2-p6-x0.25"])
def test_the_example_finds_the_boxes_that_we_find(tmp_path: Path, name: str) -> None:
    from yolo.convert import metadata
    from yolo.onnx_graph import onnx_graph

    release = random_release(tmp_path / name, network=network_named(name))
    release = replace(release, thresholds={"with_mask": 0.2, "without_mask": 0.25, "worn_incorrectly": 0.3})
    names = [output_name(stride) for stride in release.strides]
    graph = onnx_graph(load_network(release), outputs=names, metadata=metadata(release))
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    image = random_pictures(5, 240, 320)  # 288x224 on the canvas: no multiples of 64
    theirs = example()["detect"](session, image)
    ours = Detector(release, precision="f32").detect(image)
    assert len(ours) > 5
    assert [name for name, _score, _box in theirs] == [release.classes[label] for label in ours.labels]
    np.testing.assert_allclose([score for _name, score, _box in theirs], ours.scores, atol=1e-3)
    np.testing.assert_allclose([box for _name, _score, box in theirs], ours.boxes, atol=0.1)
