// The Health view: whether the space can be trusted, where it fails, and what would help.

import { getWhenReady, post } from "./api.js";
import { announce, bar, button, count, fill, h, notify, panel, percent, plural, table } from "./dom.js";
import { isReviewed, languageName, wordLink } from "./space.js";

const TOP = 10;
const ENOUGH = 200;
const HUB_NAMES = { nn: "Nearest neighbour", csls: "CSLS" };
const MEANINGS = {
  aligned: "You can work with the translations. Trust the rare words less, and use confidences where there are some.",
  doubtful: "Look up some words that you know before you rely on the translations.",
  failed: "Do not use the translations. The list below says what may help.",
  unchecked: "Look up some words that you know before you rely on the translations.",
};
const MEASURED = "isolex hid some words of the training dictionary, aligned with the others, and counted how many hidden words " +
  "came out right. The figure is for words as frequent as those of the training dictionary. The panel on frequency shows another measure.";
const ESTIMATED = "isolex had too few training words to test this. It aligned twice, each time from other words, and estimated the " +
  "share from how often both results agree. The figure is for frequent words. The panel on frequency shows another measure.";
const VERDICTS = {
  aligned: "The languages are aligned",
  doubtful: "It is doubtful whether the languages are aligned",
  failed: "The languages are not aligned",
  unchecked: "isolex has not checked whether the languages are aligned",
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

/** What the reasons speak of, where isolex tested itself. */
const terms = (vocabulary) => "P@1 is the share of words whose first translation is right. Held-out seed words are words of the training " +
  "dictionary that isolex hid. It hides only as many as it needs. " + among(vocabulary);

const among = (vocabulary) => `Each of these words, and one of its translations, is among the ${count(vocabulary)} most frequent words of its language.`;

function verdict({ status, reason, reasons, estimate, vocabulary }) {
  const all = [reason, ...reasons.filter((each) => each !== reason)].filter(Boolean);
  return h("section", { class: `verdict ${status}` },
    h("h2", {}, VERDICTS[status] ?? status),
    MEANINGS[status] && h("p", { class: "lead" }, MEANINGS[status]),
    estimate && interval("About this share of the first translations should be right:", estimate),
    estimate && h("p", { class: "quiet" }, estimate.measured ? MEASURED : ESTIMATED),
    all.length > 0 && folded("Why isolex says so", h("ul", {}, all.map((each) => h("li", {}, each))),
      estimate?.measured && h("p", { class: "quiet" }, terms(vocabulary))));
}

/** What people need who know the methods. */
const folded = (title, ...children) => h("details", {}, h("summary", {}, title), children);

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

function advice({ advice: pieces, details }) {
  if (!pieces.length && !details.length) return null;
  return panel("What you can do",
    pieces.length ? h("ul", { class: "advice" }, pieces.map((text) => h("li", {}, text)))
      : h("p", {}, "Nothing needs your attention."),
    details.length > 0 && folded("For people who know the methods", h("ul", {}, details.map((text) => h("li", {}, text)))));
}

function frequency({ frequency: bands, estimate, vocabulary }) {
  if (!bands.length) return null;
  return panel("Frequent and rare words",
    h("ul", { class: "bands" }, bands.map((band) =>
      h("li", {},
        h("span", {}, `Words ${count(band.from)} to ${count(band.to)}`),
        bar(band.percent / 100, "confidence"),
        h("span", { class: "number" }, percent(band.percent)),
        h("span", { class: "quiet" }, `of ${plural(band.words, "word")}`)))),
    h("p", { class: "quiet" }, "This shows where the dictionary gets weaker. Word 1 is the most frequent one. ",
      "isolex hid the words of the training dictionary in turn, and the bars show what share of them came out right. ",
      "The numbers on the right count the hidden words. ", among(vocabulary)),
    estimate && folded("Why this differs from the figure above", h("p", {}, "These figures come from one simple method (VecMap) for all languages, ",
      "so that they can be compared. The figure above is for the alignment that you look at, whose method is often better, ",
      "and it counts other words.")));
}

function hubs({ hubs: measures }, source, target) {
  // CSLS first: it is what translates.
  const entries = Object.entries(measures ?? {}).reverse();
  if (!entries.length) return null;
  const names = new Set(entries.flatMap(([, { top }]) => top.map(({ word: text }) => text)).slice(0, TOP));
  return panel("Answers that come too often",
    h("p", { class: "quiet" }, "Some words come up as the translation of far more words than they should. Be careful with these:"),
    h("ul", { class: "cloud small" }, [...names].map((text) => h("li", {}, wordLink(text, target, source)))),
    folded("For people who know the methods",
      h("p", {}, "Such words are called hubs. The share says how much of all answers would have to move for every word to answer equally often."),
      entries.map(([name, { share, top }]) => [
        h("h3", {}, HUB_NAMES[name] ?? name, ": ", percent(100 * share)),
        bar(share, "score"),
        h("ul", { class: "cloud small" }, top.map(({ word: text, count: answers }) =>
          h("li", {}, wordLink(text, target, source), h("span", { class: "quiet" }, ` ${count(answers)}`)))),
      ])));
}

function languages({ spaces }) {
  return panel("The languages", spaces.map(({ language, words, notes }) => [
    h("h3", {}, languageName(language)),
    h("p", { class: "quiet" }, plural(words, "word")),
    notes.length > 0 && folded(`About the vectors of ${languageName(language)}`, h("ul", {}, notes.map((note) => h("li", {}, note)))),
  ]));
}

function suspects({ suspects: pairs, few_seeds: few }, source, target) {
  if (!pairs.length) return null;
  const reviewable = isReviewed(source, target);
  const heads = ["Training pair", "Place of the translation", "What isolex answers", ...(reviewable ? ["Review"] : [])];
  return panel("Training pairs that look wrong",
    h("p", { class: "quiet" }, "When isolex does not see a pair, it finds many other translations before the one that the pair gives. ",
      "The pair may be wrong, or the word may be rare or have several senses.",
      few && ` With fewer than ${count(ENOUGH)} training words, most of these pairs are right.`),
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
