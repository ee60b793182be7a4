"""Batches of photographs: they come in piece by piece, a job looks at them, and they are deleted on a given day."""
