"""What a page that waits for a job shows of it, in a browser."""

import pytest

pytestmark = pytest.mark.browser

BADGE = """async ([state, label]) => {
  document.documentElement.lang = "en";
  const { showRunning } = await import("/static/js/job-progress.js");
  document.body.innerHTML =
    '<div><span class="badge bg-secondary-lt" data-queued><svg><use href="#clock"></use></svg> queued</span></div>';
  const card = document.body.firstElementChild;
  showRunning(card, { state, state_label: label });
  showRunning(card, { state, state_label: label });
  const badge = card.querySelector(".badge");
  return [badge.className, badge.textContent.trim(), badge.querySelector("use").getAttribute("href")];
}"""


@pytest.mark.parametrize(
    ("state", "label", "shown"),
    [
        ("queued", "queued", ["badge bg-secondary-lt", "queued", "#clock"]),
        ("running", "running", ["badge bg-blue-lt", "running", "#player-play"]),
    ],
)
def test_a_job_that_waited_is_shown_running_once_it_runs(modules, state, label, shown):
    assert modules.evaluate(BADGE, [state, label]) == shown
