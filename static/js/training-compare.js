// Runs side by side: one line for each run in every chart.
import { token } from "./theme.js";
import { dashOf, drawn, inkOf, line, lineChart, pointsOf } from "./training-charts.js";

const TOKENS = ["--mw-with", "--mw-without", "--mw-incorrect", "--mw-unknown"];
const place = document.querySelector("[data-compare]");
const words = JSON.parse(place.dataset.words);
const runs = JSON.parse(document.getElementById("curves").textContent);
const VALUES = {
  map50: (epoch) => epoch.metrics.map50,
  map50_95: (epoch) => epoch.metrics.map50_95,
  loss: (epoch) => epoch.losses.loss,
  box: (epoch) => epoch.losses.box,
  objectness: (epoch) => epoch.losses.objectness,
  classes: (epoch) => epoch.losses.classes,
};
const SHARES = ["map50", "map50_95"];

function colour(canvas, index) {
  return index < TOKENS.length ? token(TOKENS[index]) : inkOf(canvas);
}

function build() {
  const most = Math.max(1, ...runs.map(({ epochs }) => epochs.at(-1)?.number ?? 0));
  return [...place.querySelectorAll("canvas")].map((canvas) => {
    const name = canvas.dataset.chart;
    const lines = runs.map(({ label, epochs }, index) => line(label, colour(canvas, index), pointsOf(epochs, VALUES[name]), dashOf(index)));
    return lineChart(canvas, lines, {
      x: { most, word: words.epoch, precision: 0 },
      y: { most: SHARES.includes(name) ? 1 : undefined },
    });
  });
}

drawn(build);
