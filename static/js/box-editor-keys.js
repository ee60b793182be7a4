// The keys of the box editor.
import { moved, stretched } from "./box-editor-geometry.js";
import { word } from "./box-editor-panels.js";
import { addKey } from "./keys.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FAR = 10;
const BURST = 800; // milliseconds: presses that follow each other faster are undone together

/** Register them; what is given is the editor's own (box-editor.js). */
export function startEditorKeys(editor) {
  startPlaceKeys(editor);
  startSelectionKeys(editor);
  startPanKey(editor);
  const { actions, classes, chooseClass, decideByKey } = editor;
  classes.slice(0, 9).forEach(({ name, label }, index) => {
    addKey(String(index + 1), word("key-class", { label }), () => chooseClass(name));
  });
  addKey("b", word("key-draw"), actions.draw);
  addKey(["Ctrl+z"], word("key-undo"), actions.undo);
  addKey(["Ctrl+Shift+z", "Ctrl+y"], word("key-redo"), actions.redo);
  addKey(["+", "="], word("key-zoom-in"), actions.zoomIn);
  addKey("-", word("key-zoom-out"), actions.zoomOut);
  addKey("0", word("key-fit"), actions.fit);
  addKey("a", word("key-accept"), () => decideByKey(true));
  addKey("x", word("key-reject"), () => decideByKey(false));
}

function startPlaceKeys({ state, size, edited }) {
  let burst = 0;
  let last = 0;
  const by = (change, step) => (event) => {
    const box = state.box(state.selected);
    if (!box) return false;
    if (event.timeStamp - last > BURST) burst += 1;
    last = event.timeStamp;
    const [x, y] = ARROWS[event.key];
    state.change(state.selected, { xyxy: change(box.xyxy, x * step, y * step, size) }, `${change.name} ${burst}`);
    edited();
    return true;
  };
  const arrows = (modifier) => Object.keys(ARROWS).map((key) => modifier + key);
  addKey(arrows(""), word("key-move"), by(moved, 1));
  addKey(arrows("Shift+"), word("key-move-far"), by(moved, FAR));
  addKey(arrows("Alt+"), word("key-stretch"), by(stretched, 1));
  addKey(arrows("Alt+Shift+"), word("key-stretch-far"), by(stretched, FAR));
}

function startSelectionKeys({ state, container, select, actions, decideByKey }) {
  addKey(["Tab", "Shift+Tab"], word("key-next-box"), (event) => {
    if (document.activeElement !== container) return false;
    const found = state.selectNext(event.shiftKey ? -1 : 1);
    select(state.selected);
    return found; // past the last box the focus moves on
  });
  addKey("Escape", word("key-none"), () => select(null));
  addKey(["Delete", "Backspace"], word("key-remove"), () => {
    if (state.proposal(state.selected)) return decideByKey(false);
    return state.box(state.selected) ? actions.remove() : false;
  });
}

function startPanKey({ canvas, container }) {
  const pressable = (target) => target.closest("button, a, summary, [role=button]");
  const release = () => {
    canvas.panning = false;
  };
  addKey(" ", word("key-pan"), (event) => {
    if (pressable(event.target) && !container.matches(":hover")) return false;
    canvas.panning = true;
    return true;
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " ") release();
  });
  addEventListener("blur", release);
}
