"""Runs our networks through OpenCV 4's Darknet reader and keeps what comes out in golden.npz.

OpenCV 5 has no such reader, so this runs in an environment of its own, from the project's root:

    python3 -m venv /some/folder && /some/folder/bin/pip install "opencv-python-headless==4.14.*" numpy
    PYTHONPATH=. /some/folder/bin/python -m tests.yolo.darknet.make_golden

For each network it writes a `.cfg` and a `.weights` with random weights, has OpenCV compute them for one
picture and stores the raw outputs of the last convolutions and, for plain YOLOv3 boxes, what OpenCV's
detection layer makes of them.
"""

import tempfile
from pathlib import Path

import cv2
import numpy as np

from tests.yolo.darknet.random_networks import CLASSES, HEIGHT, WIDTH, anchors, picture, random_arrays
from yolo.config import YOLOV3, YOLOV3_SLIM, YOLOV3_TINY, NetworkConfig
from yolo.darknet_cfg import write_cfg
from yolo.darknet_layers import Convolution, Detection, darknet_layers
from yolo.darknet_weights import write_weights

GOLDEN = Path(__file__).with_name("golden.npz")
NETWORKS = (YOLOV3, YOLOV3_TINY, YOLOV3_SLIM)


def main() -> None:
    found: dict[str, np.ndarray] = {}
    with tempfile.TemporaryDirectory() as folder:
        for config in NETWORKS:
            found |= outputs_of(config, Path(folder))
    for name, array in found.items():
        print(name, array.shape, f"deviation {array.std():.3f}")  # noqa: T201
    np.savez_compressed(GOLDEN, opencv=np.array(cv2.__version__), **found)


def outputs_of(config: NetworkConfig, folder: Path) -> dict[str, np.ndarray]:
    """Arrays by `network/raw<scale>` and `network/boxes<scale>`; scale 0 is the finest."""
    cfg, weights = folder / f"{config.name}.cfg", folder / f"{config.name}.weights"
    cfg.write_text(write_cfg(config, classes=CLASSES, anchors=anchors(config), width=WIDTH, height=HEIGHT))
    write_weights(weights, random_arrays(config), config, classes=CLASSES)
    net = cv2.dnn.readNetFromDarknet(str(cfg), str(weights))
    net.setInput(np.ascontiguousarray(picture().transpose(0, 3, 1, 2)))
    layers = darknet_layers(config, CLASSES)
    found = {}
    for index, layer in enumerate(layers):
        if isinstance(layer, Detection):
            assert isinstance(layers[index - 1], Convolution)
            found[f"{config.name}/raw{layer.scale}"] = net.forward(f"conv_{index - 1}")[0].transpose(1, 2, 0)
            if config.decoding == "darknet":
                found[f"{config.name}/boxes{layer.scale}"] = net.forward(f"yolo_{index}")
    return found


if __name__ == "__main__":
    main()
