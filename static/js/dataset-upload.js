// Sends a form with labels and their pictures, and shows how far it is. Loose pictures and whole folders are taken as
// well as zips: the browser packs them. The plain form works without this module.
import { csrfToken } from "./csrf.js";
import { chosen, dropped, isOneExport, sorted } from "./loose-files.js";
import { MOST_BYTES, storedZip } from "./stored-zip.js";

const SHOWN = 20; // files that are named
const form = document.querySelector("form[data-upload]");
const bar = form.querySelector("[data-upload-bar]");
const errors = form.querySelector("[data-upload-errors]");
const button = form.querySelector('button[type="submit"]');
const zone = form.querySelector("[data-drop]");
const words = zone.dataset;
const fields = { export: form.elements.namedItem("export"), pictures: form.elements.namedItem("pictures") };
let taken = [];
let sending = false;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
const megabytes = (entries) => (entries.reduce((sum, { file }) => sum + file.size, 0) / 2 ** 20).toFixed(1);

function lines(sentences) {
  return sentences.map((sentence) => Object.assign(document.createElement("div"), { textContent: sentence }));
}

function refuse(sentences) {
  bar.hidden = true;
  button.disabled = sending = false;
  say("");
  errors.replaceChildren(...lines(sentences));
}

function say(sentence) {
  zone.querySelector("[data-drop-says]").textContent = sentence;
}

/** What was taken, in words: what is going to be sent, and what is left out. */
function show() {
  const { pictures, annotations, zips, left } = sorted(taken);
  const going = new Set(Object.values(assigned()).flat());
  const labels = annotations.filter((entry) => going.has(entry));
  const told = [];
  if (pictures.length) told.push(fill(words.pictures, { count: pictures.length, size: megabytes(pictures) }));
  if (labels.length && !isOneExport(labels)) told.push(fill(words.annotations, { count: labels.length }));
  const named = [...(isOneExport(labels) ? labels : []), ...zips.filter((entry) => going.has(entry))];
  for (const { path } of named) told.push(path);
  const out = [...namely(left, words.unusable), ...namely(zips.filter((entry) => !going.has(entry)), words.spareZip)];
  const unused = annotations.length - labels.length;
  if (unused) out.push(fill(words.spareAnnotations, { count: unused }));
  zone.querySelector("[data-drop-left]").replaceChildren(...lines(out));
  zone.querySelector("[data-drop-clear]").hidden = taken.length === 0;
  if (withoutLabels()) told.push(words.unlabelled);
  zone.querySelector("[data-drop-taken]").replaceChildren(...lines(told));
  if (fields.export) fields.export.required = !(annotations.length || zips.length || pictures.length);
  fields.pictures.required = !fields.export && !going.size;
}

function namely(entries, sentence) {
  const told = entries.slice(0, SHOWN).map(({ path }) => fill(sentence, { path }));
  return entries.length > SHOWN ? [...told, fill(words.more, { count: entries.length - SHOWN })] : told;
}

function take(entries) {
  errors.replaceChildren();
  taken = [...taken, ...entries];
  show();
}

/** What goes into which field of the form: several annotations go with their pictures, as one zip of them all. */
function assigned() {
  const { pictures, annotations, zips } = sorted(taken);
  const loose = (spare) => (pictures.length ? pictures : spare);
  if (!fields.export || fields.export.files.length) return { pictures: loose(zips.slice(0, 1)) };
  if (isOneExport(annotations)) return { export: annotations, pictures: loose(zips.slice(0, 1)) };
  if (annotations.length) return { export: [...annotations, ...pictures] };
  return { export: zips.slice(0, 1), pictures: loose(zips.slice(1, 2)) };
}

/** The pictures that were taken, where no labels come with them; null otherwise. */
function withoutLabels() {
  if (!fields.export || fields.export.files.length) return null;
  const { export: labels, pictures } = assigned();
  return labels.length || !pictures.length ? null : pictures;
}

