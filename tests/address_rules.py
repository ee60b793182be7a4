"""Who may open which address of the site; tests/test_permissions.py holds each to it."""

from dataclasses import dataclass, field
from typing import Any

from accounts.rights import Right


@dataclass(frozen=True)
class Rule:
    """Who may open an address, and with what it is asked for.

    right: what it takes; None for everybody who is signed in. open: for everybody.
    pk: the name of the row in `rows` whose key the address takes. of_camera: hidden (404) from people who may
    not see the row's camera. own: hidden from everybody but the row's owner and those with this right.
    """

    right: Right | None = None
    open: bool = False
    post: bool = False
    pk: str = ""
    of_camera: bool = False
    own: Right | None = None
    data: dict[str, Any] = field(default_factory=dict)
    api: bool = False
    takes: tuple[int, ...] = (200, 201, 204, 302, 400)


VIEW = Right.VIEW_CAMERAS
RULES: dict[str, Rule] = {
    "health": Rule(open=True),
    "administration_login": Rule(open=True),
    # detection
    "detection:overview": Rule(),
    "detection:sample_add": Rule(Right.UPLOAD_CLIPS, post=True),
    "detection:cameras": Rule(VIEW),
    "detection:camera_add": Rule(Right.MANAGE_CAMERAS),
    "detection:camera": Rule(VIEW, pk="camera", of_camera=True),
    "detection:camera_settings": Rule(Right.MANAGE_CAMERAS, pk="camera", of_camera=True),
    "detection:camera_token": Rule(Right.MANAGE_CAMERAS, post=True, pk="camera", of_camera=True),
    "detection:clips": Rule(VIEW),
    "detection:clip_add": Rule(Right.UPLOAD_CLIPS, post=True),
    "detection:clip": Rule(VIEW, pk="clip", of_camera=True),
    "detection:clip_judge": Rule(Right.UPLOAD_CLIPS, post=True, pk="clip", of_camera=True),
    "detection:clip_delete": Rule(Right.MANAGE_CAMERAS, post=True, pk="clip", of_camera=True),
    "detection:clip_video": Rule(VIEW, pk="clip", of_camera=True),
    "detection:clip_thumbnail": Rule(VIEW, pk="clip", of_camera=True),
    "detection:analysis": Rule(VIEW, pk="analysis", of_camera=True),
    "detection:analysis_cancel": Rule(Right.UPLOAD_CLIPS, post=True, pk="analysis", of_camera=True),
    "detection:analysis_retry": Rule(Right.UPLOAD_CLIPS, post=True, pk="analysis", of_camera=True),
    "detection:live_frame": Rule(VIEW, pk="analysis", of_camera=True),
    "detection:overlay": Rule(VIEW, pk="analysis", of_camera=True),
    "detection:preview_add": Rule(Right.MANAGE_RELEASES, post=True, pk="release", data={"clips_per_camera": "2"}),
    "detection:preview": Rule(Right.VIEW_RELEASES, pk="preview"),
    "detection:preview_stop": Rule(Right.MANAGE_RELEASES, post=True, pk="preview"),
    "detection:preview_go_on": Rule(Right.MANAGE_RELEASES, post=True, pk="preview"),
    "detection:preview_delete": Rule(Right.MANAGE_RELEASES, post=True, pk="preview"),
    "detection:passage_verdict": Rule(
        Right.REVIEW, post=True, pk="passage", of_camera=True, data={"verdict": "unknown"}
    ),
    # accounts
    "accounts:login": Rule(open=True),
    "accounts:logout": Rule(open=True, post=True),
    "accounts:home": Rule(),
    "accounts:settings": Rule(),
    "accounts:password": Rule(),
    "accounts:token_create": Rule(post=True),
    "accounts:token_revoke": Rule(post=True, pk="api_token", own=None),
    "accounts:people": Rule(Right.MANAGE_PEOPLE),
    "accounts:person_add": Rule(Right.MANAGE_PEOPLE),
    "accounts:person": Rule(Right.MANAGE_PEOPLE, pk="person"),
    "accounts:person_password": Rule(Right.MANAGE_PEOPLE, post=True, pk="person"),
    "accounts:audit": Rule(Right.MANAGE_PEOPLE),
    # jobs
    "jobs:jobs": Rule(),
    "jobs:bell": Rule(),
    "jobs:job": Rule(pk="job", own=Right.SEE_ALL_JOBS),
    "jobs:snapshot": Rule(pk="job", own=Right.SEE_ALL_JOBS),
    "jobs:cancel": Rule(post=True, pk="job", own=Right.SEE_ALL_JOBS),
    "jobs:resume": Rule(post=True, pk="job", own=Right.SEE_ALL_JOBS),
    # labelling
    "labelling:datasets": Rule(Right.VIEW_DATASETS),
    "labelling:dataset_add": Rule(Right.MANAGE_DATASETS),
    "labelling:dataset": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:version_add": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:test_lock": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:test_unlock": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:versions_compare": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:anchors": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:anchors_choose": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:health": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:health_pictures": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:export": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:export_download": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:images": Rule(Right.VIEW_DATASETS, pk="dataset"),
    "labelling:images_do": Rule(Right.EDIT_BOXES, post=True, pk="dataset", data={"action": "label"}),
    "labelling:class_add": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:class_rename": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:class_merge": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:bulk": Rule(Right.VIEW_DATASETS, pk="bulk"),
    "labelling:import_add": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:import": Rule(Right.VIEW_DATASETS, pk="label_import"),
    "labelling:import_skipped": Rule(Right.VIEW_DATASETS, pk="label_import"),
    "labelling:import_skipped_csv": Rule(Right.VIEW_DATASETS, pk="label_import"),
    "labelling:import_discard": Rule(Right.MANAGE_DATASETS, post=True, pk="label_import"),
    "labelling:import_go": Rule(Right.MANAGE_DATASETS, post=True, pk="label_import"),
    "labelling:pictures_add": Rule(Right.MANAGE_DATASETS, post=True, pk="label_import"),
    "labelling:prelabel_add": Rule(Right.EDIT_BOXES, pk="dataset"),
    "labelling:prelabel": Rule(Right.VIEW_DATASETS, pk="prelabel"),
    "labelling:fetch_add": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset"),
    "labelling:fetch": Rule(Right.VIEW_DATASETS, pk="fetch"),
    "labelling:image": Rule(Right.VIEW_DATASETS, pk="image"),
    "labelling:image_file": Rule(Right.VIEW_DATASETS, pk="image"),
    "labelling:thumbnail": Rule(Right.VIEW_DATASETS, pk="image"),
    # training
    "training:runs": Rule(Right.VIEW_TRAINING),
    "training:estimate": Rule(Right.TRAIN),
    "training:start": Rule(Right.TRAIN),
    "training:run": Rule(Right.VIEW_TRAINING, pk="run"),
    "training:epochs": Rule(Right.VIEW_TRAINING, pk="run"),
    "training:pictures": Rule(Right.VIEW_TRAINING, pk="run", takes=(200, 404)),
    "training:pictures_csv": Rule(Right.VIEW_TRAINING, pk="run", takes=(200, 404)),
    "training:curves_csv": Rule(Right.VIEW_TRAINING, pk="run", takes=(200, 404)),
    "training:confusion_csv": Rule(Right.VIEW_TRAINING, pk="run", takes=(200, 404)),
    "training:reliability_csv": Rule(Right.VIEW_TRAINING, pk="run", takes=(200, 404)),
    "training:run_csv": Rule(Right.VIEW_TRAINING, pk="run"),
    "training:steps_csv": Rule(Right.VIEW_TRAINING, pk="run", takes=(200, 404)),
    "training:compare": Rule(Right.VIEW_TRAINING),
    "training:compare_csv": Rule(Right.VIEW_TRAINING),
    "training:compare_figures_csv": Rule(Right.VIEW_TRAINING),
    "training:compare_settings_csv": Rule(Right.VIEW_TRAINING),
    "training:compare_pictures_csv": Rule(Right.VIEW_TRAINING),
    "training:cancel": Rule(Right.TRAIN, post=True, pk="run"),
    "training:resume": Rule(Right.TRAIN, post=True, pk="run"),
    "training:publish_best": Rule(Right.TRAIN, post=True, pk="run"),
    "training_api:runs": Rule(Right.TRAIN, post=True, api=True),
    "training_api:run": Rule(Right.VIEW_TRAINING, pk="run", api=True),
    "training_api:cancel": Rule(Right.TRAIN, post=True, pk="run", api=True, takes=(200, 409)),
    "training_api:resume": Rule(Right.TRAIN, post=True, pk="run", api=True, takes=(200, 409)),
    "training_api:publish_best": Rule(Right.TRAIN, post=True, pk="run", api=True, takes=(200, 409)),
    "training_api:epochs_csv": Rule(Right.VIEW_TRAINING, pk="run", api=True),
    "training_api:steps_csv": Rule(Right.VIEW_TRAINING, pk="run", api=True, takes=(200, 404)),
    "training_api:examination": Rule(Right.VIEW_TRAINING, pk="run", api=True, takes=(200, 404)),
    "training_api:evaluations": Rule(Right.TRAIN, post=True, api=True),
    "training_api:evaluation": Rule(Right.VIEW_TRAINING, pk="evaluation", api=True),
    "training:measure_csv": Rule(Right.VIEW_TRAINING),
    "training:measure": Rule(Right.VIEW_TRAINING),
    "training:measure_start": Rule(Right.TRAIN, post=True),
    "training:evaluation": Rule(Right.VIEW_TRAINING, pk="evaluation"),
    "training_api:start_weights": Rule(Right.VIEW_TRAINING, api=True),
    # releases
    "releases:releases": Rule(Right.VIEW_RELEASES),
    "releases:pictures": Rule(Right.VIEW_RELEASES),
    "api-detect": Rule(Right.VIEW_RELEASES, post=True, api=True),
    "api-releases": Rule(Right.VIEW_RELEASES, api=True),
    "api-release": Rule(Right.VIEW_RELEASES, pk="release", api=True),
    "api-release-activate": Rule(Right.MANAGE_RELEASES, post=True, pk="release", api=True, takes=(200, 409)),
    "api-release-roll-back": Rule(Right.MANAGE_RELEASES, post=True, api=True, takes=(200, 409)),
    "api-release-int8": Rule(Right.MANAGE_RELEASES, post=True, pk="release", api=True, takes=(202, 409)),
    "api-release-calibration": Rule(Right.MANAGE_RELEASES, post=True, pk="release", api=True, takes=(202, 409)),
    "api-release-precision": Rule(Right.MANAGE_RELEASES, post=True, pk="release", api=True, data={"precision": "f32"}),
    "api-release-card": Rule(Right.VIEW_RELEASES, pk="release", api=True, takes=(200, 409)),
    "api-release-download": Rule(Right.VIEW_RELEASES, pk="release", api=True, takes=(200, 409)),
    "api-release-files": Rule(
        Right.MANAGE_RELEASES, post=True, pk="release", api=True, data={"form": "onnx"}, takes=(202, 409)
    ),
    "api-release-file": Rule(Right.VIEW_RELEASES, pk="conversion", api=True),
    "api-release-file-content": Rule(Right.VIEW_RELEASES, pk="conversion", api=True, takes=(200, 409)),
    "releases:convert": Rule(Right.MANAGE_RELEASES, post=True, pk="release", data={"form": "onnx"}),
    "releases:conversion": Rule(Right.VIEW_RELEASES, pk="conversion"),
    "releases:conversion_file": Rule(Right.VIEW_RELEASES, pk="conversion"),
    "releases:release": Rule(Right.VIEW_RELEASES, pk="release"),
    "releases:activate": Rule(Right.MANAGE_RELEASES, post=True, pk="release"),
    "releases:roll_back": Rule(Right.MANAGE_RELEASES, post=True, pk="release"),
    "releases:delete": Rule(Right.MANAGE_RELEASES, post=True, pk="release"),
    "releases:card": Rule(Right.VIEW_RELEASES, pk="release"),
    "releases:card_file": Rule(Right.VIEW_RELEASES, pk="release"),
    "releases:int8": Rule(Right.MANAGE_RELEASES, post=True, pk="release"),
    "releases:calibration": Rule(Right.MANAGE_RELEASES, post=True, pk="release"),
    "releases:precision": Rule(Right.MANAGE_RELEASES, post=True, pk="release", data={"precision": "f32"}),
    "releases:download": Rule(Right.VIEW_RELEASES, pk="release"),
    "releases:batches": Rule(Right.VIEW_RELEASES),
    "releases:batch": Rule(Right.VIEW_RELEASES, pk="batch", own=Right.SEE_ALL_JOBS),
    "releases:batch_add": Rule(Right.VIEW_RELEASES, post=True, pk="batch", own=Right.SEE_ALL_JOBS),
    "releases:batch_start": Rule(Right.VIEW_RELEASES, post=True, pk="batch", own=Right.SEE_ALL_JOBS),
    "releases:batch_stop": Rule(Right.VIEW_RELEASES, post=True, pk="batch", own=Right.SEE_ALL_JOBS),
    "releases:batch_delete": Rule(Right.VIEW_RELEASES, post=True, pk="batch", own=Right.SEE_ALL_JOBS),
    "releases:batch_download": Rule(Right.VIEW_RELEASES, pk="batch", own=Right.SEE_ALL_JOBS),
    "releases:batch_zip_delete": Rule(Right.VIEW_RELEASES, post=True, pk="batch_zip", own=Right.SEE_ALL_JOBS),
    "releases:batch_picture": Rule(Right.VIEW_RELEASES, pk="batch_picture", own=Right.SEE_ALL_JOBS),
    "releases:batch_picture_file": Rule(Right.VIEW_RELEASES, pk="batch_picture", own=Right.SEE_ALL_JOBS),
    "releases:batch_thumbnail": Rule(
        Right.VIEW_RELEASES, pk="batch_picture", own=Right.SEE_ALL_JOBS, takes=(404,)
    ),  # nobody has looked at it yet
    "api-batches": Rule(Right.VIEW_RELEASES, post=True, api=True),
    "api-batch": Rule(Right.VIEW_RELEASES, pk="batch", own=Right.SEE_ALL_JOBS, api=True),
    "api-batch-pictures": Rule(Right.VIEW_RELEASES, post=True, pk="batch", own=Right.SEE_ALL_JOBS, api=True),
    "api-batch-zip": Rule(Right.VIEW_RELEASES, post=True, pk="batch", api=True, takes=(405,)),
    "api-batch-start": Rule(
        Right.VIEW_RELEASES, post=True, pk="batch", own=Right.SEE_ALL_JOBS, api=True, takes=(202, 409)
    ),
    "api-batch-download": Rule(Right.VIEW_RELEASES, pk="batch", own=Right.SEE_ALL_JOBS, api=True),
    # the API
    "schema": Rule(api=True),
    "api-cameras": Rule(VIEW, api=True),
    "api-clips": Rule(VIEW, api=True),
    "api-clip": Rule(VIEW, api=True, pk="clip", of_camera=True),
    "api-passages": Rule(VIEW, api=True),
    "api-previews": Rule(Right.MANAGE_RELEASES, post=True, pk="release", api=True, takes=(202, 409)),
    "api-preview": Rule(Right.VIEW_RELEASES, pk="preview", api=True),
    "api_docs": Rule(),
    "jobs_api:job": Rule(pk="job", own=Right.SEE_ALL_JOBS, api=True),
    "jobs_api:cancel": Rule(pk="job", own=Right.SEE_ALL_JOBS, post=True, api=True),
    "labelling_api:datasets": Rule(Right.VIEW_DATASETS, api=True),
    "labelling_api:dataset": Rule(Right.VIEW_DATASETS, pk="dataset", api=True),
    "labelling_api:images": Rule(Right.VIEW_DATASETS, pk="dataset", api=True),
    "labelling_api:imports": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset", api=True),
    "labelling_api:versions": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset", api=True, takes=(201, 409)),
    "labelling_api:dataset_export": Rule(Right.VIEW_DATASETS, pk="dataset", api=True),
    "labelling_api:dataset_lock": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset", api=True, takes=(405,)),
    "labelling_api:prelabels": Rule(Right.EDIT_BOXES, post=True, pk="dataset", api=True, takes=(202, 409)),
    "labelling_api:prelabel": Rule(Right.VIEW_DATASETS, pk="prelabel", api=True),
    "labelling_api:import": Rule(Right.VIEW_DATASETS, pk="label_import", api=True),
    "labelling_api:import_skipped": Rule(Right.VIEW_DATASETS, pk="label_import", api=True),
    "labelling_api:import_skipped_csv": Rule(Right.VIEW_DATASETS, pk="label_import", api=True),
    "labelling_api:import_confirm": Rule(
        Right.MANAGE_DATASETS, post=True, pk="label_import", api=True, takes=(202, 409)
    ),
    "labelling_api:import_pictures": Rule(Right.MANAGE_DATASETS, post=True, pk="label_import", api=True),
    "labelling_api:fetches": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset", api=True, takes=(202, 409)),
    "labelling_api:fetch": Rule(Right.VIEW_DATASETS, pk="fetch", api=True),
    "labelling_api:version": Rule(Right.VIEW_DATASETS, pk="version", api=True),
    "labelling_api:version_anchors": Rule(Right.MANAGE_DATASETS, post=True, pk="version", api=True, takes=(200, 409)),
    "labelling_api:version_compare": Rule(Right.VIEW_DATASETS, pk="version", api=True),
    "labelling_api:version_export": Rule(Right.VIEW_DATASETS, pk="version", api=True),
    "labelling_api:version_lock": Rule(Right.MANAGE_DATASETS, post=True, pk="version", api=True, takes=(200, 409)),
    "labelling_api:classes": Rule(Right.MANAGE_DATASETS, post=True, pk="dataset", api=True),
    "labelling_api:class": Rule(Right.VIEW_DATASETS, pk="box_class", api=True),
    "labelling_api:class_merge": Rule(Right.MANAGE_DATASETS, post=True, pk="box_class", api=True),
    "labelling_api:image_file": Rule(Right.VIEW_DATASETS, pk="image", api=True),
    "labelling_api:thumbnail": Rule(Right.VIEW_DATASETS, pk="image", api=True),
    "labelling_api:image": Rule(Right.VIEW_DATASETS, pk="image", api=True),
    "labelling_api:boxes": Rule(Right.EDIT_BOXES, post=True, pk="image", api=True),
    "labelling_api:history": Rule(Right.VIEW_DATASETS, pk="image", api=True),
    "labelling_api:box": Rule(Right.VIEW_DATASETS, pk="box", api=True),
    "labelling_api:proposals": Rule(Right.EDIT_BOXES, post=True, pk="image", api=True),
    "labelling_api:proposal_accept": Rule(Right.EDIT_BOXES, post=True, pk="proposal", api=True, takes=(200, 409)),
    "labelling_api:proposal_reject": Rule(Right.EDIT_BOXES, post=True, pk="proposal", api=True),
}
