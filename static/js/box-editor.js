// The box editor of an image's page: brings together what stands (state), what is drawn (canvas), what is listed
// (panels) and what is saved (saver).
import { editorApi } from "./box-editor-api.js";
import { BoxCanvas } from "./box-editor-canvas.js";
import { startEditorKeys } from "./box-editor-keys.js";
import { Panels, readClasses, startHistory, word } from "./box-editor-panels.js";
import { BoxSaver } from "./box-editor-saver.js";
import { BoxState, proposalKey } from "./box-editor-state.js";
import { onThemeChange, token } from "./theme.js";

const POLL = 5000; // milliseconds between looks at what others have changed
const LEAVE_AFTER = 5000; // how long a change may take to be saved before a link is followed all the same

const root = document.getElementById("box-editor");
const part = (name) => document.querySelector(`[data-${name}]`);
const size = { width: Number(root.dataset.width), height: Number(root.dataset.height) };
const api = editorApi(root.dataset.image, new URL("../../", new URL(root.dataset.image, location.href)).pathname);
const classes = readClasses();
const panels = new Panels(classes);
const state = new BoxState();
const refreshHistory = startHistory(api, panels);
const saver = new BoxSaver(state, api, {
  status: showStatus,
  saved: onSaved,
  conflict: () => render(),
  refused: (words) => note(word("refused", { words })),
  refresh: () => takeIn({ always: true }),
});
const canvas = new BoxCanvas(part("canvas"), size, { drawn, changed, selected: select });
let drawClass = classes[0]?.name ?? null;
let revision = 0;

const colourOf = (name) => token(`--mw-${panels.classOf(name).style}`);

function items() {
  const look = (name, more) => ({ colour: colourOf(name), label: panels.classOf(name).label, kind: "box", ...more });
  const boxes = state.boxes().map(({ key, class: name, xyxy }) => ({ key, xyxy, ...look(name) }));
  const proposals = state.proposals.map((each) => {
    const label = `${panels.classOf(each.class).label} ${each.score.toFixed(2)}`;
    return { key: proposalKey(each), xyxy: each.xyxy, ...look(each.class, { label, kind: "proposal" }) };
  });
  const theirs = state.conflicts().filter((each) => each.theirs).map(({ key, theirs: box }) => {
    const label = word("theirs-label", { label: panels.classOf(box.class).label });
    return { key: `t${key}`, xyxy: box.xyxy, ...look(box.class, { label, kind: "theirs" }) };
  });
  return [...proposals, ...theirs, ...boxes];
}

function render() {
  const current = state.box(state.selected);
  panels.showClasses(current?.class ?? drawClass);
  panels.showBoxes(state.boxes(), state.selected);
  panels.showProposals(state.proposals, state.selected);
  panels.showConflict(state.conflicts()[0] ?? null);
  canvas.show(items(), state.selected, colourOf(drawClass));
  const enabled = { undo: state.canUndo, redo: state.canRedo, remove: current !== null, draw: drawClass !== null };
  for (const [name, on] of Object.entries(enabled)) document.querySelector(`[data-do="${name}"]`).disabled = !on;
}

/** Show a change that was made here, and save it. */
function edited() {
  render();
  tellSelected();
  saver.wake();
}

function tellSelected() {
  const box = state.box(state.selected) ?? state.proposal(state.selected);
  note(box ? word("selected", { box: panels.inWords(box) }) : "");
}

/** Why something did not work, in words. */
function reason(error) {
  if (error.status === 0 || error.status >= 500) return word("offline");
  return error.status === 401 || error.status === 403 ? word("signed-out") : error.message;
}

function note(words) {
  part("note").textContent = words;
}

function showStatus(status, error = null) {
  const open = status === "saved" && state.unsaved ? "failed" : status; // a conflict waits for its decision
  const shown = part("status");
  if (shown.textContent !== word(open)) shown.textContent = word(open);
  shown.dataset.status = open;
  document.querySelector('[data-do="retry"]').hidden = status !== "failed";
  if (error) note(reason(error));
}

function onSaved(newRevision) {
  const others = newRevision > revision + 1;
  revision = Math.max(revision, newRevision);
  render();
  refreshHistory();
  if (others) setTimeout(look, 0);
}

/** Take in the image as the server has it; the IDs of boxes that others have changed. */
async function takeIn({ always = false } = {}) {
  const { requests } = saver;
  const image = await api.image();
  const outdated = saver.busy || saver.requests !== requests || canvas.busy;
  if (outdated && !always) return; // something was saved or is held by the mouse since: the next look comes soon
  revision = image.revision;
  const foreign = state.merge(image);
  part("labelled").checked = image.labelled;
  render();
  if (foreign.length) tellWho(foreign);
}

async function tellWho(foreign) {
  const history = await api.history().catch(() => ({ results: [] }));
  const change = history.results.find(({ box }) => foreign.includes(box));
  note(word("changed-by", { name: change?.by ?? word("somebody") }));
  refreshHistory();
}

function look() {
  if (document.visibilityState === "visible" && !saver.busy) takeIn().catch(() => {});
}

function drawn(xyxy) {
  if (!drawClass) {
    note(word("no-class"));
    return;
  }
  state.selected = state.add(drawClass, xyxy);
  edited();
}

