// Draws the map: the points pixel by pixel, so that 80,000 of them move smoothly, then labels and lines on top.

import { visible } from "./dom.js";

const MOST_LABELS = 60;
const LABEL_TRIES = 500;
const LABEL_LENGTH = 18;
const FONT = "12px system-ui, sans-serif";
// Frequent words are drawn larger and darker, in three tiers that end at these ranks.
const TIER_ENDS = [500, 5000];
const TIER_SHADES = [1, 0.75, 0.45];

export class Painter {
  #canvas;
  #context;
  #camera;
  #sides;
  #buffer = null;
  #pixels = null;
  #ratio = 1;
  #colours = {};
  #labelWidths = new Map();
  #labels = [];

  constructor(canvas, camera, sides) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
    this.#camera = camera;
    this.#sides = sides;
    this.readColours();
  }

  readColours() {
    const style = getComputedStyle(document.documentElement);
    const [background, ink, accent, ...sides] = ["--surface", "--ink", "--accent", "--source", "--target"]
      .map((name) => style.getPropertyValue(name).trim());
    const tiers = sides.map((colour) => TIER_SHADES.map((shade) => packed(mixed(rgb(colour), rgb(background), shade))));
    this.#colours = { background, ink, accent, sides, tiers, empty: packed(rgb(background)) };
  }

  resize() {
    this.#ratio = Math.min(window.devicePixelRatio, 2);
    this.#canvas.width = Math.round(this.#camera.width * this.#ratio);
    this.#canvas.height = Math.round(this.#camera.height * this.#ratio);
    this.#buffer = this.#context.createImageData(this.#canvas.width, this.#canvas.height);
    this.#pixels = new Uint32Array(this.#buffer.data.buffer);
  }

  /** Draw at most `budget` words of each side, the most frequent in view, and then what is `lit`, `hovered` or in the `area`. */
  draw({ budget, lit, hovered, area }) {
    if (!this.#buffer) return;
    for (const side of this.#sides) this.#locate(side, budget);
    this.#drawPoints();
    this.#context.putImageData(this.#buffer, 0, 0);
    this.#context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    Object.assign(this.#context, { font: FONT, textBaseline: "middle", lineJoin: "round" });
    this.#labels = [];
    this.#drawLit(lit);
    if (hovered) this.#drawLabel(hovered, true);
    this.#drawLabels();
    if (area) this.#drawArea(area);
  }

  /** The drawn word nearest to a place of the screen, no farther than `reach`. */
  nearest(left, top, reach) {
    let found = null;
    let least = (reach * this.#ratio) ** 2;
    this.#sides.forEach((side, number) => {
      for (let i = 0; i < side.drawn; i += 1) {
        const away = (side.left[i] - left * this.#ratio) ** 2 + (side.top[i] - top * this.#ratio) ** 2;
        if (away >= least) continue;
        found = { side: number, index: side.index[i] };
        least = away;
      }
    });
    return found;
  }

  /** Where the words of a side are on the screen, in device pixels, the most frequent first. */
  #locate(side, budget) {
    const { x, y, index, left, top } = side;
    const { width, height } = this.#canvas;
    const scale = this.#camera.scale * this.#ratio;
    const originX = width / 2 - this.#camera.x * scale;
    const originY = height / 2 + this.#camera.y * scale;
    side.inView = 0;
    side.drawn = 0;
    if (!side.isShown) return;
    for (let i = 0; i < x.length; i += 1) {
      const atX = originX + x[i] * scale;
      const atY = originY - y[i] * scale;
      if (!(atX >= 0 && atX < width && atY >= 0 && atY < height)) continue;
      side.inView += 1;
      if (side.drawn === budget) continue;
      index[side.drawn] = i;
      left[side.drawn] = atX;
      top[side.drawn] = atY;
      side.drawn += 1;
    }
  }

  /** From rare to frequent, with the languages in turn, so that neither hides the other. */
  #drawPoints() {
    const pixels = this.#pixels;
    const { width, height } = this.#canvas;
    const stamps = this.#sides.map((_, number) => TIER_SHADES.map((_, tier) => this.#stamp(number, tier)));
    pixels.fill(this.#colours.empty);
    for (let turn = this.#mostDrawn() - 1; turn >= 0; turn -= 1) {
      for (let number = 0; number < 2; number += 1) {
        const side = this.#sides[number];
        if (turn >= side.drawn) continue;
        const tier = tierOf(side.index[turn]);
        const { radius, offsets } = stamps[number][tier];
        const left = side.left[turn];
        const top = side.top[turn];
        if (left < radius || top < radius || left >= width - radius || top >= height - radius) continue;
        const colour = this.#colours.tiers[number][tier];
        const centre = top * width + left;
        for (let i = 0; i < offsets.length; i += 1) pixels[centre + offsets[i]] = colour;
      }
    }
  }

  #mostDrawn() {
    return Math.max(...this.#sides.map(({ drawn }) => drawn));
  }

  /** The pixels of a point: a disc for the first language and a diamond for the second. */
  #stamp(number, tier) {
    const size = this.#ratio * (Math.min(3.5, 0.9 + 0.45 * Math.log2(Math.max(1, this.#camera.zoomed))) + 0.5 * (2 - tier));
    const radius = Math.ceil(size);
    const offsets = [];
    for (let down = -radius; down <= radius; down += 1) {
      for (let right = -radius; right <= radius; right += 1) {
        const distance = number ? 0.8 * (Math.abs(right) + Math.abs(down)) : Math.hypot(right, down);
        if (distance <= size) offsets.push(down * this.#canvas.width + right);
      }
    }
    return { radius, offsets: Int32Array.from(offsets) };
  }

  /** The lit word, its translations, and a line to each. */
  #drawLit(lit) {
    const context = this.#context;
    const places = lit.map((place) => this.#screenOf(place));
    context.strokeStyle = this.#colours.ink;
    context.lineWidth = 1.5;
    places.slice(1).forEach((place, i) => {
      context.globalAlpha = 0.35 + 0.6 * (lit[i + 1].confidence ?? 0.5);
      context.beginPath();
      context.moveTo(...places[0]);
      context.lineTo(...place);
      context.stroke();
    });
    context.globalAlpha = 1;
    context.strokeStyle = this.#colours.background;
    context.lineWidth = 2;
    places.forEach((place, i) => {
      context.beginPath();
      context.arc(...place, 6, 0, 2 * Math.PI);
      context.fillStyle = this.#colours.sides[lit[i].side];
      context.fill();
      context.stroke();
    });
    for (const place of lit) this.#drawLabel(place, true);
  }

  #drawLabels() {
    const tries = Math.min(LABEL_TRIES, this.#mostDrawn());
    for (let turn = 0; turn < tries && this.#labels.length < MOST_LABELS; turn += 1) {
      this.#sides.forEach((side, number) => {
        if (turn < side.drawn) this.#drawLabel({ side: number, index: side.index[turn] }, false);
      });
    }
  }

  #drawLabel(place, isSpecial) {
    const context = this.#context;
    const text = visible(this.#sides[place.side].words[place.index], LABEL_LENGTH);
    if (!this.#labelWidths.has(text)) this.#labelWidths.set(text, context.measureText(text).width);
    const width = this.#labelWidths.get(text);
    const [x, y] = this.#screenOf(place);
    const gap = isSpecial ? 9 : 6;
    const left = x + gap + width > this.#camera.width ? x - gap - width : x + gap;
    const box = { left: left - 3, top: y - 9, right: left + width + 3, bottom: y + 9 };
    if (!isSpecial && this.#labels.some((label) => overlap(box, label))) return;
    this.#labels.push(box);
    context.strokeStyle = this.#colours.background;
    context.lineWidth = isSpecial ? 5 : 3;
    context.strokeText(text, left, y);
    context.fillStyle = isSpecial ? this.#colours.ink : this.#colours.sides[place.side];
    context.fillText(text, left, y);
  }

  #drawArea({ left, top, width, height }) {
    const context = this.#context;
    context.strokeStyle = this.#colours.accent;
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    context.strokeRect(left, top, width, height);
    context.setLineDash([]);
  }

  #screenOf({ side, index }) {
    return this.#camera.toScreen(this.#sides[side].x[index], this.#sides[side].y[index]);
  }
}

function tierOf(rank) {
  return rank < TIER_ENDS[0] ? 0 : rank < TIER_ENDS[1] ? 1 : 2;
}

function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const mixed = (one, other, share) => one.map((value, i) => Math.round(value * share + other[i] * (1 - share)));

/** A colour as one number of the image data; all usual processors store the lowest byte first. */
const packed = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
