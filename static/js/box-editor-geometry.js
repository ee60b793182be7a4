// Where boxes may stand in a picture: pure functions on [x_min, y_min, x_max, y_max] in its pixels.

/** The least width and height of a box, in pixels of the picture. */
export const LEAST = 2;

const rounded = (value) => Math.round(value * 100) / 100;
const within = (value, low, high) => Math.max(low, Math.min(value, high));

/** Two corners, in any order, as a box inside the picture; null where it would have next to no area. */
export function boxBetween([ax, ay], [bx, by], { width, height }) {
  const box = [
    within(Math.min(ax, bx), 0, width),
    within(Math.min(ay, by), 0, height),
    within(Math.max(ax, bx), 0, width),
    within(Math.max(ay, by), 0, height),
  ].map(rounded);
  return box[2] - box[0] < LEAST || box[3] - box[1] < LEAST ? null : box;
}

/** The box moved, keeping its size and staying in the picture. */
export function moved([left, top, right, bottom], dx, dy, { width, height }) {
  const x = within(dx, -left, width - right);
  const y = within(dy, -top, height - bottom);
  return [left + x, top + y, right + x, bottom + y].map(rounded);
}

/** The box with its right and lower edge moved, not beyond the picture nor the least size. */
export function stretched([left, top, right, bottom], dx, dy, { width, height }) {
  return [
    left,
    top,
    within(right + dx, Math.min(left + LEAST, width), width),
    within(bottom + dy, Math.min(top + LEAST, height), height),
  ].map(rounded);
}

/** Whether two boxes {class, xyxy} say the same, to a hundredth of a pixel; null is no box. */
export function sameBox(one, other) {
  if (!one || !other) return !one && !other;
  return one.class === other.class && one.xyxy.every((value, side) => Math.abs(value - other.xyxy[side]) < 0.01);
}

export function area([left, top, right, bottom]) {
  return (right - left) * (bottom - top);
}
