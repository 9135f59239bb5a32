// The canvas of the Map view: two clouds of words that people move by mouse, finger and keyboard.

import { Camera } from "./camera.js";
import { clamp } from "./dom.js";
import { Painter } from "./painter.js";

const REACH = 9;
const CLICK = 4;
const KEY_STEP = 60;
const KEY_ZOOM = 1.4;

export class Plot {
  #canvas;
  #sides;
  #painter;
  #on;
  #pointers = new Map();
  #press = null;
  #area = null;
  #hovered = null;
  #isScheduled = false;

  isSelecting = false;
  camera = new Camera(() => this.redraw());

  /** `sides`: two of {words, x, y}. `on`: what to call after a `pick`, after an `area` was selected, and when all is `drawn`. */
  constructor(canvas, sides, on, signal) {
    this.#canvas = canvas;
    this.#on = on;
    this.#sides = sides.map(({ words, x, y }) => ({
      words, x: Float32Array.from(x), y: Float32Array.from(y), isShown: true, inView: 0, drawn: 0,
      index: new Int32Array(words.length), left: new Int32Array(words.length), top: new Int32Array(words.length),
    }));
    this.#painter = new Painter(canvas, this.camera, this.#sides);
    this.budget = Infinity;
    this.lit = [];
    this.#listen(signal);
  }

  get counts() {
    return this.#sides.map(({ words, inView, drawn }) => ({ all: words.length, inView, drawn }));
  }

  showSide(number, isShown) {
    this.#sides[number].isShown = isShown;
    this.redraw();
  }

  /** Show these words, given as {side, index}, with some space around them. */
  showWords(places) {
    const xs = places.map(({ side, index }) => this.#sides[side].x[index]);
    const ys = places.map(({ side, index }) => this.#sides[side].y[index]);
    this.camera.showBox(Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys));
  }

  /** All words in an area of the screen, drawn or not, the most frequent first; without an area those in view. */
  wordsIn({ left, top, width, height } = { left: 0, top: 0, width: this.camera.width, height: this.camera.height }) {
    const [west, north] = this.camera.toPlane(left, top);
    const [east, south] = this.camera.toPlane(left + width, top + height);
    return this.#sides.map(({ words, x, y, isShown }) =>
      isShown ? words.filter((_, i) => x[i] >= west && x[i] <= east && y[i] >= south && y[i] <= north) : []);
  }

  resize() {
    const { clientWidth, clientHeight } = this.#canvas;
    if (!clientWidth || !clientHeight) return;
    this.camera.resize(clientWidth, clientHeight);
    this.#painter.resize();
  }

  redraw() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      if (!this.#canvas.isConnected) return;
      const begin = performance.now();
      this.#painter.draw({ budget: this.budget, lit: this.lit, hovered: this.#hovered, area: this.#area });
      const { dataset } = this.#canvas;
      dataset.frameMs = (performance.now() - begin).toFixed(1);
      dataset.frames = Number(dataset.frames ?? 0) + 1;
      this.#on.drawn();
    });
  }

  #listen(signal) {
    const acts = {
      wheel: this.#wheel, pointerdown: this.#pointerDown, pointermove: this.#pointerMove, pointerup: this.#pointerUp,
      pointercancel: this.#pointerUp, pointerleave: () => this.#hover(null), keydown: this.#key,
    };
    for (const [name, act] of Object.entries(acts)) {
      this.#canvas.addEventListener(name, act.bind(this), { passive: false, signal });
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#painter.readColours();
      this.redraw();
    }, { signal });
    const resizes = new ResizeObserver(() => this.resize());
    resizes.observe(this.#canvas);
    signal.addEventListener("abort", () => resizes.disconnect());
  }

  #hover(place) {
    if (place?.side === this.#hovered?.side && place?.index === this.#hovered?.index) return;
    this.#hovered = place;
    this.redraw();
  }

  #wheel(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    this.camera.zoom(Math.exp(-clamp(pixels, -240, 240) / 400), event.offsetX, event.offsetY);
  }

  #pointerDown(event) {
    if (event.button > 0) return;
    this.camera.stop();
    this.#canvas.setPointerCapture(event.pointerId);
    const place = placeOf(event);
    this.#pointers.set(event.pointerId, place);
    const isFirst = this.#pointers.size === 1;
    this.#press = { place, isArea: isFirst && (event.shiftKey || this.isSelecting), isMoved: !isFirst };
    this.#area = null;
    this.redraw();
  }

  #pointerMove(event) {
    const before = this.#pointers.get(event.pointerId);
    const now = placeOf(event);
    if (!before) return this.#hover(this.#painter.nearest(now.left, now.top, REACH));
    this.#pointers.set(event.pointerId, now);
    if (distance(now, this.#press.place) > CLICK) this.#press.isMoved = true;
    if (this.#pointers.size === 2) this.#pinch(event.pointerId, before, now);
    else if (this.#press.isArea) this.#stretch(this.#press.place, now);
    else if (this.#press.isMoved) this.camera.pan(now.left - before.left, now.top - before.top);
  }

  #pinch(moving, before, now) {
    const [, still] = [...this.#pointers].find(([id]) => id !== moving);
    this.camera.pan((now.left - before.left) / 2, (now.top - before.top) / 2);
    const factor = (distance(now, still) || 1) / (distance(before, still) || 1);
    this.camera.zoom(factor, (now.left + still.left) / 2, (now.top + still.top) / 2);
  }

  #stretch(from, to) {
    this.#area = {
      left: Math.min(from.left, to.left), top: Math.min(from.top, to.top),
      width: Math.abs(from.left - to.left), height: Math.abs(from.top - to.top),
    };
    this.redraw();
  }

  #pointerUp(event) {
    const isOver = this.#pointers.delete(event.pointerId) && this.#pointers.size === 0;
    if (!isOver || event.type === "pointercancel") return;
    if (this.#area) return this.#on.area(this.wordsIn(this.#area));
    const place = !this.#press.isMoved && this.#painter.nearest(event.offsetX, event.offsetY, REACH);
    if (place) this.#on.pick(place.side, this.#sides[place.side].words[place.index]);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { camera } = this;
    const acts = {
      ArrowLeft: () => camera.pan(KEY_STEP, 0), ArrowRight: () => camera.pan(-KEY_STEP, 0),
      ArrowUp: () => camera.pan(0, KEY_STEP), ArrowDown: () => camera.pan(0, -KEY_STEP),
      "+": () => camera.zoom(KEY_ZOOM), "=": () => camera.zoom(KEY_ZOOM), "-": () => camera.zoom(1 / KEY_ZOOM),
      0: () => camera.showAll(),
    };
    if (!Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }
}

const placeOf = ({ offsetX: left, offsetY: top }) => ({ left, top });
const distance = (one, other) => Math.hypot(one.left - other.left, one.top - other.top);
