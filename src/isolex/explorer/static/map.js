// The Map view: both languages as clouds of words, with what can be done with them beside the canvas.

import { get, getWhenReady, isAbort } from "./api.js";
import { announce, button, count, fill, h, notify, panel, percent, plural, word } from "./dom.js";
import { Plot } from "./plot.js";
import { hasPair, languageName, mapAddress, wordLink } from "./space.js";

const BUDGETS = [2000, 10000, Infinity];
const LISTED = 200;
const LIT_ANSWERS = 5;

let loaded = null;
let budget = 10000;

export async function show(place, route, signal) {
  const { source, target } = route;
  // The same clouds serve when only the lit word changes.
  if (loaded?.source !== source || loaded?.target !== target) {
    const told = h("p", { class: "quiet" }, "The map is loading …");
    fill(place, h("h1", { tabindex: -1 }, title(route)), told);
    const sides = await getWhenReady("map", { source, target }, signal, () => {
      told.textContent = "The server is drawing the map. The first time, this may take a minute.";
    });
    loaded?.view?.end();
    loaded = { source, target, sides: [sides.source, sides.target], view: null };
  }
  if (!loaded.view?.isIn(place)) {
    loaded.view?.end();
    loaded.view = new MapView(place, route, loaded.sides);
  }
  await loaded.view.light(route, signal);
}

const title = ({ source, target }) => `Map of ${languageName(source)} and ${languageName(target)}`;

class MapView {
  #languages;
  #sides;
  #plot;
  #ending = new AbortController();
  #indices;
  #drawn = [h("span"), h("span")];
  #lists = h("div", { class: "lists" });
  #lit = h("div", { class: "lit" });
  #canvas;

