// Lists of clips: bars move while clips are judged; a finished row is fetched anew.
import { watchJob } from "./job-socket.js";

const AT_ONCE = 6;
const watched = new Set();

async function pageAnew() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

async function renew(row) {
  const page = await pageAnew();
  if (!page) return;
  for (const old of document.querySelectorAll(`[data-clip="${row.dataset.clip}"]`)) {
    const fresh = page.querySelector(`[data-clip="${row.dataset.clip}"]`);
    if (fresh) old.replaceWith(document.importNode(fresh, true));
  }
  watchSome();
}

/** Show the whole list anew, with the clips that have arrived since. */
export async function renewList() {
  const page = await pageAnew();
  const fresh = page?.getElementById("clip-list");
  if (!fresh) return;
  document.getElementById("clip-list").replaceWith(document.importNode(fresh, true));
  watchSome();
}

function show(place, job) {
  let bar = place.querySelector("progress");
  if (job.state === "running" && !bar) {
    bar = document.createElement("progress");
    bar.className = "mw-progress";
    place.prepend(bar);
  }
  if (bar && job.total) {
    bar.max = job.total;
    bar.value = job.done;
  }
  const words = place.querySelector("[data-job-words]");
  if (job.state === "running" && job.total) words.textContent = `${job.done} / ${job.total} ${job.unit}`;
}

function watch(place) {
  const id = place.dataset.job;
  watched.add(id);
  const stop = watchJob(id, (job) => {
    for (const one of document.querySelectorAll(`[data-job="${id}"]`)) show(one, job);
    if (!["succeeded", "failed", "cancelled"].includes(job.state)) return;
    watched.delete(id);
    if (typeof stop === "function") stop();
    const row = place.closest("[data-clip]");
    if (row) renew(row);
  });
}

function watchSome() {
  for (const place of document.querySelectorAll("[data-job]")) {
    if (watched.size >= AT_ONCE) return;
    if (!watched.has(place.dataset.job)) watch(place);
  }
}

watchSome();
