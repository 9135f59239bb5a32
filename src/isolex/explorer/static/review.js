// The Review view: one word after another, each with a decision that is sent before the next word comes.

import { get, isAbort, post } from "./api.js";
import { announce, button, byId, fill, h, isolated, notify, refill, word } from "./dom.js";
import { ReviewPanels } from "./review-panels.js";
import { drawItem, fewSeeds, proposalOf } from "./review-item.js";
import { languageName, reviewAddress, space } from "./space.js";

const QUEUES = { main: "Dictionary", suspects: "Suspects" };
const DOUBLE_PRESS = 250;

// All this outlives the view, so that whoever looks something up and comes back finds what was there.
const items = { main: null, suspects: null };
const drafts = new Map();
let queue = "main";
let unsent = null;
let isSending = false;
let panels = null;
let page = null;
let lastPress = { key: "", at: 0 };

export async function show(place, route, signal) {
  queue = route.queue;
  page = { signal, asked: route.asked, few: h("div", { class: "few" }), item: h("div", { class: "item" }), unsent: h("p", { class: "unsent" }), ...fields() };
  panels ??= new ReviewPanels(change);
  fill(place,
    h("header", { class: "review-head" },
      h("h1", { tabindex: -1 }, "Review"),
      h("p", { class: "quiet" }, `${languageName(space.review.source)} → ${languageName(space.review.target)}, reviewer `,
        word(space.review.reviewer)),
      h("nav", { "aria-label": "Queues" }, h("ul", { class: "tabs small" }, Object.entries(QUEUES).map(([name, label]) =>
        h("li", {}, h("a", { href: reviewAddress(name), "aria-current": name === queue && "page" }, label)))))),
    panels.strip,
    h("div", { class: "review-layout" },
      h("section", { class: "panel card", "aria-label": "The word to review" }, page.few, page.item, page.form,
        h("div", { class: "decision" }, page.unsent, page.actions)),
      panels.side));
  panels.watch(signal);
  await showItem();
}

/** Handle a key; true if it meant something here. */
export function press(key, event) {
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  const act = digit ? () => chooseOrMark(Number(digit) - 1, event.shiftKey) : KEYS[key];
  if (!act) return false;
  // Two quick presses are one: the second would decide about a word that nobody has read.
  const isDouble = event.repeat || (lastPress.key === event.code && event.timeStamp - lastPress.at < DOUBLE_PRESS);
  lastPress = { key: event.code, at: event.timeStamp };
  if (!isDouble) act();
  return true;
}

const KEYS = {
  a: accept,
  x: reject,
  " ": skip,
  u: () => undo(),
  e: () => page.correction.focus(),
  c: () => page.comment.focus(),
};

function fields() {
  const comment = h("textarea", { id: "comment", rows: 1, dir: "auto", oninput: () => { draft().comment = comment.value; } });
  const correction = h("input", {
    id: "correction", type: "text", dir: "auto", lang: space.review.target, autocomplete: "off", autocapitalize: "off",
    spellcheck: "false", oninput: () => { draft().typed = correction.value; },
  });
  for (const field of [comment, correction]) field.addEventListener("keydown", leaveOnEscape);
  comment.addEventListener("keydown", leaveOnEnter);
  const form = h("form", { class: "fields", onsubmit: (event) => { event.preventDefault(); correct(); } },
    h("label", { for: "correction" },
      "Another translation, accepted with the marked ones. The first candidate is rejected unless it is marked ",
      h("kbd", { "aria-hidden": "true" }, "e")),
    h("div", { class: "joined" }, correction, h("button", { type: "submit" }, "Accept this translation")),
    h("label", { for: "comment" }, "Comment ", h("kbd", { "aria-hidden": "true" }, "c")),
    comment);
  const actions = h("div", { class: "actions", role: "group", "aria-label": "Decision" },
    button("Accept", accept, {
      key: "a", kind: "primary", "aria-keyshortcuts": "a",
      title: "Accept the first candidate, or all marked ones. If some are marked, but not the first, that one is rejected",
    }),
    button("Reject", reject, { key: "x", "aria-keyshortcuts": "x" }),
    button("Skip", skip, { key: "space", "aria-keyshortcuts": "Space", "data-name": "skip" }),
    button("Undo", () => undo(), { key: "u", "aria-keyshortcuts": "u" }));
  return { comment, correction, form, actions };
}

function leaveOnEscape(event) {
  if (event.key !== "Escape" || event.isComposing) return;
  event.preventDefault();
  focusItem();
}

/** Enter ends a comment; Shift and Enter begins a line. */
function leaveOnEnter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  focusItem();
}

function focusItem() {
  (byId("item-heading") ?? byId("main")).focus();
}

