// The page: what is asked, what was found, and the way between them.

import { readPhoto } from "/page/photo.js";
import { money, titleOf } from "/page/product.js";
import { card, ghosts, reasons, renderBands, renderFacets, strongest } from "/page/results.js";
import { picture, Problem, ready, searchMore, searchPhoto, searchText, similar } from "/page/service.js";
import { Stage } from "/page/stage.js";

const LIMIT = 24;
const $ = (id) => document.getElementById(id);

// chosen: {field: Set of values} of the facets that are ticked
const asked = { photo: null, url: null, box: null, text: "", chosen: {} };
let found = { hits: [], cursor: null };
let running = null;
let again = null;

const stage = new Stage(
  { stage: $("stage"), boxes: $("boxes"), chips: $("chips"), draw: $("draw"), hint: $("draw-hint") },
  (box) => {
    asked.box = box;
    search(`Searching by this part of the photo…`);
  },
);

// What is asked

function filters() {
  const made = {};
  for (const [field, values] of Object.entries(asked.chosen)) if (values.size) made[field] = [...values];
  const price = {};
  if ($("price-from").value) price.gte = Number($("price-from").value);
  if ($("price-to").value) price.lte = Number($("price-to").value);
  if (Object.keys(price).length) made.price = price;
  if ($("in-stock").checked) made.stock = { gt: 0 };
  return made;
}

async function usePhoto(file) {
  if (!file) return;
  if (file.type && !file.type.startsWith("image/")) {
    show(new Problem({ title: "This is no picture", detail: `${file.name} cannot be searched by.`, remedy: "Choose a photo." }));
    return;
  }
  setStatus("Reading the photo…", true);
  const { blob, url } = await readPhoto(file);
  if (asked.url) URL.revokeObjectURL(asked.url);
  Object.assign(asked, { photo: blob, url, box: null });
  stage.clear();
  $("stage").hidden = !url;
  $("no-preview").hidden = Boolean(url);
  $("draw").hidden = !url;
  if (url) {
    $("photo").src = url;
    $("token-picture").src = url;
  }
  $("token-picture").hidden = !url;
  asked.text = $("text").value = "";
  clearFilters();
  search("Looking at the photo…");
}

function forgetPhoto() {
  dropPhoto();
  $("text").focus();
  if (asked.text) search("Searching…");
}

function dropPhoto() {
  if (asked.url) URL.revokeObjectURL(asked.url);
  Object.assign(asked, { photo: null, url: null, box: null });
  stage.clear();
  if (!asked.text) goStart();
}

function clearFilters() {
  asked.chosen = {};
  $("price-from").value = $("price-to").value = "";
  $("in-stock").checked = false;
}

// What is found

function goStart() {
  running?.abort();
  document.body.dataset.view = "start";
  $("start").hidden = false;
  $("found").hidden = true;
  $("forget-photo").hidden = true;
  found = { hits: [], cursor: null };
  $("hits").replaceChildren();
  setStatus("", false);
  label();
}

function label() {
  const refine = Boolean(asked.photo);
  $("text-label").textContent = refine ? "Refine the photo in words" : "What are you looking for?";
  $("text").placeholder = refine ? "Refine: in red, with long sleeves …" : "Say what you look for: red dress, 红色连衣裙 …";
}

function setStatus(words, busy) {
  $("status").textContent = words;
  $("status").classList.toggle("busy", busy);
}

function show(problem) {
  setStatus("", false);
  $("problem-title").textContent = problem.title;
  $("problem-detail").textContent = [problem.detail, problem.remedy].filter(Boolean).join(" ");
  // What was wrong with the request is wrong the next time, too.
  $("problem-retry").hidden = !again || (problem.status >= 400 && problem.status < 500);
  $("problem").hidden = false;
}

async function search(words, { more = false } = {}) {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  again = () => search(words, { more });
  $("problem").hidden = true;
  document.body.dataset.view = "found";
  $("start").hidden = true;
  $("found").hidden = false;
  $("photo-panel").hidden = !asked.photo;
  $("forget-photo").hidden = !asked.photo;
  $("empty").hidden = $("widened").hidden = $("more").hidden = true;
  label();
  setStatus(words, true);
  $("results").setAttribute("aria-busy", "true");
  if (!more && !found.hits.length) $("hits").replaceChildren(...ghosts(8));
  try {
    if (more) {
      const known = found.hits.length;
      const answer = await searchMore(found.cursor, LIMIT, signal);
      found.hits = [...found.hits, ...answer.hits];
      found.cursor = answer.cursor;
      renderHits(known);
    } else {
      const wanted = { ...asked, filters: filters(), limit: LIMIT };
      if (asked.photo) showPhotoAnswer(await searchPhoto(wanted, signal));
      else found = await searchText(wanted, signal);
      renderAnswer();
    }
    setStatus("", false);
  } catch (error) {
    if (error.name === "AbortError") return;
    for (const ghost of document.querySelectorAll(".ghost")) ghost.remove();
    $("more").hidden = !found.cursor;
    if (asked.photo && [413, 422].includes(error.status)) dropPhoto(); // no second try makes a picture of it
    show(error instanceof Problem ? error : new Problem({ title: "Something went wrong", detail: String(error) }));
  } finally {
    if (running.signal === signal) $("results").setAttribute("aria-busy", "false");
  }
}

function showPhotoAnswer({ regions, main, answers, timings }) {
  // The caller's own box comes back as a region; it is drawn already.
  const own = regions.map(({ box, label, source }) => ({ box, label, whole: source === "whole", source }));
  const kept = own.filter(({ source }) => source !== "caller");
  if (!asked.box) stage.show(kept, main);
  else if (!stage.regions.length) stage.show(kept, -1);
  found = { ...(answers.find(({ region }) => region === main) ?? answers[0]), timings };
}

