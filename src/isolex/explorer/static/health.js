// The Health view: whether the space can be trusted, where it fails, and what would help.

import { getWhenReady, post } from "./api.js";
import { announce, bar, button, count, fill, h, notify, panel, percent, plural, table } from "./dom.js";
import { isReviewed, languageName, wordLink } from "./space.js";

const HUB_NAMES = { nn: "Nearest neighbour", csls: "CSLS" };
const VERDICTS = {
  aligned: "The languages are aligned",
  doubtful: "It is doubtful whether the languages are aligned",
  failed: "The languages are not aligned",
  unchecked: "Nobody has checked whether the languages are aligned",
};

export async function show(place, { source, target }, signal) {
  const heading = h("h1", { tabindex: -1 }, `Health of ${languageName(source)} → ${languageName(target)}`);
  fill(place, heading, h("p", { class: "quiet" }, "The measures are loading …"));
  const health = await getWhenReady("health", { source, target }, signal, () => {
    fill(place, heading, h("p", { class: "lead pending" }, "The server is measuring. The first time, this may take a minute."));
  });
  fill(place, heading, verdict(health), h("div", { class: "health-grid" },
    advice(health), frequency(health), hubs(health, source, target), languages(health)), suspects(health, source, target));
  announce(VERDICTS[health.status] ?? health.status);
}

function verdict({ status, reason, reasons, estimate }) {
  const others = reasons.filter((each) => each !== reason);
  return h("section", { class: `verdict ${status}` },
    h("h2", {}, VERDICTS[status] ?? status),
    reason && h("p", { class: "lead" }, reason),
    others.length > 0 && h("ul", {}, others.map((each) => h("li", {}, each))),
    estimate && interval("Of the first answers to new words, about this share should be right:", estimate));
}

/** A percentage with its interval, also as a picture. */
export function interval(label, { percent: middle, low, high, level = 0.95 }) {
  const range = h("span", { class: "range" });
  range.style.insetInlineStart = `${low}%`;
  range.style.inlineSize = `${high - low}%`;
  const point = h("span", { class: "point" });
  point.style.insetInlineStart = `${middle}%`;
  return h("div", { class: "interval" },
    h("p", {}, label),
    h("p", { class: "figure" }, percent(middle),
      h("span", { class: "quiet" }, ` ${percent(100 * level)} interval: ${low.toFixed(0)} to ${high.toFixed(0)}`)),
    h("div", { class: "interval-bar", "aria-hidden": "true" }, range, point));
}

function advice({ advice: pieces }) {
  if (!pieces.length) return null;
  return panel("What would help", h("ul", { class: "advice" }, pieces.map(({ text }) => h("li", {}, text))));
}

function frequency({ frequency: bands }) {
  if (!bands.length) return null;
  return panel("Accuracy by frequency",
    h("ul", { class: "bands" }, bands.map((band) =>
      h("li", {},
        h("span", {}, `Ranks ${count(band.from)} to ${count(band.to)}`),
        bar(band.percent / 100, "confidence"),
        h("span", { class: "number" }, percent(band.percent)),
        h("span", { class: "quiet" }, plural(band.words, "word"))))),
    h("p", { class: "quiet" }, "The share of training words that a plain method (VecMap) finds when they are held out. ",
      "The alignment itself may find more. Rank 1 is the most frequent word."));
}

function hubs({ hubs: measures }, source, target) {
  const entries = Object.entries(measures ?? {});
  if (!entries.length) return null;
  return panel("Hubs",
    h("p", { class: "quiet" }, "A hub is a word that answers far more words than it should. ",
      "The share says how much of all answers would have to move for every word to answer equally often."),
    entries.map(([name, { share, top }]) => [
      h("h3", {}, HUB_NAMES[name] ?? name, ": ", percent(100 * share)),
      bar(share, "score"),
      h("ul", { class: "cloud small" }, top.map(({ word: text, count: answers }) =>
        h("li", {}, wordLink(text, target, source), h("span", { class: "quiet" }, ` ${count(answers)}`)))),
    ]));
}

function languages({ spaces }) {
  return panel("The languages", spaces.map(({ language, words, notes }) => [
    h("h3", {}, languageName(language)),
    h("p", { class: "quiet" }, plural(words, "word")),
    notes.length > 0 && h("ul", {}, notes.map((note) => h("li", {}, note))),
  ]));
}

function suspects({ suspects: pairs }, source, target) {
  if (!pairs.length) return null;
  const reviewable = isReviewed(source, target);
  const heads = ["Training pair", "Rank of the translation", "What the space answers", ...(reviewable ? ["Review"] : [])];
  return panel("Training pairs that look wrong",
    h("p", { class: "quiet" }, "The space puts other words far before the translation that the training pair gives. ",
      "The pair may be wrong, or the word may have several senses."),
    table("Training pairs that look wrong", heads, pairs.map((pair) => [
      [wordLink(pair.source, source, target), " → ", wordLink(pair.target, target, source)],
      count(pair.rank),
      h("span", { class: "list" }, pair.answers.map((answer) => wordLink(answer, target, source))),
      ...(reviewable ? [queueButton(pair)] : []),
    ])));
}

function queueButton(pair) {
  let isBusy = false;
  const queue = button("Send to review", async () => {
    if (isBusy) return;
    isBusy = true;
    queue.setAttribute("aria-disabled", "true");
    try {
      await post("review/suspect", { source: pair.source, target: pair.target });
      queue.textContent = "Sent to review";
      announce("Sent to review");
    } catch (error) {
      isBusy = false;
      queue.removeAttribute("aria-disabled");
      notify(error.message, "error");
    }
  });
  return queue;
}