/** What the person typed and marked for the present item. */
function draft() {
  const id = items[queue]?.item?.id ?? "";
  const before = items[queue]?.item?.replaces;
  if (!drafts.has(id)) drafts.set(id, before ? unchanged(draftOf(before)) : { comment: "", typed: "", marks: new Set(), wrong: new Set() });
  return drafts.get(id);
}

/** A draft that says what the decision says that still holds, so that nothing is lost with it. */
function unchanged(made) {
  return { ...made, filled: contentOf(made) };
}

const contentOf = ({ comment, typed, marks, wrong }) => JSON.stringify([comment.trim(), typed.trim(), [...marks].sort(), [...wrong].sort()]);

async function showItem() {
  const shownQueue = queue;
  const { signal, asked } = page;
  if (asked) {
    if (items[queue]?.item?.word !== asked) items[queue] = null;
    page.asked = "";
    // Whoever loads the page again goes on with the queue.
    history.replaceState(null, "", reviewAddress("main"));
  }
  if (!items[queue]) {
    fill(page.item, h("p", { class: "quiet" }, "The next word is coming …"));
    try {
      items[shownQueue] = asked ? await post("review/open", { word: asked }) : await get("review/item", { queue }, signal);
      if (signal.aborted) return;
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      page.asked = asked;
      notify(error.message, "error");
      fill(page.item, button("Try again", () => { notify(""); showItem(); }, { kind: "primary" }));
      return;
    }
  }
  draw();
}

function draw() {
  const { item, told, few_seeds: few } = items[queue];
  const focusWasInside = page.item.contains(document.activeElement) || page.form.contains(document.activeElement);
  const { comment, typed, marks, wrong } = draft();
  page.comment.value = comment;
  page.correction.value = typed;
  page.form.hidden = !item;
  drawUnsent();
  drawSending();
  refill(page.few, item && few && fewSeeds(few));
  if (item) drawItem(page.item, item, { marks, wrong }, { choose, mark, dismiss, keep });
  else fill(page.item, h("h2", { id: "item-heading", tabindex: -1 }, told || "Nothing is left in this queue."));
  if (focusWasInside) focusItem();
  // Nobody should decide about a word that is out of sight.
  byId("item-heading")?.scrollIntoView({ block: "nearest" });
}

function chooseOrMark(index, isMark) {
  const candidate = items[queue]?.item?.candidates[index];
  if (!candidate) {
    const { item } = items[queue] ?? {};
    if (item) notify(`There ${item.candidates.length === 1 ? "is 1 candidate" : `are ${item.candidates.length} candidates`}.`);
    return;
  }
  if (isMark) mark(candidate.word);
  else choose(candidate.word);
}

function mark(text) {
  const { marks } = draft();
  if (!marks.delete(text)) marks.add(text);
  announce(`${isolated(text)} ${marks.has(text) ? "is marked" : "is not marked"}`);
  for (const box of page.item.querySelectorAll("input[data-index]")) {
    box.checked = marks.has(items[queue].item.candidates[box.dataset.index].word);
  }
}

/** Whether a word that was rejected before stays rejected. */
function dismiss(text, isWrong) {
  const { wrong } = draft();
  if (isWrong) wrong.add(text);
  else wrong.delete(text);
}

function accept() {
  const { item } = items[queue] ?? {};
  if (!item) return;
  const marked = markedWords();
  if (marked.length) acceptInstead(marked);
  else if (proposalOf(item) !== null) decide([proposalOf(item)], rejectedBeside([proposalOf(item)], []));
  else notify("There is no proposal to accept. You can type a translation or skip the word.");
}

function markedWords() {
  return items[queue].item.candidates.map((candidate) => candidate.word).filter((text) => draft().marks.has(text));
}

const choose = (text) => acceptInstead([text]);

function correct() {
  const typed = draft().typed.trim();
  if (typed) acceptInstead([...new Set([...markedWords(), typed])]);
  else notify("Please type a translation first.");
}

/** Accept these words. The proposal is wrong if it is not among them. */
function acceptInstead(accepted) {
  const { item } = items[queue] ?? {};
  if (item) decide(accepted, rejectedBeside(accepted, [proposalOf(item)]));
}

/** What is wrong now, and what stays rejected from before. */
function rejectedBeside(accepted, rejected) {
  const all = new Set([...rejected, ...draft().wrong]);
  return [...all].filter((text) => text !== null && !accepted.includes(text));
}

function reject() {
  const { item } = items[queue] ?? {};
  if (!item) return;
  if (proposalOf(item) !== null) decide([], rejectedBeside([], [proposalOf(item)]));
  else notify("There is no proposal to reject. You can skip the word.");
}

/** Nothing is said of the word; a decision that would have been changed holds. */
function skip() {
  const { item } = items[queue] ?? {};
  if (item?.replaces) keep();
  else if (item) decide([], []);
}

