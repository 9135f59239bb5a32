// The search box: a combobox with a list of suggestions, after the ARIA 1.2 pattern.

import { Latest, get, isAbort, pause } from "./api.js";
import { announce, byId, count, fill, h, notify, plural, word } from "./dom.js";
import { languageName } from "./space.js";

const SUGGESTIONS = 12;
const LONGEST_PREFIX = 200;
const TYPING_PAUSE = 90;

export class SearchBox {
  #input = byId("search-input");
  #list = byId("search-list");
  #latest = new Latest();
  #language = "";
  #words = [];
  #active = -1;

  constructor(onChoose) {
    this.onChoose = onChoose;
    this.#input.addEventListener("input", () => this.#suggest());
    this.#input.addEventListener("keydown", (event) => this.#press(event));
    this.#input.addEventListener("blur", () => this.#close());
    // The box would lose the focus, and with it the list, before the click arrives.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(this.#words[Number(option.dataset.index)].word);
    });
    byId("search").addEventListener("submit", (event) => event.preventDefault());
  }

  setLanguage(code) {
    if (code === this.#language) return;
    this.#language = code;
    this.#input.lang = code;
    this.#input.placeholder = `Look up a word in ${languageName(code)}`;
    this.#close();
  }

  set text(text) {
    this.#input.value = text.slice(0, 1000);
    this.#close();
  }

  focus() {
    this.#input.focus();
    this.#input.select();
  }

  async #suggest() {
    const signal = this.#latest.next();
    const prefix = this.#input.value.trim();
    if (!prefix || prefix.length > LONGEST_PREFIX) return this.#close();
    try {
      await pause(TYPING_PAUSE, signal);
      const answer = await get("words", { language: this.#language, prefix, limit: SUGGESTIONS }, signal);
      this.#open(answer.words);
    } catch (error) {
      if (!isAbort(error)) notify(error.message, "error");
    }
  }

  #open(words) {
    this.#words = words;
    fill(this.#list, words.map((suggestion, index) =>
      h("li", { role: "option", id: `suggestion-${index}`, "data-index": index, "aria-selected": "false" },
        word(suggestion.word, this.#language),
        h("span", { class: "quiet" }, h("span", { class: "hidden" }, "rank "), count(suggestion.rank)))));
    this.#list.hidden = words.length === 0;
    this.#input.setAttribute("aria-expanded", String(words.length > 0));
    this.#activate(-1);
    announce(words.length ? plural(words.length, "suggestion") : "No suggestions");
  }

  #close() {
    this.#latest.cancel();
    this.#words = [];
    this.#list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#activate(-1);
  }

  #activate(index) {
    this.#active = index;
    this.#input.removeAttribute("aria-activedescendant");
    for (const option of this.#list.children) {
      const active = Number(option.dataset.index) === index;
      option.setAttribute("aria-selected", String(active));
      if (!active) continue;
      this.#input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }

  #press(event) {
    if (event.isComposing) return;
    const last = this.#words.length - 1;
    if (event.key === "ArrowDown" && last < 0) this.#suggest();
    else if (event.key === "ArrowDown") this.#activate(this.#active === last ? -1 : this.#active + 1);
    else if (event.key === "ArrowUp" && last >= 0) this.#activate(this.#active === -1 ? last : this.#active - 1);
    else if (event.key === "Enter") this.#choose(this.#meant());
    else if (event.key === "Escape" && last >= 0) this.#close();
    else if (event.key === "Escape") this.#input.value = "";
    else return;
    event.preventDefault();
  }

  /** The suggestion that was chosen, the very word that was typed, or else what it probably begins. */
  #meant() {
    const typed = this.#input.value.trim();
    if (this.#active >= 0) return this.#words[this.#active].word;
    return this.#words.some((each) => each.word === typed) ? typed : this.#words[0]?.word ?? typed;
  }

  #choose(text) {
    if (!text) return;
    this.text = text;
    this.onChoose(text);
  }
}
