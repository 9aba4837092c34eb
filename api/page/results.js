// Products on the page: cards, their reasons, facets.

import { money, titleOf } from "/page/product.js";
import { picture } from "/page/service.js";

// In this order on every card, so that cards can be compared.
const SIGNALS = { image: "looks", joint: "meaning", colour: "colour", neighbours: "neighbours", words: "words" };
const template = document.getElementById("hit-template");

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** One bar per signal, as a share of the longest in the list (``most``); told in words for those who hear the page. */
export function reasons(hit, most) {
  const names = Object.keys(SIGNALS);
  return Object.entries(hit.signals ?? {})
    .sort(([a], [b]) => names.indexOf(a) - names.indexOf(b))
    .map(([name, value]) => [name, value, Math.min(1, value / (name === "words" ? most.words : most.vectors))])
    .filter(([, , share]) => share > 0.01)
    .map(([name, value, share]) => {
      const row = element("div", `signal ${name}`);
      const bar = element("b");
      bar.style.width = `${(share * 100).toFixed(1)}%`;
      const track = element("i");
      track.append(bar);
      row.append(element("span", "", SIGNALS[name] ?? name), track);
      row.title = `${SIGNALS[name] ?? name}: ${value.toFixed(2)}`;
      return row;
    });
}

function badges(hit) {
  const made = (hit.words ?? []).map((word) => element("span", "badge word", word));
  if (hit.product.stock === 0) made.push(element("span", "badge gone", "sold out"));
  if (hit.duplicates?.length) made.push(element("span", "badge", `+${hit.duplicates.length} nearly the same`));
  return made;
}

export function card(hit, most, onOpen) {
  const made = template.content.firstElementChild.cloneNode(true);
  const { product } = hit;
  made.dataset.id = product.id;
  const image = made.querySelector("img");
  image.addEventListener("error", () => image.parentElement.classList.add("missing"));
  image.src = picture(product.id);
  made.querySelector(".title").textContent = titleOf(product);
  made.querySelector(".title").title = titleOf(product);
  made.querySelector(".price-tag").textContent = money(product.price, product.currency);
  made.querySelector(".brand-name").textContent = product.brand || product.category;
  made.querySelector(".badges").append(...badges(hit));
  const why = made.querySelector(".why");
  why.append(...reasons(hit, most));
  why.setAttribute("role", "img");
  why.setAttribute("aria-label", `Found by ${[...why.querySelectorAll("span")].map((s) => s.textContent).join(", ") || "similarity"}`);
  made.querySelector(".open").addEventListener("click", () => onOpen(hit));
  return made;
}

export const ghosts = (count) =>
  Array.from({ length: count }, () => {
    const ghost = element("li", "hit ghost");
    ghost.setAttribute("aria-hidden", "true");
    ghost.append(element("article"));
    return ghost;
  });

/** The largest single signals among hits: of words, whose scores have no bound, and of all others. */
export function strongest(hits) {
  const all = hits.flatMap((hit) => Object.entries(hit.signals ?? {}));
  const largest = (isWords) => Math.max(0.05, ...all.filter(([name]) => (name === "words") === isWords).map(([, value]) => value));
  return { words: largest(true), vectors: largest(false) };
}

const MOST_VALUES = 10;
const MOST_GROUPS = 6;

function heading(field) {
  const name = field.replace(/^attributes\./, "").replaceAll("_", " ");
  return name[0].toUpperCase() + name.slice(1);
}

/**
 * Values to filter by, with their counts. fields: {field: [{label, count}]}; chosen: {field: Set}. What is chosen stays
 * in the list, so that it can be taken off again, also where nothing has it any more.
 */
export function renderFacets(parent, fields, chosen, onChange) {
  const focused = document.activeElement?.closest?.("#facets") ? document.activeElement.dataset.key : null;
  const groups = [];
  for (const field of new Set([...Object.keys(fields), ...Object.keys(chosen)])) {
    if (field === "price") continue;
    const counted = new Map((fields[field] ?? []).map(({ label, count }) => [label, count]));
    const kept = [...(chosen[field] ?? [])];
    const counts = [...counted.values()];
    // Where nearly every product has a value of its own (a title in another language), it narrows nothing.
    if (2 * counts.length > counts.reduce((sum, count) => sum + count, 0) && !kept.length) continue;
    for (const value of kept) if (!counted.has(value)) counted.set(value, 0);
    if (counted.size < 2 && !kept.length) continue;
    const group = element("fieldset");
    group.append(element("legend", "", heading(field)));
    const shown = [...counted].filter(([value], index) => index < MOST_VALUES || kept.includes(value));
    for (const [value, count] of shown) {
      const label = element("label", "check");
      const box = element("input");
      box.type = "checkbox";
      box.dataset.key = `${field}\n${value}`;
      box.checked = kept.includes(value);
      box.addEventListener("change", () => onChange(field, value, box.checked));
      label.append(box, element("span", "", value), element("span", "count", String(count)));
      group.append(label);
    }
    groups.push(group);
  }
  parent.replaceChildren(...groups.slice(0, MOST_GROUPS));
  if (focused) [...parent.querySelectorAll("input")].find((box) => box.dataset.key === focused)?.focus();
}

/** Price bands as shortcuts. bands: [{label: "20..50 EUR", count}]; onChoose(from, to). */
export function renderBands(parent, bands, onChoose) {
  const read = bands.map(({ label, count }) => [/^([\d.]+?)\.\.([\d.]+)/.exec(label), count]).filter(([ends]) => ends);
  parent.replaceChildren(
    ...read.map(([[, from, to], count]) => {
      const chip = element("button", "chip small", `${from}–${to}`);
      chip.type = "button";
      chip.setAttribute("aria-label", `${from} to ${to}, ${count} products`);
      chip.addEventListener("click", () => onChoose(from, to));
      return chip;
    }),
  );
}
