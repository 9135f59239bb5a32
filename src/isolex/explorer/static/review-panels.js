// What stands around the items: how far the review is, what it measured and taught, and its tables.

import { get, isAbort, Latest, pause, post, postTable } from "./api.js";
import { announce, bar, button, count, fill, h, notify, panel, percent, plural, refill, table, word } from "./dom.js";
import { interval } from "./health.js";
import { said } from "./review-item.js";
import { space, wordLink } from "./space.js";

const POLL = 2000;
const VERDICTS = {
  better: "So isolex translates better now.",
  worse: "So isolex translates worse now.",
  same: "So these words show no difference.",
  unsure: "These words are too few to be sure whether isolex translates better.",
};
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

  /** @param {(event: string) => void} change Show the word of a decision again. */
  constructor(change) {
    this.#decisions = new Decisions(change);
    this.side = this.#sidePanels();
  }

  #sidePanels = () => h("aside", { class: "review-side", "aria-label": "About this review" },
    panel("How many translations are right", this.#precision),
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
    refill(this.strip, stripContent(progress));
    refill(this.#precision, precision(progress), levels(progress));
    refill(this.#learning, learning(progress));
    refill(this.#more, contradictions(progress), agreement(progress));
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
  #details = h("details", { ontoggle: () => this.refresh() }, h("summary", {}, "Find a decision"),
    h("label", { for: "decisions-search" }, "A word, or a part of your comment"), this.#search, this.#found);
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
    refill(this.#found,
      h("p", { class: "quiet", role: "status" }, found > decisions.length
        ? `${plural(found, "decision")}. The last ${count(decisions.length)} are:` : `${plural(found, "decision")}.`),
      h("ul", { class: "decisions" }, decisions.map((each) => h("li", {},
        h("span", {}, wordLink(each.word, source, target), " ", said(each, target)), " ",
        button(["Change", h("span", { class: "hidden" }, " the decision about ", word(each.word, source))],
          () => this.#change(each.event), { "data-key": each.event })))));
  }
}

function stripContent({ reviewers, decided, accepted, rejected, skipped, per_minute: pace, precision: found }) {
  const figure = (label, value) => h("div", {}, h("dt", {}, label), h("dd", {}, value));
  return h("dl", {},
    reviewers > 1 && figure("reviewers together", count(reviewers)),
    figure("decided", count(decided)), figure("accepted", count(accepted)),
    figure("rejected", count(rejected)), figure("skipped", count(skipped)),
    pace !== null && figure("a minute", pace.toFixed(1)),
    found && figure("right", percent(found.percent)));
}

function precision({ precision: found, unjudged }) {
  return [
    found ? interval(`Of ${plural(found.checked, "translation")} of words drawn at random, this share was right:`, found)
      : h("p", { class: "quiet" }, "One word in ten is drawn at random. Once you have decided on some of these, ",
        "you see here what share of all translations is right."),
    unjudged > 0 && h("p", { class: "quiet" }, unjudged === 1
      ? "1 more of these words has a new first translation since isolex learned. The word counts again once that translation is judged."
      : `${count(unjudged)} more of these words have new first translations since isolex learned. They count again once those are judged.`),
  ];
}

function levels({ levels: rows }) {
  return rows.length > 0 && [
    h("p", { class: "quiet" }, "You can also keep only the translations that isolex is sure of:"),
    table("Size of the dictionary by confidence", ["Confidence at least", "Words", "Expected to be right"],
      rows.map(({ confidence, entries, percent: right }) => [
        percent(100 * confidence), count(entries), right === null ? "unknown" : percent(right)])),
  ];
}

/** Whole minutes, so that a screen reader is not told anew every two seconds. Nobody waits for the first one. */
function runningFor(seconds) {
  const minutes = Math.floor((seconds ?? 0) / 60);
  return minutes ? `isolex has been learning from your decisions for ${plural(minutes, "minute")}.`
    : "isolex is learning from your decisions.";
}

function learning({ learning: state, learning_seconds: seconds, told, since, every, generation, changed, comparison: compared }) {
  const texts = {
    idle: `isolex has not yet learned from ${plural(since, "decision")}. It learns after every ${count(every)}.`,
    running: `${runningFor(seconds)} This takes some minutes, and you can go on meanwhile.`,
    failed: `isolex could not learn (${told}). The dictionary stays as it was.`,
    interrupted: "Learning was interrupted. The dictionary stays as it was, and isolex will learn from your decisions the next time.",
  };
  return [
    h("p", { class: state === "failed" ? "told" : "" }, texts[state] ?? state),
    state === "idle" && bar(every ? since / every : 0, "score"),
    h("p", { class: "quiet" }, generation ? `The dictionary has learned ${generation === 1 ? "once" : `${count(generation)} times`}.`
      : "The dictionary has not learned from decisions yet."),
    compared && comparison(compared),
    changed.length > 0 && [h("h3", {}, "What changed"), h("ul", {}, changed.map((each) => h("li", {}, each)))],
  ];
}

/** By random words, which isolex never learns from. */
function comparison({ words, right_before: before, right_now: now, better, worse, unjudged, verdict }) {
  return h("p", {},
    `Of ${plural(words, "random word")} judged before isolex learned the last time, the first translation was right for ${count(before)} `,
    `then and is right for ${count(now)} now: ${count(better)} became right and ${count(worse)} became wrong. `,
    unjudged > 0 && `${plural(unjudged, "word has", "words have")} another first translation now, which nobody has judged yet. `,
    VERDICTS[verdict]);
}

function contradictions({ contradictions: found }) {
  if (!found.length) return null;
  const { source, target } = space.review;
  const verdict = (isRight) => (isRight ? "accepted by " : "rejected by ");
  return panel("Contradictions",
    h("p", { class: "quiet" }, "Here a decision differs from the training dictionary, or two reviewers disagree. ",
      "The latest decision on a pair counts."),
    table("Contradictions", ["Pair", "Latest decision", "Differs from"], found.map((each) => [
      [wordLink(each.source, source, target), " → ", wordLink(each.target, target, source)],
      [verdict(each.accepted), word(each.reviewer)],
      each.against === "lexicon" ? "the training dictionary" : [verdict(!each.accepted), word(each.against)]])));
}

function agreement({ agreement: pairs }) {
  if (!pairs.length) return null;
  return panel("Agreement between reviewers",
    h("p", { class: "quiet" }, "Two reviewers get the same random words, and neither sees what the other decided. ",
      "Cohen's kappa is 1 where they always agree and 0 where they agree only as often as by chance. ",
      "It counts the proposals that both judged, by their latest decisions."),
    table("Agreement between reviewers", ["Reviewers", "Judged by both", "Kappa"], pairs.map(({ reviewers, items, kappa }) => [
      h("span", { class: "list" }, reviewers.map((name) => word(name))),
      count(items),
      kappa === null ? "unknown" : kappa.toFixed(2)])));
}

function exportPanel() {
  return panel("Export", h("ul", { class: "cloud" }, Object.entries(FORMATS).map(([format, label]) =>
    h("li", {}, h("a", { href: `api/review/export?format=${format}`, download: true }, label)))));
}

function importReport({ imported, known, overridden, overridden_count: others, refused, refused_count: left }) {
  const { source, target } = space.review;
  return [
    h("p", {}, [`${plural(imported, "decision")} imported`, known > 0 && `, ${plural(known, "row")} already there`,
      left > 0 && `, ${plural(left, "row")} refused`].filter(Boolean).join(""), "."),
    others > 0 && [
      h("p", {}, others > overridden.length ? `${plural(others, "earlier verdict")} changed. The first ones are:`
        : `${plural(others, "earlier verdict")} changed:`),
      h("ul", {}, overridden.map((each) => h("li", {}, wordLink(each.source, source, target), " → ",
        wordLink(each.target, target, source), ", which ", word(each.reviewer), ` had ${each.accepted ? "accepted" : "rejected"}`))),
    ],
    refused.length > 0 && h("ul", {}, refused.map(({ why }) => h("li", {}, why))),
  ];
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
      const found = await postTable("review/import", file.files[0]);
      file.value = "";
      fill(result, importReport(found));
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
