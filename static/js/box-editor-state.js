// The boxes of the editor: what stands here, what the server holds, what can be undone. Free of page and network.
//
// Each box has a key of its own that outlives deletion, so that undo brings back the same box. An entry holds
// `local` ({class, xyxy}, null once deleted), `saved` (the server's {id, class, xyxy, revision}, null when it has
// none), `sent` (what went out and was never answered) and `theirs` (the other version while there is a conflict).
import { sameBox } from "./box-editor-geometry.js";

const content = (box) => (box ? { class: box.class, xyxy: [...box.xyxy] } : null);

export class BoxState {
  #entries = new Map();
  #made = 0;
  #undo = [];
  #redo = [];
  selected = null;
  proposals = [];

  /** The boxes that stand, in the order they came: {key, class, xyxy, theirs}. */
  boxes() {
    return [...this.#entries]
      .filter(([, entry]) => entry.local)
      .map(([key, entry]) => ({ key, ...content(entry.local), conflict: entry.theirs !== undefined }));
  }

  box(key) {
    return content(this.#entries.get(key)?.local ?? null);
  }

  proposal(key) {
    return this.proposals.find((each) => proposalKey(each) === key) ?? null;
  }

  get canUndo() {
    return this.#undo.length > 0;
  }

  get canRedo() {
    return this.#redo.length > 0;
  }

  /** Draw a box; its key. */
  add(boxClass, xyxy) {
    const key = this.#newEntry({ local: null, saved: null });
    this.#record(key, { class: boxClass, xyxy });
    return key;
  }

  /** Change a box's class or place. Changes of one box with the same `burst` are undone together. */
  change(key, changes, burst = null) {
    const before = this.box(key);
    if (before) this.#record(key, { ...before, ...changes }, burst);
  }

  remove(key) {
    if (this.box(key)) this.#record(key, null);
    if (this.selected === key) this.selected = null;
  }

  /** Take back the last change, or make it again; of how many boxes, null where there is none. */
  undo() {
    return this.#step(this.#undo, this.#redo, "before");
  }

  redo() {
    return this.#step(this.#redo, this.#undo, "after");
  }

  /** Select the next box or proposal, or the previous one; false past the end, where nothing is selected. */
  selectNext(step) {
    const keys = [...this.boxes().map(({ key }) => key), ...this.proposals.map(proposalKey)];
    const at = keys.indexOf(this.selected);
    const next = at < 0 ? (step > 0 ? 0 : keys.length - 1) : at + step;
    this.selected = keys[next] ?? null;
    return this.selected !== null;
  }

  /** The first box whose change the server has not got and that is in no conflict: {key, local, saved, sent}. */
  nextUnsaved() {
    for (const [key, entry] of this.#entries) {
      if (entry.theirs === undefined && !sameBox(entry.local, entry.saved)) return { key, ...entry };
    }
    return null;
  }

  /** Whether anything here would be lost with the page. */
  get unsaved() {
    return [...this.#entries.values()].some((entry) => !sameBox(entry.local, entry.saved));
  }

  /** Remember what is on its way, until an answer comes. */
  sending(key) {
    this.#entries.get(key).sent = { box: content(this.#entries.get(key).local) };
  }

  /** The server holds this now (null: nothing). */
  confirm(key, saved) {
    const entry = this.#entries.get(key);
    entry.saved = saved;
    delete entry.sent;
    delete entry.theirs;
  }

  /** The server will not have it: back to what it holds. */
  refuse(key) {
    const entry = this.#entries.get(key);
    delete entry.sent;
    entry.local = content(entry.saved);
    this.#forget(key);
  }

  /** A proposal became a box, which can be undone. */
  accept(proposal, saved) {
    this.dropProposal(proposal.id);
    const known = this.#keyOf(saved.id);
    const key = known ?? this.#newEntry({ local: content(saved), saved });
    if (!known) this.#did([{ key, before: null, after: content(saved) }]);
    return key;
  }

  /** Proposals became the boxes of these IDs, all in one step; the image as the server has it now, as for merge. */
  acceptAll(image, ids) {
    const fresh = new Set(ids.filter((id) => !this.#keyOf(id)));
    const foreign = this.merge(image);
    const keys = [...fresh].map((id) => this.#keyOf(id)).filter((key) => this.box(key));
    if (keys.length) this.#did(keys.map((key) => ({ key, before: null, after: this.box(key) })));
    return foreign.filter((id) => !fresh.has(id));
  }

  dropProposal(id) {
    this.proposals = this.proposals.filter((each) => each.id !== id);
    if (this.selected === `p${id}`) this.selected = null;
  }

  /** The conflicts: {key, mine, theirs}, each null where that side deleted the box. */
  conflicts() {
    return [...this.#entries]
      .filter(([, entry]) => entry.theirs !== undefined)
      .map(([key, entry]) => ({ key, mine: content(entry.local), theirs: entry.theirs }));
  }

  /**
   * The server holds another version than the one that was changed here (null: it was deleted there). True when
   * that is a conflict for a person to decide; false when both sides say the same, or the answer to our own
   * change was lost on its way.
   */
  meet(key, theirs) {
    const entry = this.#entries.get(key);
    const ours = entry.sent && sameBox(entry.sent.box, theirs);
    if (ours || sameBox(entry.local, theirs)) {
      this.confirm(key, theirs);
      return false;
    }
    delete entry.sent;
    entry.theirs = theirs;
    return true;
  }

  /** Save ours on top of theirs. */
  keepMine(key) {
    this.confirm(key, this.#entries.get(key).theirs);
  }

  /** Show theirs; ours comes back by undo. */
  takeTheirs(key) {
    const entry = this.#entries.get(key);
    const { theirs } = entry;
    this.#forget(key);
    this.#did([{ key, before: content(entry.local), after: content(theirs) }]);
    entry.local = content(theirs);
    this.confirm(key, theirs);
    if (!entry.local && this.selected === key) this.selected = null;
  }

  /** Take in what the server holds of all boxes; the IDs of those that somebody else has added, changed or deleted. */
  merge({ boxes, proposals }) {
    const foreign = [];
    const there = new Map(boxes.map((box) => [box.id, box]));
    for (const [key, entry] of this.#entries) {
      if (!entry.saved) continue;
      const { id, revision } = entry.saved;
      const theirs = there.get(id) ?? null;
      there.delete(id);
      if (theirs && theirs.revision <= revision) continue;
      if (entry.theirs !== undefined && entry.theirs?.revision === theirs?.revision) continue;
      if (this.#mergeOne(key, entry, theirs)) foreign.push(id);
    }
    for (const box of there.values()) if (this.#mergeNew(box)) foreign.push(box.id);
    this.proposals = proposals;
    if (this.selected && !this.box(this.selected) && !this.proposal(this.selected)) this.selected = null;
    return foreign;
  }

  #mergeOne(key, entry, theirs) {
    if (!sameBox(entry.local, entry.saved)) return this.meet(key, theirs);
    const differs = !sameBox(entry.local, theirs);
    entry.local = content(theirs);
    this.confirm(key, theirs);
    if (differs) this.#forget(key);
    return differs;
  }

  /** A box we do not know: ours where the answer to its drawing was lost, else somebody else's. */
  #mergeNew(box) {
    for (const [key, entry] of this.#entries) {
      if (entry.saved || !entry.sent || !sameBox(entry.sent.box, box)) continue;
      this.confirm(key, box);
      return false;
    }
    this.#newEntry({ local: content(box), saved: box });
    return true;
  }

  #newEntry(entry) {
    this.#made += 1;
    const key = `b${this.#made}`;
    this.#entries.set(key, entry);
    return key;
  }

  #keyOf(id) {
    for (const [key, { saved }] of this.#entries) if (saved?.id === id) return key;
    return null;
  }

  #record(key, after, burst = null) {
    const entry = this.#entries.get(key);
    if (sameBox(entry.local, after)) return;
    const last = this.#undo.at(-1);
    const goesOn = burst !== null && last?.burst === burst && last.parts[0].key === key;
    if (goesOn) last.parts[0].after = content(after);
    else this.#did([{ key, before: entry.local, after: content(after) }], burst);
    this.#redo = [];
    entry.local = content(after);
  }

  /** A step that can be undone: what became of one box, or of several at once. */
  #did(parts, burst = null) {
    this.#undo.push({ parts, burst });
    this.#redo = [];
  }

  #step(from, to, side) {
    const step = from.pop();
    if (!step) return null;
    to.push({ ...step, burst: null });
    for (const part of step.parts) this.#entries.get(part.key).local = content(part[side]);
    const [{ key, [side]: shown }] = step.parts;
    this.selected = shown && step.parts.length === 1 ? key : null;
    return step.parts.length;
  }

  /** What cannot be undone any more, as somebody else has changed the box since. */
  #forget(key) {
    const without = ({ parts, burst }) => ({ parts: parts.filter((part) => part.key !== key), burst });
    this.#undo = this.#undo.map(without).filter(({ parts }) => parts.length);
    this.#redo = this.#redo.map(without).filter(({ parts }) => parts.length);
  }
}

/** The key by which a proposal is selected. */
export function proposalKey({ id }) {
  return `p${id}`;
}
