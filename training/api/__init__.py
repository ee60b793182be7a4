"""The API of trainings: runs, their epochs and close looks, and the weights to start from."""
