// The lists beside the picture of the box editor: classes, boxes, proposals, and the bar of a conflict.
import { proposalKey } from "./box-editor-state.js";

const part = (name, within = document) => within.querySelector(`[data-${name}]`);
const fromTemplate = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

/** Words of the page by name, "{name}" in them replaced by values. */
export function word(name, values = {}) {
  const found = document.querySelector(`[data-words] [data-word="${name}"]`);
  return (found?.textContent ?? name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/** The classes in the order of their keys: {name, label, style, badge, button}. */
export function readClasses() {
  return [...document.querySelectorAll("[data-class]")].map((button) => {
    const badge = button.querySelector(".mw-verdict");
    return { name: button.dataset.class, style: button.dataset.style, label: badge.textContent.trim(), badge, button };
  });
}

export class Panels {
  #classes;

  constructor(classes) {
    this.#classes = classes;
  }

  classOf(name) {
    return this.#classes.find((each) => each.name === name) ?? { name, label: name, style: "unknown", badge: null };
  }

  /** A box in a few words: "with mask 40 × 50 at 10, 20". */
  inWords(box) {
    return box ? `${this.classOf(box.class).label} ${place(box.xyxy)}` : word("deleted");
  }

  showClasses(current) {
    for (const { name, button } of this.#classes) button.setAttribute("aria-pressed", String(name === current));
  }

  showBoxes(boxes, selected) {
    const rows = boxes.map((box) => {
      const row = this.#row("editor-box", box.key, box.class, selected);
      row.dataset.box = box.class;
      row.dataset.xyxy = box.xyxy.join(",");
      part("place", row).textContent = place(box.xyxy);
      part("in-conflict", row).hidden = !box.conflict;
      part("in-conflict", row).textContent = word("in-conflict");
      return row;
    });
    replace(part("boxes"), rows);
    part("box-count").textContent = String(boxes.length);
    part("no-boxes").hidden = boxes.length > 0;
  }

  showProposals(proposals, selected) {
    const rows = proposals.map((proposal) => {
      const row = this.#row("editor-proposal", proposalKey(proposal), proposal.class, selected);
      row.dataset.proposal = String(proposal.id);
      part("score", row).textContent = proposal.score.toFixed(2);
      part("accept", row).dataset.accept = part("reject", row).dataset.reject = String(proposal.id);
      return row;
    });
    replace(part("proposal-list"), rows);
    part("proposals").hidden = proposals.length === 0;
    part("proposal-count").textContent = String(proposals.length);
    const score = this.leastScore.toFixed(2);
    const count = proposals.filter((each) => each.score >= this.leastScore).length;
    part("above").textContent = word(count ? "count-above" : "none-above", { count, score });
    for (const name of ["acceptAll", "rejectAll"]) document.querySelector(`[data-do="${name}"]`).disabled = count === 0;
  }

  get leastScore() {
    return Number(part("least").value);
  }

  showConflict(conflict) {
    const bar = part("conflict");
    bar.hidden = !conflict;
    if (!conflict) return;
    const words = ["mine", "theirs"].map((side) => word(side, { box: this.inWords(conflict[side]) })).join(" ");
    if (part("conflict-words").textContent !== words) part("conflict-words").textContent = words;
  }

  #row(template, key, className, selected) {
    const row = fromTemplate(template);
    const { badge, label } = this.classOf(className);
    part("badge", row).replaceWith(badge ? badge.cloneNode(true) : label);
    const button = part("select", row);
    button.dataset.select = key;
    button.setAttribute("aria-current", String(key === selected));
    return row;
  }
}

/** Put rows into a list; the focus stays in the row and on the button where it was. */
function replace(list, rows) {
  const items = [...list.children];
  const at = items.findIndex((item) => item.contains(document.activeElement));
  const which = at < 0 ? -1 : [...items[at].querySelectorAll("button")].indexOf(document.activeElement);
  list.replaceChildren(...rows);
  if (at >= 0 && rows.length) rows[Math.min(at, rows.length - 1)].querySelectorAll("button")[which]?.focus();
}

function place([left, top, right, bottom]) {
  const [width, height] = [right - left, bottom - top].map(Math.round);
  return `${width} × ${height} @ ${Math.round(left)}, ${Math.round(top)}`;
}

/** The history of the boxes: read when it is opened, and again by `refresh()` while it is open. */
export function startHistory(api, panels) {
  const details = part("history");
  const list = part("history-list");
  const more = part("history-more");
  let next = null;

  const show = (answer) => {
    list.append(...answer.results.map((change) => changeRow(change, panels)));
    next = answer.next ? new URL(answer.next, location.href).search : null;
    more.hidden = next === null;
    part("no-history").hidden = list.children.length > 0;
  };
  const refresh = async () => {
    if (!details.open) return;
    const answer = await api.history().catch(() => null);
    if (!answer) return;
    list.replaceChildren();
    show(answer);
  };
  details.addEventListener("toggle", refresh);
  more.addEventListener("click", async () => {
    const answer = await api.history(next).catch(() => null);
    if (answer) show(answer);
  });
  return refresh;
}

function changeRow({ at, by, kind, source, before, after }, panels) {
  const row = fromTemplate("editor-change");
  const moment = new Date(at);
  part("by", row).textContent = by ?? word("somebody");
  part("kind", row).textContent = `${word(`kind-${kind}`)} (${word(`source-${source}`)})`;
  row.querySelector("time").dateTime = at;
  row.querySelector("time").textContent = moment.toLocaleString(document.documentElement.lang || undefined);
  const sides = [before, after].filter(Boolean).map((box) => panels.inWords(box));
  part("before-after", row).textContent = sides.join(" → ");
  return row;
}
