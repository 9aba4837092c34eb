// Small charts in SVG: bands and lines over a common axis, in the colours of the sheet.

const NS = "http://www.w3.org/2000/svg";
const FRAME = { height: 280, left: 48, right: 48, top: 12, bottom: 26 };

export function element(name, attributes, text) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A drawing whose x goes from x[0] to x[1] and whose y, on either side, from 0 or below to the top. */
export class Chart {
  constructor(place, { x, left, right, label }) {
    this.x = x;
    this.left = left;
    this.right = right;
    this.width = Math.max(place.clientWidth, 300); // so that letters keep their size on a phone
    this.svg = element("svg", { viewBox: `0 0 ${this.width} ${FRAME.height}`, role: "img", "aria-label": label });
    place.replaceChildren(this.svg);
    const bottom = FRAME.height - FRAME.bottom;
    this.add("path", { class: "axis", d: `M${FRAME.left} ${bottom}H${this.width - FRAME.right}` });
  }

  add(name, attributes, text) {
    const made = element(name, attributes, text);
    this.svg.append(made);
    return made;
  }

  px(x) {
    const [from, to] = this.x;
    return FRAME.left + ((x - from) / (to - from || 1)) * (this.width - FRAME.left - FRAME.right);
  }

  py(y, side = "left") {
    const [from, to] = this[side];
    const share = (y - from) / (to - from || 1);
    return FRAME.height - FRAME.bottom - share * (FRAME.height - FRAME.top - FRAME.bottom);
  }

  ticks(side, values, format) {
    for (const value of values) {
      const x = side === "left" ? FRAME.left - 6 : this.width - FRAME.right + 6;
      this.add("text", { x, y: this.py(value, side) + 4, "text-anchor": side === "left" ? "end" : "start" }, format(value));
    }
  }

  below(values, format) {
    for (const [x, text] of values.map((value) => [value, format(value)])) {
      this.add("text", { x: this.px(x), y: FRAME.height - 8, "text-anchor": "middle" }, text);
    }
  }

  path(points, side) {
    return points.map(([x, y], n) => `${n ? "L" : "M"}${this.px(x).toFixed(1)} ${this.py(y, side).toFixed(1)}`).join("");
  }

  line(points, kind = "", side = "left") {
    return this.add("path", { class: `line ${kind}`, d: this.path(points, side) });
  }

  /** points: [x, low, high] */
  band(points, kind = "", side = "left") {
    const upper = points.map(([x, , high]) => [x, high]);
    const lower = points.map(([x, low]) => [x, low]).reverse();
    const d = `${this.path(upper, side)}${this.path(lower, side).replace("M", "L")}Z`;
    return this.add("path", { class: `band ${kind}`, d });
  }

  /** A grey field over x from one value to another. */
  field(from, to) {
    const x = this.px(from);
    const width = Math.max(this.px(to) - x, 0);
    return this.add("rect", { class: "held", x, y: FRAME.top, width, height: FRAME.height - FRAME.top - FRAME.bottom });
  }

  upright(x) {
    return this.add("path", { class: "mark", d: `M${this.px(x)} ${FRAME.top}V${FRAME.height - FRAME.bottom}` });
  }

  dot(x, y, kind, side = "left") {
    return this.add("circle", { class: kind, r: 5.5, cx: this.px(x), cy: this.py(y, side) });
  }
}

/** At most so many round numbers from low to high. */
export function rounds(low, high, most = 5) {
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / most));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => span / one <= most) ?? span;
  const found = [];
  for (let one = Math.ceil(low / step) * step; one <= high + 1e-9; one += step) found.push(Number(one.toPrecision(12)));
  return found;
}