function renderAnswer() {
  renderHits(0);
  const fields = found.facets?.fields ?? {};
  renderFacets($("facets"), fields, asked.chosen, (field, value, on) => {
    asked.chosen[field] ??= new Set();
    asked.chosen[field][on ? "add" : "delete"](value);
    if (!asked.chosen[field].size) delete asked.chosen[field];
    search("Filtering…");
  });
  renderBands($("bands"), fields.price ?? [], (from, to) => {
    $("price-from").value = from;
    $("price-to").value = to;
    search("Filtering…");
  });
  const count = Object.keys(filters()).length;
  $("filter-count").textContent = count || "";
  $("clear-filters").hidden = !count;
  $("widened").hidden = !found.widened;
  $("widened").textContent = found.note ?? "";
}

function renderHits(from) {
  const most = strongest(found.hits);
  const cards = found.hits.slice(from).map((hit) => card(hit, most, openItem));
  if (from) $("hits").append(...cards);
  else $("hits").replaceChildren(...cards);
  if (from) cards[0]?.querySelector(".open").focus();
  $("empty").hidden = found.hits.length > 0;
  $("more").hidden = !found.cursor;
  const total = Object.values(found.timings ?? {}).reduce((sum, ms) => sum + ms, 0);
  const how = asked.photo ? (asked.text ? `by photo and “${asked.text}”` : "by photo") : `for “${asked.text}”`;
  $("results-heading").textContent = found.hits.length ? "Nearest in the shop" : "Results";
  $("summary").textContent = `${found.hits.length}${found.cursor ? " and more" : ""} ${how}${total ? `, in ${Math.round(total)} ms` : ""}`;
}

// One item

async function openItem(hit) {
  const { product } = hit;
  $("item-title").textContent = titleOf(product);
  $("item").dataset.id = product.id;
  $("item-picture").src = picture(product.id);
  $("item-picture").alt = titleOf(product);
  $("item-try").href = `/try?item=${encodeURIComponent(product.id)}`;
  $("item-price").textContent = money(product.price, product.currency);
  $("item-description").textContent = product.description;
  const stock = product.stock === null ? "" : product.stock ? `${product.stock} in stock` : "sold out";
  const facts = { brand: product.brand, category: product.category, ...product.attributes, stock, number: product.id };
  $("item-facts").replaceChildren(
    ...Object.entries(facts).filter(([name, value]) => value && !name.startsWith("title_")).flatMap(([name, value]) => {
      const term = document.createElement("dt");
      const text = document.createElement("dd");
      term.textContent = name;
      text.textContent = value;
      return [term, text];
    }),
  );
  $("item-why").replaceChildren(...reasons(hit, strongest(found.hits)));
  $("item-why-heading").hidden = !$("item-why").childElementCount;
  $("similar").replaceChildren();
  if (!$("item").open) $("item").showModal();
  $("item").scrollTop = 0;
  try {
    const { hits } = await similar(product.id);
    if ($("item").dataset.id !== product.id) return; // another one was opened meanwhile
    $("similar").replaceChildren(...hits.map((near) => card(near, strongest(hits), openItem)));
  } catch {
    $("similar").textContent = "These could not be found just now.";
  }
}

// Wiring

for (const id of ["file", "camera", "another-file"]) {
  $(id).addEventListener("change", (event) => {
    usePhoto(event.target.files[0]);
    event.target.value = "";
  });
}
$("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  asked.text = $("text").value.trim();
  if (asked.photo) search(asked.text ? "Refining…" : "Looking at the photo…");
  else if (asked.text) {
    clearFilters();
    search("Searching…");
  }
});
$("forget-photo").addEventListener("click", forgetPhoto);
$("more").addEventListener("click", () => search("Fetching more…", { more: true }));
$("problem-retry").addEventListener("click", () => again?.());
$("problem-close").addEventListener("click", () => { $("problem").hidden = true; });
$("filters").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["price-from", "price-to", "in-stock"]) $(id).addEventListener("change", () => search("Filtering…"));
$("clear-filters").addEventListener("click", () => {
  clearFilters();
  search("Searching…");
});
$("item").addEventListener("click", (event) => { if (event.target === $("item")) $("item").close(); });

const carriesFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
let inside = 0;
addEventListener("dragenter", (event) => { if (carriesFile(event)) { inside += 1; $("drop").hidden = false; } });
addEventListener("dragleave", (event) => { if (carriesFile(event)) { inside -= 1; $("drop").hidden = inside <= 0; } });
addEventListener("dragover", (event) => { if (carriesFile(event)) event.preventDefault(); });
addEventListener("drop", (event) => {
  if (!carriesFile(event)) return;
  event.preventDefault();
  inside = 0;
  $("drop").hidden = true;
  usePhoto(event.dataTransfer.files[0]);
});
addEventListener("paste", (event) => {
  const file = [...(event.clipboardData?.files ?? [])].find((each) => each.type.startsWith("image/"));
  if (file) {
    event.preventDefault();
    usePhoto(file);
  }
});

if (matchMedia("(max-width: 56rem)").matches) $("filter-details").open = false;

async function waitUntilReady() {
  try {
    await ready();
    if ($("status").textContent.startsWith("The shop")) setStatus("", false);
  } catch (problem) {
    if (problem.status === 503) {
      setStatus("The shop is warming up; in a moment you can search.", true);
      setTimeout(waitUntilReady, 1500);
    }
  }
}
waitUntilReady();
