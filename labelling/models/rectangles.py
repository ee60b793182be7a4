"""What boxes and proposals of boxes have in common."""

from typing import Final

from django.db import models

HAS_AN_AREA: Final = models.Q(x_min__gte=0, y_min__gte=0, x_max__gt=models.F("x_min"), y_max__gt=models.F("y_min"))


class Rectangle(models.Model):
    """xyxy in pixels of the upright picture, right and bottom exclusive."""

    x_min = models.FloatField()
    y_min = models.FloatField()
    x_max = models.FloatField()
    y_max = models.FloatField()

    class Meta:
        abstract = True

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        return self.x_min, self.y_min, self.x_max, self.y_max
