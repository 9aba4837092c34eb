// Forecasts of products and the orders made of them: what is to be expected, why, and a buyer's word.

import { Chart, rounds } from "/page/chart.js";
import { call } from "/page/service.js";
import { one, trying } from "/page/trying.js";

const number = (value, most = 1) => new Intl.NumberFormat(navigator.language, { maximumFractionDigits: most }).format(value);
const percent = (value) => new Intl.NumberFormat(navigator.language, { style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" }).format(value);
const day = (text) => new Date(`${text}T00:00:00Z`).getTime();
const short = (time) => new Date(time).toLocaleDateString(navigator.language, { day: "numeric", month: "short", year: "2-digit", timeZone: "UTC" });
const BANDS = [["0.025", "0.975"], ["0.1", "0.9"], ["0.25", "0.75"]];

let skus = [];
let chosen = null; // the forecast that is looked at
let only = "proposed";
let health = { weeks: [], series: [], drifting: 0, retrain: false };
let asked = 0; // of questions about a forecast; an answer that was overtaken is dropped

const send = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

async function products() {
  [skus, health] = await Promise.all([call("/v1/forecasts"), call("/v1/monitoring/forecasts")]);
  const last = health.weeks.at(-1);
  one("health").hidden = !last;
  if (last) {
    const who = health.series.filter(({ alarm }) => alarm).slice(0, 3).map(({ name }) => name).join(", ");
    one("health").textContent = `The week of ${short(day(last.name))}: ${held(last)} ${health.drifting ? `${number(health.drifting)} drift: ${who}.` : "None drifts."}${health.retrain ? " Forecast anew." : ""}`;
  }
  one("empty").hidden = skus.length > 0;
  list();
}

/** How forecasts did against what was sold. */
const held = ({ bias, error, coverage }) =>
  `${number(Math.abs(bias))} pieces a period too ${bias < 0 ? "few" : "many"} on average, ${number(error)} off, ${percent(coverage).replace("+", "")} within the interval of 80%.`;

function list() {
  const wanted = one("find").value.trim().toLowerCase();
  one("list").replaceChildren(...skus.filter((sku) => sku.toLowerCase().includes(wanted)).slice(0, 200).map((sku) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "row" });
    button.dataset.sku = sku;
    button.append(Object.assign(document.createElement("span"), { className: "name", textContent: sku }));
    button.setAttribute("aria-current", String(sku === chosen?.sku));
    button.addEventListener("click", () => trying(() => show(sku)));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
}

async function show(sku) {
  const mine = (asked += 1);
  const { forecast, age } = await call(`/v1/forecasts/${encodeURIComponent(sku)}`);
  if (mine !== asked) return;
  chosen = forecast;
  one("one-heading").textContent = sku;
  const old = age < 3600 ? `${number(age / 60, 0)} minutes` : age < 172800 ? `${number(age / 3600, 0)} hours` : `${number(age / 86400, 0)} days`;
  one("made").textContent = [`By ${forecast.model}, ${old} ago.`, forecast.fallback && `Another model was asked for: ${forecast.fallback}.`].filter(Boolean).join(" ");
  const own = health.series.find(({ name }) => name === sku);
  one("held").hidden = !own;
  if (own) one("held").textContent = `Over ${number(own.periods)} periods since: ${held(own)}${own.alarm ? " It drifts." : ""}`;
  one("price").value = 0;
  one("promotion").value = 0;
  one("price").disabled = forecast.elasticity === null;
  one("promotion").disabled = forecast.promotion === null;
  parts();
  one("one").hidden = false; // a chart takes the width it finds
  draw();
  list();
  if (matchMedia("(max-width: 860px)").matches) one("one").scrollIntoView({ block: "start" });
  one("one").focus({ preventScroll: true });
}

function parts() {
  const names = Object.keys(chosen.points[0]?.parts ?? {});
  const row = (cell, texts) => {
    const made = document.createElement("tr");
    made.append(...texts.map((text, n) => Object.assign(document.createElement(n || cell === "th" ? cell : "th"), { textContent: text, scope: cell === "th" ? "col" : "row" })));
    return made;
  };
  const table = one("parts");
  table.tHead.replaceChildren(row("th", ["period", "expected", ...names]));
  table.tBodies[0].replaceChildren(...chosen.points.map((point) =>
    row("td", [point.date, number(point.mean), ...names.map((name) => number(point.parts[name]))])));
}

/** By how much demand is more or less: a price's exponent and a promotion's log factor, as the forecast tells them. */
function factor(which) {
  const price = 1 + Number(one("price").value) / 100;
  const promotion = Number(one("promotion").value) / 100;
  const at = { mean: 0, low: -1.645, high: 1.645 }[which];
  const [e, spread] = chosen.elasticity ?? [0, 0];
  const [p, own] = chosen.promotion ?? [0, 0];
  const side = Math.sign(Math.log(price)) || 1;
  return price ** (e + side * at * spread) * (1 + promotion * (Math.exp(p + at * own) - 1));
}

function draw() {
  const past = chosen.history.map(([date, quantity]) => [day(date), quantity]);
  const points = chosen.points.map((point) => ({ ...point, x: day(point.date) }));
  const changed = Number(one("price").value) !== 0 || Number(one("promotion").value) !== 0;
  const scale = factor("mean");
  const bands = BANDS.filter(([low, high]) => points.every(({ quantiles }) => low in quantiles && high in quantiles));
  const [widest] = bands;
  const top = Math.max(1, ...past.map(([, y]) => y), ...points.map(({ mean, quantiles }) => Math.max(mean * Math.max(scale, 1), widest ? quantiles[widest[1]] : 0)));
  const chart = new Chart(one("chart"), {
    x: [past[0]?.[0] ?? points[0].x, points.at(-1).x],
    left: [0, top],
    right: [0, top],
    label: `What was sold of ${chosen.sku} and what is to be expected`,
  });
  for (const [n, [low, high]] of bands.entries()) {
    chart.band(points.map(({ x, quantiles }) => [x, quantiles[low], quantiles[high]]), n ? "inner" : "");
  }
  chart.line(past, "past");
  chart.line(points.map(({ x, mean }) => [x, mean]));
  if (changed) chart.line(points.map(({ x, mean }) => [x, mean * scale]), "second");
  if (past.length) chart.upright(past.at(-1)[0]);
  chart.ticks("left", rounds(0, top), (value) => number(value));
  const [from, to] = chart.x;
  const marks = chart.width < 480 ? 3 : 6;
  chart.below(Array.from({ length: marks }, (_, n) => from + ((to - from) * (n + 0.5)) / marks), short);
  one("k-asked").hidden = !changed;
  const total = points.reduce((sum, { mean }) => sum + mean, 0);
  one("total").textContent = `${number(total)} pieces in ${points.length} ${{ day: "days", week: "weeks", month: "months", quarter: "quarters", year: "years" }[chosen.frequency]}.`;
  one("price-told").textContent = percent(Number(one("price").value) / 100);
  one("promotion-told").textContent = percent(Number(one("promotion").value) / 100).replace("+", "") + " of the time";
  const said = [];
  if (chosen.elasticity === null && chosen.promotion === null) said.push("Neither price nor promotion ever moved enough to tell what they do.");
  else if (changed) said.push(`${number(total * scale)} pieces (90 %: ${number(total * Math.min(factor("low"), factor("high")))} to ${number(total * Math.max(factor("low"), factor("high")))}).`);
  if (chosen.elasticity) said.push(`Elasticity ${number(chosen.elasticity[0], 2)} ± ${number(1.645 * chosen.elasticity[1], 2)}.`);
  if (chosen.promotion) said.push(`A promotion means ${percent(Math.exp(chosen.promotion[0]) - 1)}.`);
  one("would").textContent = said.join(" ");
}

async function orders() {
  const found = await call(`/v1/replenishment?only=${only}`);
  one("no-orders").hidden = found.length > 0;
  one("no-orders").textContent = `No order is ${only}.`;
  one("orders").replaceChildren(...found.map((order) => {
    const item = one("order").content.firstElementChild.cloneNode(true);
    item.dataset.id = order.id;
    item.querySelector(".name").textContent = order.proposal.sku;
    item.querySelector(".side-note").textContent = `${number(order.quantity)} pieces`;
    item.querySelector(".says").textContent = order.proposal.reason;
    const amount = item.querySelector("input");
    amount.value = order.quantity;
    if (order.state !== "proposed") item.querySelector(".tools").remove();
    else {
      const decide = (what, body) => trying(async () => {
        if (body && !amount.reportValidity()) return;
        const done = await call(`/v1/replenishment/${order.id}/${what}`, { method: "POST", ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body()) }) });
        one("status").textContent = `The order of ${done.quantity} ${order.proposal.sku} is ${done.state}.`;
        await orders();
      });
      item.querySelector(".approve").addEventListener("click", () => decide("approve", () => ({ quantity: Number(amount.value) })));
      item.querySelector(".reject").addEventListener("click", () => decide("reject"));
    }
    return item;
  }));
}