/** Leave a decision as it is, and go on with the queue. */
async function keep() {
  if (isSending) return;
  const from = queue;
  const { item } = items[from];
  setSending(true);
  try {
    await post("review/leave", { id: item.id });
    drafts.delete(item.id);
    items[from] = null;
    notify("");
    announce(`The decision about ${isolated(item.word)} stays as it is`);
  } catch (error) {
    notify(error.message, "error");
    return;
  } finally {
    setSending(false);
  }
  if (!items[queue]) await showItem();
}

async function decide(accepted, rejected) {
  if (isSending) return;
  const { item } = items[queue];
  // A new generation may have another proposal by now, so the one that was read goes along.
  const proposal = proposalOf(item);
  await send({ id: item.id, word: item.word, proposal, accepted, rejected, comment: draft().comment.trim() }, item, queue);
}

async function send(decision, item, from) {
  setSending(true);
  try {
    const { holds, progress, told } = await post("review/decision", decision);
    if (unsent?.item.id === item.id) unsent = null;
    drafts.delete(item.id);
    if (items[from]?.item?.id === item.id) items[from] = null;
    panels.draw(progress);
    const turned = holds ? turnedDown(decision, item) : "";
    if (turned) notify(told ? `${turned}. ${told}` : turned, "made");
    else notify(told);
    if (!turned && !told) announce(outcome(decision, item));
  } catch (error) {
    unsent = { decision, item, from };
    notify(error.message, "error");
    return;
  } finally {
    setSending(false);
    drawUnsent();
  }
  if (!items[queue]) await showItem();
}

const isolatedWords = (texts) => texts.map((text) => isolated(text)).join(", ");

/** A decision that rejects beside what it accepts, which everybody should see: they may not have meant to reject. */
function turnedDown({ accepted, rejected }, item) {
  if (!accepted.length || !rejected.length) return "";
  return `${isolated(item.word)} → ${isolatedWords(accepted)}, not ${isolatedWords(rejected)}`;
}

function outcome({ accepted, rejected }, item) {
  const about = isolated(item.word);
  const wrong = rejected.length ? `${isolatedWords(rejected)} is rejected for ${about}` : "";
  if (accepted.length) return `Accepted: ${about} is ${isolatedWords(accepted)}${wrong && `; ${wrong}`}`;
  return wrong || `Skipped ${about}`;
}

/** Take the last decision back and show its word again. */
async function undo() {
  await bringBack(async () => {
    const { undone, item, said, told, progress } = await post("review/undo", {});
    notify(told);
    if (undone === null) return;
    panels.draw(progress);
    unsent = null;
    // What was rejected is shown with the word, so that it can be rejected again.
    showAgain({ ...item, before: said });
    announce(`The decision about ${isolated(item.word)} is undone`);
  });
}

/** Show the word of an older decision, which holds until there is another one. */
async function change(event) {
  await bringBack(async () => {
    const { item, told } = await post("review/change", { event });
    if (!item) return notify(told);
    notify("");
    showAgain(item);
    announce(`The decision about ${isolated(item.word)} is open. It holds until you decide again.`);
  });
}

async function bringBack(ask) {
  if (isSending) return;
  setSending(true);
  try {
    await ask();
  } catch (error) {
    notify(error.message, "error");
  } finally {
    setSending(false);
  }
}

function showAgain(item) {
  items[item.queue] = { ...items[item.queue], item };
  if (item.before) drafts.set(item.id, draftOf(item.before));
  if (item.queue === queue) {
    draw();
    focusItem();
  } else location.hash = reviewAddress(item.queue);
}

/** What was said before, to be said again with a change. All accepted words are among the candidates. */
function draftOf({ accepted, rejected, comment }) {
  return { comment, typed: "", marks: new Set(accepted), wrong: new Set(rejected) };
}

function setSending(value) {
  isSending = value;
  drawSending();
}

/** Buttons stay focusable while a decision is on its way, so that nobody loses the place. */
function drawSending() {
  for (const each of page.actions.children) {
    const isOff = isSending || (!items[queue]?.item && !each.textContent.startsWith("Undo"));
    each.setAttribute("aria-disabled", String(isOff));
    if (each.dataset.name === "skip") each.firstChild.textContent = items[queue]?.item?.replaces ? "Keep the decision" : "Skip";
  }
}

function drawUnsent() {
  const isHere = unsent?.item.id === items[queue]?.item?.id;
  refill(page.unsent, unsent && [
    "Your decision about ", word(unsent.item.word, space.review.source), " is not sent yet. ",
    isHere && "Press the same key again, or ",
    button("Send it again", () => { if (!isSending) send(unsent.decision, unsent.item, unsent.from); }),
  ]);
}

window.addEventListener("beforeunload", (event) => {
  const isTyped = [...drafts.values()].some((made) =>
    (made.comment.trim() || made.typed.trim() || made.marks.size || made.filled) && contentOf(made) !== made.filled);
  if (unsent || isSending || isTyped) event.preventDefault();
});
