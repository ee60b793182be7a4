"""Pages of datasets, imports and images."""
