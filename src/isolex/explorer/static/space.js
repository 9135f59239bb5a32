// What the server says of the space once and for all, and the addresses of its views.

import { h, word } from "./dom.js";

export const space = { title: "", languages: new Map(), pairs: [], calibrated: new Set(), review: null };

const pairKey = (source, target) => `${source} ${target}`;

export function describe(about) {
  Object.assign(space, about);
  space.languages = new Map(about.languages.map((language) => [language.code, language]));
  space.calibrated = new Set((about.confidences ?? []).map(([source, target]) => pairKey(source, target)));
}

export const languageName = (code) => space.languages.get(code)?.name || code;
export const hasPair = (source, target) => space.pairs.some((pair) => pair[0] === source && pair[1] === target);
export const isReviewed = (source, target) => space.review?.source === source && space.review.target === target;
export const isCalibrated = (source, target) => space.calibrated.has(pairKey(source, target));

export function viewsOffered() {
  const views = [
    { view: "word", label: "Word", key: "w" },
    { view: "map", label: "Map", key: "m" },
    { view: "health", label: "Health", key: "h" },
  ];
  return space.review ? [...views, { view: "review", label: "Review", key: "r" }] : views;
}

export const wordAddress = (source, target, text) => address("word", source, target, text);
export const mapAddress = (source, target, text, language) => address("map", source, target, text, language);
export const pairAddress = (view, source, target) => address(view, source, target);
export const reviewAddress = (queue, text) => (queue === "main" && !text ? address("review") : address("review", queue, text));

// A word may hold half a surrogate pair, which no address can carry.
const encoded = (part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, "\ufffd"));

function address(...parts) {
  return `#/${parts.filter((part) => part !== undefined && part !== "").map(encoded).join("/")}`;
}

/** The view that an address stands for; what is unknown in it is replaced by the default. */
export function parseAddress(fragment, [defaultSource, defaultTarget]) {
  const [view, ...parts] = fragment.replace(/^#?\/?/, "").split("/").map(decoded);
  if (view === "review" && space.review) {
    return parts[0] === "suspects" ? { view, queue: "suspects" } : { view, queue: "main", asked: parts[1] || "" };
  }
  const known = hasPair(parts[0], parts[1]);
  return {
    view: view === "map" || view === "health" ? view : "word",
    source: known ? parts[0] : defaultSource,
    target: known ? parts[1] : defaultTarget,
    word: (known && parts[2]) || "",
    language: known && parts[3] === parts[1] ? parts[1] : undefined,
  };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A word that leads to its own page, where it is translated from `source` to `target`. */
export function wordLink(text, source, target, length) {
  if (!hasPair(source, target)) return word(text, source, length);
  return h("a", { href: wordAddress(source, target, text), class: "word-link" }, word(text, source, length));
}
