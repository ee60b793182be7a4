"""Pages of detection."""

from django.urls import path

from detection.views import cameras, clip, clips, media, overview, previews

app_name = "detection"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("sample/", overview.sample_add, name="sample_add"),
    path("cameras/", cameras.cameras, name="cameras"),
    path("cameras/add/", cameras.camera_add, name="camera_add"),
    path("cameras/<int:pk>/", cameras.camera, name="camera"),
    path("cameras/<int:pk>/settings/", cameras.camera_settings, name="camera_settings"),
    path("cameras/<int:pk>/token/", cameras.camera_token, name="camera_token"),
    path("clips/", clips.clips, name="clips"),
    path("clips/add/", clips.clip_upload, name="clip_add"),
    path("clips/<int:pk>/", clip.clip, name="clip"),
    path("clips/<int:pk>/judge/", clip.clip_judge, name="clip_judge"),
    path("clips/<int:pk>/delete/", clip.clip_remove, name="clip_delete"),
    path("clips/<int:pk>/video/", media.video, name="clip_video"),
    path("clips/<int:pk>/thumbnail/", media.thumbnail, name="clip_thumbnail"),
    path("analyses/<int:pk>/", clip.analysis, name="analysis"),
    path("analyses/<int:pk>/cancel/", clip.analysis_cancel, name="analysis_cancel"),
    path("analyses/<int:pk>/retry/", clip.analysis_retry, name="analysis_retry"),
    path("analyses/<int:pk>/frame/", media.live_frame, name="live_frame"),
    path("analyses/<int:pk>/overlay/", media.analysis_overlay, name="overlay"),
    path("models/<int:pk>/preview/", previews.preview_add, name="preview_add"),
    path("models/previews/<int:pk>/", previews.preview, name="preview"),
    path("models/previews/<int:pk>/stop/", previews.preview_stop, name="preview_stop"),
    path("models/previews/<int:pk>/go-on/", previews.preview_go_on, name="preview_go_on"),
    path("models/previews/<int:pk>/delete/", previews.preview_remove, name="preview_delete"),
    path("passages/<int:pk>/verdict/", clip.passage_verdict, name="passage_verdict"),
]
