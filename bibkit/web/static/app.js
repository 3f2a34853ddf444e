// The page: two views of one review, what stands around them, and the keyboard.

import { post } from "./api.js";
import { counted, h } from "./dom.js";
import { Pairs } from "./pairs.js";
import { KEYS } from "./question.js";
import { Works } from "./works.js";

const at = (id) => document.getElementById(id);

/** What the views may do to the page around them. */
const page = {
  box: at("list"),

  detail(content) {
    const kept = at("detail").querySelector(".scroll")?.scrollTop ?? 0;
    const button = at("detail").contains(document.activeElement) ? document.activeElement.dataset.verdict : null;
    at("detail").replaceChildren(...[content].flat());
    const scroll = at("detail").querySelector(".scroll");
    if (scroll && view === works) scroll.scrollTop = kept;
    if (button) at("detail").querySelector(`[data-verdict="${button}"]`)?.focus();
  },

  title(text) {
    document.title = `${text} – bibkit`;
  },

  count(text) {
    at("count").textContent = text;
  },

  kinds(rows, chosen) {
    at("kinds").hidden = !rows.length;
    const had = at("kinds").contains(document.activeElement);
    at("kinds").replaceChildren(...rows.map(([kind, label, number]) => h("button", {
      type: "button", "data-kind": kind, "aria-pressed": String(kind === chosen), onclick: () => view.filter({ kind }),
    }, label, " ", h("span", {}, number.toLocaleString("en")))));
    if (had) at("kinds").querySelector('[aria-pressed="true"]')?.focus();
  },

  progress(counts, steps) {
    at("progress").max = Math.max(1, counts.total);
    at("progress").value = counts.total - counts.open;
    const parts = [`${counts.answered.toLocaleString("en")} answered`, `${counts.open.toLocaleString("en")} left`];
    if (counts.skipped) parts.push(`${counts.skipped.toLocaleString("en")} skipped`);
    if (counts.implied) parts.push(`${counts.implied.toLocaleString("en")} follow`);
    at("progress-text").textContent = `${parts.join(", ")} of ${counted(counts.total, "pair")}`;
    at("undo").disabled = !steps;
  },

  /** Show the publication at this place. */
  look(work) {
    works.wanted = work;
    at("search").value = works.search = "";
    show(works);
  },

  standing(found) {
    pairs.take(found);
  },

  say(text) {
    at("status").textContent = text;
    at("status").classList.add("shown");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => at("status").classList.remove("shown"), 2500);
  },

  /** What a request gives, or null with its message shown. */
  async attempt(request) {
    try {
      const found = await request();
      at("error").hidden = true;
      return found;
    } catch (error) {
      at("error").textContent = error.message;
      at("error").hidden = false;
      return null;
    }
  },
};

const pairs = new Pairs(page);
const works = new Works(page);
let view = null;

function show(wanted) {
  if (view === wanted) return;
  view?.hide();
  view = wanted;
  at("show-pairs").setAttribute("aria-pressed", String(view === pairs));
  at("show-works").setAttribute("aria-pressed", String(view === works));
  at("search").value = view.search;
  view.show();
}

async function undo() {
  const done = await pairs.undo();
  if (!done) return;
  if (done.pair) show(pairs);
  else if (view === works) await works.open(works.current);
}

async function finish() {
  const done = await page.attempt(() => post("finish"));
  if (!done) return;
  ended = true;
  const { answered, open } = pairs.counts();
  document.body.replaceChildren(h("main", { class: "nothing ended", role: "status" },
    h("h1", {}, "The review has ended"),
    h("p", {}, `${counted(answered, "answer")} kept; ${counted(open, "pair")} left. You can close this page.`)));
}
let ended = false;

// ------------------------------------------------------------------------------------------------ keyboard

const MOVES = { ArrowDown: () => 1, ArrowUp: () => -1, PageDown: () => view.list.page, PageUp: () => -view.list.page,
  Home: () => -Infinity, End: () => Infinity };
const DOES = {
  u: undo,
  w: () => at("why")?.focus(),
  "/": () => at("search").focus(),
  "?": () => at("help").showModal(),
  1: () => show(pairs),
  2: () => show(works),
};

function pressed(event) {
  if (ended || event.ctrlKey || event.metaKey || event.altKey || at("help").open) return;
  const typing = event.target.matches("input[type=text], input[type=search]");
  if (typing) leave(event);
  else if (event.key in MOVES) moved(event);
  else command(event);
}

function leave(event) {
  const up = event.key === "Escape" || (event.key === "Enter" && !event.isComposing);
  if (!up) return;
  event.preventDefault();
  page.box.focus({ preventScroll: true });
}

function moved(event) {
  const far = !event.key.startsWith("Arrow"); // the detail scrolls by these keys
  if (event.target.matches("input[type=radio], .value") || (far && event.target !== page.box)) return;
  event.preventDefault();
  view.move(MOVES[event.key]());
}

function command(event) {
  const verdict = view === pairs ? KEYS[event.key.toLowerCase()] : undefined;
  const does = verdict ? () => pairs.answer(verdict) : DOES[event.key.length === 1 ? event.key.toLowerCase() : ""];
  if (!does) return;
  event.preventDefault();
  if (!event.repeat) does();
}

// ------------------------------------------------------------------------------------------------ beginning

at("show-pairs").addEventListener("click", () => show(pairs));
at("show-works").addEventListener("click", () => show(works));
at("undo").addEventListener("click", undo);
at("help-button").addEventListener("click", () => at("help").showModal());
at("finish").addEventListener("click", finish);
at("search").addEventListener("input", (event) => view.filter({ search: event.target.value }));
document.addEventListener("keydown", pressed);

const where = await page.attempt(() => pairs.load());
if (where !== null) {
  at("where").textContent = where;
  show(pairs.items.length ? pairs : works);
  page.box.focus({ preventScroll: true });
}
document.documentElement.dataset.ready = "";
