"""The audit record in words."""

from typing import Any

from django import template
from django.apps import apps

register = template.Library()


@register.filter
def in_words(name: str) -> str:
    """`clip_add` as `clip add`."""
    return name.replace("_", " ")


@register.filter
def target_name(label: str) -> str:
    """`detection.camera` as `camera`; a model that is gone keeps its label."""
    if "." not in label:
        return label
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label


@register.filter
def change(value: Any) -> str:
    """An old and a new value as `old → new`; anything else as it is."""
    if isinstance(value, list) and len(value) == 2:
        return f"{value[0]} → {value[1]}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