  constructor(place, route, sides) {
    this.#languages = [route.source, route.target];
    this.#sides = sides;
    this.#indices = sides.map(({ words }) => new Map(words.map((text, index) => [text, index])));
    this.#canvas = h("canvas", {
      id: "map-canvas", tabindex: 0, role: "application", "aria-label": title(route), "aria-describedby": "map-help",
    });
    this.#plot = new Plot(this.#canvas, sides, {
      pick: (side, text) => { location.hash = this.#litAddress(side, text); },
      area: (words) => this.#list("Words in the area", words),
      drawn: () => this.#count(),
    }, this.#ending.signal);
    this.#plot.budget = budget;
    fill(place,
      h("h1", { tabindex: -1 }, title(route)),
      h("div", { class: "map-layout" },
        h("div", { class: "map-frame" }, this.#canvas, this.#zoomButtons()),
        h("div", { class: "map-side" }, this.#lit, this.#legend(), this.#tools(), this.#lists)));
    this.#plot.resize();
  }

  end() {
    this.#ending.abort();
  }

  isIn(place) {
    return place.contains(this.#canvas);
  }

  #litAddress(side, text) {
    return mapAddress(...this.#languages, text, side ? this.#languages[1] : undefined);
  }

  #zoomButtons() {
    return h("div", { class: "map-zoom" },
      button("+", () => this.#plot.camera.zoom(1.6), { kind: "round", "aria-label": "Zoom in", title: "Zoom in (+)" }),
      button("−", () => this.#plot.camera.zoom(1 / 1.6), { kind: "round", "aria-label": "Zoom out", title: "Zoom out (−)" }),
      button("⤢", () => this.#plot.camera.showAll(), { kind: "round", "aria-label": "Show everything", title: "Show everything (0)" }));
  }

  #legend() {
    const sides = this.#languages.map((code, side) =>
      h("li", {},
        h("label", { class: "check" },
          h("input", {
            type: "checkbox", checked: true, onchange: (event) => this.#plot.showSide(side, event.target.checked),
          }),
          h("span", { class: side ? "mark target" : "mark source", "aria-hidden": "true" }, side ? "◆" : "●"),
          h("strong", {}, languageName(code))),
        h("p", { class: "quiet" }, this.#drawn[side])));
    return h("ul", { class: "legend" }, sides);
  }

  #tools() {
    const select = h("select", { id: "map-budget", onchange: (event) => this.#setBudget(Number(event.target.value)) },
      BUDGETS.map((each) => h("option", { value: each, selected: each === budget },
        each === Infinity ? "All words in view" : `Up to ${count(each)}`)));
    const area = button("Select an area", () => {
      this.#plot.isSelecting = !this.#plot.isSelecting;
      area.setAttribute("aria-pressed", String(this.#plot.isSelecting));
    }, { "aria-pressed": "false" });
    return h("div", { class: "tools" },
      h("label", { for: "map-budget" }, "Words to draw of each language"), select, area,
      button("List the words in view", () => this.#list("Words in view", this.#plot.wordsIn())),
      h("p", { class: "quiet", id: "map-help" }, "Drag to move and use the wheel or two fingers to zoom. ",
        "With the map in focus, the arrow keys move it, + and − zoom, and 0 shows everything. ",
        "Hold Shift and drag to select an area."));
  }

  #setBudget(value) {
    this.#plot.budget = budget = value;
    this.#plot.redraw();
  }

  #count() {
    this.#plot.counts.forEach(({ all, inView, drawn }, side) => {
      const text = drawn === inView
        ? `All ${count(inView)} in view are drawn, of ${count(all)}.`
        : `The ${count(drawn)} most frequent of ${count(inView)} in view are drawn, of ${count(all)}.`;
      if (this.#drawn[side].textContent !== text) this.#drawn[side].textContent = text;
    });
  }

  #list(heading, sides) {
    fill(this.#lists, panel(heading, sides.map((words, side) => this.#wordList(words, side))));
    const counts = sides.map((words, side) => plural(words.length, `${languageName(this.#languages[side])} word`));
    announce(`${heading}: ${counts.join(", ")}`);
  }

  #wordList(words, side) {
    const [language, other] = side ? [...this.#languages].reverse() : this.#languages;
    const more = words.length > LISTED && `, of which you see the ${count(LISTED)} most frequent`;
    return [
      h("h3", { class: side ? "target" : "source" }, languageName(language)),
      h("p", { class: "quiet" }, plural(words.length, "word"), more, "."),
      h("ul", { class: "cloud small" }, words.slice(0, LISTED).map((text) => h("li", {}, wordLink(text, language, other)))),
    ];
  }

  /** Light up the route's word and its translations, or nothing. */
  async light({ word: text, language }, signal) {
    this.#plot.lit = [];
    this.#plot.redraw();
    fill(this.#lit);
    if (!text) return;
    const side = language ? 1 : 0;
    const [from, to] = side ? [...this.#languages].reverse() : this.#languages;
    try {
      const answers = hasPair(from, to) ? (await get("word", { source: from, target: to, word: text }, signal)).answers : [];
      this.#showLit(side, text, answers.slice(0, LIT_ANSWERS));
    } catch (error) {
      if (!isAbort(error)) notify(error.message, "error");
    }
  }

  #showLit(side, text, answers) {
    const [from, to] = side ? [...this.#languages].reverse() : this.#languages;
    const start = { side, index: this.#indices[side].get(text) };
    const ends = answers.map(({ word: answer, confidence }) =>
      ({ side: 1 - side, index: this.#indices[1 - side].get(answer), confidence }));
    const isMissing = start.index === undefined;
    if (!isMissing) {
      this.#plot.lit = [start, ...ends.filter(({ index }) => index !== undefined)];
      this.#plot.showWords(this.#plot.lit);
    }
    fill(this.#lit,
      h("h2", {}, wordLink(text, from, to)),
      isMissing && h("p", { class: "told" },
        `The map does not have this word: it holds the ${count(this.#sides[side].words.length)} most frequent ones.`),
      h("ul", { class: "neighbours" }, answers.map((answer, i) =>
        h("li", {}, wordLink(answer.word, to, from),
          ends[i].index === undefined && h("span", { class: "quiet" }, "not on the map"),
          answer.confidence !== null && h("span", { class: "number" }, percent(100 * answer.confidence))))),
      h("p", {}, h("a", { href: mapAddress(...this.#languages) }, "Clear")));
    announce(isMissing ? "The map does not have this word." : plural(answers.length, "translation"));
  }
}
