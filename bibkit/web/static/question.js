// One question: both records side by side, the evidence, and what can be answered.

import { h, shown, signed } from "./dom.js";

const ANSWERS = [
  ["same", "s", "Same", "one publication"],
  ["different", "d", "Different", "two works"],
  ["version", "v", "Version", "of one work"],
  ["skip", "k", "Skip", "ask next time"],
];
export const KEYS = Object.fromEntries(ANSWERS.map(([verdict, key]) => [key, verdict]));
const SAID = {
  s: "You said: same.", d: "You said: different.", v: "You said: version.", k: "Skipped: asked again next time.",
  i: "This follows from your other answers; change or undo one of these.",
};
const VERDICT = { s: "same", d: "different", v: "version", k: "skip" };

export class Card {
  /** `place` says which pair this is; `answer(verdict)` and `look(work)` are called for buttons. */
  constructor(found, place, state, { answer, look }) {
    this.look = look;
    this.picks = {};
    this.why = h("input", {
      type: "text", id: "why", maxlength: 4000, placeholder: "Why (optional, kept with the answer)",
      "aria-label": "Why: a reason that is kept with the answer", "aria-keyshortcuts": "w", autocomplete: "off",
    });
    this.picked = h("p", { class: "picked", role: "status" });
    this.buttons = ANSWERS.map((row) => this.button(row, state, answer));
    this.content = [
      h("div", { class: "scroll" },
        h("div", { class: "said", "data-state": state }, `${place}. ${SAID[state] ?? ""}`, this.picked),
        this.table(found), this.evidence(found.evidence)),
      h("div", { class: "answers", role: "group", "aria-label": "Answer" },
        h("div", { class: "buttons" }, this.buttons), this.why),
    ];
  }

  button([verdict, key, label, meaning], state, answer) {
    return h("button", {
      type: "button", class: `answer ${verdict}`, "data-verdict": verdict, "aria-keyshortcuts": key, title: meaning,
      disabled: state === "i",
      "aria-pressed": VERDICT[state] === verdict ? "true" : "false", onclick: () => answer(verdict),
    }, label, " ", h("kbd", {}, key));
  }

  busy(is) {
    for (const button of this.buttons) button.setAttribute("aria-disabled", is ? "true" : "false");
  }

  // ---------------------------------------------------------------------------------------------- side by side

  table(found) {
    return h("table", { class: "sides", "aria-label": "Both records side by side; characters that differ are marked" },
      h("thead", {}, h("tr", {}, h("td", {}), found.sides.map((side) => this.head(side)))),
      h("tbody", {}, found.rows.map((row) => this.row(row))));
  }

  head(side) {
    const more = side.joined ? h("button", {
      type: "button", class: "joined", title: "Show all records of this publication", onclick: () => this.look(side.work),
    }, `and ${side.joined} joined with it`) : null;
    return h("th", { scope: "col" },
      h("span", { class: "place" }, side.place || "no file"), " ", h("span", { class: "key" }, side.key), " ", more);
  }

  row(row) {
    const kind = row.differs ? "differs" : row.one.length && row.other.length ? "equal" : "lone";
    return h("tr", { class: kind, "data-variable": row.variable },
      h("th", { scope: "row" }, row.variable), this.cell(row, "one"), this.cell(row, "other"));
  }

  cell(row, side) {
    const text = row[side].length ? h("div", { class: "value" }, shown(row[side]))
      : h("div", { class: "value none" }, h("span", { class: "unseen" }, "missing"), h("span", { "aria-hidden": "true" }, "–"));
    return h("td", {}, h("div", { class: "cell" }, text, row.pick ? this.pick(row.variable, side) : null));
  }

  pick(variable, side) {
    const left = side === "one";
    return h("button", {
      type: "button", class: "pick", "aria-pressed": "false", "data-side": side, "data-for": variable,
      "aria-label": `Take the ${left ? "left" : "right"} ${variable}`, title: "Take this value if the two are the same",
      onclick: (event) => this.take(variable, side, event.currentTarget),
    }, "take");
  }

  take(variable, side, button) {
    if (this.picks[variable] === side) delete this.picks[variable];
    else this.picks[variable] = side;
    for (const other of button.closest("tr").querySelectorAll(".pick")) {
      other.setAttribute("aria-pressed", String(this.picks[variable] === other.dataset.side));
    }
    const names = Object.keys(this.picks);
    this.picked.textContent = names.length ? `If you say same, taken as marked: ${names.join(", ")}.` : "";
  }

  // ---------------------------------------------------------------------------------------------- evidence

  evidence(found) {
    const notes = [
      found.veto ? h("p", { class: "note" }, h("b", {}, "Never the same by itself: "), found.veto) : null,
      found.kind ? h("p", { class: "note" }, h("b", {}, "Could be versions: "), `${found.kind} (${signed(found.work)})`) : null,
    ];
    const start = Math.abs(found.start) < 0.05 ? [] : [["start", found.start, "before any field is looked at"]];
    const rows = [...found.clues, ...start];
    const most = Math.max(1, ...rows.map(([, weight]) => Math.abs(weight)));
    return h("section", { class: "evidence" },
      h("h2", {}, "Evidence ", h("span", { class: "total" }, signed(found.total))),
      notes,
      h("table", { "aria-label": "What speaks for one publication (above 0) and against it" },
        h("thead", { class: "unseen" }, h("tr", {}, ["field", "finding", "weight", ""].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, rows.map((clue) => clueRow(clue, most)))));
  }
}

function clueRow([name, weight, detail], most) {
  const bar = h("span", { class: weight < 0 ? "weight against" : "weight for", "aria-hidden": "true" });
  bar.style.width = `${(Math.abs(weight) / most) * 50}%`;
  return h("tr", {},
    h("th", { scope: "row" }, name), h("td", {}, detail), h("td", { class: "number" }, signed(weight)),
    h("td", { class: "scale" }, bar));
}
