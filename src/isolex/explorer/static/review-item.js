// One item of a review queue: the word, what is proposed for it, and what helps to decide.

import { bar, button, count, fill, h, plural, probability, word } from "./dom.js";
import { space, wordLink } from "./space.js";
import { strongestFirst, witnessName } from "./words.js";

const KEYED = 9;
const WITNESSES_SHOWN = 3;
const CONTEXT = 90;

const KINDS = {
  informative: "isolex is unsure about this word",
  sure: "isolex is sure of this translation",
  random: "This word was drawn at random, to measure how many translations are right",
  suspect: "This pair of the training dictionary may be wrong",
  own: "You asked for this word",
};

/** What is accepted or rejected: the suspected pair's translation, or else the first candidate. */
export function proposalOf({ pair, candidates }) {
  return pair?.target ?? candidates[0]?.word ?? null;
}

/** What the queue of suspects is worth where there are few training words. */
export const fewSeeds = (words) => h("p", { class: "told" },
  `The training dictionary has only ${plural(words, "word")} to compare with. With so few, most of the pairs in this queue are right. `,
  "Reject a pair only if you know that it is wrong.");

export function drawItem(place, item, { marks, wrong }, { choose, mark, dismiss, keep }) {
  const { source, target } = space.review;
  const proposal = proposalOf(item);
  fill(place,
    h("p", { class: "quiet" }, KINDS[item.kind] ?? item.kind, ".", item.rank !== null && ` It is number ${count(item.rank)} by frequency.`),
    h("h2", { id: "item-heading", class: "proposal", tabindex: -1 },
      wordLink(item.word, source, target, 120),
      h("span", { class: "arrow" }, "→"),
      proposal === null ? h("span", { class: "quiet" }, "no proposal") : wordLink(proposal, target, source, 120)),
    item.decided.length > 0 && h("p", { class: "told" }, "Decided before: ",
      item.decided.map((each, at) => [at > 0 && "; ", word(each.reviewer), ": ", said(each, target)])),
    item.replaces && h("div", { class: "told" }, h("p", {}, "You decided: ", said(item.replaces, target), ". This holds until you decide again."),
      button("Keep this decision", keep)),
    item.pair && h("p", { class: "told" },
      "When isolex does not see this training pair, it puts a great many words before either word as the translation of the other."),
    h("div", { class: "context" }, sourceContext(item, source, target)),
    h("h3", {}, item.pair ? "The translation of the training pair, then the answers of the dictionary" : "Candidates",
      item.candidates.length > 1 && h("span", { class: "quiet" }, ". Accepting another one rejects the first. To accept both, mark both.")),
    wrong.size > 0 && stillRejected(wrong, target, dismiss),
    item.candidates.length
      ? h("ol", { class: "candidates" }, item.candidates.map((candidate, index) =>
        candidateItem(candidate, index, marks.has(candidate.word), proposal, { choose, mark })))
      : h("p", { class: "quiet" }, "There are none."),
    item.no_translation !== null &&
      h("p", { class: "quiet" }, `The chance that the vocabulary lacks the right word is ${probability(item.no_translation)}.`));
}

/** Words that were rejected before, which stay so unless somebody unticks them or accepts them. */
function stillRejected(wrong, target, dismiss) {
  return h("p", { class: "still-rejected" }, h("span", {}, "Rejected before:"), [...wrong].map((text) =>
    h("label", { class: "check" },
      h("input", { type: "checkbox", checked: true, onchange: (event) => dismiss(text, event.target.checked) }),
      word(text, target), h("span", { class: "hidden" }, " stays rejected"))));
}

/** What a decision says. */
export function said({ accepted, rejected, comment }, language) {
  const listed = (texts) => h("span", { class: "list" }, texts.map((text) => word(text, language)));
  return [
    accepted.length > 0 && ["→ ", listed(accepted)],
    rejected.length > 0 && [accepted.length > 0 && ", ", "not ", listed(rejected)],
    !accepted.length && !rejected.length && h("span", { class: "quiet" }, "skipped"),
    comment && h("span", { class: "quiet" }, " (", word(comment), ")"),
  ];
}

function sourceContext({ near, seeds, examples }, source, target) {
  return [
    examples.map((example) => sentence(example, source)),
    near.length > 0 && h("p", {}, h("span", { class: "quiet" }, "Near it: "), listed(near, source, target)),
    seeds.length > 0 && h("p", {}, h("span", { class: "quiet" }, "Training pairs nearby: "),
      h("span", { class: "list" }, seeds.map((pair) =>
        h("span", {}, wordLink(pair.source, source, target), " → ", wordLink(pair.target, target, source))))),
  ];
}

function candidateItem(candidate, index, isMarked, proposal, { choose, mark }) {
  const { source, target } = space.review;
  const { word: text, rank, confidence, evidence, near, examples } = candidate;
  const number = index < KEYED ? h("kbd", { "aria-hidden": "true" }, index + 1) : "✓";
  const isFirst = text === proposal;
  const title = isFirst ? "Accept this one" : "Accept this one instead, which rejects the first. To accept both, mark both";
  return h("li", {},
    h("div", { class: "candidate" },
      h("button", { type: "button", class: "pick", title, onclick: () => choose(text) },
        number, h("span", { class: "hidden" }, "Accept ", word(text, target), !isFirst && [" and reject ", word(proposal, target)])),
      h("span", { class: "answer-word" }, wordLink(text, target, source)),
      confidence !== null &&
        h("span", { class: "measure" }, bar(confidence, "confidence"), h("span", { class: "number" }, probability(confidence))),
      h("label", { class: "check" },
        h("input", { type: "checkbox", checked: isMarked, "data-index": index, onchange: () => mark(text) }),
        "Mark", h("span", { class: "hidden" }, " ", word(text, target)))),
    h("div", { class: "candidate-more" },
      h("p", { class: "quiet" }, rank === null ? "not in the vocabulary" : `number ${count(rank)} by frequency`, witnesses(evidence)),
      near.length > 0 && h("p", {}, h("span", { class: "quiet" }, "Near it: "), listed(near, target, source)),
      examples.map((example) => sentence(example, target))));
}

function witnesses(evidence) {
  return strongestFirst(evidence).slice(0, WITNESSES_SHOWN).map(([witness, value]) =>
    h("span", { class: value < 0 ? "witness against" : "witness for" },
      `${value < 0 ? "−" : "+"} ${witnessName(witness).toLowerCase()}`,
      h("span", { class: "hidden" }, value < 0 ? " speaks against it" : " speaks for it")));
}

function listed(words, language, other) {
  return h("span", { class: "list" }, words.map((text) => wordLink(text, language, other)));
}

function sentence({ before, word: text, after }, language) {
  const start = before.length > CONTEXT ? `…${before.slice(-CONTEXT)}` : before;
  const end = after.length > CONTEXT ? `${after.slice(0, CONTEXT)}…` : after;
  return h("p", { class: "example" }, h("bdi", { dir: "auto", lang: language }, start, h("mark", {}, word(text, language)), end));
}
