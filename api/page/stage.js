// The photo with its regions: choose one, or draw a box by pointer or by keyboard.

const LEAST = 0.03; // a smaller box, in fractions of the photo, is a slip of the hand
const STEP = 0.02;

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const percent = (value) => `${(value * 100).toFixed(3)}%`;

function place(element, [x, y, w, h]) {
  Object.assign(element.style, { left: percent(x), top: percent(y), width: percent(w), height: percent(h) });
}

export class Stage {
  /** onChoose(box, label) is called with a region's or a drawn box, or with null for the whole photo. */
  constructor({ stage, boxes, chips, draw, hint }, onChoose) {
    Object.assign(this, { stage, boxes, chips, draw, hint, onChoose, regions: [], chosen: -1, drawn: null });
    draw.addEventListener("click", () => this.setDrawing(!this.drawing));
    stage.addEventListener("pointerdown", (event) => this.#press(event));
    stage.addEventListener("dragstart", (event) => event.preventDefault());
  }

  clear() {
    this.regions = [];
    this.chosen = -1;
    this.drawn = null;
    this.setDrawing(false);
    this.#render();
  }

  /** regions: [{box, label, whole}]; chosen: the index of the one searched by. A drawn box stays drawn. */
  show(regions, chosen) {
    this.regions = regions;
    if (!this.drawn) this.chosen = chosen;
    this.#render();
  }

  setDrawing(on) {
    this.drawing = on;
    this.draw.setAttribute("aria-pressed", String(on));
    this.hint.hidden = !on;
    this.stage.classList.toggle("drawing", on);
    if (on) {
      this.#frame(this.drawn ?? [0.25, 0.25, 0.5, 0.5]).focus();
    } else if (!this.drawn) {
      this.frame?.remove();
      this.frame = null;
    }
  }

  #choose(index) {
    this.drawn = null;
    this.chosen = index;
    this.setDrawing(false);
    this.#render();
    const { box, label, whole } = this.regions[index];
    this.onChoose(whole ? [0, 0, 1, 1] : box, label);
  }

  #finish(box) {
    this.drawn = box;
    this.chosen = -1;
    this.setDrawing(false);
    this.#render();
    this.onChoose(box, "your box");
  }

  #render() {
    const focused = document.activeElement?.dataset?.region;
    this.boxes.replaceChildren();
    this.chips.replaceChildren();
    const area = ({ box }) => box[2] * box[3];
    const order = this.regions.map((_, index) => index);
    // Small regions above large ones, so that every one can be hit.
    for (const index of [...order].sort((a, b) => area(this.regions[b]) - area(this.regions[a]))) {
      const { box, label, whole } = this.regions[index];
      if (whole) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "region";
      button.dataset.region = index;
      button.setAttribute("aria-label", `Search for this part: ${label}`);
      button.setAttribute("aria-pressed", String(index === this.chosen));
      const name = document.createElement("span");
      name.textContent = label;
      button.append(name);
      place(button, box);
      button.addEventListener("click", () => this.moved || this.#choose(index));
      this.boxes.append(button);
    }
    for (const index of order) {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.className = "chip";
      chip.textContent = this.regions[index].whole ? "Whole photo" : this.regions[index].label;
      chip.setAttribute("aria-pressed", String(index === this.chosen));
      chip.addEventListener("click", () => this.#choose(index));
      this.chips.append(chip);
    }
    this.frame = null;
    if (this.drawn) this.#frame(this.drawn);
    if (focused !== undefined) this.boxes.querySelector(`[data-region="${focused}"]`)?.focus();
  }

  /** The box being drawn: a focusable element that the arrow keys move and size. */
  #frame(box) {
    if (!this.frame) {
      this.frame = document.createElement("div");
      this.frame.className = "region drawn";
      this.frame.tabIndex = 0;
      this.frame.setAttribute("role", "application");
      this.frame.setAttribute("aria-roledescription", "box on the photo");
      this.frame.addEventListener("keydown", (event) => this.#key(event));
      this.boxes.append(this.frame);
    }
    this.current = box;
    place(this.frame, box);
    const [x, y, w, h] = box.map((value) => Math.round(value * 100));
    this.frame.setAttribute("aria-label", `Box from ${x} % left and ${y} % top, ${w} % wide, ${h} % high`);
    return this.frame;
  }

  #key(event) {
    let [x, y, w, h] = this.current;
    const dx = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key] ?? 0;
    const dy = { ArrowUp: -STEP, ArrowDown: STEP }[event.key] ?? 0;
    if (dx || dy) {
      if (event.shiftKey) {
        w = clamp(w + dx, LEAST, 1 - x);
        h = clamp(h + dy, LEAST, 1 - y);
      } else {
        x = clamp(x + dx, 0, 1 - w);
        y = clamp(y + dy, 0, 1 - h);
      }
      this.#frame([x, y, w, h]);
    } else if (event.key === "Enter") {
      this.#finish(this.current);
      this.frame?.focus();
    } else if (event.key === "Escape") {
      this.setDrawing(false);
      this.draw.focus();
    } else {
      return;
    }
    event.preventDefault();
  }

  /** A mouse draws at once; a finger only after "Draw a box", since otherwise it scrolls. */
  #press(event) {
    this.moved = false;
    if (event.button !== 0 || (event.pointerType !== "mouse" && !this.drawing) || !this.regions.length) return;
    const area = this.stage.getBoundingClientRect();
    const at = (e) => [clamp((e.clientX - area.left) / area.width, 0, 1), clamp((e.clientY - area.top) / area.height, 0, 1)];
    const [startX, startY] = at(event);
    let box = null;
    const move = (e) => {
      const [x, y] = at(e);
      box = [Math.min(x, startX), Math.min(y, startY), Math.abs(x - startX), Math.abs(y - startY)];
      if (box[2] < LEAST || box[3] < LEAST) return;
      this.moved = true;
      this.#frame(box);
    };
    const end = (e) => {
      for (const [name, listener] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]]) {
        window.removeEventListener(name, listener);
      }
      if (e.type === "pointerup" && this.moved) this.#finish(this.current);
      // The click that follows a drag is not a choice of the region under it.
      setTimeout(() => { this.moved = false; });
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  }
}
