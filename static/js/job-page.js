// The page of one job: keeps what it shows in step with the job. A new state reloads the page.
import { clock, watchJob } from "./job-socket.js";

const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const card = document.querySelector("[data-job]");

function show(snapshot) {
  if (snapshot.state !== card.dataset.jobBegins) {
    location.reload();
    return;
  }
  const set = (name, text) => {
    const element = card.querySelector(`[data-job-${name}]`);
    if (element) element.textContent = text;
  };
  set("message", snapshot.message);
  set("done", numbers.format(snapshot.done));
  set("total", snapshot.total ? ` / ${numbers.format(snapshot.total)}` : "");
  set("rate", snapshot.rate === null ? "–" : numbers.format(snapshot.rate));
  set("left", clock(snapshot.seconds_left));
  card.querySelector("[data-job-stopping]").hidden = !snapshot.stopping;
  const bar = card.querySelector("progress");
  if (bar && snapshot.total) {
    bar.max = snapshot.total;
    bar.value = Math.min(snapshot.done, snapshot.total);
  }
}

watchJob(card.dataset.job, show);
