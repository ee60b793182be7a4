"""The data folder of a first start."""

import os
import stat
import subprocess
import sys

from django.conf import settings


def test_a_new_data_folder_is_closed_to_others_on_the_machine_and_an_old_one_is_left_as_it_is(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o750)
    for folder, mode in ((tmp_path / "new", 0o700), (shared, 0o750)):
        env = {**os.environ, "MASKWEB_DATA_DIR": str(folder)}
        subprocess.run([sys.executable, "-c", "import maskweb.settings"], cwd=settings.BASE_DIR, env=env, check=True)
        assert stat.S_IMODE(folder.stat().st_mode) == mode
