// From frames to pictures: while one frame is being drawn, the worker looks at the next.
// What is drawn is the very frame that the landmarks were found in, so nothing swims behind its wearer.

import { OneEuro } from "/try/euro.js";

const SEEN = 384; // longest side in pixels of what the worker is given
const SLOWER = 320;
const LONGEST = 720; // of what is drawn of a camera's frame
const FEW = 8; // frames a second below which less is asked

const fitted = (width, height, longest) => {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
};

export class Live {
  /** show(frame, seen): draws; told(figures): once a second; fail(words): the worker cannot go on. */
  constructor({ show, told, fail }) {
    Object.assign(this, { show, told, fail });
    this.kind = null;
    this.longest = SEEN;
    this.frames = [document.createElement("canvas"), document.createElement("canvas")];
    this.filters = { points: new OneEuro(), world: new OneEuro(), matrix: new OneEuro({ cutoff: 2, beta: 0.3 }) };
    this.waiting = null;
    this.number = 0;
    this.clear();
  }

  /** What is looked for from now on: "face", "pose" or null. */
  look(kind) {
    this.kind = kind;
    for (const filter of Object.values(this.filters)) filter.reset();
    if (this.photo) this.still(this.photo);
  }

  clear() {
    this.marks = [];
    this.slow = 0;
  }

  /** Follow a playing video until stop() is called. */
  follow(video) {
    this.stop();
    this.video = video;
    this.clear();
    const next = video.requestVideoFrameCallback?.bind(video) ?? requestAnimationFrame;
    const tick = () => {
      if (this.video !== video) return;
      this.fresh = true;
      this.grab();
      next(tick);
    };
    next(tick);
  }

  stop() {
    this.video = this.photo = null;
  }

  /** Look at one picture, an ImageBitmap. */
  async still(photo) {
    this.stop();
    this.photo = photo;
    const frame = document.createElement("canvas");
    [frame.width, frame.height] = [photo.width, photo.height];
    frame.getContext("2d").drawImage(photo, 0, 0);
    this.show(frame, null);
    if (!this.kind) return;
    const told = await this.ask(frame, { still: true, longest: 1024 });
    if (this.photo !== photo || !told) return;
    this.show(frame, told.seen);
    this.told({ took: told.took, seen: Boolean(told.seen), still: true });
  }

  async grab() {
    const { video } = this;
    if (!this.fresh || this.asking || !video?.videoWidth) return;
    this.fresh = false;
    const frame = this.frames[(this.number += 1) % 2];
    const [width, height] = fitted(video.videoWidth, video.videoHeight, LONGEST);
    if (frame.width !== width || frame.height !== height) Object.assign(frame, { width, height });
    frame.getContext("2d").drawImage(video, 0, 0, width, height);
    if (!this.kind) {
      this.show(frame, null);
      return;
    }
    const grabbed = performance.now();
    this.asking = true;
    const told = await this.ask(frame, { still: false, longest: this.longest });
    this.asking = false;
    if (this.video !== video || !told) return;
    this.grab(); // the worker goes on while this frame is drawn
    this.show(frame, this.smooth(told.seen, grabbed / 1000));
    this.mark({
      at: performance.now(), took: told.took, seen: Boolean(told.seen),
      delay: performance.timeOrigin + performance.now() - told.made, whole: performance.now() - grabbed,
    });
  }

  /** What the worker finds in a frame; null where it cannot go on. */
  async ask(frame, { still, longest }) {
    if (!this.worker) {
      this.worker = new Worker("/try/detector.js");
      this.worker.addEventListener("error", () => this.answer({ id: this.id, error: "the worker did not start" }));
      this.worker.addEventListener("message", ({ data }) => this.answer(data));
    }
    const [resizeWidth, resizeHeight] = fitted(frame.width, frame.height, longest);
    const small = await createImageBitmap(frame, { resizeWidth, resizeHeight, resizeQuality: "low" });
    this.waiting?.resolve(null);
    const id = (this.id = (this.id ?? 0) + 1);
    return new Promise((resolve) => {
      this.waiting = { id, resolve };
      this.worker.postMessage({ id, kind: this.kind, frame: small, time: performance.now(), still }, [small]);
    });
  }

  answer(data) {
    if (data.id !== this.waiting?.id) return;
    const { resolve } = this.waiting;
    this.waiting = null;
    if (data.error) this.fail(data.error);
    resolve(data.error ? null : data);
  }

  smooth(seen, seconds) {
    if (!seen) return null;
    const smoothed = { ...seen };
    for (const [name, filter] of Object.entries(this.filters)) {
      if (seen[name]) smoothed[name] = filter.filter(seen[name], seconds);
    }
    return smoothed;
  }

  /** Keep count, and ask less of a device that cannot follow. */
  mark(one) {
    this.marks.push(one);
    const first = this.marks[0];
    if (one.at - first.at < 1000) return;
    const frames = this.marks.length - 1;
    const middle = (name) => this.marks.map((mark) => mark[name]).sort((a, b) => a - b)[frames >> 1];
    const rate = (frames / (one.at - first.at)) * 1000;
    this.slow = rate < FEW ? this.slow + 1 : 0;
    if (this.slow === 3) this.longest = SLOWER;
    this.told({
      rate, took: middle("took"), delay: middle("delay"), whole: middle("whole"), seen: one.seen, slow: this.slow >= 3,
    });
    this.marks = [one];
  }
}
