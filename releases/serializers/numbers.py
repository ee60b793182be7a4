"""What the API takes about the numbers of a release."""

from typing import Any

from rest_framework import serializers

from releases.models import Precision


class PrecisionSerializer(serializers.Serializer[Any]):
    precision = serializers.ChoiceField(choices=Precision.choices, help_text="int8 takes an int8 form.")
