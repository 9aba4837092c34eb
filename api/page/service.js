// The service as the page sees it: one function per operation, one error with a cause and a remedy.

export class Problem extends Error {
  constructor({ title, detail, remedy, status = 0, retryAfter = 0 }) {
    super(detail);
    Object.assign(this, { title, detail, remedy, status, retryAfter });
  }
}

export async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ title: "The shop does not answer", detail: "Check your connection, then try again." });
  }
  if (response.ok) return response.json();
  let told = {};
  try {
    told = await response.json();
  } catch { /* a proxy in between may answer in HTML */ }
  throw new Problem({
    title: told.title ?? "Something went wrong",
    detail: told.detail ?? `The service answered ${response.status}.`,
    remedy: told.remedy,
    status: response.status,
    retryAfter: Number(response.headers.get("Retry-After") ?? 0),
  });
}

const json = (path, body, signal) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });

const FACETS = ["category", "brand", "price", "attributes"];

/** Regions of a photo and the products nearest to one of them; box: [x, y, w, h] in fractions, or null. */
export function searchPhoto({ photo, box, text, filters, limit }, signal) {
  const form = new FormData();
  form.append("photo", photo, "photo");
  if (box) form.append("box", box.map((value) => value.toFixed(5)).join(","));
  if (text) form.append("text", text);
  if (Object.keys(filters).length) form.append("filters", JSON.stringify(filters));
  form.append("facets", FACETS.join(","));
  form.append("limit", limit);
  return call("/v1/search/photo", { method: "POST", body: form, signal });
}

/** Products that fit the words. */
export const searchText = ({ text, filters, limit }, signal) =>
  json("/v1/search", { terms: [{ text }], filters, limit, facets: FACETS }, signal);

/** The page after; a cursor carries what was asked. */
export const searchMore = (cursor, limit, signal) => json("/v1/search", { cursor, limit }, signal);

export const similar = (id, signal) => call(`/v1/items/${encodeURIComponent(id)}/similar?limit=12`, { signal });
export const picture = (id) => `/v1/items/${encodeURIComponent(id)}/picture`;
export const ready = () => call("/health/ready");
