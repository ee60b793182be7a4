"""What the log of the site leaves out."""

import logging

from django.core.exceptions import PermissionDenied


class RefusalInOneLine(logging.Filter):
    """Lets a refused request be logged without a traceback: that somebody may not do something is no error."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], PermissionDenied):
            record.exc_info = None
        return True
