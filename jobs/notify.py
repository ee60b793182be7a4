"""Tells open pages that a job's row changed. The message only says 'look again'; the row is the truth."""

import logging

from asgiref.sync import async_to_sync
from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def group_of(job_id: int) -> str:
    return f"job.{job_id}"


def job_changed(job_id: int) -> None:
    """Once the change is committed, wake the sockets that show this job."""
    transaction.on_commit(lambda: _send(job_id), robust=True)


def _send(job_id: int) -> None:
    try:
        async_to_sync(get_channel_layer().group_send)(group_of(job_id), {"type": "job.changed"})
    except (RedisError, OSError, ChannelFull) as error:
        logger.debug("nobody was told that job %s changed: %s", job_id, error)
