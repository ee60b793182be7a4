// The picture of the box editor with its boxes on it, drawn by Konva: select, draw, move, resize, zoom and pan.
import { textColour } from "./box-canvas.js";
import { area, boxBetween } from "./box-editor-geometry.js";
import { startGestures } from "./box-editor-gestures.js";

const { Konva } = window;
const MOST_ZOOM = 40;
const LEAST_DRAG = 4; // pixels of the screen; less is a click
const LABELLED_FROM = 44; // pixels of the screen: narrower boxes show their words only when selected
const COARSE = matchMedia("(pointer: coarse)").matches;

export class BoxCanvas {
  #size;
  #on;
  #stage;
  #boxLayer = new Konva.Layer();
  #labelLayer = new Konva.Layer({ listening: false });
  #draft = new Konva.Rect({ visible: false, strokeScaleEnabled: false, strokeWidth: 2, dash: [4, 3], listening: false });
  #handles;
  #rects = new Map();
  #shown = { items: [], selected: null, colour: "#888888" };
  #fitted = true;
  #panning = false;
  #held = null;

  /** `size`: {width, height} of the picture; `on`: drawn(xyxy), changed(key, xyxy), selected(key or null). */
  constructor(container, size, on) {
    this.container = container;
    this.#size = size;
    this.#on = on;
    Konva.dragButtons = [0];
    this.#stage = new Konva.Stage({ container, width: 1, height: 1 });
    this.#handles = this.#makeHandles();
    this.#boxLayer.add(this.#handles);
    this.#labelLayer.add(this.#draft);
    new ResizeObserver(() => this.#resize()).observe(container.parentElement);
    this.#resize();
    startGestures(this);
  }

  /** Show the picture of an <img> that has been loaded, below the boxes. */
  setPicture(image) {
    const layer = new Konva.Layer({ listening: false });
    layer.add(new Konva.Image({ image, ...this.#size }));
    this.#stage.add(layer, this.#boxLayer, this.#labelLayer);
    this.#view();
  }

  /**
   * Draw items {key, xyxy, colour, label, kind}: kind is "box", "proposal" or "theirs" (both dashed and fixed).
   * `colour` is that of the box drawn next. While something is dragged, the drawing waits.
   */
  show(items, selected, colour) {
    this.#shown = { items, selected, colour };
    if (this.#held) return;
    const wanted = new Set(items.map(({ key }) => key));
    for (const [key, rect] of this.#rects) {
      if (wanted.has(key)) continue;
      rect.destroy();
      this.#rects.delete(key);
    }
    for (const item of [...items].sort((one, other) => area(other.xyxy) - area(one.xyxy))) this.#showOne(item);
    const rect = this.#rects.get(selected);
    this.#handles.nodes(rect?.draggable() ? [rect] : []);
    this.#handles.setAttrs({ anchorStroke: rect?.stroke() });
    this.#handles.moveToTop();
    this.#showLabels();
  }

  /** While true, dragging moves the view and leaves the boxes alone. */
  set panning(panning) {
    this.#panning = panning;
    this.#boxLayer.listening(!panning);
    this.container.classList.toggle("is-panning", panning);
  }

  /** Whether a box is being moved or resized. */
  get busy() {
    return this.#held !== null;
  }

  isPanning() {
    return this.#panning;
  }

  zoomBy(factor, centre = { x: this.#stage.width() / 2, y: this.#stage.height() / 2 }) {
    const before = this.#stage.scaleX();
    const fit = this.#fitScale();
    const scale = Math.max(Math.min(fit, 1) / 2, Math.min(before * factor, fit * MOST_ZOOM));
    const { x, y } = this.#stage.position();
    this.#stage.scale({ x: scale, y: scale });
    this.#stage.position({
      x: centre.x - ((centre.x - x) / before) * scale,
      y: centre.y - ((centre.y - y) / before) * scale,
    });
    this.#fitted = false;
    this.#view();
  }

  panBy(dx, dy) {
    const { x, y } = this.#stage.position();
    this.#stage.position({ x: x + dx, y: y + dy });
    this.#fitted = false;
    this.#view();
  }

  /** The whole picture in view. */
  fit() {
    const scale = this.#fitScale();
    this.#stage.scale({ x: scale, y: scale });
    this.#stage.position({
      x: (this.#stage.width() - this.#size.width * scale) / 2,
      y: (this.#stage.height() - this.#size.height * scale) / 2,
    });
    this.#fitted = true;
    this.#view();
  }

  /** A box of a third of what is in view, in its middle. */
  boxInView() {
    const { width, height } = this.container.getBoundingClientRect();
    const corner = (share) => this.#inPicture({ x: width * share, y: height * share });
    return boxBetween(corner(1 / 3), corner(2 / 3), this.#size) ?? [0, 0, this.#size.width, this.#size.height];
  }

  pointAt(event) {
    const edge = this.container.getBoundingClientRect();
    return this.#inPicture({ x: event.clientX - edge.left, y: event.clientY - edge.top });
  }

  /** Whether a press begins a new box: beside all boxes, or anywhere with Shift. */
  startsDraft(event) {
    this.#stage.setPointersPositions(event);
    const at = this.#stage.getPointerPosition();
    const hit = at && this.#stage.getIntersection(at);
    return !hit || (event.shiftKey && hit.name() === "box");
  }

  draft(from, to) {
    const box = boxBetween(from, to, this.#size);
    this.#draft.visible(box !== null);
    if (box) this.#draft.setAttrs({ ...rectangle(box), stroke: this.#shown.colour });
  }

  draftDone(from, to) {
    this.draftCancelled();
    const scale = this.#stage.scaleX();
    const far = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])) * scale >= LEAST_DRAG;
    const box = far ? boxBetween(from, to, this.#size) : null;
    if (box) this.#on.drawn(box);
    else this.#on.selected(null);
  }

  draftCancelled() {
    this.#draft.visible(false);
    const held = this.#held;
    if (!held) return;
    this.#held = null; // first, as stopping tells of an end
    held.stopDrag();
    this.#handles.stopTransform();
    held.setAttrs({ scaleX: 1, scaleY: 1 });
    this.#showAgain();
  }

  #makeHandles() {
    return new Konva.Transformer({
      rotateEnabled: false,
      keepRatio: false,
      flipEnabled: false,
      ignoreStroke: true,
      borderEnabled: false,
      anchorSize: COARSE ? 20 : 11,
      anchorCornerRadius: 2,
      anchorFill: "#ffffff",
      anchorStrokeWidth: 2,
      boundBoxFunc: (before, next) => this.#insidePicture(before, next),
    });
  }

  /** A box under the handles, in pixels of the screen, cut to the picture. */
  #insidePicture(before, next) {
    const { x, y } = this.#stage.position();
    const scale = this.#stage.scaleX();
    const left = Math.max(next.x, x);
    const top = Math.max(next.y, y);
    const width = Math.min(next.x + next.width, x + this.#size.width * scale) - left;
    const height = Math.min(next.y + next.height, y + this.#size.height * scale) - top;
    return width < scale || height < scale ? before : { ...next, x: left, y: top, width, height };
  }

  #showOne({ key, xyxy, colour, kind }) {
    const rect = this.#rects.get(key) ?? this.#makeRect(key);
    const strong = key === this.#shown.selected;
    rect.setAttrs({
      ...rectangle(xyxy),
      stroke: colour,
      strokeWidth: strong ? 3.5 : 2,
      dash: kind === "box" ? [] : [7, 4],
      fill: strong ? `${colour}26` : "transparent",
      draggable: kind === "box",
      listening: kind !== "theirs",
    });
    rect.moveToTop();
  }

  #makeRect(key) {
    const rect = new Konva.Rect({ name: "box", strokeScaleEnabled: false, hitStrokeWidth: COARSE ? 20 : 8 });
    rect.on("mousedown touchstart", (event) => {
      const button = event.evt.button ?? 0;
      if (button === 0 && !event.evt.shiftKey) this.#on.selected(key);
    });
    rect.on("dragstart", (event) => (event.evt.shiftKey ? rect.stopDrag() : this.#hold(rect)));
    rect.on("dragmove", () => {
      rect.x(Math.max(0, Math.min(rect.x(), this.#size.width - rect.width())));
      rect.y(Math.max(0, Math.min(rect.y(), this.#size.height - rect.height())));
    });
    rect.on("transformstart", () => this.#hold(rect));
    rect.on("dragend transformend", () => this.#release(key, rect));
    rect.on("mouseenter", () => this.container.classList.add("is-over-box"));
    rect.on("mouseleave", () => this.container.classList.remove("is-over-box"));
    this.#rects.set(key, rect);
    this.#boxLayer.add(rect);
    return rect;
  }

  #hold(rect) {
    this.#held = rect;
    this.#labelLayer.find(".label").forEach((label) => label.visible(false));
  }

  #release(key, rect) {
    if (this.#held !== rect) return;
    this.#held = null;
    const width = rect.width() * rect.scaleX();
    const height = rect.height() * rect.scaleY();
    rect.setAttrs({ width, height, scaleX: 1, scaleY: 1 });
    const xyxy = boxBetween([rect.x(), rect.y()], [rect.x() + width, rect.y() + height], this.#size);
    if (xyxy) this.#on.changed(key, xyxy);
    this.#showAgain();
  }

  #showAgain() {
    this.show(this.#shown.items, this.#shown.selected, this.#shown.colour);
  }

  #showLabels() {
    this.#labelLayer.find(".label").forEach((label) => label.destroy());
    if (this.#held) return;
    const scale = this.#stage.scaleX();
    const { items, selected } = this.#shown;
    const selectedLast = [...items].sort((one, other) => (one.key === selected) - (other.key === selected));
    for (const { key, xyxy, colour, label } of selectedLast) {
      if ((xyxy[2] - xyxy[0]) * scale < LABELLED_FROM && key !== selected) continue;
      this.#labelLayer.add(this.#makeLabel(xyxy, colour, label, 1 / scale));
    }
  }

  /** Words above their box, or in it where they would leave the view. */
  #makeLabel([x, y], colour, text, unit) {
    const above = y / unit + this.#stage.y() >= 19;
    const label = new Konva.Label({ name: "label", x, y: above ? y - 18 * unit : y, scaleX: unit, scaleY: unit });
    label.add(new Konva.Tag({ fill: colour }));
    label.add(
      new Konva.Text({ text, fontSize: 12, fontStyle: "600", fontFamily: "system-ui, sans-serif", padding: 3, fill: textColour(colour) }),
    );
    return label;
  }

  #resize() {
    const width = this.container.parentElement.clientWidth;
    if (!width) return;
    const least = Math.min(240, innerHeight * 0.5);
    const height = Math.max(least, Math.min(width * (this.#size.height / this.#size.width), innerHeight * 0.72));
    this.container.style.height = `${Math.round(height)}px`;
    this.#stage.size({ width, height: Math.round(height) });
    if (this.#fitted) this.fit();
  }

  #fitScale() {
    return Math.min(this.#stage.width() / this.#size.width, this.#stage.height() / this.#size.height);
  }

  #inPicture({ x, y }) {
    const scale = this.#stage.scaleX();
    return [(x - this.#stage.x()) / scale, (y - this.#stage.y()) / scale];
  }

  /** The view has changed; tests read where the picture stands. */
  #view() {
    this.#showLabels();
    const { x, y } = this.#stage.position();
    this.container.dataset.view = JSON.stringify({ x, y, scale: this.#stage.scaleX() });
  }
}

function rectangle([left, top, right, bottom]) {
  return { x: left, y: top, width: right - left, height: bottom - top };
}
