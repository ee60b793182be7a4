// A page that waits for jobs: shows how far each is, and loads what came of it when one is done.
import { clock, watchJob } from "./job-socket.js";

const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });

/** The badge of a job that waited when the page was made, once it runs. */
export function showRunning(card, snapshot) {
  const badge = card.querySelector("[data-queued]");
  if (!badge || snapshot.state !== "running") return;
  badge.classList.replace("bg-secondary-lt", "bg-blue-lt");
  const use = badge.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace("#clock", "#player-play"));
  badge.lastChild.textContent = ` ${snapshot.state_label}`;
  badge.removeAttribute("data-queued");
}

function show(card, snapshot) {
  if (["succeeded", "failed", "cancelled"].includes(snapshot.state)) {
    location.reload();
    return;
  }
  showRunning(card, snapshot);
  const set = (name, text) => {
    const shown = card.querySelector(`[data-awaited-${name}]`);
    if (shown) shown.textContent = text;
  };
  set("done", numbers.format(snapshot.done));
  set("total", snapshot.total ? numbers.format(snapshot.total) : "…");
  set("rate", snapshot.rate === null ? "–" : numbers.format(snapshot.rate));
  set("left", clock(snapshot.seconds_left));
  set("message", snapshot.message);
  if (snapshot.total) {
    const bar = card.querySelector("progress");
    bar.max = snapshot.total;
    bar.value = Math.min(snapshot.done, snapshot.total);
  }
}

for (const card of document.querySelectorAll("[data-awaited-job]")) {
  watchJob(card.dataset.awaitedJob, (snapshot) => show(card, snapshot));
}
