// Line charts of trainings: what each page of them draws is built from these.
import { onThemeChange, token } from "./theme.js";

const OTHER_TOKENS = ["--mw-unknown", "--mw-with", "--mw-without", "--mw-incorrect"];
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3], [10, 4], [4, 2, 1, 2]];

/** Epochs as the points of one line; epochs without the value are left out. */
export function pointsOf(epochs, valueOf) {
  return epochs
    .map((epoch) => ({ x: epoch.number, y: valueOf(epoch) }))
    .filter((point) => point.y !== null && point.y !== undefined);
}

/** Values at equal steps from 0 to 1 as points; steps without a value are left out. */
export function stepsOf(values) {
  return values.map((y, index) => ({ x: index / (values.length - 1), y })).filter(({ y }) => y !== null);
}

/** The dash pattern of the line in that place: lines are told apart without their colours. */
export function dashOf(index) {
  return DASHES[index % DASHES.length];
}

/** The colour of a class by its style, or without one of the line in that place. */
export function colourOf(style, index) {
  return token(style ? `--mw-${style}` : OTHER_TOKENS[index % OTHER_TOKENS.length]);
}

export function line(label, colour, data, dash = []) {
  return {
    label,
    data,
    borderColor: colour,
    backgroundColor: colour,
    borderDash: dash,
    borderWidth: 2,
    clip: 8,
    pointRadius: data.length > 40 ? 0 : 2,
  };
}

/** The colour of words on this canvas as the browser resolved it: a canvas understands no var() in a token. */
export function inkOf(canvas) {
  return getComputedStyle(canvas.closest(".card")).color;
}

function options(canvas, { x, y }) {
  const ink = inkOf(canvas);
  const rules = getComputedStyle(canvas.closest(".card")).borderTopColor;
  const named = (axis) => ({ display: Boolean(axis.word), text: axis.word, color: ink });
  return {
    animation: false,
    maintainAspectRatio: false,
    interaction: { mode: "nearest", axis: "x", intersect: false },
    scales: {
      x: { type: "linear", min: 0, max: x.most, title: named(x), ticks: { color: ink, precision: x.precision }, grid: { display: false } },
      y: { min: 0, max: y.most, title: named(y), ticks: { color: ink }, grid: { color: rules } },
    },
    plugins: { legend: { labels: { color: ink, boxHeight: 1 } } },
  };
}

export function lineChart(canvas, datasets, axes) {
  return new window.Chart(canvas, { type: "line", data: { datasets }, options: options(canvas, axes) });
}

/** Draw now, and anew whenever the theme changes. `build` returns the charts it made. */
export function drawn(build) {
  let charts = build();
  onThemeChange(() => {
    for (const chart of charts) chart.destroy();
    charts = build();
  });
}
