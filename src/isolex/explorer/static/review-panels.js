// What stands around the items: how far the review is, what it measured and taught, and its tables.

import { get, isAbort, Latest, pause, post, postTable } from "./api.js";
import { announce, bar, button, count, fill, h, notify, panel, percent, plural, table, word } from "./dom.js";
import { interval } from "./health.js";
import { said } from "./review-item.js";
import { space, wordLink } from "./space.js";

const POLL = 2000;
const FORMATS = { tsv: "TSV", jsonl: "JSON Lines", tei: "TEI", tbx: "TBX", omegat: "OmegaT" };

export class ReviewPanels {
  strip = h("section", { class: "strip", "aria-label": "Progress" });
  #precision = h("div");
  #learning = h("div");
  #more = h("div");
  #learn = button("Learn now", () => this.#startLearning());
  #isStarting = false;
  #signal = null;
  #isPolling = false;
  #decisions;
  side;

  /** @param {(event: string) => void} change Take a decision back and show its word again. */
  constructor(change) {
    this.#decisions = new Decisions(change);
    this.side = this.#sidePanels();
  }

  #sidePanels = () => h("aside", { class: "review-side", "aria-label": "About this review" },
    panel("Precision", this.#precision),
    panel("Learning", this.#learning, this.#learn),
    this.#more,
    this.#decisions.panel,
    exportPanel(),
    importPanel((signal) => this.#refresh(signal), () => this.#signal));

  /** Keep the panels up to date until the view is left. */
  watch(signal) {
    this.#signal = signal;
    this.#isPolling = false;
    this.#refresh(signal);
  }

  async #refresh(signal) {
    try {
      this.draw(await get("review/progress", {}, signal));
    } catch (error) {
      if (!isAbort(error)) notify(error.message, "error");
    }
  }

  draw(progress) {
    fill(this.strip, stripContent(progress));
    fill(this.#precision, precision(progress), levels(progress));
    fill(this.#learning, learning(progress));
    fill(this.#more, contradictions(progress), agreement(progress));
    const isRunning = progress.learning === "running";
    this.#learn.setAttribute("aria-disabled", String(isRunning));
    this.#decisions.refresh();
    if (isRunning) this.#poll();
  }

  async #poll() {
    if (this.#isPolling) return;
    this.#isPolling = true;
    const signal = this.#signal;
    try {
      await pause(POLL, signal);
    } catch {
      return;
    }
    this.#isPolling = false;
    this.#refresh(signal);
  }

  async #startLearning() {
    if (this.#isStarting || this.#learn.getAttribute("aria-disabled") === "true") return;
    this.#isStarting = true;
    try {
      await post("review/learn", {});
      announce("Learning has started");
      await this.#refresh(this.#signal);
    } catch (error) {
      notify(error.message, "error");
    } finally {
      this.#isStarting = false;
    }
  }
}

/** The reviewer's own decisions, to look for one and change it. They are asked for while the list is open. */
class Decisions {
  #found = h("div");
  #search = h("input", {
    type: "search", id: "decisions-search", dir: "auto", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    oninput: () => this.refresh(),
  });
  #details = h("details", { ontoggle: () => this.refresh() }, h("summary", {}, "Look for a decision"),
    h("label", { for: "decisions-search" }, "With this text"), this.#search, this.#found);
  #latest = new Latest();
  #change;

  panel = panel("Your decisions", this.#details);

  constructor(change) {
    this.#change = change;
  }

  async refresh() {
    if (!this.#details.open) return;
    try {
      this.#draw(await get("review/decisions", { containing: this.#search.value }, this.#latest.next()));
    } catch (error) {
      if (!isAbort(error)) notify(error.message, "error");
    }
  }

  #draw({ found, decisions }) {
    const { source, target } = space.review;
    fill(this.#found,
      h("p", { class: "quiet", role: "status" }, found > decisions.length
        ? `${plural(found, "decision")}; here are the last ${count(decisions.length)}.` : `${plural(found, "decision")}.`),
      h("ul", { class: "decisions" }, decisions.map((each) => h("li", {},
        h("span", {}, wordLink(each.word, source, target), " ", said(each, target)), " ",
        button(["Change", h("span", { class: "hidden" }, " the decision about ", word(each.word, source))],
          () => this.#change(each.event))))));
  }
}

function stripContent({ reviewers, decided, accepted, rejected, skipped, per_minute: pace, precision: found }) {
  const figure = (label, value) => h("div", {}, h("dt", {}, label), h("dd", {}, value));
  return h("dl", {},
    reviewers > 1 && figure("reviewers, together", count(reviewers)),
    figure("decided", count(decided)), figure("accepted", count(accepted)),
    figure("rejected", count(rejected)), figure("skipped", count(skipped)),
    pace !== null && figure("a minute", pace.toFixed(1)),
    found && figure("precision", percent(found.percent)));
}

function precision({ precision: found }) {
  if (!found) return h("p", { class: "quiet" }, "The precision will stand here after some words that were drawn at random.");
  return interval(`Of ${plural(found.checked, "first answer")} to words that were drawn at random, so many were right:`, found);
}

function levels({ levels: rows }) {
  return rows.length > 0 && table("Precision and size of the dictionary", ["Confidence from", "Entries", "Precision"],
    rows.map(({ confidence, entries, percent: right }) => [
      percent(100 * confidence), count(entries), right === null ? "unknown" : percent(right)]));
}

function learning({ learning: state, told, since, every, generation, changed }) {
  const texts = {
    idle: `${plural(since, "decision")} since the dictionary last learned. It learns again after ${count(every)}.`,
    running: "The dictionary is learning from your decisions, which takes some minutes. You can go on meanwhile.",
    failed: `The last attempt to learn failed (${told}). The dictionary is the one from before.`,
  };
  return [
    h("p", { class: state === "failed" ? "told" : "" }, texts[state] ?? state),
    state === "idle" && bar(every ? since / every : 0, "score"),
    h("p", { class: "quiet" }, `Generation ${count(generation)} of the dictionary.`),
    changed.length > 0 && [h("h3", {}, "What changed"), h("ul", {}, changed.map((each) => h("li", {}, each)))],
  ];
}

function contradictions({ contradictions: found }) {
  if (!found.length) return null;
  const { source, target } = space.review;
  const verdict = (isRight) => (isRight ? "accepted by " : "rejected by ");
  return panel("Contradictions",
    h("p", { class: "quiet" }, "Here a decision differs from the seed dictionary, or reviewers differ from each other. ",
      "The last word on a pair counts."),
    table("Contradictions", ["Pair", "Last said", "Before"], found.map((each) => [
      [wordLink(each.source, source, target), " → ", wordLink(each.target, target, source)],
      [verdict(each.accepted), word(each.reviewer)],
      each.against === "lexicon" ? "in the seed dictionary" : [verdict(!each.accepted), word(each.against)]])));
}

function agreement({ agreement: pairs }) {
  if (!pairs.length) return null;
  return panel("Agreement",
    h("p", { class: "quiet" }, "Cohen's kappa is 1 where two reviewers always agree, ",
      "and 0 where they agree as often as by chance."),
    table("Agreement between reviewers", ["Reviewers", "Words", "Kappa"], pairs.map(({ reviewers, items, kappa }) => [
      h("span", { class: "list" }, reviewers.map((name) => word(name))),
      count(items),
      kappa === null ? "unknown" : kappa.toFixed(2)])));
}

function exportPanel() {
  return panel("Export", h("ul", { class: "cloud" }, Object.entries(FORMATS).map(([format, label]) =>
    h("li", {}, h("a", { href: `api/review/export?format=${format}`, download: true }, label)))));
}

function importPanel(refresh, signal) {
  const file = h("input", { type: "file", id: "import-file", accept: ".tsv,.csv,.txt,text/tab-separated-values,text/csv" });
  const result = h("div", { role: "status" });
  let isBusy = false;
  const upload = button("Import", async () => {
    if (isBusy) return;
    if (!file.files.length) return fill(result, h("p", {}, "Please choose a file first."));
    isBusy = true;
    upload.setAttribute("aria-disabled", "true");
    try {
      const { imported, refused, refused_count: count } = await postTable("review/import", file.files[0]);
      file.value = "";
      fill(result, h("p", {}, `${plural(imported, "decision")} imported, ${plural(count, "row")} refused.`),
        h("ul", {}, refused.map(({ why }) => h("li", {}, why))));
      notify("");
      refresh(signal());
    } catch (error) {
      notify(error.message, "error");
      fill(result, h("p", {}, "Nothing was imported."));
    } finally {
      isBusy = false;
      upload.removeAttribute("aria-disabled");
    }
  });
  return panel("Import", h("label", { for: "import-file" }, "A table of decisions, TSV or CSV in UTF-8"), file, upload, result);
}
