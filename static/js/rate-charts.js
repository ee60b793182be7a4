// The rate by day with its 95 % interval as a band. Days without judged passages are gaps; a dashed line stands
// at each day within which another model began to judge.
import { onThemeChange, token } from "./theme.js";

const points = JSON.parse(document.getElementById("charts").textContent);
const words = document.getElementById("chart-words").dataset;
const charts = [];

const inPercent = (value) => (value === null ? null : value * 100);
const said = (value) => `${Math.round(value)}%`;

function datasets(days) {
  const colour = token("--mw-with");
  const band = { pointRadius: 0, borderWidth: 0, spanGaps: false, backgroundColor: `${colour}33` };
  return [
    { ...band, data: days.map((day) => inPercent(day.low)), fill: false },
    { ...band, label: words.interval, data: days.map((day) => inPercent(day.high)), fill: "-1" },
    {
      label: words.rate,
      data: days.map((day) => inPercent(day.rate)),
      borderColor: colour,
      backgroundColor: days.map((day) => (day.few ? "transparent" : colour)),
      pointBorderColor: colour,
      borderWidth: 2,
      pointRadius: 4,
      clip: 8,
      spanGaps: false,
    },
  ];
}

function errorBars(days) {
  return {
    id: "errorBars",
    afterDatasetsDraw({ ctx, chartArea, scales }) {
      ctx.save();
      ctx.strokeStyle = token("--mw-with");
      ctx.globalAlpha = 0.5;
      days.forEach((day, index) => {
        if (day.rate === null) return;
        const x = scales.x.getPixelForValue(index);
        if (x < chartArea.left || x > chartArea.right) return;
        ctx.beginPath();
        ctx.moveTo(x, scales.y.getPixelForValue(day.low * 100));
        ctx.lineTo(x, scales.y.getPixelForValue(day.high * 100));
        ctx.stroke();
      });
      ctx.restore();
    },
  };
}

function releaseMarks(days) {
  return {
    id: "releaseMarks",
    beforeDatasetsDraw({ ctx, chartArea, scales }) {
      ctx.save();
      ctx.strokeStyle = token("--mw-unknown-text");
      ctx.setLineDash([4, 4]);
      days.forEach((day, index) => {
        if (!day.release) return;
        const x = scales.x.getPixelForValue(index);
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
      });
      ctx.restore();
    },
  };
}

function tooltip(days) {
  return {
    filter: (item) => item.datasetIndex === 2,
    callbacks: {
      label: ({ dataIndex }) => {
        const day = days[dataIndex];
        const interval = `${words.interval} ${said(day.low * 100)} – ${said(day.high * 100)}`;
        const counts = `${day.judged} ${words.judged}, ${day.unknown} ${words.unknown}`;
        const lines = [day.few ? words.few : `${words.rate} ${said(day.rate * 100)}`, interval, counts];
        return day.release ? [...lines, `${words.release} ${day.release}`] : lines;
      },
    },
  };
}

function build(canvas, days) {
  const ink = token("--mw-unknown-text");
  const lines = `${token("--mw-unknown")}44`;
  return new window.Chart(canvas, {
    type: "line",
    data: { labels: days.map((day) => day.date), datasets: datasets(days) },
    plugins: [releaseMarks(days), errorBars(days)],
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { ticks: { color: ink, maxRotation: 0, autoSkipPadding: 16 }, grid: { display: false } },
        y: { min: 0, max: 100, ticks: { color: ink, stepSize: 25, callback: (value) => `${value}%` }, grid: { color: lines } },
      },
      plugins: { legend: { display: false }, tooltip: tooltip(days) },
    },
  });
}

function draw() {
  for (const chart of charts.splice(0)) chart.destroy();
  for (const place of document.querySelectorAll("[data-chart-of]")) {
    const days = points[place.dataset.chartOf];
    if (days) charts.push(build(place.querySelector("canvas"), days));
  }
}

draw();
onThemeChange(draw);