/** Add pictures to the dataset one by one, to be labelled there; those that were refused stay taken. Lost files that came back are told. */
async function addPictures(pictures) {
  const refused = [];
  let restored = 0;
  for (const [number, entry] of pictures.entries()) {
    say(fill(words.adding, { done: number, count: pictures.length }));
    bar.value = number / pictures.length;
    const data = new FormData();
    data.set("file", entry.file);
    const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
    const answer = await fetch(words.images, { method: "POST", body: data, headers }).catch(() => null);
    if (answer?.status === 200) restored += 1;
    if (!answer?.ok) refused.push({ entry, why: await reason(answer) });
  }
  sending = false;
  if (!refused.length && !restored) return location.assign(words.gallery);
  taken = refused.map(({ entry }) => entry);
  show();
  const told = refused.slice(0, SHOWN).map(({ entry: { path }, why }) => `${path}: ${why}`);
  if (refused.length > SHOWN) told.push(fill(words.more, { count: refused.length - SHOWN }));
  const added = fill(words.added, { done: pictures.length - refused.length - restored, count: pictures.length });
  refuse(refused.length ? [added, ...told] : []);
  if (restored) say(fill(words.restored, { done: restored, count: pictures.length }));
}

async function reason(answer) {
  const body = await answer?.json().catch(() => null);
  return answer?.status === 400 && body ? Object.values(body).flat().join(" ") : words.lost;
}

/** The entries as one zip, an export or a zip alone as it is; null, with the reason told, where that cannot be. */
async function packed(entries, name) {
  if (entries.length === 1 && sorted(entries).pictures.length === 0) return entries[0].file;
  const most = Math.min(MOST_BYTES, Number(fields.pictures.dataset.most));
  if (entries.reduce((sum, { file }) => sum + file.size, 0) > most) {
    refuse([fill(words.tooMuch, { size: megabytes(entries), most: Math.floor(most / 2 ** 20) })]);
    return null;
  }
  const told = (done) => {
    bar.value = done / entries.length;
    say(fill(words.packing, { done, count: entries.length }));
  };
  const { zip, failed } = await storedZip(entries, told);
  if (!failed.length) return new File([zip], name, { type: "application/zip" });
  const gone = new Set(failed.map(({ path }) => path));
  taken = taken.filter(({ path }) => !gone.has(path));
  show();
  refuse([...namely(failed, words.unreadable), words.again]);
  return null;
}

/** Put what was taken into the form's data; false where it cannot go. */
async function addTaken(data) {
  for (const [name, entries] of Object.entries(assigned())) {
    if (!entries.length) continue;
    const file = await packed(entries, `${name}.zip`);
    if (!file) return false;
    data.set(name, file);
  }
  return true;
}

function answered(request) {
  const body = request.response;
  if (request.status === 201 && body) {
    sending = false;
    location.assign(body.page);
  } else refuse(body?.errors ? Object.values(body.errors).flat() : [words.lost]);
}

function send(data) {
  const request = new XMLHttpRequest();
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    if (total) bar.value = loaded / total;
    say(fill(words.sending, { done: (loaded / 2 ** 20).toFixed(1), size: (total / 2 ** 20).toFixed(1) }));
  });
  request.addEventListener("loadend", () => answered(request));
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(data);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  errors.replaceChildren();
  bar.hidden = false;
  button.disabled = sending = true;
  const pictures = withoutLabels();
  if (pictures) {
    await addPictures(pictures);
    return;
  }
  const data = new FormData(form);
  if (await addTaken(data)) send(data);
});

function startDropping() {
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    take(await dropped(event.dataTransfer));
  });
  for (const input of zone.querySelectorAll('input[type="file"]')) {
    input.addEventListener("change", () => {
      take(chosen(input.files));
      input.value = "";
    });
  }
  for (const open of zone.querySelectorAll("[data-open]")) {
    open.addEventListener("click", () => zone.querySelector(`input[data-chooses="${open.dataset.open}"]`).click());
  }
  for (const field of Object.values(fields)) field?.addEventListener("change", show);
  zone.querySelector("[data-drop-clear]").addEventListener("click", () => {
    taken = [];
    show();
  });
  zone.hidden = false;
}

addEventListener("beforeunload", (event) => {
  if (sending) event.preventDefault();
});
startDropping();
