"""Cameras, clips and what was seen in them, in the administration: to look at; what changes goes through services."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access import person
from accounts.rights import Right
from detection.models import Analysis, Camera, Clip, Passage, ReleasePreview, Verdict
from detection.services import analysis_start, clip_delete
from releases.services import NoRelease, release_active


class LookedAt:
    """Rows that are made and changed on the pages of the site."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Camera)
class CameraAdmin(LookedAt, admin.ModelAdmin[Camera]):
    list_display = ["name", "place", "time_zone", "frames_per_second", "clips", "created_at"]
    list_filter = ["time_zone"]
    search_fields = ["name", "place"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Camera]:
        return super().get_queryset(request).annotate(clip_count=Count("clips"))

    @admin.display(description=_("clips"), ordering="clip_count")
    def clips(self, camera: Camera) -> int:
        return int(getattr(camera, "clip_count", 0))


@admin.register(Clip)
class ClipAdmin(LookedAt, admin.ModelAdmin[Clip]):
    list_display = ["original_name", "camera", "filmed_at", "duration", "counted_analysis", "added_by", "page"]
    list_filter = ["camera", "is_sample", "filmed_at"]
    list_select_related = ["camera", "added_by", "counted_analysis__clip", "counted_analysis__release"]
    search_fields = ["original_name", "camera__name", "sha256"]
    date_hierarchy = "filmed_at"
    actions = ["judge_again"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def has_judge_permission(self, request: HttpRequest) -> bool:
        """Who may use the action: it queues work, so that to look at clips is not enough."""
        return person(request).may(Right.UPLOAD_CLIPS)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with a clip goes, though nobody deletes it by itself."""
        listed, counts, _lacking, protected = super().get_deleted_objects(objs, request)
        return listed, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Clip) -> None:
        clip_delete(clip=obj, by=person(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Clip]) -> None:
        for clip in queryset:
            clip_delete(clip=clip, by=person(request))

    @admin.display(description=_("page"))
    def page(self, clip: Clip) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("detection:clip", args=[clip.pk]), _("open"))

    @admin.action(description=_("Judge the chosen clips again with the active release"), permissions=["judge"])
    def judge_again(self, request: HttpRequest, queryset: QuerySet[Clip]) -> None:
        clips = list(queryset.select_related("camera"))
        try:
            release = release_active()
            for clip in clips:
                analysis_start(clip=clip, release=release, by=person(request))
        except (NoRelease, ValidationError) as error:
            self.message_user(request, str(error), messages.ERROR)
            return
        queued = ngettext("%(count)d clip is queued.", "%(count)d clips are queued.", len(clips))
        self.message_user(request, queued % {"count": len(clips)}, messages.SUCCESS)


@admin.register(Analysis)
class AnalysisAdmin(LookedAt, admin.ModelAdmin[Analysis]):
    list_display = ["id", "clip", "release", "frames", "seconds", "is_trial", "created_at", "finished_at"]
    list_filter = ["release", "is_trial", "finished_at"]
    list_select_related = ["clip", "release"]
    search_fields = ["clip__original_name", "clip__camera__name"]


@admin.register(Passage)
class PassageAdmin(LookedAt, admin.ModelAdmin[Passage]):
    list_display = ["number", "analysis", "begins", "ends", "verdict", "confidence"]
    list_filter = ["verdict", "analysis__clip__camera"]
    list_select_related = ["analysis__clip", "analysis__release"]
    search_fields = ["analysis__clip__original_name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Passage]:
        return super().get_queryset(request).defer("path")


@admin.register(Verdict)
class VerdictAdmin(LookedAt, admin.ModelAdmin[Verdict]):
    list_display = ["at", "by", "clip", "passage", "verdict", "note"]
    list_filter = ["verdict", "at"]
    list_select_related = ["by", "clip", "passage"]
    search_fields = ["note", "clip__original_name", "by__username"]
    date_hierarchy = "at"


@admin.register(ReleasePreview)
class ReleasePreviewAdmin(LookedAt, admin.ModelAdmin[ReleasePreview]):
    list_display = ["release", "clips_per_camera", "created_at", "created_by", "finished_at", "page"]
    list_filter = ["release", "finished_at"]
    list_select_related = ["release", "created_by"]
    search_fields = ["release__name"]

    @admin.display(description=_("page"))
    def page(self, preview: ReleasePreview) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("detection:preview", args=[preview.pk]), _("open"))
