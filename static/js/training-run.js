// A training as it goes: bar, figures and charts follow the job; a new state reloads the page.
import { clock, watchJob } from "./job-socket.js";
import { onThemeChange, token } from "./theme.js";
import { colourOf, dashOf, inkOf, line, lineChart, pointsOf } from "./training-charts.js";

const TERMS = { loss: "--mw-with", box: "--mw-without", objectness: "--mw-incorrect", classes: "--mw-unknown" };
const [RATE, FIRST_TERM] = [2, 3]; // places in a row of the curve: epochs done, steps, rate, then the terms
const LOOK_EVERY = 2000;
const SAID_FOR = 8000;
const SIZES = ["small", "medium", "large"];
const numbers = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const speeds = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const rates = new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 3 });

/** One value of the steps as the points of a line; `place` is where it stands in a row of the curve. */
export function stepPoints(steps, place) {
  return steps.map((row) => ({ x: row[0], y: row[place] }));
}

const LINES = {
  losses: ({ words, epochs, steps }) =>
    Object.entries(TERMS).map(([term, name], index) => {
      const points = steps.length ? stepPoints(steps, FIRST_TERM + index) : pointsOf(epochs, (epoch) => epoch.losses[term]);
      return line(words[term], token(name), points, dashOf(index));
    }),
  rate: ({ words, epochs, steps }) => {
    const points = steps.length ? stepPoints(steps, RATE) : pointsOf(epochs, (epoch) => epoch.learning_rate);
    return [line(words.rate, token("--mw-with"), points)];
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

class Charts {
  constructor(card) {
    const place = card.querySelector("[data-charts]");
    this.url = card.dataset.epochsUrl;
    this.words = JSON.parse(place.dataset.words);
    this.canvases = [...place.querySelectorAll("canvas[data-chart]")];
    this.told = { epochs: [], steps: [], of: 1, classes: [] };
    this.charts = new Map();
    this.looking = false;
    this.wanted = false;
  }

  /** Draw what the server knows now. While it is asked, and shortly after, another call waits for its turn. */
  async look() {
    this.wanted = true;
    if (this.looking) return;
    this.looking = true;
    while (this.wanted) {
      this.wanted = false;
      await this.load();
      await new Promise((done) => setTimeout(done, LOOK_EVERY));
    }
    this.looking = false;
  }

  async load() {
    try {
      const response = await fetch(this.url, { headers: { Accept: "application/json" } });
      if (!response.ok) return;
      this.told = await response.json();
    } catch {
      return; // The server is away: the next snapshot asks again.
    }
    this.draw();
  }

  lines(canvas) {
    const lines = LINES[canvas.dataset.chart]({ words: this.words, canvas, ...this.told });
    return lines.filter((one) => one.data.length);
  }

  draw() {
    for (const canvas of this.canvases) {
      const chart = this.charts.get(canvas);
      if (!chart) {
        this.charts.set(canvas, this.chart(canvas));
        continue;
      }
      chart.data.datasets = this.lines(canvas);
      chart.options.scales.x.max = this.told.of;
      chart.update("none");
    }
  }

  chart(canvas) {
    const axes = { x: { most: this.told.of, word: this.words.epoch, precision: 0 }, y: { most: MOST[canvas.dataset.chart] } };
    return lineChart(canvas, this.lines(canvas), axes);
  }

  rebuild() {
    for (const chart of this.charts.values()) chart.destroy();
    this.charts.clear();
    this.draw();
  }
}

/** Says in a sentence that the connection is lost, and for a while that it is back. */
function connectionTeller(card) {
  const place = card.querySelector("[data-connection]");
  let hiding = 0;
  return (now) => {
    clearTimeout(hiding);
    place.textContent = place.dataset[now];
    place.classList.toggle("alert-warning", now !== "live");
    place.classList.toggle("alert-success", now === "live");
    place.hidden = false;
    if (now === "live") hiding = setTimeout(() => (place.hidden = true), SAID_FOR);
  };
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
  const charts = card.querySelector("[data-charts]") ? new Charts(card) : null; // none in the list while it waits
  charts?.look();
  onThemeChange(() => charts?.rebuild());
  if (!card.dataset.job) return;
  let told = null;
  const show = (snapshot) => {
    if (snapshot.state !== card.dataset.state) {
      location.reload();
      return;
    }
    showFigures(card, snapshot);
    charts?.look();
    const tells = `${snapshot.detail.epochs_done} ${snapshot.detail.setbacks}`;
    if (told !== null && tells !== told) document.body.dispatchEvent(new Event("epoch-done"));
    told = tells;
  };
  watchJob(card.dataset.job, show, connectionTeller(card));
}

for (const card of document.querySelectorAll("[data-run]")) start(card);