/** Rows of a CSV file by their sku; every other column is a number. */
function stocksOf(text) {
  const [head, ...rows] = text.replace(/^\uFEFF/, "").split(/\r?\n/).filter((line) => line.trim()).map((line) => line.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")));
  const at = head?.indexOf("sku") ?? -1;
  if (at < 0 || !head.includes("on_hand")) throw Object.assign(new Error("A table of stocks has the columns sku and on_hand."), { title: "This is no table of stocks" });
  return Object.fromEntries(rows.map((row) => [
    row[at],
    Object.fromEntries(head.map((name, n) => [name, row[n]]).filter(([name, value]) => name !== "sku" && value !== undefined && value !== "").map(([name, value]) => [name, Number(value)])),
  ]));
}

one("find").addEventListener("input", list);
for (const slider of ["price", "promotion"]) one(slider).addEventListener("input", draw);
for (const chip of document.querySelectorAll("[data-only]")) {
  chip.addEventListener("click", () => trying(async () => {
    only = chip.dataset.only;
    for (const other of document.querySelectorAll("[data-only]")) other.setAttribute("aria-pressed", String(other === chip));
    await orders();
  }));
}
one("stocks").addEventListener("submit", (event) => {
  event.preventDefault();
  trying(async () => {
    const stocks = stocksOf(await one("stocks-file").files[0].text());
    const planned = await send("/v1/replenishment", { stocks });
    const refused = planned.refused.length ? ` ${planned.refused.length} have none: ${planned.refused[0].series}, ${planned.refused[0].reason}.` : "";
    one("status").textContent = `${planned.proposals.filter(({ quantity }) => quantity > 0).length} orders are proposed.${refused}`;
    await orders();
  });
});
one("sales").addEventListener("submit", (event) => {
  event.preventDefault();
  trying(async () => {
    const form = new FormData();
    form.append("sales", one("sales-file").files[0]);
    let job = await call("/v1/forecasts/jobs", { method: "POST", body: form });
    one("status").classList.add("busy");
    try {
      while (!["done", "failed", "cancelled"].includes(job.state)) {
        one("status").textContent = "Forecasting …";
        await new Promise((wake) => setTimeout(wake, 1000));
        job = await call(`/v1/forecasts/jobs/${encodeURIComponent(job.id)}`);
      }
    } finally {
      one("status").classList.remove("busy");
    }
    if (job.state !== "done") throw Object.assign(new Error(job.error ?? "It was stopped."), { title: "There is no forecast" });
    const refused = job.result.refused.length ? `; ${job.result.refused.length} were refused: ${job.result.refused[0].series}, ${job.result.refused[0].reason}` : "";
    one("status").textContent = `${job.result.forecasts} products are forecast${refused}.`;
    await products();
  });
});
addEventListener("resize", () => chosen && draw());

trying(() => Promise.all([products(), orders()]));
