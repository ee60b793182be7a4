// Keys of a page. Elements with data-key are pressed (or focused) by that key; modules add further ones
// with addKey(). "?" lists them all.
const added = new Map();

/** Run `action` on a key such as "j" or "ArrowLeft"; `label` is what the list of keys says. */
export function addKey(key, label, action) {
  added.set(key, { label, action });
}

function typing(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function elementFor(key) {
  return [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === key && !element.disabled);
}

function press(element) {
  if (typing(element)) element.focus();
  else element.click();
}

function labelOf(element) {
  return element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim();
}

function row(key, label) {
  const term = document.createElement("dt");
  const kbd = document.createElement("kbd");
  kbd.textContent = key === " " ? "␣" : key;
  term.append(kbd);
  const meaning = document.createElement("dd");
  meaning.textContent = label;
  return [term, meaning];
}

function openList(dialog) {
  const list = dialog.querySelector("[data-keys-list]");
  const first = [...list.children].slice(0, 2);
  const shown = new Set();
  const rows = [];
  for (const element of document.querySelectorAll("[data-key]")) {
    if (shown.has(element.dataset.key)) continue;
    shown.add(element.dataset.key);
    rows.push(...row(element.dataset.key, labelOf(element)));
  }
  for (const [key, { label }] of added) rows.push(...row(key, label));
  list.replaceChildren(...first, ...rows);
  dialog.showModal();
}

function onKey(event, dialog) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
  if (dialog.open || document.querySelector(".modal.show")) return;
  if (event.key === "?") {
    event.preventDefault();
    openList(dialog);
    return;
  }
  const element = elementFor(event.key);
  const own = added.get(event.key);
  if (!element && !own) return;
  event.preventDefault();
  if (own) own.action(event);
  else press(element);
}

export function startKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  document.addEventListener("keydown", (event) => onKey(event, dialog));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-open]")) openList(dialog);
    if (event.target.closest("[data-keys-close]") || event.target === dialog) dialog.close();
  });
}
