"""Measurements of releases on dataset versions: made by jobs, kept as rows, shown side by side."""
