"""The network itself: training, detection, metrics. Knows no Django and no app."""

import os

# Before a module of this package imports Keras or TensorFlow.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
# TensorFlow uses oneDNN by itself only on processors with instructions made for networks; the others gain from it too.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
