// The start: asks what the space is, shows the view that the address names, and hears the keys.

import { getAbout, isAbort } from "./api.js";
import { button, byId, fill, h, isolated, notify } from "./dom.js";
import * as health from "./health.js";
import * as map from "./map.js";
import * as review from "./review.js";
import { SearchBox } from "./search.js";
import {
  describe, hasPair, languageName, mapAddress, pairAddress, parseAddress, reviewAddress, space, viewsOffered, wordAddress,
} from "./space.js";
import * as words from "./words.js";

const VIEWS = { word: words, map, health, review };
const SECOND_KEY_WITHIN = 1500;

let route = null;
let pair = null;
let leaving = new AbortController();
let searchBox = null;
let afterG = 0;

async function start() {
  try {
    describe(await getAbout());
  } catch (error) {
    notify(error.message, "error");
    fill(byId("main"), button("Try again", start, { kind: "primary" }));
    return;
  }
  notify("");
  pair = space.pairs[0];
  searchBox = new SearchBox((text) => goTo(route.view === "map" ? mapAddress(...pair, text) : wordAddress(...pair, text)));
  drawHeader();
  setUpPage();
  window.addEventListener("hashchange", () => show(true));
  document.addEventListener("keydown", press);
  show(false);
}

async function show(moveFocus) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  route = parseAddress(location.hash, pair);
  if (route.view !== "review") pair = [route.source, route.target];
  notify("");
  // The direction is drawn anew, and whoever changes it by keyboard goes on from there.
  const inDirection = document.activeElement.closest("#direction [id]")?.id;
  drawTabs();
  drawDirection();
  if (inDirection) byId(inDirection)?.focus();
  searchBox.setLanguage(pair[0]);
  searchBox.text = route.language ? "" : (route.word ?? "");
  document.title = pageTitle();

  const main = byId("main");
  main.setAttribute("aria-busy", "true");
  if (moveFocus && !inDirection && !main.contains(document.activeElement)) main.focus();
  try {
    await VIEWS[route.view].show(main, route, signal);
    if (moveFocus) focusHeading(main);
  } catch (error) {
    if (isAbort(error) || signal.aborted) return;
    notify(error.message, "error");
    fill(main, h("h1", { class: "hidden" }, "Nothing to show"), button("Try again", () => show(true), { kind: "primary" }));
    if (error.status === undefined) throw error;
  }
  main.removeAttribute("aria-busy");
}

/** Unless the focus is somewhere that is still there: whoever types or uses the map stays undisturbed. */
function focusHeading(main) {
  if (document.activeElement !== main && document.activeElement !== document.body) return;
  window.scrollTo(0, 0);
  main.querySelector("h1")?.focus();
}

/** Go to an address, also where the page is there already. */
function goTo(address) {
  if (location.hash === address) show(true);
  else location.hash = address;
}

function pageTitle() {
  const { label } = viewsOffered().find(({ view }) => view === route.view);
  const direction = route.view === "review" ? space.title : pair.map(languageName).join(" → ");
  return [route.word && isolated(route.word), label, direction, "isolex"].filter(Boolean).join(" · ");
}

function viewAddress(view) {
  return view === "review" ? reviewAddress("main") : pairAddress(view, ...pair);
}

function drawHeader() {
  byId("title").textContent = space.title;
  if (space.status === "aligned") return;
  const verdict = byId("verdict");
  verdict.hidden = false;
  verdict.textContent = space.status;
  verdict.classList.add(space.status);
  verdict.title = space.reason;
  verdict.href = pairAddress("health", ...pair);
}

function drawTabs() {
  fill(byId("tabs"), viewsOffered().map(({ view, label, key }) =>
    h("li", {}, h("a", {
      href: viewAddress(view), title: `${label} (g ${key})`, "aria-current": route.view === view && "page",
    }, label))));
}

function drawDirection() {
  const [source, target] = pair;
  const swap = hasPair(target, source) &&
    button("⇄", () => goTo(swapped()), {
      kind: "round", id: "direction-swap", "aria-label": "Change the direction", title: "Change the direction",
    });
  const name = (code, side) => h("span", { class: side }, languageName(code));
  const arrow = h("span", { "aria-hidden": "true" }, "→");
  if (space.languages.size <= 2) {
    fill(byId("direction"), name(source, "source"), arrow, h("span", { class: "hidden" }, "to"), name(target, "target"), swap);
    return;
  }
  const sources = [...new Set(space.pairs.map((each) => each[0]))];
  const targets = space.pairs.filter((each) => each[0] === source).map((each) => each[1]);
  fill(byId("direction"),
    languageSelect("From", sources, source, (chosen) => goTo(directed(chosen, chosen === target ? source : target))),
    arrow,
    languageSelect("To", targets, target, (chosen) => goTo(directed(source, chosen))),
    swap);
}

function languageSelect(label, codes, chosen, onChoose) {
  const onchange = (event) => onChoose(event.target.value);
  return h("select", { "aria-label": label, id: `direction-${label}`, onchange },
    codes.map((code) => h("option", { value: code, selected: code === chosen }, languageName(code))));
}

/** The view as it is, in another direction. The word stays where its language does. */
function directed(source, target) {
  const [from, to] = hasPair(source, target) ? [source, target] : space.pairs.find((each) => each[0] === source);
  if (route.view === "word") return wordAddress(from, to, from === route.source ? route.word : "");
  return pairAddress(route.view === "review" ? "word" : route.view, from, to);
}

/** The other direction. A word leads on to its translation, and an unknown word is looked up as it is. */
function swapped() {
  const [source, target] = pair;
  if (route.view !== "word") return directed(target, source);
  return wordAddress(target, source, words.firstAnswer() || route.word);
}

function setUpPage() {
  for (const element of document.querySelectorAll(".review-only")) element.hidden = !space.review;
  // The fragment names the view, so the link must not change it.
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  byId("help-button").addEventListener("click", openHelp);
  const keysOn = byId("keys-on");
  keysOn.checked = localStorage.getItem("isolex-keys") !== "off";
  keysOn.addEventListener("change", () => localStorage.setItem("isolex-keys", keysOn.checked ? "on" : "off"));
}

function openHelp() {
  byId("help").showModal();
}

function press(event) {
  const { target } = event;
  if (!byId("keys-on").checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (byId("help").open || target.closest("input:not([type=checkbox]), textarea, select")) return;
  // Space and Enter belong to the button or link that has the focus.
  if ((event.key === " " || event.key === "Enter") && target.closest("button, a, summary, input")) return;
  if (act(letter(event), event)) event.preventDefault();
}

function act(key, event) {
  const view = Date.now() - afterG < SECOND_KEY_WITHIN && viewsOffered().find((each) => each.key === key);
  afterG = key === "g" && !event.repeat ? Date.now() : 0;
  if (view) goTo(viewAddress(view.view));
  else if (key === "?") openHelp();
  else if (key === "/") searchBox.focus();
  else return key === "g" || Boolean(VIEWS[route.view].press?.(key, event));
  return true;
}

/** The key's letter; on keyboards of other scripts the Latin one in its place. */
function letter(event) {
  const isForeign = event.key.length === 1 && event.key.charCodeAt(0) > 127;
  if (isForeign && event.code.startsWith("Key")) return event.code[3].toLowerCase();
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

start();
