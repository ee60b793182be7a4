// The reliability of a release's scores, as they are and calibrated.
import { token } from "./theme.js";
import { dashOf, drawn, inkOf, line, lineChart } from "./training-charts.js";

const place = document.querySelector("[data-reliability]");
const words = place.dataset;
const { before, after } = JSON.parse(document.getElementById("reliability").textContent);

function points(bins) {
  return bins.map(({ score, right, count }) => ({ x: score, y: right, count }));
}

function build() {
  const canvas = place.querySelector("canvas");
  const lines = [
    { ...line(words.labelBefore, token("--mw-without"), points(before), dashOf(1)), pointRadius: 4 },
    { ...line(words.labelAfter, token("--mw-with"), points(after)), pointRadius: 4 },
    { ...line(words.labelIdeal, inkOf(canvas), [{ x: 0, y: 0 }, { x: 1, y: 1 }], dashOf(2)), pointRadius: 0, borderWidth: 1 },
  ];
  const chart = lineChart(canvas, lines, { x: { most: 1, word: words.labelScore }, y: { most: 1, word: words.labelRight } });
  chart.options.plugins.tooltip = {
    callbacks: { footer: ([item]) => (item.raw.count === undefined ? "" : `${item.raw.count} ${words.labelDetections}`) },
  };
  chart.update("none");
  return [chart];
}

drawn(build);
