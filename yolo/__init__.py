"""The network itself: training, detection, metrics. Knows no Django and no app."""
