// The fitting room: what is worn, who is looked at, and what is said about both.

import { money, titleOf } from "/page/product.js";
import { call, picture, Problem, searchText } from "/page/service.js";
import { Refused, startCamera, stopCamera } from "/try/camera.js";
import { Live } from "/try/live.js";

const KINDS = ["T-shirt", "Shirt", "Dress", "Jacket", "Trousers", "Skirt", "Glasses", "Hat"];
const PHOTO = 1280; // longest side in pixels that a photo is shown at
const $ = (id) => document.getElementById(id);

let view = null;
let thing = null;
let wanted = null;
let lastFrame = null;
let live = null;

// What is said

const said = new Map();
function remark(code, words) {
  if (words ? said.get(code) === words : !said.has(code)) return;
  if (words) said.set(code, words);
  else said.delete(code);
  $("remarks").replaceChildren(...[...said].map(([each, text]) => {
    const line = document.createElement("li");
    line.dataset.code = each;
    line.textContent = text;
    return line;
  }));
}
const busy = (words) => { $("busy").textContent = words; };

// Who is looked at

function state(name) {
  $("glass").dataset.state = name;
  $("tools").hidden = name === "empty";
  $("speed").hidden = name !== "camera";
  $("mirrored").hidden = name !== "camera";
  $("leave").textContent = name === "photo" ? "Take it away" : "Stop";
  mirror(name === "camera");
}

function mirror(on) {
  $("glass").classList.toggle("mirrored", on);
  $("mirrored").setAttribute("aria-pressed", on);
}

function quiet() {
  for (const code of ["no-camera", "camera-refused", "camera-busy", "nobody", "part-out-of-view", "turned", "slow", "no-picture"]) remark(code);
}

async function useCamera() {
  quiet();
  busy("Starting the camera…");
  try {
    const stream = await startCamera($("video"));
    stream.getVideoTracks()[0].addEventListener("ended", () => leave("The camera went away. Start it again, or choose a photo."));
    state("camera");
    live.follow($("video"));
    busy(thing ? "Looking for you…" : "");
  } catch (error) {
    busy("");
    if (error instanceof Refused) remark(error.code, error.message);
    else throw error;
  }
}

async function usePhoto(file) {
  if (!file) return;
  quiet();
  try {
    const whole = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, PHOTO / Math.max(whole.width, whole.height));
    const size = { resizeWidth: Math.max(1, Math.round(whole.width * scale)), resizeHeight: Math.max(1, Math.round(whole.height * scale)), resizeQuality: "high" };
    const photo = scale < 1 ? await createImageBitmap(whole, size) : whole;
    stopCamera($("video"));
    state("photo");
    if (thing) busy("Looking at the photo…");
    await live.still(photo);
  } catch {
    remark("no-picture", `${file.name} is no picture that this browser can show. Choose another one.`);
  }
}

function leave(words) {
  live.stop();
  stopCamera($("video"));
  quiet();
  busy("");
  state("empty");
  remark("camera-gone", words);
}

// What is shown

function show(frame, seen) {
  lastFrame = frame;
  view.draw(frame, seen);
  if (!$("before-side").hidden) {
    const before = $("before");
    if (before.width !== frame.width || before.height !== frame.height) Object.assign(before, { width: frame.width, height: frame.height });
    before.getContext("2d").drawImage(frame, 0, 0);
  }
  if (lastSeen !== seen) lastSeen?.person?.close();
  lastSeen = seen;
  if (seen) look(seen);
}
let lastSeen = null;

/** What the wearer should know about how they stand. */
function look({ visibility, points }) {
  if (!visibility) return;
  const hidden = [11, 12].some((i) => visibility[i] < 0.5 || points[3 * i + 1] > 1.02);
  const hips = [23, 24].some((i) => points[3 * i + 1] > 1.25);
  remark("part-out-of-view", hidden ? "Your shoulders are not in view: step back a little." : hips ? "Step back a little to see all of it." : "");
  remark("turned", points[33] < points[36] ? "Your back is turned: face the camera to see the front." : "");
}

function told({ rate, took, delay, whole, seen, slow, still }) {
  busy("");
  remark("nobody", seen || !thing ? "" : thing.looksFor === "face"
    ? "No face is seen. Look at the camera, in good light."
    : "Nobody is seen. Stand so that the camera has your shoulders and hips in view.");
  if (still) return;
  remark("slow", slow ? "This device is slow for a mirror: it looks at smaller frames now. A photo works at full quality." : "");
  $("rate").textContent = rate.toFixed(1);
  for (const [id, value] of Object.entries({ took, delay, whole })) $(id).textContent = `${value.toFixed(0)} ms`;
}

function fail(words) {
  busy("");
  remark("detector", `The part that finds you in the picture could not start (${words}).`);
}

