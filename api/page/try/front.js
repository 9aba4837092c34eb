// What of a person lies in front of a garment: head, bare forearms and hands, where the person's mask agrees.
// The head is drawn in red; elsewhere only what has more of the skin's colour than of the worn cloth's counts.

const WIDE = 256; // of the mask; between its pixels the edge is soft

const IN_FRONT = 0.08; // metres that a wrist may lie behind the shoulders and still be in front of the cloth

export class Front {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d");
  }

  /** Draw the mask, white where the person is in front; points in pixels of a frame (width, height). */
  draw({ points, world, visibility, person }, width, height, { unit }, longSleeves) {
    const scale = WIDE / Math.max(width, height);
    const size = [Math.round(width * scale), Math.round(height * scale)];
    if (this.canvas.width !== size[0] || this.canvas.height !== size[1]) [this.canvas.width, this.canvas.height] = size;
    const { context } = this;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    context.fillStyle = context.strokeStyle = "#000";
    context.lineCap = "round";
    for (const [elbow, wrist, little, index] of [[13, 15, 17, 19], [14, 16, 18, 20]]) {
      const chest = (world[35] + world[38]) / 2;
      if (visibility[wrist] < 0.4 || world[3 * wrist + 2] > chest + IN_FRONT) continue;
      this.hand(points, wrist, little, index, unit);
      if (!longSleeves) this.forearm(points, elbow, wrist, unit);
    }
    context.fillStyle = "#f00";
    this.head(points, unit);
    context.globalCompositeOperation = "destination-in";
    context.drawImage(person, 0, 0, width, height);
    context.globalCompositeOperation = "source-over";
    return this.canvas;
  }

  /** From over the crown to the chin, as wide as the ears. */
  head(points, unit) {
    const at = (i) => [points[2 * i], points[2 * i + 1]];
    const [left, right, nose] = [at(7), at(8), at(0)];
    const mouth = [(points[18] + points[20]) / 2, (points[19] + points[21]) / 2];
    const eyes = [(points[4] + points[10]) / 2, (points[5] + points[11]) / 2];
    const face = Math.hypot(mouth[0] - eyes[0], mouth[1] - eyes[1]);
    const wide = Math.max(0.58 * Math.hypot(left[0] - right[0], left[1] - right[1]), 0.9 * face, 0.15 * unit);
    const angle = Math.atan2(mouth[1] - eyes[1], mouth[0] - eyes[0]);
    this.context.beginPath();
    const [x, y] = [eyes[0] * 0.9 + nose[0] * 0.1, eyes[1] * 0.9 + nose[1] * 0.1];
    this.context.ellipse(x, y, 1.78 * face, wide, angle, 0, 2 * Math.PI);
    this.context.fill();
  }

  hand(points, wrist, little, index, unit) {
    const { context } = this;
    const from = [points[2 * wrist], points[2 * wrist + 1]];
    const knuckles = [(points[2 * little] + points[2 * index]) / 2, (points[2 * little + 1] + points[2 * index + 1]) / 2];
    const way = [knuckles[0] - from[0], knuckles[1] - from[1]];
    context.lineWidth = Math.max(0.24 * unit, 1.1 * Math.hypot(...way));
    context.beginPath();
    context.moveTo(from[0] + 0.3 * way[0], from[1] + 0.3 * way[1]);
    context.lineTo(from[0] + 1.5 * way[0], from[1] + 1.5 * way[1]);
    context.stroke();
  }

  forearm(points, elbow, wrist, unit) {
    const { context } = this;
    context.beginPath();
    for (let t = 0.1; t <= 1; t += 0.1) {
      const x = points[2 * elbow] * (1 - t) + points[2 * wrist] * t;
      const y = points[2 * elbow + 1] * (1 - t) + points[2 * wrist + 1] * t;
      context.moveTo(x + 0.15 * unit, y);
      context.arc(x, y, (0.15 - 0.04 * t) * unit, 0, 2 * Math.PI);
    }
    context.fill();
  }
}
