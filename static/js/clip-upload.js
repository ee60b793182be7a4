// Several clips, one after another, each with a bar. The plain form works without this module.
import { renewList } from "./clip-states.js";
import { csrfToken } from "./csrf.js";

const form = document.getElementById("upload");
const words = form.dataset;
const files = form.querySelector('input[type="file"]');
const camera = form.querySelector('[name="camera"]');
const list = form.querySelector("[data-queue]");
const send = form.querySelector("[data-send]");
const zones = JSON.parse(document.getElementById("camera-zones").textContent);
const queue = [];
let sending = false;

/** A moment on the clock of the camera's time zone, as a datetime-local input wants it. */
function clockIn(zone, moment) {
  const format = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" };
  const parts = new Intl.DateTimeFormat("en-GB", { ...format, timeZone: zone, hourCycle: "h23" }).formatToParts(moment);
  const part = (type) => parts.find((one) => one.type === type).value;
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}:${part("second")}`;
}

/** As the pages of the server say it: powers of 1024. */
function size(bytes) {
  return bytes < 2 ** 20 ? `${(bytes / 2 ** 10).toFixed(1)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function button(text, className, action) {
  const element = make("button", className, text);
  element.type = "button";
  element.addEventListener("click", action);
  return element;
}

function defaultTime(item) {
  if (!item.timeWasChosen) item.time.value = clockIn(zones[camera.value], new Date(item.file.lastModified));
}

function add(file) {
  const item = { file, state: "waiting", timeWasChosen: false };
  item.row = make("li", "list-group-item px-0");
  item.time = make("input", "form-control w-auto");
  Object.assign(item.time, { type: "datetime-local", step: 1, required: true });
  const filmed = make("label", "d-flex flex-wrap align-items-center gap-2", words.filmed);
  filmed.append(item.time);
  item.time.addEventListener("input", () => { item.timeWasChosen = true; });
  item.bar = make("progress", "mw-progress mt-2");
  Object.assign(item.bar, { max: 1, value: 0, hidden: true });
  item.bar.setAttribute("aria-label", file.name);
  item.says = make("div", "text-secondary", `${size(file.size)}, ${words.waiting}`);
  item.errors = make("div", "text-danger");
  item.errors.setAttribute("role", "alert");
  item.buttons = make("div", "d-flex gap-2");
  item.buttons.append(button(words.remove, "btn btn-sm", () => remove(item)));
  const head = make("div", "d-flex flex-wrap align-items-center gap-2");
  head.append(make("strong", "mw-wrap flex-fill", file.name), filmed, item.buttons);
  item.row.append(head, item.bar, item.says, item.errors);
  queue.push(item);
  list.append(item.row);
  list.hidden = false;
  defaultTime(item);
}

function remove(item) {
  queue.splice(queue.indexOf(item), 1);
  item.row.remove();
  list.hidden = queue.length === 0;
}

function take(chosen) {
  for (const file of chosen) add(file);
  files.value = "";
  files.required = false;
}

function showProgress(item, event, startedAt) {
  if (!event.lengthComputable) return;
  item.bar.value = event.loaded / event.total;
  const left = Math.round(((performance.now() - startedAt) / 1000) * (event.total / event.loaded - 1));
  const sent = `${words.sending}: ${size(event.loaded)} / ${size(event.total)}`;
  item.says.textContent = event.loaded < event.total ? `${sent}, ${left} s ${words.left}` : `${words.storing} …`;
}

/** Send one clip; answers {status, body}, with a body only where JSON came back. */
function post(item) {
  const data = new FormData();
  data.append("camera", item.camera);
  data.append("filmed_at", item.timeWasChosen ? item.time.value : new Date(item.file.lastModified).toISOString());
  data.append("file", item.file);
  const request = new XMLHttpRequest();
  const startedAt = performance.now();
  request.upload.addEventListener("progress", (event) => showProgress(item, event, startedAt));
  request.responseType = "json";
  request.open("POST", form.action);
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.setRequestHeader("Accept", "application/json");
  return new Promise((resolve) => {
    request.addEventListener("loadend", () => resolve({ status: request.status, body: request.response }));
    request.send(data);
  });
}

function openLink(page) {
  const open = make("a", "btn btn-sm", words.open);
  open.href = page;
  return open;
}

function refuse(item, sentences, known) {
  item.state = "refused";
  item.bar.hidden = true;
  item.time.disabled = false;
  item.says.textContent = size(item.file.size);
  item.errors.replaceChildren(...sentences.map((sentence) => make("div", "", sentence)));
  const again = button(words.retry, "btn btn-sm", () => { item.state = "waiting"; sendAll(); });
  item.buttons.replaceChildren(
    known ? openLink(known) : again,
    button(words.remove, "btn btn-sm", () => remove(item)),
  );
}

function arrived(item, page) {
  item.state = "done";
  item.says.textContent = words.done;
  item.buttons.replaceChildren(openLink(page));
}

async function sendOne(item) {
  if (item.file.size > Number(files.dataset.most)) {
    refuse(item, [files.dataset.tooLarge]);
    return;
  }
  item.state = "sending";
  item.camera = camera.value;
  item.bar.hidden = false;
  item.time.disabled = true;
  item.errors.replaceChildren();
  item.buttons.replaceChildren();
  const { status, body } = await post(item);
  if (status === 201 && body) arrived(item, body.page);
  else refuse(item, body?.errors ? Object.values(body.errors).flat() : [words.lost], body?.known);
}

async function sendAll() {
  if (sending) return;
  sending = true;
  send.disabled = true;
  let item = queue.find(({ state }) => state === "waiting");
  while (item) {
    await sendOne(item);
    item = queue.find(({ state }) => state === "waiting");
  }
  sending = false;
  send.disabled = false;
  if (queue.length === 1 && queue[0].state === "done") location.assign(queue[0].buttons.querySelector("a").href);
  else renewList();
}

function startDropping() {
  const zone = form.querySelector(".mw-drop");
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
}

form.querySelector("[data-plain]").hidden = true;
form.querySelector("[name=filmed_at]").required = false;
files.multiple = true;
files.addEventListener("change", () => take([...files.files]));
camera.addEventListener("change", () => queue.filter(({ state }) => state === "waiting").forEach(defaultTime));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (queue.length === 0) files.click();
  else sendAll();
});
addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });
startDropping();
