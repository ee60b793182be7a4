// The player of a judged clip: boxes over the video at the right frames, lanes of passages, keys.
import { drawBoxes } from "./box-canvas.js";
import { addKey } from "./keys.js";
import { boxAt } from "./overlay-geometry.js";
import { onThemeChange } from "./theme.js";

const root = document.getElementById("player");
const video = root.querySelector("video");
const canvas = root.querySelector("canvas");
const words = root.dataset;
let overlay = { width: 1, height: 1, duration: 1, times: [], passages: [] };
let current = null;

const rows = () => [...document.querySelectorAll("[data-passage-row]")];
const numberOf = (element) => Number(element.dataset.passageRow || element.dataset.mark);

/** What stands on the canvas at a time; also read by tests. Before the first frame a player shows that frame. */
function boxesAt(moment) {
  const time = Math.max(moment, overlay.times[0] ?? 0);
  const boxes = [];
  for (const { number, verdict, path } of overlay.passages) {
    const xyxy = boxAt(path, overlay.times, time);
    if (xyxy) boxes.push({ xyxy, verdict, label: `${number} ${words[`word_${verdict}`] || ""}`, strong: number === current });
  }
  return boxes;
}

function draw(time) {
  const boxes = boxesAt(time);
  drawBoxes(canvas, overlay, boxes);
  canvas.dataset.boxes = String(boxes.length);
  const share = Math.min(1, time / overlay.duration);
  for (const cursor of document.querySelectorAll(".mw-lane-cursor")) cursor.style.insetInlineStart = `${share * 100}%`;
}

const redraw = () => draw(video.currentTime);

function followFrames() {
  if (!("requestVideoFrameCallback" in HTMLVideoElement.prototype)) {
    const tick = () => {
      redraw();
      if (!video.paused) requestAnimationFrame(tick);
    };
    video.addEventListener("play", tick);
    video.addEventListener("timeupdate", redraw);
    return;
  }
  const onFrame = (_now, frame) => {
    draw(frame.mediaTime);
    video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
  video.addEventListener("seeked", redraw);
}

function placeMarks() {
  for (const mark of document.querySelectorAll("[data-mark]")) {
    const passage = overlay.passages.find(({ number }) => number === numberOf(mark));
    if (!passage) continue;
    mark.dataset.verdict = passage.verdict;
    mark.style.insetInlineStart = `${(passage.begins / overlay.duration) * 100}%`;
    mark.style.width = `${((passage.ends - passage.begins) / overlay.duration) * 100}%`;
  }
}

function select(number, { play = false } = {}) {
  const passage = overlay.passages.find((one) => one.number === number);
  if (!passage) return;
  current = number;
  for (const element of document.querySelectorAll("[data-passage-row], [data-mark]")) {
    if (numberOf(element) === number) element.setAttribute("aria-current", "true");
    else element.removeAttribute("aria-current");
  }
  rows().find((row) => numberOf(row) === number)?.scrollIntoView({ block: "nearest" });
  video.currentTime = passage.begins + 0.001;
  history.replaceState(null, "", `#passage-${number}`);
  if (play) video.play();
  redraw();
}

function step(by) {
  const numbers = rows().map(numberOf);
  if (!numbers.length) return;
  const index = numbers.indexOf(current);
  const next = index < 0 ? (by > 0 ? 0 : numbers.length - 1) : Math.min(numbers.length - 1, Math.max(0, index + by));
  select(numbers[next]);
}

function playOrPause(event) {
  const pressed = event.target.closest("button, a, summary, [role=button]");
  if (pressed) pressed.click();
  else if (video.paused) video.play();
  else video.pause();
}

function say(place) {
  const row = rows().find((one) => numberOf(one) === current);
  row?.querySelectorAll("button[name=verdict]")[place]?.click();
}

function startKeys() {
  addKey("j", words.keyNext, () => step(1));
  addKey("k", words.keyPrevious, () => step(-1));
  addKey(" ", words.keyPlay, playOrPause);
  addKey(",", words.keyBack, () => { video.currentTime = Math.max(0, video.currentTime - 1); });
  addKey(".", words.keyForward, () => { video.currentTime = Math.min(video.duration || 0, video.currentTime + 1); });
  const buttons = document.querySelector("[data-passage-row] form")?.querySelectorAll("button[name=verdict]") || [];
  buttons.forEach((button, place) => addKey(String(place + 1), button.title, () => say(place)));
}

async function load() {
  const answer = await fetch(words.overlay, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  overlay = await answer.json();
  placeMarks();
  redraw();
}

document.addEventListener("click", (event) => {
  const jump = event.target.closest("[data-jump]");
  if (jump) select(Number(jump.dataset.jump), { play: jump.hasAttribute("data-play") });
  if (event.target.closest("[data-fullscreen]")) {
    if (document.fullscreenElement) document.exitFullscreen();
    else root.querySelector(".mw-frame").requestFullscreen();
  }
});
document.addEventListener("htmx:afterSettle", () => {
  const keep = current;
  load().then(() => rows().find((row) => numberOf(row) === keep)?.setAttribute("aria-current", "true"));
});
video.addEventListener("error", () => { root.querySelector("[data-unplayable]").hidden = false; });
video.querySelector("source")?.addEventListener("error", () => { root.querySelector("[data-unplayable]").hidden = false; });
new ResizeObserver(redraw).observe(canvas);
onThemeChange(redraw);
followFrames();
startKeys();
await load();
root.dataset.ready = "";
const asked = /^#passage-(\d+)$/.exec(location.hash);
if (asked) select(Number(asked[1]));
