// The pairs in doubt: the list with its filters, the question that is open, answers and undo.

import { get, post } from "./api.js";
import { counted, folded, h, signed } from "./dom.js";
import { List } from "./list.js";
import { Card } from "./question.js";

const KINDS = [
  ["open", "Open", (state) => state === "?"],
  ["answered", "Answered", (state) => "sdv".includes(state)],
  ["skipped", "Skipped", (state) => state === "k"],
  ["all", "All", () => true],
];
const BADGES = { s: "same", d: "different", v: "version", k: "skipped", i: "follows" };
const KEPT = { same: "same", different: "different", version: "version", skip: "skipped" };
const HEIGHT = 62;

export class Pairs {
  constructor(page) {
    this.page = page;
    this.items = [];
    this.steps = 0;
    this.kind = "open";
    this.search = "";
    this.current = null;
    this.card = null;
    this.waiting = false;
    this.list = new List(page.box, HEIGHT, (item) => this.row(item), (item) => this.open(item));
  }

  async load() {
    const found = await get("pairs");
    this.items = found.pairs.map((pair, number) => ({ ...pair, number, state: "?", text: null }));
    this.take(found);
    return found.where;
  }

  /** What became of each pair. */
  take({ states, steps }) {
    this.items.forEach((item, number) => { item.state = states[number]; });
    this.steps = steps;
    this.page.progress(this.counts(), steps);
  }

  counts() {
    const found = { total: this.items.length, open: 0, answered: 0, skipped: 0, implied: 0 };
    const names = { "?": "open", k: "skipped", i: "implied" };
    for (const { state } of this.items) found[names[state] ?? "answered"] += 1;
    return found;
  }

  // ---------------------------------------------------------------------------------------------- the list

  show() {
    this.list.show("Pairs in doubt");
    this.refresh();
    this.draw();
    if (!this.card) this.open(this.next(0));
  }

  hide() {
    this.list.hide();
  }

  row({ one, other, state, total }) {
    const badge = BADGES[state] ? h("span", { class: "badge", "data-state": state }, BADGES[state]) : null;
    return [
      h("span", { class: "line" }, h("span", { class: "title" }, one.title), badge),
      h("span", { class: "line second" }, other.title === one.title ? "same title" : other.title),
      h("span", { class: "line small" }, [years(one, other), one.who].filter(Boolean).join(" · "),
        h("span", { class: "total", title: "evidence" }, signed(total))),
    ];
  }

  refresh() {
    const counts = this.counts();
    const wanted = KINDS.find(([name]) => name === this.kind)[2];
    const words = folded(this.search).split(/\s+/).filter(Boolean);
    const found = this.items.filter((item) => wanted(item.state) && words.every((word) => haystack(item).includes(word)));
    this.list.set(found);
    if (!this.list.shown) return;
    this.page.count(words.length ? `${counted(found.length, "pair")} found` : counted(found.length, "pair"));
    this.page.kinds(KINDS.map(([name, label]) => [name, label, counts[name] ?? counts.total]), this.kind);
  }

  filter({ kind, search }) {
    if (kind !== undefined) this.kind = kind;
    if (search !== undefined) this.search = search;
    this.page.box.scrollTop = 0;
    this.refresh();
    const inList = this.list.items.includes(this.current);
    if (this.list.items.length && !inList) this.open(this.list.items[0]);
    else if (inList) this.list.mark(this.current);
  }

  /** The first open pair of the list from this number on, else from its beginning, else none. */
  next(number) {
    const open = this.list.items.filter((item) => item.state === "?");
    return open.find((item) => item.number >= number) ?? open[0] ?? null;
  }

  move(distance) {
    const item = this.list.items.includes(this.current) ? this.list.near(distance)
      : this.list.items.find((one) => one.number > (this.current?.number ?? -1)) ?? this.list.items.at(-1);
    if (item) this.open(item);
  }

  // ---------------------------------------------------------------------------------------------- the question

  async open(item) {
    this.current = item;
    this.list.mark(item);
    if (!item) {
      this.card = null;
      this.page.detail(this.nothing());
      return;
    }
    const found = await this.page.attempt(() => get(`pairs/${item.pair.join("/")}`));
    if (!found || this.current !== item) return;
    const place = `Pair ${(item.number + 1).toLocaleString("en")} of ${this.items.length.toLocaleString("en")}`;
    const does = { answer: (verdict) => this.answer(verdict), look: (work) => this.page.look(work) };
    this.card = new Card(found, place, item.state, does);
    this.page.title(item.one.title);
    this.draw();
  }

  draw() {
    if (this.card && this.list.shown) this.page.detail(this.card.content);
  }

  nothing() {
    const { total, open, skipped } = this.counts();
    const rest = open ? "No open pair fits this filter." : skipped ? `${counted(skipped, "pair")} skipped, for another time.` : "";
    return h("div", { class: "nothing" },
      h("h2", {}, open ? "Nothing here" : total ? "All pairs are dealt with" : "No pair is in doubt"),
      rest ? h("p", {}, rest) : null,
      open ? null : h("p", {}, "Finish ends the review; every answer is already written."));
  }

  async answer(verdict) {
    if (this.waiting || !this.card || !this.current || this.current.state === "i") return;
    const { current, card } = this;
    const said = { pair: current.pair, verdict, why: card.why.value, picks: verdict === "same" ? card.picks : {} };
    const standing = await this.sent(() => post("answer", said));
    if (!standing) return;
    this.page.say(`Kept: ${KEPT[verdict]}. u takes it back.`);
    this.refresh();
    const rest = this.kind === "open" ? null : current;
    if (this.current === current) await this.open(this.next(current.number) ?? rest);
  }

  async undo() {
    if (this.waiting) return null;
    const done = await this.sent(() => post("undo"));
    if (!done) return null;
    this.page.say(done.kind ? "Taken back." : "Nothing to take back.");
    this.refresh();
    const item = done.pair && this.items.find(({ pair }) => pair.join() === done.pair.join());
    if (item) await this.open(item);
    return done;
  }

  /** One request at a time: an answer is about the pair that is shown. */
  async sent(request) {
    this.waiting = true;
    this.card?.busy(true);
    try {
      const standing = await this.page.attempt(request);
      const now = standing ?? await get("standing").catch(() => null); // an answer may have been taken back half-way
      if (now) this.take(now);
      return standing;
    } finally {
      this.waiting = false;
      this.card?.busy(false);
    }
  }
}

function years(one, other) {
  return [...new Set([one.year, other.year].filter(Boolean))].join(" / ");
}

function haystack(item) {
  item.text ??= folded([item.one, item.other].flatMap(({ title, who, year, key, place }) => [title, who, year, key, place]).join(" "));
  return item.text;
}
