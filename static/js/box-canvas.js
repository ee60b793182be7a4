// Boxes with words in verdict colours, on a canvas that lies over a picture or a video.
import { contentRect } from "./overlay-geometry.js";
import { token } from "./theme.js";

const TOKENS = {
  with_mask: "--mw-with",
  without_mask: "--mw-without",
  worn_incorrectly: "--mw-incorrect",
  unknown: "--mw-unknown",
};

/** Black or white, whichever is read more easily on a colour such as "#0072b2". */
export function textColour(hex) {
  const [red, green, blue] = [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#111111" : "#ffffff";
}

/** A label above its box, or in it at the upper edge; moved left where it would stick out on the right. */
function drawLabel(context, text, colour, boxX, y, right) {
  context.font = "600 13px system-ui, sans-serif";
  const width = context.measureText(text).width + 8;
  const x = Math.max(0, Math.min(boxX, right - width));
  const top = y >= 20 ? y - 20 : y;
  context.fillStyle = colour;
  context.fillRect(x, top, width, 20);
  context.fillStyle = textColour(colour);
  context.textBaseline = "middle";
  context.fillText(text, x + 4, top + 10);
}

/**
 * Draw boxes {xyxy, verdict, label, strong} given in pixels of a `frame` {width, height} which `canvas` covers
 * letterboxed. A strong box has a thicker line.
 */
export function drawBoxes(canvas, frame, boxes) {
  const density = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * density) || canvas.height !== Math.round(height * density)) {
    canvas.width = Math.round(width * density);
    canvas.height = Math.round(height * density);
  }
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  const area = contentRect(width, height, frame.width, frame.height);
  const scale = area.width / frame.width;
  for (const { xyxy, verdict, label, strong } of boxes) {
    const colour = token(TOKENS[verdict] || TOKENS.unknown);
    const x = area.x + xyxy[0] * scale;
    const y = area.y + xyxy[1] * scale;
    context.strokeStyle = colour;
    context.lineWidth = strong ? 4 : 2;
    context.strokeRect(x, y, (xyxy[2] - xyxy[0]) * scale, (xyxy[3] - xyxy[1]) * scale);
    if (label) drawLabel(context, label, colour, x, y, area.x + area.width);
  }
}
