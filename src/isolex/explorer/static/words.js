// The Word view: what a word translates to, and why.

import { get } from "./api.js";
import { announce, bar, count, fill, h, panel, percent, plural, probability, signedBar, word } from "./dom.js";
import {
  hasPair, isCalibrated, isReviewed, languageName, mapAddress, reviewAddress, space, wordAddress, wordLink,
} from "./space.js";

const EXAMPLES = 24;
const LONG = 24;

const WITNESSES = {
  alignment: "Nearness in the shared space",
  hubness: "How crowded the surroundings are",
  neighbours: "What the neighbours translate to",
  frequency: "How alike in frequency",
  strings: "Spelling",
  characters: "Letters that correspond",
  triangulation: "The way through third languages",
};

let shown = null;

export const firstAnswer = () => shown?.answers[0]?.word ?? "";
export const strongestFirst = (evidence) => Object.entries(evidence).sort((one, other) => Math.abs(other[1]) - Math.abs(one[1]));
export const witnessName = (witness) => WITNESSES[witness] ?? witness.replaceAll("_", " ");

export async function show(place, { source, target, word: text }, signal) {
  shown = null;
  if (!text) return showStart(place, source, target, signal);
  const entry = await get("word", { source, target, word: text }, signal);
  shown = entry;
  fill(place, heading(entry), h("div", { class: "entry" },
    h("div", { class: "column" }, translations(entry), evidence(entry), back(entry)),
    h("div", { class: "column" }, hub(entry), nearSource(entry), nearTarget(entry), seeds(entry))));
  announce(entry.answers.length ? plural(entry.answers.length, "translation") : "No translations");
}

async function showStart(place, source, target, signal) {
  const examples = h("ul", { class: "cloud" });
  fill(place,
    h("div", { class: "start" },
      h("h1", { tabindex: -1 }, `From ${languageName(source)} to ${languageName(target)}`),
      h("p", { class: "lead" }, "Type a word into the search box to see its translations, how sure they are, and why. ",
        "Or start from one of the most frequent words."),
      examples));
  const { words } = await get("words", { language: source, prefix: "", limit: EXAMPLES }, signal);
  fill(examples, words.map((each) => h("li", {}, wordLink(each.word, source, target))));
}

function heading({ word: text, source, target, rank, told }) {
  const { words } = space.languages.get(source);
  const rankText = rank === null ? "not in the vocabulary" : `rank ${count(rank)} of ${count(words)}`;
  return h("header", { class: "entry-head" },
    h("h1", { tabindex: -1, class: text.length > LONG && "long" }, word(text, source, 120)),
    h("p", { class: "quiet" }, `${languageName(source)}, ${rankText}`),
    rank !== null && h("p", { class: "links" }, h("a", { href: mapAddress(source, target, text) }, "Show on the map"),
      isReviewed(source, target) && h("a", { href: reviewAddress("main", text) }, "Review this word")),
    told && h("p", { class: "told" }, told));
}

function translations({ answers, source, target, word: text, no_translation: none }) {
  const title = `Translations into ${languageName(target)}`;
  if (!answers.length) {
    return panel(title,
      hasPair(target, source) && h("p", {},
        h("a", { href: wordAddress(target, source, text) }, `Look it up as a word of ${languageName(target)}`)));
  }
  const best = Math.max(...answers.map((answer) => answer.score));
  return panel(title,
    h("ol", { class: "answers" }, answers.map((answer, at) => answerItem(answer, best, target, source, at === 0))),
    none !== null &&
      h("p", { class: "quiet" }, `Chance that the right word is missing from the ${languageName(target)} vocabulary: ${probability(none)}.`),
    !isCalibrated(source, target) &&
      h("p", { class: "quiet" }, "This direction has no confidences, so the bars compare the scores with each other."));
}

function answerItem({ word: text, rank, score, confidence, mutual, seed }, best, language, other, isFirst) {
  const sure = confidence !== null;
  return h("li", {},
    h("span", { class: "answer-word" }, wordLink(text, language, other)),
    h("span", { class: "measure" },
      bar(sure ? confidence : score / best, sure ? "confidence" : "score"),
      h("span", { class: "number" }, h("span", { class: "hidden" }, sure ? "confidence " : "score "),
        sure ? probability(confidence) : score.toFixed(2))),
    h("span", { class: "notes" },
      h("span", {}, `rank ${count(rank)}`),
      mutual && (isFirst ? h("span", { title: "Each word is the best answer to the other" }, "best both ways")
        : h("span", { title: "The word is the best answer to this one" }, "translates back")),
      seed && h("span", { title: "The pair is in the training dictionary" }, "training pair")));
}

function evidence({ evidence: witnesses, answers, target }) {
  const spoken = strongestFirst(witnesses);
  if (!spoken.length) return null;
  const most = Math.abs(spoken[0][1]) || 1;
  return panel(["Why ", word(answers[0].word, target), "?"],
    h("ul", { class: "evidence" }, spoken.map(([witness, value]) =>
      h("li", {},
        h("span", {}, witnessName(witness)),
        signedBar(value, most),
        h("span", { class: "number" }, h("span", { class: "hidden" }, value < 0 ? "against: " : "for: "), signed(value))))),
    h("p", { class: "quiet" }, "Bars to the right are evidence for this translation, bars to the left are evidence against it."));
}

const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;

function hub({ hub: found, source, target }) {
  if (!found) return null;
  const name = wordLink(found.word, target, source);
  const among = `is among the 10 nearest answers to ${plural(found.answers, "word")}; ${count(found.typical)} would be typical.`;
  if (!found.is_hub) return h("p", { class: "quiet hub" }, name, ` ${among}`);
  return h("p", { class: "told hub" },
    h("strong", {}, "This answer comes up too often. "), name, ` ${among} Such words are near to everything, so trust it less.`);
}

function nearSource({ near_source: near, source, target }) {
  return neighbours(`Nearest ${languageName(source)} words`, near, source, target);
}

function nearTarget({ near_target: near, answers, source, target }) {
  if (!answers.length) return null;
  return neighbours([`Nearest ${languageName(target)} words to `, word(answers[0].word, target)], near, target, source);
}

function back({ back: words, answers, source, target }) {
  if (!answers.length) return null;
  return neighbours([word(answers[0].word, target), " translates back to"], words, source, target);
}

function neighbours(title, words, language, other) {
  if (!words.length) return null;
  return panel(title,
    h("ul", { class: "neighbours" }, words.map(({ word: text, score }) =>
      h("li", {}, wordLink(text, language, other), bar(score, "score"), h("span", { class: "number" }, score.toFixed(2))))));
}

function seeds({ seeds: pairs, source, target }) {
  if (!pairs.length) return null;
  return panel("Training pairs nearby",
    h("ul", { class: "pairs" }, pairs.map((pair) =>
      h("li", {}, wordLink(pair.source, source, target), h("span", { class: "arrow" }, "→"), wordLink(pair.target, target, source),
        h("span", { class: "number" }, percent(100 * pair.similarity))))),
    h("p", { class: "quiet" }, "These pairs influence the translations of the word the most. The number says how near the pair is to the word."));
}
