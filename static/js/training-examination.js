// The close look at a run's best epoch: precision by recall, F1 by threshold, and how reliable scores are.
import { token } from "./theme.js";
import { colourOf, dashOf, drawn, inkOf, line, lineChart, stepsOf } from "./training-charts.js";

const place = document.querySelector("[data-examination]");
const words = place.dataset;
const { classes, curves, bins } = JSON.parse(document.getElementById("examination").textContent);

function byClass(name) {
  return classes
    .map((one, index) => ({ ...line(one.label, colourOf(one.style, index), stepsOf(curves[index][name]), dashOf(index)), pointRadius: 0 }))
    .filter((one) => one.data.length);
}

function reliability(canvas) {
  const points = bins.map(({ score, right, count }) => ({ x: score, y: right, count }));
  const ideal = { ...line(words.labelIdeal, inkOf(canvas), [{ x: 0, y: 0 }, { x: 1, y: 1 }], [2, 3]), pointRadius: 0, borderWidth: 1 };
  return [{ ...line(words.labelRight, token("--mw-with"), points), pointRadius: 4 }, ideal];
}

const CHARTS = {
  precision: () => [byClass("precision"), words.labelRecall, words.labelPrecision],
  f1: () => [byClass("f1"), words.labelThreshold, "F1"],
  reliability: (canvas) => [reliability(canvas), words.labelScore, words.labelRight],
};

function build() {
  return [...place.querySelectorAll("canvas")].map((canvas) => {
    const [lines, x, y] = CHARTS[canvas.dataset.chart](canvas);
    const chart = lineChart(canvas, lines, { x: { most: 1, word: x }, y: { most: 1, word: y } });
    chart.options.plugins.tooltip = {
      callbacks: { footer: ([item]) => (item.raw.count === undefined ? "" : `${item.raw.count} ${words.labelDetections}`) },
    };
    chart.update("none");
    return chart;
  });
}

drawn(build);
