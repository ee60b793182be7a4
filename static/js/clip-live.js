// A clip while it is judged: the newest frame with its boxes, how far it is, who was seen so far.
import { drawBoxes } from "./box-canvas.js";
import { clock, watchJob } from "./job-socket.js";

const root = document.getElementById("live");
const picture = root.querySelector("img");
const canvas = root.querySelector("canvas");
const bar = root.querySelector("progress");
const words = root.dataset;
const frame = { width: Number(words.width), height: Number(words.height) };
let shown = null;
let loading = false;

function put(name, text) {
  const place = root.querySelector(`[data-show="${name}"]`);
  if (place && place.textContent !== text) place.textContent = text;
}

/** Load the picture aside, and show it together with the boxes that belong to it. */
function showFrame({ frame_version: version, boxes }) {
  if (version === undefined || version === null || version === shown || loading) return;
  loading = true;
  const next = new Image();
  next.onload = () => {
    loading = false;
    shown = version;
    picture.src = next.src;
    picture.hidden = false;
    root.querySelector("[data-before]")?.remove();
    const labelled = (boxes || []).map((box) => ({ ...box, label: words[`word_${box.verdict}`] }));
    requestAnimationFrame(() => drawBoxes(canvas, frame, labelled));
  };
  next.onerror = () => { loading = false; };
  next.src = `${words.frame}?v=${encodeURIComponent(version)}`;
}

function showNumbers(job) {
  const detail = job.detail || {};
  if (job.total) {
    bar.max = job.total;
    bar.value = job.done;
  }
  put("state", job.state === "queued" ? words.waiting : job.message || words.starting);
  put("frame", job.total ? `${job.done} / ${job.total}` : String(job.done || 0));
  put("fps", detail.fps ? detail.fps.toFixed(1) : "–");
  const left = detail.seconds_left ?? job.seconds_left;
  put("left", left === null || left === undefined ? "–" : clock(Math.round(left)));
  for (const [verdict, count] of Object.entries(detail.counts || {})) put(`count-${verdict}`, String(count));
}

watchJob(words.job, (job) => {
  if (["succeeded", "failed", "cancelled"].includes(job.state)) {
    location.reload();
    return;
  }
  showNumbers(job);
  showFrame(job.detail || {});
});
