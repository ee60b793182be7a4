// Fills a batch: each photograph is a request of its own, a zip goes in portions. A connection that breaks costs one
// of them; the module tries again until it is back. What is there already is not sent again.
import { csrfToken } from "./csrf.js";
import { chosenFiles, droppedFiles } from "./dropped-files.js";

const form = document.getElementById("collect");
const words = form.dataset;
const zone = form.querySelector("[data-zone]");
const bar = form.querySelector("[data-bar]");
const says = form.querySelector("[data-says]");
const refused = form.querySelector("[data-refused]");
const leftOut = form.querySelector("[data-left-out-names]");
const start = document.querySelector("[data-start]");
const countWords = document.querySelector("[data-count-words]");
const PICTURE = /\.(jpe?g|png|webp|bmp|tiff?)$/i;
const ZIP = /\.zip$/i;
const PORTION = 8 * 2 ** 20;
const LONGEST_PAUSE = 15000;
const MOST_FAILURES = 8;
const queue = [];
const sum = { sent: 0, all: 0, bytes: 0, allBytes: 0, startedAt: 0 };
let count = Number(words.count);
let known = null;
let running = false;
let stopped = false;

class Refused extends Error {}
class Over extends Error {}

const numbers = new Intl.NumberFormat(document.documentElement.lang);
const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
const byPath = (one, other) => order.compare(one.path, other.path);
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
const sentences = (body) => Object.values(body || {}).flat().filter((one) => typeof one === "string").join(" ");

/** One request, tried again until the server answers; a server that only fails is asked MOST_FAILURES times. */
async function ask(method, address, body) {
  let wait = 1000;
  let failures = 0;
  for (;;) {
    try {
      const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
      if (body instanceof Blob) headers["Content-Type"] = "application/octet-stream";
      const answer = await fetch(address, { method, body, headers, redirect: "error" });
      failures += 1;
      if (answer.status < 500 || failures === MOST_FAILURES) {
        return { status: answer.status, body: await answer.json().catch(() => ({})) };
      }
    } catch {
      // Away: the next round tries again.
    }
    says.textContent = words.lost;
    await pause(wait);
    wait = Math.min(wait * 2, LONGEST_PAUSE);
  }
}

function check({ status, body }) {
  if (status < 300) return body;
  if (status === 400 || status === 413) throw new Refused(sentences(body.errors || body));
  throw new Over(body.detail || words.away);
}

/** Name and size of all that has arrived, asked for once. */
async function arrived() {
  const names = new Map();
  let address = count ? `${words.picturesUrl}?page_size=500` : null;
  while (address) {
    const page = check(await ask("GET", address));
    for (const { picture, size } of page.results) names.set(picture, size);
    address = page.next;
  }
  return names;
}

async function sendPicture({ file, path }) {
  if (known.get(path) === file.size) return;
  const data = new FormData();
  data.append("picture", file);
  data.append("path", path);
  check(await ask("POST", words.picturesUrl, data));
  known.set(path, file.size);
  count += 1;
}

async function sendZip({ file, path }, onSent) {
  const address = (offset) => `${words.zipUrl}?${new URLSearchParams({ name: path, size: file.size, offset })}`;
  let offset = 0;
  do {
    const answer = await ask("PUT", address(offset), file.slice(offset, offset + PORTION));
    offset = answer.status === 409 && "arrived" in answer.body ? answer.body.arrived : check(answer).arrived;
    onSent(offset);
  } while (offset < file.size);
  count = check(await ask("GET", words.batchUrl)).count;
}

function refuse(name, why) {
  const line = document.createElement("li");
  line.textContent = `${name}: ${why}`;
  refused.append(line);
}

function tellLeftOut(others) {
  const named = others.slice(0, 3).map(({ path }) => path).join(", ");
  const more = others.length > 3 ? ", …" : "";
  leftOut.textContent = others.length ? words.leftOut.replace("#", `${numbers.format(others.length)} (${named}${more})`) : "";
}

function show() {
  bar.value = sum.allBytes ? sum.bytes / sum.allBytes : 0;
  const seconds = (performance.now() - sum.startedAt) / 1000;
  const left = sum.bytes ? Math.round(seconds * (sum.allBytes / sum.bytes - 1)) : null;
  const sent = words.sending.replace("#", `${numbers.format(sum.sent)} / ${numbers.format(sum.all)}`);
  says.textContent = left === null ? sent : `${sent}, ${left} s ${words.left}`;
  countWords.textContent = words.arrived.replace("#", numbers.format(count));
}

async function sendOne(item) {
  const before = sum.bytes;
  try {
    if (ZIP.test(item.path)) await sendZip(item, (bytes) => { sum.bytes = before + bytes; show(); });
    else await sendPicture(item);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refuse(item.path, error.message);
  }
  sum.sent += 1;
  sum.bytes = before + item.file.size;
  show();
}

/** What became of all that was sent; what was refused stands below it, each with the reason. */
function account() {
  const out = refused.children.length;
  return out ? words.some.replace("#", `${numbers.format(sum.all - out)} / ${numbers.format(sum.all)}`) : words.all;
}

/** One after another, so that they keep their order. */
async function sendAll() {
  if (running) return;
  running = true;
  start.disabled = true;
  bar.hidden = false;
  try {
    known ??= await arrived();
    while (queue.length) await sendOne(queue.shift());
    says.textContent = account();
  } catch (error) {
    stopped = true;
    queue.length = 0;
    says.textContent = words.over.replace("#", error instanceof Over ? error.message : words.away);
  }
  running = false;
  bar.hidden = true;
  start.disabled = !count || "noModel" in start.dataset;
  if (!start.disabled && !stopped) start.focus();
}

function take(found) {
  const wanted = found.filter(({ path }) => PICTURE.test(path) || ZIP.test(path)).sort(byPath);
  const others = found.filter((one) => !wanted.includes(one));
  if (!running) refused.replaceChildren();
  tellLeftOut(others);
  if (!wanted.length) {
    says.textContent = words.nothing;
    return;
  }
  if (!running) Object.assign(sum, { sent: 0, all: 0, bytes: 0, allBytes: 0, startedAt: performance.now() });
  stopped = false;
  queue.push(...wanted);
  sum.all += wanted.length;
  sum.allBytes += wanted.reduce((total, { file }) => total + file.size, 0);
  show();
  sendAll();
}

form.querySelector("[data-plain]").hidden = true;
form.querySelector("[data-dropping]").hidden = false;
for (const button of form.querySelectorAll("[data-choose]")) {
  const input = form.querySelector(`[data-input="${button.dataset.choose}"]`);
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const found = chosenFiles(input);
    input.value = "";
    take(found);
  });
}
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
    if (kind === "drop") droppedFiles(event.dataTransfer).then(take);
  });
}
addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });
