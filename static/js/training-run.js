// A training as it goes: bar, figures and charts follow the job; a new state reloads the page.
import { clock, watchJob } from "./job-socket.js";
import { onThemeChange, token } from "./theme.js";

const TERMS = ["loss", "box", "objectness", "classes"];
const numbers = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const speeds = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const rates = new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 3 });

/** Epochs as the points of one line; epochs without the value are left out. */
export function pointsOf(epochs, valueOf) {
  return epochs
    .map((epoch) => ({ x: epoch.number, y: valueOf(epoch) }))
    .filter((point) => point.y !== null && point.y !== undefined);
}

/** Where the step of a snapshot lies between whole epochs, or null before the first step. */
export function placeOf(detail) {
  if (!detail?.steps) return null;
  return detail.epoch - 1 + detail.step / detail.steps;
}

function line(label, colour, data, dash = []) {
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

function lossLines(words, epochs, live) {
  const styles = {
    loss: [token("--mw-with"), []],
    box: [token("--mw-without"), [6, 3]],
    objectness: [token("--mw-incorrect"), [2, 3]],
    classes: [token("--mw-unknown"), [8, 3, 2, 3]],
  };
  return TERMS.map((term) => {
    const points = pointsOf(epochs, (epoch) => epoch.losses[term]);
    const place = placeOf(live);
    const last = points.at(-1)?.x ?? 0;
    if (place !== null && place > last && live.losses?.[term] !== undefined) points.push({ x: place, y: live.losses[term] });
    return line(words[term], styles[term][0], points, styles[term][1]);
  });
}

function metricLines(words, epochs, ink) {
  const of = (name) => pointsOf(epochs, (epoch) => epoch.metrics.ap50?.[name]);
  return [
    line(words.map, ink, pointsOf(epochs, (epoch) => epoch.metrics.map50)),
    line(words.with, token("--mw-with"), of("with_mask"), [6, 3]),
    line(words.without, token("--mw-without"), of("without_mask"), [2, 3]),
  ].filter((one, index) => index === 0 || one.data.length);
}

/** Colours of words and lines as the browser resolved them: a canvas understands no var() in a token. */
function inkOf(canvas) {
  return getComputedStyle(canvas.closest("[data-charts]")).color;
}

function ruleOf(canvas) {
  return getComputedStyle(canvas.closest(".card")).borderTopColor;
}

function options(canvas, epochCount, mostY, word) {
  const ink = inkOf(canvas);
  const lines = ruleOf(canvas);
  return {
    animation: false,
    maintainAspectRatio: false,
    interaction: { mode: "nearest", axis: "x", intersect: false },
    scales: {
      x: {
        type: "linear",
        min: 0,
        max: epochCount,
        title: { display: true, text: word, color: ink },
        ticks: { color: ink, precision: 0 },
        grid: { display: false },
      },
      y: { min: 0, max: mostY, ticks: { color: ink }, grid: { color: lines } },
    },
    plugins: { legend: { labels: { color: ink, boxHeight: 1 } } },
  };
}

class Charts {
  constructor(card) {
    const place = card.querySelector("[data-charts]");
    this.url = card.dataset.epochsUrl;
    this.canvases = { losses: place.querySelector('[data-chart="losses"]'), metrics: place.querySelector('[data-chart="metrics"]') };
    const words = place.dataset;
    this.words = {
      loss: words.labelLoss,
      box: words.labelBox,
      objectness: words.labelObjectness,
      classes: words.labelClasses,
      map: words.labelMap,
      with: words.labelWith,
      without: words.labelWithout,
      epoch: words.labelEpoch,
    };
    this.epochs = [];
    this.of = 1;
    this.live = null;
    this.charts = {};
  }

  async load() {
    const response = await fetch(this.url, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    const answer = await response.json();
    this.epochs = answer.epochs;
    this.of = answer.of;
    this.build();
  }

  build() {
    for (const chart of Object.values(this.charts)) chart.destroy();
    this.charts = {
      losses: this.chart("losses", lossLines(this.words, this.epochs, this.live), undefined),
      metrics: this.chart("metrics", metricLines(this.words, this.epochs, inkOf(this.canvases.metrics)), 1),
    };
  }

  chart(name, datasets, mostY) {
    const canvas = this.canvases[name];
    const settings = options(canvas, this.of, mostY, this.words.epoch);
    return new window.Chart(canvas, { type: "line", data: { datasets }, options: settings });
  }

  follow(detail) {
    this.live = detail;
    if (!this.charts.losses) return;
    this.charts.losses.data.datasets = lossLines(this.words, this.epochs, detail);
    this.charts.losses.update("none");
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
