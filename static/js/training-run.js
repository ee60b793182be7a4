// A training as it goes: bar, figures and charts follow the job; a new state reloads the page.
import { clock, watchJob } from "./job-socket.js";
import { onThemeChange, token } from "./theme.js";
import { colourOf, dashOf, inkOf, line, lineChart, pointsOf } from "./training-charts.js";

const TERMS = { loss: "--mw-with", box: "--mw-without", objectness: "--mw-incorrect", classes: "--mw-unknown" };
const SIZES = ["small", "medium", "large"];
const numbers = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const speeds = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const rates = new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 3 });

/** Where the step of a snapshot lies between whole epochs, or null before the first step. */
export function placeOf(detail) {
  if (!detail?.steps) return null;
  return detail.epoch - 1 + detail.step / detail.steps;
}

/** The points of whole epochs and, where the step under way lies beyond them, its own. */
export function withStep(points, detail, value) {
  const place = placeOf(detail);
  const last = points.at(-1)?.x ?? 0;
  return place === null || place <= last || value === undefined ? points : [...points, { x: place, y: value }];
}

const LINES = {
  losses: ({ words, epochs, step }) =>
    Object.entries(TERMS).map(([term, name], index) => {
      const points = pointsOf(epochs, (epoch) => epoch.losses[term]);
      return line(words[term], token(name), withStep(points, step, step?.losses?.[term]), dashOf(index));
    }),
  rate: ({ words, epochs, step }) => {
    const points = pointsOf(epochs, (epoch) => epoch.learning_rate);
    return [line(words.rate, token("--mw-with"), withStep(points, step, step?.learning_rate))];
  },
  metrics: ({ words, epochs, classes, canvas }) => [
    line(words.map, inkOf(canvas), pointsOf(epochs, (epoch) => epoch.metrics.map50)),
    ...classes.map(({ name, label, style }, index) =>
      line(label, colourOf(style, index), pointsOf(epochs, (epoch) => epoch.metrics.ap50?.[name]), dashOf(index + 1)),
    ),
  ],
  sizes: ({ words, epochs }) =>
    SIZES.map((size, index) =>
      line(words[size], colourOf("", index + 1), pointsOf(epochs, (epoch) => epoch.metrics[`map50_95_${size}`]), dashOf(index)),
    ),
};
const MOST = { metrics: 1, sizes: 1 };
const LIVE = ["losses", "rate"];

class Charts {
  constructor(card) {
    const place = card.querySelector("[data-charts]");
    this.url = card.dataset.epochsUrl;
    this.words = JSON.parse(place.dataset.words);
    this.canvases = [...place.querySelectorAll("canvas[data-chart]")];
    this.told = { epochs: [], of: 1, classes: [] };
    this.step = null;
    this.charts = new Map();
  }

  async load() {
    const response = await fetch(this.url, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    this.told = await response.json();
    this.build();
  }

  lines(canvas) {
    const { epochs, classes } = this.told;
    return LINES[canvas.dataset.chart]({ words: this.words, epochs, classes, step: this.step, canvas });
  }

  build() {
    for (const chart of this.charts.values()) chart.destroy();
    this.charts.clear();
    for (const canvas of this.canvases) {
      const name = canvas.dataset.chart;
      const axes = { x: { most: this.told.of, word: this.words.epoch, precision: 0 }, y: { most: MOST[name] } };
      this.charts.set(canvas, lineChart(canvas, this.lines(canvas).filter((one) => one.data.length), axes));
    }
  }

  follow(step) {
    this.step = step;
    for (const [canvas, chart] of this.charts) {
      if (!LIVE.includes(canvas.dataset.chart)) continue;
      chart.data.datasets = this.lines(canvas).filter((one) => one.data.length);
      chart.update("none");
    }
  }
}

function showFigures(card, snapshot) {
  const { detail } = snapshot;
  const said = (value) => (value === undefined ? "–" : numbers.format(value));
  card.querySelector("[data-left]").textContent = clock("seconds_left" in detail ? detail.seconds_left : snapshot.seconds_left);
  if (snapshot.message) card.querySelector("[data-message]").textContent = snapshot.message;
  card.querySelector("[data-stopping]").hidden = !snapshot.stopping;
  card.querySelector("[data-figures]").hidden = !detail.losses;
  for (const place of card.querySelectorAll("[data-loss]")) {
    place.textContent = said(detail.losses?.[place.dataset.loss]);
  }
  card.querySelector("[data-rate]").textContent = detail.learning_rate ? rates.format(detail.learning_rate) : "–";
  card.querySelector("[data-speed]").textContent = detail.pictures_per_second ? speeds.format(detail.pictures_per_second) : "–";
  const bar = card.querySelector("progress");
  if (snapshot.total) {
    bar.max = snapshot.total;
    bar.value = Math.min(snapshot.done, snapshot.total);
  }
}

function start(card) {
  const charts = new Charts(card);
  charts.load();
  onThemeChange(() => charts.build());
  if (!card.dataset.job) return;
  let epochsDone = null;
  watchJob(card.dataset.job, (snapshot) => {
    if (snapshot.state !== card.dataset.state) {
      location.reload();
      return;
    }
    showFigures(card, snapshot);
    charts.follow(snapshot.detail);
    if (epochsDone !== null && snapshot.detail.epochs_done !== epochsDone) {
      charts.load();
      document.body.dispatchEvent(new Event("epoch-done"));
    }
    epochsDone = snapshot.detail.epochs_done;
  });
}

for (const card of document.querySelectorAll("[data-run]")) start(card);
