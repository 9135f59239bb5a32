// Elements without HTML strings: whatever the server sends stays text.

const SHOWN = 60;
const INVISIBLE = /^[\s\p{C}\p{Z}\p{M}]*$/u;
const DISTURBING = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
const wholeNumber = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

/** Replace what an element holds. Null, undefined and false stand for nothing, lists for what is in them. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
}

const drawn = new WeakMap();
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

/** As `fill`, but only if it would look different; whoever has the focus inside keeps it. */
export function refill(element, ...children) {
  const fresh = document.createElement(element.tagName);
  fill(fresh, ...children);
  const content = fresh.innerHTML;
  if (drawn.get(element) === content) return;
  const focused = element.contains(document.activeElement) && document.activeElement !== element ? document.activeElement : null;
  const before = focused && [...element.querySelectorAll(FOCUSABLE)];
  element.replaceChildren(...fresh.childNodes);
  drawn.set(element, content);
  if (focused) successor(focused, before, [...element.querySelectorAll(FOCUSABLE)], element).focus({ preventScroll: true });
}

/** What stands for an element after a redraw: the one that says the same, or the one in its place. */
function successor(element, before, after, container) {
  const named = (each) => `${each.tagName} ${each.id} ${each.dataset.key ?? each.textContent}`;
  const nth = before.filter((each) => named(each) === named(element)).indexOf(element);
  const same = after.filter((each) => named(each) === named(element));
  if (same.length) return same[Math.min(nth, same.length - 1)];
  if (after.length) return after[Math.min(before.indexOf(element), after.length - 1)];
  container.tabIndex = -1;
  return container;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

export const byId = (id) => document.getElementById(id);

function cut(text, length = SHOWN) {
  // A character is at most two units, so a prefix of the string will do; it keeps long strings cheap.
  const characters = Array.from(text.slice(0, 2 * length + 2));
  return characters.length > length ? `${characters.slice(0, length).join("")}…` : text;
}

/** A word for people: code points for what would look like nothing, and a sign for what would turn letters around. */
export function visible(text, length) {
  if (!INVISIBLE.test(text.slice(0, 200))) return cut(text, length).replace(DISTURBING, "\ufffd");
  const codes = Array.from(text.slice(0, 6), (character) => character.codePointAt(0).toString(16).toUpperCase());
  return codes.length ? codes.map((code) => `U+${code.padStart(4, "0")}`).join(" ") : "(empty)";
}

/** For places that take no elements, such as titles: the isolates keep bidi overrides inside. */
export const isolated = (text) => `\u2068${visible(text)}\u2069`;

export function word(text, language, length) {
  return h("bdi", { dir: "auto", lang: language, class: "word" }, visible(text, length));
}

export function button(label, onclick, { key, kind = "", ...properties } = {}) {
  const content = [label, key && h("kbd", { "aria-hidden": "true" }, key)];
  return h("button", { type: "button", class: kind, onclick, ...properties }, content);
}

export function bar(share, kind = "") {
  const filled = h("span", { class: "bar-filled" });
  filled.style.inlineSize = `${100 * clamp(share, 0, 1)}%`;
  return h("span", { class: `bar ${kind}`, "aria-hidden": "true" }, filled);
}

/** A bar that grows to the right for positive numbers and to the left for negative ones. */
export function signedBar(value, most) {
  const filled = h("span", { class: value < 0 ? "against" : "for" });
  filled.style.inlineSize = `${50 * clamp(Math.abs(value) / most, 0.02, 1)}%`;
  return h("span", { class: "signed-bar", "aria-hidden": "true" }, filled);
}

export function panel(title, ...children) {
  return h("section", { class: "panel" }, h("h2", {}, title), children);
}

export function table(caption, heads, rows) {
  // Wide tables scroll sideways, for which the keyboard needs a focus.
  const isWide = heads.length > 3;
  const scrolling = isWide && { tabindex: 0, role: "region", "aria-label": caption };
  return h("div", { class: isWide ? "table wide" : "table", ...scrolling },
    h("table", {},
      h("caption", { class: "hidden" }, caption),
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell)))))));
}

export const clamp = (value, least, most) => Math.min(most, Math.max(least, value));
export const count = (value) => wholeNumber.format(value);
export const percent = (value, digits = 0) => `${value.toFixed(digits)}\u00a0%`;
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** A probability never looks certain because of rounding. */
export function probability(value) {
  if (value > 0 && value < 0.005) return "<\u00a01\u00a0%";
  if (value < 1 && value > 0.995) return ">\u00a099\u00a0%";
  return percent(100 * value);
}

const ERROR_SHOWN = 300;

/** One line for everybody to see; the next one replaces it, and an empty one takes it away. */
export function notify(text, kind = "") {
  const notice = byId("notice");
  notice.className = `notice ${kind}`;
  notice.textContent = cut(text.replace(/\s+/g, " "), ERROR_SHOWN);
}

/** For screen readers alone, where others see the change. */
export function announce(text) {
  byId("announcer").textContent = text;
}
