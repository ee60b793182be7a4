"""What `manage.py train` says to times that are none."""

import pytest
from django.core.management import CommandError, call_command

from training.models import TrainingRun

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--ready-by", "25:00"], "“25:00” is no time of day, such as 06:00"),
        (["--ready-by", "soon"], "“soon” is no time of day"),
        (["--minutes", "0"], "“0” is no number of minutes above 0"),
        (["--minutes=-5"], "“-5” is no number of minutes above 0"),
        (["--minutes", "inf"], "“inf” is no number of minutes above 0"),
        (["--minutes", "nan"], "“nan” is no number of minutes above 0"),
        (["--minutes", "an hour"], "“an hour” is no number of minutes above 0"),
    ],
)
def test_a_time_that_is_none_is_told_and_starts_nothing(words, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("train", "--dataset", "squares", *words)
    assert not TrainingRun.objects.exists()
