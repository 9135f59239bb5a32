// Which part of the plane the map shows, and how to get from the plane to the screen and back.

import { clamp } from "./dom.js";

const CLOSEST = 400;
const FARTHEST = 0.7;
const FAR_OUT = 1.2;
const FLIGHT = 350;

export class Camera {
  x = 0;
  y = 0;
  scale = 0;
  width = 0;
  height = 0;
  #flight = 0;

  constructor(onMove) {
    this.onMove = onMove;
  }

  /** Pixels a unit with which everything just fits. */
  get whole() {
    return 0.47 * Math.min(this.width, this.height);
  }

  get zoomed() {
    return this.scale / this.whole || 1;
  }

  resize(width, height) {
    const { zoomed } = this;
    Object.assign(this, { width, height });
    this.#look(this.x, this.y, zoomed * this.whole);
  }

  toScreen(x, y) {
    return [this.width / 2 + (x - this.x) * this.scale, this.height / 2 - (y - this.y) * this.scale];
  }

  toPlane(left, top) {
    return [this.x + (left - this.width / 2) / this.scale, this.y - (top - this.height / 2) / this.scale];
  }

  pan(right, down) {
    this.stop();
    this.#look(this.x - right / this.scale, this.y + down / this.scale, this.scale);
  }

  /** Zoom so that what is at this place of the screen stays there. */
  zoom(factor, left = this.width / 2, top = this.height / 2) {
    this.stop();
    const [x, y] = this.toPlane(left, top);
    this.#look(this.x, this.y, this.scale * factor);
    const [nowX, nowY] = this.toPlane(left, top);
    this.#look(this.x + x - nowX, this.y + y - nowY, this.scale);
  }

  showAll() {
    this.#flyTo(0, 0, this.whole);
  }

  showBox(west, east, south, north) {
    const fitting = 0.6 * Math.min(this.width / (east - west || 1e-6), this.height / (north - south || 1e-6));
    this.#flyTo((west + east) / 2, (south + north) / 2, Math.min(fitting, 8 * this.whole));
  }

  stop() {
    cancelAnimationFrame(this.#flight);
  }

  #look(x, y, scale) {
    this.x = clamp(x, -FAR_OUT, FAR_OUT);
    this.y = clamp(y, -FAR_OUT, FAR_OUT);
    this.scale = clamp(scale, FARTHEST * this.whole, CLOSEST * this.whole);
    this.onMove();
  }

  #flyTo(x, y, scale) {
    this.stop();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.#look(x, y, scale);
    const from = { x: this.x, y: this.y, scale: this.scale };
    const begin = performance.now();
    const step = (now) => {
      const share = clamp((now - begin) / FLIGHT, 0, 1);
      const eased = share * share * (3 - 2 * share);
      this.#look(from.x + (x - from.x) * eased, from.y + (y - from.y) * eased, from.scale * (scale / from.scale) ** eased);
      if (share < 1) this.#flight = requestAnimationFrame(step);
    };
    this.#flight = requestAnimationFrame(step);
  }
}
