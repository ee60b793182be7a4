"""Starts the server's processes, watches them, and leaves nothing behind."""
