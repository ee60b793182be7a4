// The gallery: which images are ticked, and moving among them by key. Without this module the form works as it is.
import { addKey } from "./keys.js";

const gallery = document.querySelector("[data-gallery]");
const form = document.getElementById("chosen");
const boxes = form ? [...document.querySelectorAll('input[name="images"][form="chosen"]')] : [];

function refresh() {
  const all = form.elements.everything.checked;
  for (const box of boxes) box.disabled = all;
  const count = all ? 0 : boxes.filter((box) => box.checked).length;
  const words = form.querySelector("[data-chosen-count]");
  words.textContent = count ? words.dataset.words.replace("#", count) : "";
  for (const button of form.querySelectorAll("[name=action]")) button.disabled = !all && !count;
}

function choosePage() {
  const wanted = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = wanted;
  form.elements.everything.checked = false;
  refresh();
}

/** Ticking with the shift key held ticks all since the one ticked before. */
function startRanges() {
  let last = null;
  gallery.addEventListener("click", (event) => {
    const index = boxes.indexOf(event.target);
    if (index < 0) return;
    if (event.shiftKey && last !== null) {
      for (const box of boxes.slice(Math.min(index, last), Math.max(index, last) + 1)) box.checked = event.target.checked;
    }
    last = index;
    refresh();
  });
}

function move(step) {
  const links = [...gallery.querySelectorAll(".mw-gallery-item")];
  const here = links.findIndex((link) => link.parentElement.contains(document.activeElement));
  const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), links.length - 1);
  links[next].focus();
}

function tick() {
  const card = document.activeElement?.closest(".mw-gallery-card");
  const box = card?.querySelector('input[name="images"]:not(:disabled)');
  if (box) box.click();
}

if (gallery) {
  const columns = () => getComputedStyle(gallery).gridTemplateColumns.split(" ").length;
  const { next, previous, below, above, tickThis } = gallery.dataset;
  addKey("ArrowRight", next, () => move(1));
  addKey("ArrowLeft", previous, () => move(-1));
  addKey("ArrowDown", below, () => move(columns()));
  addKey("ArrowUp", above, () => move(-columns()));
  if (form) addKey("x", tickThis, tick);
}
if (form) {
  const button = form.querySelector("[data-choose-page]");
  button.hidden = false;
  button.addEventListener("click", choosePage);
  form.elements.everything.addEventListener("change", refresh);
  startRanges();
  refresh();
}
window.addEventListener("pageshow", () => form && refresh());
