// Decisions on prices: their reasons, the curve behind them, and a person's word on them.

import { Chart, rounds } from "/page/chart.js";
import { call } from "/page/service.js";
import { one, trying } from "/page/trying.js";

const PAGE = 50;
const digits = (currency) =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
const whole = ({ minor, currency }) => minor / 10 ** digits(currency);
const money = (price) => new Intl.NumberFormat(navigator.language, { style: "currency", currency: price.currency }).format(whole(price));
const amount = (minor, currency) => money({ minor: Math.round(minor), currency });
const share = (value) => new Intl.NumberFormat(navigator.language, { style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero" }).format(value);
const number = (value) => new Intl.NumberFormat(navigator.language, { maximumFractionDigits: 2 }).format(value);
const when = (time) => new Date(time).toLocaleString(navigator.language, { dateStyle: "medium", timeStyle: "short" });
const send = (path, body, method = "POST") =>
  call(`/v1/pricing/${path}`, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

let only = "proposed";
let chosen = null; // the decision that is looked at
let curve = null; // what other prices of it would do
let asked = 0; // of questions about a decision; an answer that was overtaken is dropped

const change = ({ price, current }) => price.minor / current.minor - 1;

function row(decision) {
  const { quote } = decision;
  const item = document.createElement("li");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "row" });
  button.dataset.id = decision.id;
  const cell = (className, text) => Object.assign(document.createElement("span"), { className, textContent: text });
  const moved = change(quote);
  button.append(
    cell("name", decision.product),
    cell("figure", money(quote.price)),
    cell("says", decision.explanation.sentence),
    cell(`side-note ${moved > 0 ? "up" : "down"}`, share(moved)),
  );
  button.addEventListener("click", () => trying(() => show(decision.id)));
  item.append(button);
  return item;
}

async function list(before) {
  const query = new URLSearchParams({ only, limit: PAGE, ...(before && { before }) });
  const found = await call(`/v1/pricing/decisions?${query}`);
  if (!before) one("list").replaceChildren();
  one("list").append(...found.map(row));
  one("more").hidden = found.length < PAGE;
  one("empty").hidden = one("list").childElementCount > 0;
  one("empty").textContent = `Nothing is ${only.replace("-", " ")}.`;
  mark();
}

function mark() {
  for (const button of document.querySelectorAll(".row")) button.setAttribute("aria-current", String(Number(button.dataset.id) === chosen?.id));
}

async function show(id) {
  const mine = (asked += 1);
  const decision = await call(`/v1/pricing/decisions/${id}`);
  const [told, past] = await Promise.all([
    send("simulate", { state: { ...decision.inputs, at: new Date().toISOString() }, prices: [decision.quote.price] }),
    call(`/v1/pricing/history?${new URLSearchParams({ product: decision.product, limit: 30 })}`),
  ]);
  if (mine !== asked) return;
  chosen = decision;
  curve = told;
  const { quote, explanation } = decision;
  one("one-heading").textContent = decision.product;
  one("current").textContent = money(quote.current);
  one("price").textContent = money(quote.price);
  one("change").textContent = share(change(quote));
  one("state").textContent = decision.state.replace("-", " ");
  one("reason").textContent = quote.reason;
  one("sentence").textContent = explanation.sentence;
  for (const [act, states] of Object.entries(ACTS)) one(act).hidden = !states.includes(decision.state);
  facts(explanation, quote.price.currency);
  history(past);
  one("one").hidden = false; // a chart takes the width it finds
  const at = curve.points.findIndex(({ price }) => price.minor === quote.price.minor);
  one("slide").max = curve.points.length - 1;
  one("slide").value = at;
  draw();
  mark();
  if (matchMedia("(max-width: 860px)").matches) one("one").scrollIntoView({ block: "start" });
  one("one").focus({ preventScroll: true });
}

function facts({ gain, demand_parts: parts, profit, profit_now: now }, currency) {
  const signed = (value) => `${value >= 0 ? "+" : "−"}${amount(Math.abs(value), currency)}`;
  const rows = [
    ["Profit a day", `${amount(profit.mean, currency)} (90 %: ${amount(profit.low, currency)} to ${amount(profit.high, currency)}), now ${amount(now, currency)}`],
    ["… by what each sale brings", signed(gain.margin)],
    ["… by how many there are", signed(gain.volume)],
    ["A normal day at the list price", `${number(parts.normal)} sold`],
    ...Object.entries(parts).filter(([name]) => name !== "normal").map(([name, value]) => [`… ${name}`, `${value >= 0 ? "+" : "−"}${number(Math.abs(value))}`]),
  ];
  one("parts").replaceChildren(...rows.flatMap(([name, value]) => [
    Object.assign(document.createElement("dt"), { textContent: name }),
    Object.assign(document.createElement("dd"), { textContent: value }),
  ]));
}

function history(entries) {
  one("history").replaceChildren(...entries.map((entry) => {
    const item = document.createElement("li");
    const time = Object.assign(document.createElement("time"), { dateTime: entry.time, textContent: when(entry.time) });
    const said = [entry.step.replace("-", " "), entry.price && `at ${money(entry.price)}`, entry.actor && `by ${entry.actor}`].filter(Boolean).join(" ");
    const note = entry.note && entry.step !== "proposed" ? ` · ${entry.note}` : "";
    item.append(time, Object.assign(document.createElement("span"), { textContent: said + note }));
    return item;
  }));
}

function draw() {
  const { points, current, best, floor } = curve;
  const { currency } = current;
  const at = points[Number(one("slide").value)];
  const x = (point) => point.price.minor;
  const tops = points.map(({ profit }) => profit.high);
  const lows = points.map(({ profit }) => profit.low);
  const most = Math.max(...points.map(({ demand }) => demand.high));
  const chart = new Chart(one("chart"), {
    x: [x(points[0]), x(points.at(-1))],
    left: [Math.min(0, ...lows), Math.max(...tops)],
    right: [0, most],
    label: `Profit and demand of ${chosen.product} by price; best at ${money(best)}`,
  });
  const open = points.filter(({ held }) => held.length === 0);
  const from = open.length ? x(open[0]) : x(points.at(-1));
  const to = open.length ? x(open.at(-1)) : x(points.at(-1));
  chart.field(x(points[0]), from);
  chart.field(to, x(points.at(-1)));
  chart.band(points.map((point) => [x(point), point.demand.low, point.demand.high]), "second", "right");
  chart.band(points.map((point) => [x(point), point.profit.low, point.profit.high]));
  chart.line(points.map((point) => [x(point), point.demand.mean]), "second", "right");
  chart.line(points.map((point) => [x(point), point.profit.mean]));
  chart.upright(current.minor);
  chart.ticks("left", rounds(...chart.left), (value) => amount(value, currency).replace(/[.,]00(?=\D*$)/, ""));
  chart.ticks("right", rounds(0, most), number);
  chart.below(rounds(...chart.x.map((one) => whole({ minor: one, currency }))).map((one) => one * 10 ** digits(currency)), (value) => amount(value, currency).replace(/[.,]00(?=\D*$)/, ""));
  const top = points.find(({ price }) => price.minor === best.minor);
  chart.dot(x(top), top.profit.mean, "best");
  chart.dot(x(at), at.profit.mean, "asked");
  one("asked").textContent = money(at.price);
  one("slide").setAttribute("aria-valuetext", money(at.price));
  const held = at.held.length ? ` The rails would not let it pass: ${at.held.join(", ")}.` : " The rails let it pass.";
  one("would").textContent =
    `${number(at.demand.mean)} sold a day (${number(at.demand.low)} to ${number(at.demand.high)}), ` +
    `${amount(at.profit.mean, currency)} profit (${amount(at.profit.low, currency)} to ${amount(at.profit.high, currency)}).` +
    `${held} Best: ${money(best)}; never under ${money(floor)}.${curve.assumed ? " The elasticity is assumed." : ""}`;
}

const ACTS = { approve: ["proposed"], apply: ["approved"], reject: ["proposed", "approved"], rollback: ["applied"] };
for (const act of Object.keys(ACTS)) {
  one(act).addEventListener("click", () => trying(async () => {
    const done = await send(`decisions/${chosen.id}/${act}`, {});
    one("status").textContent = `${done.product} is ${done.state.replace("-", " ")}.`;
    await Promise.all([show(done.id), list()]);
  }));
}
for (const chip of document.querySelectorAll("[data-only]")) {
  chip.addEventListener("click", () => trying(async () => {
    only = chip.dataset.only;
    for (const other of document.querySelectorAll("[data-only]")) other.setAttribute("aria-pressed", String(other === chip));
    await list();
  }));
}
one("more").addEventListener("click", () => trying(() => list(document.querySelector(".rows li:last-child .row").dataset.id)));
one("slide").addEventListener("input", draw);
one("freeze").addEventListener("change", () => trying(async () => {
  const others = (await call("/v1/pricing/off")).off.filter((what) => what !== "*");
  await send("off", { off: one("freeze").checked ? [...others, "*"] : others }, "PUT");
  one("status").textContent = one("freeze").checked ? "No price moves until you let them." : "Prices may move again.";
  if (chosen) await show(chosen.id);
}));
one("undo").addEventListener("submit", (event) => {
  event.preventDefault();
  trying(async () => {
    const done = await send("rollback", { to: new Date(one("undo-to").value).toISOString() });
    const kept = done.faults.length ? ` ${done.faults.length} stay: ${done.faults[0].detail}` : "";
    one("status").textContent = `${done.prices.length} prices are back.${kept}`;
    await list();
    if (chosen) await show(chosen.id);
  });
});

trying(async () => {
  one("freeze").checked = (await call("/v1/pricing/off")).off.includes("*");
  await list();
});
