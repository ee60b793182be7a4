// Mean IoU by the number of anchors, and the scatter of box sizes with the anchors over it.
import { onThemeChange, token } from "./theme.js";

const data = JSON.parse(document.getElementById("anchor-chart").textContent);
const words = document.getElementById("anchor-words").dataset;
const charts = [];

const points = (pairs) => pairs.map(([x, y]) => ({ x, y }));

function axis(title, ink, lines, more = {}) {
  return { title: { display: true, text: title, color: ink }, ticks: { color: ink }, grid: { color: lines }, ...more };
}

function options(ink, scales) {
  return {
    animation: false,
    maintainAspectRatio: false,
    scales,
    plugins: { legend: { labels: { color: ink, usePointStyle: true } } },
  };
}

function sweepChart(canvas, ink, lines) {
  const colour = token("--mw-with");
  return new window.Chart(canvas, {
    type: "line",
    data: {
      labels: data.sweep.map((each) => each.count),
      datasets: [
        { label: words.iou, data: data.sweep.map((each) => each.iou), borderColor: colour, backgroundColor: colour, pointRadius: 3 },
        {
          label: words.coco,
          data: data.sweep.map(() => data.coco_iou),
          borderColor: token("--mw-without"),
          backgroundColor: token("--mw-without"),
          borderDash: [6, 4],
          pointRadius: 0,
          pointStyle: "line",
        },
      ],
    },
    options: options(ink, { x: axis(words.count, ink, lines), y: axis(words.iou, ink, lines, { min: 0, max: 1 }) }),
  });
}

function sizeChart(canvas, ink, lines) {
  const grey = token("--mw-unknown");
  const mark = (label, pairs, colour, pointStyle) => ({
    label,
    data: points(pairs),
    pointStyle,
    pointRadius: 7,
    borderWidth: 3,
    borderColor: colour,
    backgroundColor: "transparent",
  });
  return new window.Chart(canvas, {
    type: "scatter",
    data: {
      datasets: [
        mark(words.anchors, data.anchors, token("--mw-with"), "circle"),
        mark(words.coco, data.coco, token("--mw-without"), "crossRot"),
        { label: words.boxes, data: points(data.boxes), pointRadius: 1.5, backgroundColor: `${grey}99`, borderWidth: 0 },
      ],
    },
    options: options(ink, {
      x: axis(words.width, ink, lines, { type: "logarithmic" }),
      y: axis(words.height, ink, lines, { type: "logarithmic" }),
    }),
  });
}

function draw() {
  for (const chart of charts.splice(0)) chart.destroy();
  const ink = token("--mw-unknown-text");
  const lines = `${token("--mw-unknown")}44`;
  charts.push(sweepChart(document.getElementById("sweep-chart"), ink, lines));
  charts.push(sizeChart(document.getElementById("size-chart"), ink, lines));
}

draw();
onThemeChange(draw);
