// Photographs looked at one after another, each shown with its boxes. The plain form works without this module.
import { drawBoxes } from "./box-canvas.js";
import { csrfToken } from "./csrf.js";

const form = document.getElementById("try");
const words = form.dataset;
const input = form.querySelector('input[type="file"]');
const save = form.querySelector("[data-save]");
const results = document.querySelector("[data-results]");
const template = document.getElementById("result");
const found = [];

function card(file) {
  const element = template.content.firstElementChild.cloneNode(true);
  const image = element.querySelector("img");
  image.src = URL.createObjectURL(file);
  image.alt = file.name;
  element.querySelector("[data-name]").textContent = file.name;
  element.querySelector("[data-says]").textContent = words.waiting;
  results.append(element);
  return element;
}

function counts(boxes) {
  const number = new Map();
  for (const box of boxes) number.set(box.class, (number.get(box.class) || 0) + 1);
  return [...number].map(([name, count]) => `${count} × ${name.replaceAll("_", " ")}`).join(", ");
}

function draw(element, seen) {
  const boxes = seen.boxes.map((box) => ({ xyxy: box.xyxy, verdict: box.class, label: box.score.toFixed(2) }));
  const canvas = element.querySelector("canvas");
  drawBoxes(canvas, seen, boxes);
  new ResizeObserver(() => drawBoxes(canvas, seen, boxes)).observe(canvas);
}

/** The answer to one photograph: what is seen, or the sentence why nothing is. */
async function look(file) {
  const body = new FormData();
  body.append("picture", file);
  try {
    const answer = await fetch(words.url, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
    const said = await answer.json();
    return answer.ok ? { seen: said } : { error: [said.picture, said.detail].flat().filter(Boolean).join(" ") };
  } catch {
    return { error: words.away };
  }
}

async function show(file, element) {
  const says = element.querySelector("[data-says]");
  says.textContent = words.looking;
  const { seen, error } = await look(file);
  if (error) {
    says.textContent = error;
    says.className = "text-danger";
    element.querySelector(".mw-frame").hidden = true;
    return;
  }
  found.push({ file: file.name, ...seen });
  save.hidden = false;
  says.textContent = seen.boxes.length ? `${counts(seen.boxes)} (${seen.milliseconds} ms)` : words.nothing;
  draw(element, seen);
}

async function showAll(files) {
  const waiting = [...files].map((file) => [file, card(file)]);
  for (const [file, element] of waiting) await show(file, element);
}

input.multiple = true;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  showAll(input.files);
  form.reset();
});
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (kind === "drop") showAll(event.dataTransfer.files);
  });
}
save.addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(found, null, 1)], { type: "application/json" }));
  link.download = "boxes.json";
  link.click();
  URL.revokeObjectURL(link.href);
});