function changed(key, xyxy) {
  state.change(key, { xyxy });
  edited();
}

function select(key) {
  state.selected = key;
  drawClass = state.box(key)?.class ?? drawClass;
  tellSelected();
  render();
}

/** Show what was undone or made again; of several boxes at once, of how many. */
function step(words, count) {
  edited();
  if (count > 1) note(word(words, { count }));
}

function chooseClass(name) {
  drawClass = name;
  if (state.box(state.selected)) state.change(state.selected, { class: name });
  edited();
}

/** Accept or throw away one proposal, or all at or above a score. */
async function decide(ask, done) {
  saver.requests += 1;
  try {
    done(await ask());
  } catch (error) {
    note(error.status === 409 ? word("decided") : word("not-done", { words: reason(error) }));
    if (error.status === 409) setTimeout(look, 0);
  } finally {
    saver.requests += 1;
  }
  render();
}

function nextProposal(from) {
  const left = state.proposals;
  if (!state.selected && left.length) state.selected = proposalKey(left[Math.min(from, left.length - 1)]);
}

function decideOne(id, accepts) {
  const proposal = state.proposals.find((each) => each.id === id);
  const at = state.proposals.indexOf(proposal);
  if (!proposal) return Promise.resolve();
  return decide(
    () => (accepts ? api.accept(id) : api.reject(id)),
    (answer) => {
      if (accepts) state.accept(proposal, answer.box);
      else state.dropProposal(id);
      nextProposal(at);
      onSaved(answer.image_revision);
    },
  );
}

function decideAll(action) {
  return decide(
    () => api.decideAll(action, panels.leastScore),
    (image) => {
      const before = state.proposals;
      const known = new Set(image.proposals.map(({ id }) => id));
      revision = image.revision;
      const foreign = state.acceptAll(image, image.accepted);
      if (foreign.length) tellWho(foreign);
      const count = before.filter(({ id }) => !known.has(id)).length;
      note(word(action === "accept" ? "accepted" : "rejected", { count }));
      refreshHistory();
    },
  );
}

/** The proposal that is selected, else the surest one, decided by key; false where there is none. */
function decideByKey(accepts) {
  const proposal = state.proposal(state.selected) ?? state.proposals[0];
  if (!proposal) return false;
  decideOne(proposal.id, accepts);
  return true;
}

async function setLabelled(input) {
  saver.requests += 1;
  try {
    revision = (await api.setLabelled(input.checked)).revision;
  } catch (error) {
    input.checked = !input.checked;
    note(word("not-done", { words: reason(error) }));
  } finally {
    saver.requests += 1;
  }
}

const actions = {
  draw: () => drawn(canvas.boxInView()),
  remove: () => {
    state.remove(state.selected);
    edited();
  },
  undo: () => step("undone", state.undo()),
  redo: () => step("redone", state.redo()),
  zoomIn: () => canvas.zoomBy(1.25),
  zoomOut: () => canvas.zoomBy(0.8),
  fit: () => canvas.fit(),
  retry: () => saver.retry(),
  keepMine: () => {
    state.keepMine(state.conflicts()[0].key);
    edited();
  },
  takeTheirs: () => {
    state.takeTheirs(state.conflicts()[0].key);
    edited();
    showStatus(saver.status);
  },
  acceptAll: () => decideAll("accept"),
  rejectAll: () => decideAll("reject"),
};

/** A link to another picture waits until what is on its way has been saved. */
async function followLink(event, link) {
  if (!saver.busy || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await Promise.race([saver.settled(), new Promise((resolve) => setTimeout(resolve, LEAVE_AFTER))]);
  location.assign(link.href);
}

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-do], [data-class], [data-select], [data-accept], [data-reject], a[rel]");
  if (!pressed) return;
  const { do: name, class: boxClass, select: key, accept, reject } = pressed.dataset;
  if (name) actions[name]();
  else if (boxClass) chooseClass(boxClass);
  else if (key) select(key);
  else if (accept || reject) decideOne(Number(accept || reject), Boolean(accept));
  else if (/^(prev|next)$/.test(pressed.rel)) followLink(event, pressed);
});
part("least").addEventListener("input", render);
part("labelled").addEventListener("change", (event) => setLabelled(event.target));
document.addEventListener("visibilitychange", look);
addEventListener("beforeunload", (event) => {
  if (state.unsaved) event.preventDefault();
});
onThemeChange(render);

async function start() {
  const picture = new Image();
  picture.src = root.dataset.file;
  const image = await api.image();
  await picture.decode();
  revision = image.revision;
  state.merge(image);
  for (const element of document.querySelectorAll("[data-editor-only]")) element.hidden = false;
  for (const element of document.querySelectorAll("[data-still], [data-still-list]")) element.hidden = true;
  part("tools").hidden = part("canvas").hidden = false;
  canvas.setPicture(picture);
  render();
  showStatus("saved");
  startEditorKeys({ state, size, canvas, actions, classes, select, chooseClass, edited, decideByKey, container: part("canvas") });
  setInterval(look, POLL);
  root.dataset.ready = "";
}

start().catch((error) => note(word("not-done", { words: reason(error) })));
