// The One Euro filter (Casiez, Roussel, Vogel, "1 € Filter", CHI 2012): calm where a signal rests, quick where it moves.

const share = (cutoff, seconds) => 1 / (1 + 1 / (2 * Math.PI * cutoff * seconds));

export class OneEuro {
  /**
   * cutoff: hertz below which a resting signal passes; beta: how much the cutoff rises with speed, in hertz by units of
   * the signal a second; a gap of more than half a second begins anew.
   */
  constructor({ cutoff = 1.5, beta = 1, rate = 1.5 } = {}) {
    Object.assign(this, { cutoff, beta, rate });
    this.reset();
  }

  reset() {
    this.values = null;
  }

  /** values: numbers, as many each time; time: in seconds. Returns them smoothed, a Float32Array that is used again. */
  filter(values, time) {
    const seconds = time - this.time;
    if (!this.values || this.values.length !== values.length || seconds > 0.5 || seconds < 0) {
      this.values = Float32Array.from(values);
      this.speeds = new Float32Array(values.length);
      this.time = time;
      return this.values;
    }
    if (seconds === 0) return this.values;
    this.time = time;
    const slow = share(this.rate, seconds);
    for (let i = 0; i < values.length; i += 1) {
      const speed = (values[i] - this.values[i]) / seconds;
      this.speeds[i] += slow * (speed - this.speeds[i]);
      this.values[i] += share(this.cutoff + this.beta * Math.abs(this.speeds[i]), seconds) * (values[i] - this.values[i]);
    }
    return this.values;
  }
}
