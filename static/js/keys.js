// Keys of a page. Elements with data-key are pressed (or focused) by that key; modules add further ones
// with addKey(). "?" lists them all.
const added = new Map();
const NAMES = { " ": "␣", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

/**
 * Run `action` on a key such as "j", "ArrowLeft" or "Ctrl+Shift+z", or on each of several; `label` is what the
 * list of keys says. An action that returns false leaves the key to the page.
 */
export function addKey(key, label, action) {
  const keys = [key].flat();
  const entry = { keys, label, action };
  for (const each of keys) added.set(each, entry);
}

/** What a pressed key is called here: Shift counts where it does not already show in the character. */
function keyOf(event) {
  const command = event.ctrlKey || event.metaKey;
  const character = event.key.length === 1;
  const shift = event.shiftKey && (!character || command || event.altKey);
  const name = character && command ? event.key.toLowerCase() : event.key;
  return [command && "Ctrl", event.altKey && "Alt", shift && "Shift", name].filter(Boolean).join("+");
}

function typing(target, key = "") {
  if (target.type === "checkbox") return key === " ";
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function elementFor(key) {
  const pressed = ({ dataset, disabled }) => (dataset.key === key || dataset.keyAlso === key) && !disabled;
  return [...document.querySelectorAll("[data-key]")].find(pressed);
}

function press(element) {
  if (typing(element)) element.focus();
  else element.click();
}

function labelOf(element) {
  return element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim();
}

function shown(key) {
  const kbd = document.createElement("kbd");
  kbd.textContent = key.replace(/ $|Arrow\w+$/, (name) => NAMES[name]).replace(/\+([a-z])$/, (end) => end.toUpperCase());
  return kbd;
}

/** "Alt" in "Alt+ArrowLeft"; nothing in "a" and "+". */
const modifiers = (key) => key.slice(0, Math.max(0, key.lastIndexOf("+", key.length - 2)));

function row(keys, label) {
  const term = document.createElement("dt");
  const common = modifiers(keys[0]);
  const once = common && keys.length > 1 && keys.every((key) => modifiers(key) === common);
  const parts = once ? [common, ...keys.map((key) => key.slice(common.length + 1))] : keys;
  for (const part of parts) term.append(shown(part), " ");
  const meaning = document.createElement("dd");
  meaning.textContent = label;
  return [term, meaning];
}

function openList(dialog) {
  const list = dialog.querySelector("[data-keys-list]");
  const first = [...list.children].slice(0, 2);
  const seen = new Set();
  const rows = [];
  for (const element of document.querySelectorAll("[data-key]")) {
    const { key, keyAlso } = element.dataset;
    if (seen.has(key)) continue;
    seen.add(key);
    rows.push(...row(keyAlso ? [key, keyAlso] : [key], labelOf(element)));
  }
  for (const { keys, label } of new Set(added.values())) rows.push(...row(keys, label));
  list.replaceChildren(...first, ...rows);
  dialog.showModal();
}

function onKey(event, dialog) {
  if (event.defaultPrevented || typing(event.target, event.key)) return;
  if (dialog.open || document.querySelector(".modal.show")) return;
  const key = keyOf(event);
  if (key === "?") {
    event.preventDefault();
    openList(dialog);
    return;
  }
  if (added.has(key) && added.get(key).action(event) !== false) {
    event.preventDefault();
    return;
  }
  const element = elementFor(key);
  if (!element) return;
  event.preventDefault();
  press(element);
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
