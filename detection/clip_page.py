"""What the page of a clip shows: the chosen analysis, its passages in lanes, and what people said."""

from dataclasses import dataclass

from django.http import Http404

from detection.models import Analysis, Clip, Passage, Verdict, VerdictChoice
from detection.stats import Tally
from detection.summaries import with_said
from detection.timeline import pack_lanes
from jobs.models import Job


@dataclass(frozen=True)
class PassageRow:
    """A passage, the verdict that counts, the newest that a person gave, and its lane in the timeline.

    `chance`: that its best picture is right, where its release is calibrated.
    """

    passage: Passage
    said: str
    human: Verdict | None
    lane: int
    chance: float | None = None

    @property
    def verdicts(self) -> list[tuple[str, str]]:
        """What a person may say, in the order of the buttons and of the keys 1 to 4."""
        return [(choice.value, str(choice.label)) for choice in VerdictChoice]


@dataclass(frozen=True)
class ClipPage:
    clip: Clip
    analyses: list[Analysis]
    analysis: Analysis | None
    passages: list[PassageRow]
    loose: list[Verdict]

    @property
    def job(self) -> Job | None:
        return self.analysis.job if self.analysis else None

    @property
    def verdicts(self) -> list[tuple[str, str]]:
        return [(choice.value, str(choice.label)) for choice in VerdictChoice]

    @property
    def is_under_way(self) -> bool:
        return self.job is not None and not self.job.is_finished

    @property
    def is_judged(self) -> bool:
        return self.analysis is not None and self.analysis.finished_at is not None

    @property
    def is_stopped(self) -> bool:
        """Whether the analysis ended without a result: failed, or cancelled."""
        return not self.is_judged and not self.is_under_way

    @property
    def counts(self) -> bool:
        """Whether the statistics read the analysis that is shown."""
        return self.analysis is not None and self.clip.counted_analysis_id == self.analysis.pk

    @property
    def tally(self) -> Tally:
        tally = Tally()
        for row in self.passages:
            tally = tally.plus(row.said)
        return tally

    @property
    def lanes(self) -> list[list[PassageRow]]:
        count = max((row.lane for row in self.passages), default=-1) + 1
        return [[row for row in self.passages if row.lane == lane] for lane in range(count)]


def clip_page(clip: Clip, chosen: int | None) -> ClipPage:
    """The page of a clip, at the chosen analysis, else at the newest that is no trial; four queries.

    Raises:
        Http404: when the clip has no such analysis.
    """
    analyses = list(clip.analyses.select_related("release", "job"))
    analysis = next((one for one in analyses if not one.is_trial), None)
    if chosen is not None:
        analysis = next((one for one in analyses if one.pk == chosen), None)
        if analysis is None:
            raise Http404
    loose = list(clip.verdicts.filter(passage__isnull=True).select_related("by"))
    return ClipPage(clip, analyses, analysis, _passage_rows(analysis), loose)


def _passage_rows(analysis: Analysis | None) -> list[PassageRow]:
    if analysis is None:
        return []
    passages = list(with_said(analysis.passages.defer("path")).order_by("begins", "number"))
    humans: dict[int, Verdict] = {}
    for verdict in Verdict.objects.filter(passage__in=passages).select_related("by").order_by("at", "pk"):
        if verdict.passage_id is not None:
            humans[verdict.passage_id] = verdict
    lanes = pack_lanes([(passage.begins, passage.ends) for passage in passages])
    return [
        PassageRow(passage, passage.said, humans.get(passage.pk), lane, passage.chance_by(analysis.release))
        for passage, lane in zip(passages, lanes, strict=True)
    ]
