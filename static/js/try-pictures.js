// Photographs looked at one after another, each shown with its boxes. The plain form works without this module.
import { drawBoxes } from "./box-canvas.js";
import { csrfToken } from "./csrf.js";
import { droppedFiles } from "./dropped-files.js";

const form = document.getElementById("try");
const words = form.dataset;
const input = form.querySelector('input[type="file"]');
const zone = form.querySelector(".mw-drop");
const refused = form.querySelector("[data-refused]");
const batch = form.querySelector("[data-batch]");
const save = form.querySelector("[data-save-all]");
const results = document.querySelector("[data-results]");
const template = document.getElementById("result");
const VERDICTS = ["with_mask", "without_mask", "worn_incorrectly"];
const TRIES = 5;
const PAUSE = 2000;
const found = new Map();
const queue = [];
let looking = false;

const pause = () => new Promise((resolve) => { setTimeout(resolve, PAUSE); });

function card(file) {
  const element = template.content.firstElementChild.cloneNode(true);
  const image = element.querySelector("img");
  image.alt = file.name;
  image.src = URL.createObjectURL(file);
  element.querySelector("[data-name]").textContent = file.name;
  element.querySelector("[data-says]").textContent = words.waiting;
  results.append(element);
  return element;
}

// The chance to be right where the model is calibrated, else its score.
function sure(box) {
  return box.chance === null || box.chance === undefined ? box.score.toFixed(2) : `${Math.round(100 * box.chance)}%`;
}

const inWords = (name) => name.replaceAll("_", " ");

/** Each class in its colour with its word and how often it was seen. */
function badges(boxes) {
  const number = new Map();
  for (const box of boxes) number.set(box.class, (number.get(box.class) || 0) + 1);
  return [...number].map(([name, count]) => {
    const badge = document.createElement("span");
    badge.className = "mw-verdict";
    badge.dataset.verdict = VERDICTS.includes(name) ? name : "unknown";
    badge.textContent = `${count} ${inWords(name)}`;
    return badge;
  });
}

/** A box a line. */
function pretty({ boxes, ...others }) {
  const lines = boxes.map((box) => `  ${JSON.stringify(box, null, 1).replace(/\s*\n\s*/g, " ")}`).join(",\n");
  return `${JSON.stringify(others, null, 1).slice(0, -2)},\n "boxes": [${lines ? `\n${lines}\n ` : ""}]\n}`;
}

function draw(element, seen) {
  const boxes = seen.boxes.map((box) => ({ xyxy: box.xyxy, verdict: box.class, label: sure(box) }));
  const canvas = element.querySelector("canvas");
  drawBoxes(canvas, seen, boxes);
  new ResizeObserver(() => drawBoxes(canvas, seen, boxes)).observe(canvas);
  addEventListener("maskweb:theme", () => drawBoxes(canvas, seen, boxes));
}

/** The answer to one photograph, else {error, final}: why there is none. Waits for a model that is being loaded. */
async function ask(file, drawn, says) {
  if (file.size > Number(words.most)) return { error: words.tooLarge, final: true };
  for (let left = TRIES - 1; ; left -= 1) {
    const body = new FormData();
    body.append("picture", file);
    if (drawn) body.append("drawn", "true");
    try {
      const answer = await fetch(words.url, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
      if (answer.ok) return { answer };
      const said = await answer.json();
      const error = [said.picture, said.detail, said.errors?.file].flat().filter(Boolean).join(" ");
      if (answer.status !== 503 || !left) return { error: error || words.away, final: answer.status === 400 };
      says.textContent = error;
    } catch {
      return { error: words.away };
    }
    await pause();
  }
}

function download(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function button(text, action) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "btn btn-sm";
  element.textContent = text;
  element.addEventListener("click", action);
  return element;
}

function offer(element, ...buttons) {
  const place = element.querySelector("[data-buttons]");
  place.replaceChildren(...buttons);
  place.hidden = !buttons.length;
}

function fail(file, element, { error, final }) {
  const says = element.querySelector("[data-says]");
  says.textContent = error;
  says.className = "text-danger";
  element.querySelector(".mw-frame").hidden = true;
  const again = button(words.again, () => { queue.push([file, element]); lookAtAll(); });
  offer(element, ...(final ? [] : [again]));
}

/** The picture as the server draws it: for forms that browsers do not show, such as TIFF, and to be saved. */
async function drawnPicture(file, element) {
  const said = await ask(file, true, element.querySelector("[data-says]"));
  return said.error ? fail(file, element, said) : said.answer.blob();
}

async function showDrawn(file, element) {
  const content = await drawnPicture(file, element);
  if (!content) return;
  element.querySelector("canvas").hidden = true;
  element.querySelector("img").src = URL.createObjectURL(content);
}

async function saveDrawn(file, element) {
  const content = await drawnPicture(file, element);
  if (content) download(content, `${file.name.replace(/\.[^.]+$/, "")}-boxes.jpg`);
}

async function show(file, element) {
  const says = element.querySelector("[data-says]");
  const image = element.querySelector("img");
  says.className = "";
  says.textContent = words.looking;
  offer(element);
  const said = await ask(file, false, says);
  if (said.error) return fail(file, element, said);
  const seen = await said.answer.json();
  found.set(element, { file: file.name, ...seen });
  save.hidden = false;
  element.querySelector(".mw-frame").hidden = false;
  says.className = "d-flex flex-wrap gap-1 align-items-center";
  says.replaceChildren(...(seen.boxes.length ? badges(seen.boxes) : [words.nothing]), ` ${Math.round(seen.milliseconds)} ms`);
  element.querySelector("pre").textContent = pretty(found.get(element));
  element.querySelector("details").hidden = false;
  offer(element, button(words.save, () => saveDrawn(file, element)));
  const isShown = await image.decode().then(() => true, () => false);
  if (isShown) draw(element, seen);
  else await showDrawn(file, element);
  return undefined;
}

async function lookAtAll() {
  if (looking) return;
  looking = true;
  while (queue.length) await show(...queue.shift());
  looking = false;
}

function take(files) {
  const zips = files.filter((file) => /\.zip$/i.test(file.name));
  const many = files.length > Number(words.many);
  const reason = (zips.length && words.zip) || (many && words.tooMany) || (!files.length && words.none) || "";
  refused.textContent = reason;
  batch.hidden = !zips.length && !many;
  if (many) return;
  for (const file of files) if (!zips.includes(file)) queue.push([file, card(file)]);
  lookAtAll();
}

input.multiple = true;
input.required = false;
form.querySelector("[data-plain]").hidden = true;
form.querySelector("[data-hint]").hidden = false;
input.addEventListener("change", () => {
  const files = [...input.files];
  input.value = "";
  if (files.length) take(files);
});
form.addEventListener("submit", (event) => event.preventDefault());
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
    if (kind === "drop") droppedFiles(event.dataTransfer).then((dropped) => take(dropped.map(({ file }) => file)));
  });
}
save.addEventListener("click", () => {
  download(new Blob([JSON.stringify([...found.values()], null, 1)], { type: "application/json" }), "boxes.json");
});
