// Home, product and basket: what is done is told to the service, and what it recommends comes back at once.

import { call, picture } from "/page/service.js";
import { money, titleOf } from "/page/product.js";
import { one, trying } from "/page/trying.js";

const SESSION = "shopglass-visit";
const basket = new Map();
let liked = new Set();
let looking = null; // the product that is looked at
let asked = 0; // of questions about home; an answer that was overtaken is dropped

function session() {
  let id = sessionStorage.getItem(SESSION);
  if (!id) {
    id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    sessionStorage.setItem(SESSION, id);
  }
  return id;
}

const post = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

let events = 0;
function tell(type, item, shown = {}) {
  events += 1;
  const event = {
    id: `${session()}-${Date.now()}-${events}`, type, item, session: session(), time: new Date().toISOString(),
    context: { page: shown.page ?? "shop", ...(shown.position && { position: shown.position }) },
  };
  if (shown.recommendation) event.recommendation = shown.recommendation;
  return post("/v1/events", { events: [event] });
}

const recommend = (question) => post("/v1/sessions/recommendations", { session: session(), ...question });

function card(item, { recommendation, page, position }) {
  const { product, reason } = item;
  const element = one("card").content.firstElementChild.cloneNode(true);
  element.dataset.id = product.id;
  const image = element.querySelector("img");
  image.src = picture(product.id);
  element.querySelector(".title").textContent = titleOf(product);
  element.querySelector(".price").textContent = money(product.price, product.currency);
  element.querySelector(".why").textContent = reason.text;
  const shown = { recommendation, page, position };
  element.querySelector(".open").addEventListener("click", () => trying(() => open(product, shown)));
  const hide = element.querySelector(".hide");
  hide.setAttribute("aria-label", `Not for me: ${titleOf(product)}`);
  hide.addEventListener("click", () => trying(async () => {
    await tell("hide", product.id, shown);
    for (const same of document.querySelectorAll(`.hit[data-id="${CSS.escape(product.id)}"]`)) same.remove();
    await home();
  }));
  return element;
}

function fill(list, items, shown) {
  list.replaceChildren(...items.map((item, place) => card(item, { ...shown, position: place + 1 })));
}

async function home() {
  const mine = (asked += 1);
  const answer = await recommend({ limit: 18 });
  if (mine !== asked) return;
  fill(one("for-you"), answer.slate.items, { recommendation: answer.id, page: "home" });
  one("empty").hidden = answer.slate.items.length > 0;
  one("home").dataset.id = answer.id;
}

async function open(product, shown) {
  looking = product;
  one("product-title").textContent = titleOf(product);
  one("product-about").textContent = [product.brand, product.category, product.description].filter(Boolean).join(" · ");
  one("product-price").textContent = money(product.price, product.currency);
  one("product-picture").src = picture(product.id);
  one("like").setAttribute("aria-pressed", liked.has(product.id));
  one("companions").replaceChildren();
  one("like-it").replaceChildren();
  one("product").hidden = false;
  one("product").focus({ preventScroll: true });
  one("product").scrollIntoView({ block: "start", behavior: "smooth" });
  await tell("click", product.id, shown);
  const [companions, more] = await Promise.all([
    call(`/v1/items/${encodeURIComponent(product.id)}/complements?limit=8`),
    recommend({ items: [product.id], placement: "product", limit: 8 }),
    home(),
  ]);
  if (looking !== product) return;
  fill(one("companions"), companions.items, { page: "product" });
  fill(one("like-it"), more.slate.items, { recommendation: more.id, page: "product" });
}

async function showBasket() {
  one("basket").hidden = basket.size === 0;
  one("basket-items").replaceChildren(...[...basket.values()].map((product) => {
    const item = document.createElement("li");
    const image = Object.assign(document.createElement("img"), { src: picture(product.id), alt: "" });
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "×" });
    remove.setAttribute("aria-label", `Take ${titleOf(product)} out`);
    remove.addEventListener("click", () => trying(async () => {
      basket.delete(product.id);
      await tell("remove_from_cart", product.id);
      await Promise.all([showBasket(), home()]);
    }));
    item.append(image, titleOf(product), remove);
    return item;
  }));
  if (basket.size === 0) return;
  const last = [...basket.keys()].at(-1);
  const answer = await call(`/v1/items/${encodeURIComponent(last)}/complements?limit=${8 + basket.size}`);
  const others = answer.items.filter((item) => !basket.has(item.product.id)).slice(0, 8);
  fill(one("basket-companions"), others, { page: "basket" });
}

one("add").addEventListener("click", () => trying(async () => {
  basket.set(looking.id, looking);
  await tell("add_to_cart", looking.id);
  one("status").textContent = `${titleOf(looking)} is in your basket.`;
  await Promise.all([showBasket(), home()]);
}));
one("like").addEventListener("click", () => trying(async () => {
  if (liked.has(looking.id)) return;
  liked.add(looking.id);
  one("like").setAttribute("aria-pressed", "true");
  await tell("like", looking.id);
  await home();
}));
one("close").addEventListener("click", () => {
  looking = null;
  one("product").hidden = true;
  one("home").focus();
});
one("forget").addEventListener("click", () => trying(async () => {
  sessionStorage.removeItem(SESSION);
  basket.clear();
  liked = new Set();
  looking = null;
  one("product").hidden = true;
  one("status").textContent = "";
  await Promise.all([showBasket(), home()]);
}));

trying(home);