async function wear(id) {
  wanted = id;
  for (const each of document.querySelectorAll(".piece")) each.setAttribute("aria-pressed", each.dataset.id === id);
  remark("garment");
  busy("Fetching it…");
  try {
    const { fetchThing } = await import("/try/wardrobe.js");
    const made = await fetchThing(id, view.lightTexture);
    if (wanted !== id) return made.dispose();
    thing = made;
    view.wear(thing);
    $("glass").dataset.worn = id;
    history.replaceState(null, "", `?item=${encodeURIComponent(id)}`);
    const watching = $("glass").dataset.state !== "empty";
    busy(watching ? "Looking for you…" : "");
    $("invite-words").textContent = "Now look into the mirror.";
    live.look(thing.looksFor);
  } catch (error) {
    if (wanted !== id) return;
    busy("");
    const problem = error instanceof Problem ? error : { detail: "It could not be fetched." };
    remark("garment", ["This cannot be tried on here.", problem.detail, problem.remedy].filter(Boolean).join(" "));
  }
}

// What is kept

function keep() {
  if (!lastFrame) return;
  view.draw(lastFrame, lastSeen); // a drawing is there to be read only in the task that drew it
  const { width, height } = lastFrame;
  const both = !$("before-side").hidden;
  const still = document.createElement("canvas");
  Object.assign(still, { width: both ? 2 * width + 4 : width, height });
  const context = still.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, still.width, height);
  const parts = both ? [[lastFrame, 0], [view.canvas, width + 4]] : [[view.canvas, 0]];
  for (const [part, x] of parts) {
    context.save();
    context.translate(x, 0);
    if ($("glass").classList.contains("mirrored")) {
      context.translate(width, 0);
      context.scale(-1, 1);
    }
    context.drawImage(part, 0, 0);
    context.restore();
  }
  still.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = "try-on.jpg";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/jpeg", 0.92);
}

// What can be chosen

async function find(words) {
  $("found").textContent = "Searching…";
  for (const chip of $("kinds").children) chip.setAttribute("aria-pressed", chip.textContent === words);
  try {
    const { hits } = await searchText({ text: words, filters: {}, limit: 24 });
    $("list").replaceChildren(...hits.map(({ product }) => card(product)));
    $("found").textContent = hits.length ? "" : "Nothing like that is in the shop.";
  } catch (error) {
    $("found").textContent = error.detail ?? "The shop does not answer.";
  }
}

function card(product) {
  const made = $("product").content.firstElementChild.cloneNode(true);
  const button = made.querySelector("button");
  button.dataset.id = product.id;
  button.setAttribute("aria-pressed", product.id === wanted);
  const image = made.querySelector("img");
  image.addEventListener("error", () => image.parentElement.classList.add("missing"));
  image.src = picture(product.id);
  made.querySelector(".title").textContent = titleOf(product);
  made.querySelector(".price-tag").textContent = money(product.price, product.currency);
  button.addEventListener("click", () => wear(product.id));
  return made;
}

// Wiring

async function open() {
  try {
    const { missing, remedy } = await call("/assets/");
    if (missing.length) {
      remark("assets-missing", `The shop has not installed what the mirror runs on. Its keeper can: ${remedy}`);
      return false;
    }
    const { View } = await import("/try/view.js");
    view = new View($("after"));
  } catch (error) {
    if (error instanceof Problem) remark("assets-missing", `${error.title}. ${error.detail}`);
    else remark("no-webgl", "This browser cannot draw in 3D (WebGL is off or missing), which the mirror needs. Try another browser, or the try-on by photo in the shop's app.");
    return false;
  }
  live = new Live({ show, told, fail });
  return true;
}

$("kinds").replaceChildren(...KINDS.map((kind) => {
  const chip = document.createElement("button");
  Object.assign(chip, { type: "button", className: "chip", textContent: kind });
  chip.addEventListener("click", () => find(kind));
  return chip;
}));
$("find").addEventListener("submit", (event) => {
  event.preventDefault();
  if ($("words").value.trim()) find($("words").value.trim());
});
find(KINDS[0]);

if (await open()) {
  $("camera").addEventListener("click", useCamera);
  $("photo").addEventListener("change", ({ target }) => {
    usePhoto(target.files[0]);
    target.value = "";
  });
  $("keep").addEventListener("click", keep);
  $("leave").addEventListener("click", () => leave());
  $("mirrored").addEventListener("click", () => mirror(!$("glass").classList.contains("mirrored")));
  $("beside").addEventListener("click", () => {
    const on = $("before-side").hidden;
    $("before-side").hidden = $("after-name").hidden = !on;
    $("beside").setAttribute("aria-pressed", on);
    if (lastFrame) show(lastFrame, lastSeen);
  });
  const item = new URLSearchParams(location.search).get("item");
  if (item) wear(item);
} else {
  $("camera").disabled = $("photo").disabled = true;
  $("invite-words").textContent = "The mirror is out of order.";
}
document.body.dataset.ready = "yes";
