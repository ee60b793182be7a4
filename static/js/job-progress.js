// A page that waits for its job: shows how far it is, and loads what came of it when it is done.
import { clock, watchJob } from "./job-socket.js";

const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const card = document.querySelector("[data-awaited-job]");

function show(snapshot) {
  if (["succeeded", "failed", "cancelled"].includes(snapshot.state)) {
    location.reload();
    return;
  }
  const set = (name, text) => {
    card.querySelector(`[data-awaited-${name}]`).textContent = text;
  };
  set("done", numbers.format(snapshot.done));
  set("total", snapshot.total ? numbers.format(snapshot.total) : "…");
  set("rate", snapshot.rate === null ? "–" : numbers.format(snapshot.rate));
  set("left", clock(snapshot.seconds_left));
  if (snapshot.total) {
    const bar = card.querySelector("progress");
    bar.max = snapshot.total;
    bar.value = Math.min(snapshot.done, snapshot.total);
  }
}

if (card) watchJob(card.dataset.awaitedJob, show);
