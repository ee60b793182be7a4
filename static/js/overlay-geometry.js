// Where boxes stand: pure functions, free of the page, so that they can be tested alone.

/** Times this close, in seconds, are the same frame: containers round presentation times. */
export const SAME_FRAME = 0.004;

/** The part of an element that its picture fills under `object-fit: contain`: the rest is letterbox. */
export function contentRect(elementWidth, elementHeight, pictureWidth, pictureHeight) {
  if (!elementWidth || !elementHeight || !pictureWidth || !pictureHeight) return { x: 0, y: 0, width: 0, height: 0 };
  const scale = Math.min(elementWidth / pictureWidth, elementHeight / pictureHeight);
  const width = pictureWidth * scale;
  const height = pictureHeight * scale;
  return { x: (elementWidth - width) / 2, y: (elementHeight - height) / 2, width, height };
}

/** The index of the last number of a sorted list that is at most `value`; -1 when there is none. */
export function lastAtMost(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * The box [x_min, y_min, x_max, y_max] of a passage at `time`, or null when its face was not seen then.
 *
 * `path` holds [time, x_min, y_min, x_max, y_max] at judged frames, `times` all judged frames. Between two
 * entries the box is interpolated only if no judged frame lies between them; before a judged frame in which
 * the face is missing, and after the last one, it stays for half the step to the next judged frame.
 */
export function boxAt(path, times, time) {
  const index = lastAtMost(path.map((entry) => entry[0]), time + SAME_FRAME);
  if (index < 0) return null;
  const [at, ...box] = path[index];
  if (time - at <= SAME_FRAME) return box;
  const frame = lastAtMost(times, at + SAME_FRAME);
  const nextFrame = frame + 1 < times.length ? times[frame + 1] : at + (frame > 0 ? times[frame] - times[frame - 1] : 0.2);
  const next = path[index + 1];
  if (!next || Math.abs(next[0] - nextFrame) > SAME_FRAME) return time - at <= (nextFrame - at) / 2 ? box : null;
  const share = (time - at) / (next[0] - at);
  return box.map((value, side) => value + share * (next[side + 1] - value));
}
