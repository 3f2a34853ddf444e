// The publications of two records or more: where each field came from, and which value is taken.

import { get, post } from "./api.js";
import { counted, folded, h, shown } from "./dom.js";
import { List } from "./list.js";

const HEIGHT = 48;

export class Works {
  constructor(page) {
    this.page = page;
    this.items = [];
    this.search = "";
    this.current = null;
    this.wanted = null; // the place of the publication to show next
    this.list = new List(page.box, HEIGHT, (item) => this.row(item), (item) => this.open(item));
  }

  async show() {
    this.list.show("Publications");
    this.page.kinds([], "");
    this.page.detail(h("p", { class: "nothing" }, "Loading…"));
    const found = await this.page.attempt(() => get("works"));
    if (!found) return;
    this.items = found.works;
    const wanted = this.wanted ?? this.current?.place;
    this.wanted = null;
    const same = this.items.find(({ place }) => place === wanted);
    this.refresh();
    await this.open(same ?? this.list.items[0] ?? null);
  }

  hide() {
    this.list.hide();
  }

  row({ one, members }) {
    return [
      h("span", { class: "line" }, h("span", { class: "title" }, one.title)),
      h("span", { class: "line small" }, [one.year, one.who].filter(Boolean).join(" · "),
        h("span", { class: "total" }, counted(members, "record"))),
    ];
  }

  refresh() {
    const words = folded(this.search).split(/\s+/).filter(Boolean);
    const found = this.items.filter((item) => words.every((word) => haystack(item).includes(word)));
    this.list.set(found);
    this.page.count(counted(found.length, "publication"));
  }

  filter({ search }) {
    if (search === undefined) return;
    this.search = search;
    this.refresh();
    if (this.list.items.length && !this.list.items.includes(this.current)) this.open(this.list.items[0]);
  }

  move(distance) {
    const item = this.list.near(distance);
    if (item) this.open(item);
  }

  async open(item) {
    this.current = item;
    this.list.mark(item);
    if (!item) {
      this.page.detail(h("div", { class: "nothing" }, h("h2", {}, "No publication has two records")));
      return;
    }
    const found = await this.page.attempt(() => get(`works/${item.place}`));
    if (found && this.current === item) this.draw(found);
  }

  draw(found) {
    this.why = h("input", {
      type: "text", id: "why", maxlength: 4000, placeholder: "Why (optional, kept with the next value you pick)",
      "aria-label": "Why: a reason that is kept with the next value you pick", autocomplete: "off",
    });
    this.page.title(found.one.title);
    this.page.detail([
      h("div", { class: "scroll" },
        h("h2", { class: "work-title" }, found.one.title),
        h("p", { class: "muted" }, `One publication from ${counted(found.entries.length, "record")}`),
        this.entries(found.entries), this.fields(found)),
      h("div", { class: "answers" }, this.why),
    ]);
  }

  entries(entries) {
    return h("ul", { class: "entries" }, entries.map(({ place, key, format, type }) =>
      h("li", {}, h("span", { class: "place" }, place || "no file"), " ", h("span", { class: "key" }, key), " ",
        h("span", { class: "muted" }, [format, type].filter(Boolean).join(", ")))));
  }

  fields(found) {
    return h("table", { class: "fields", "aria-label": "Each field with its value and where it came from" },
      h("tbody", {}, found.fields.map((field) => h("tr", { class: field.pick ? "differs" : "equal", "data-variable": field.variable },
        h("th", { scope: "row" }, field.variable),
        h("td", {}, field.values.map((value, number) => this.value(found, field, value, number)))))));
  }

  value(found, field, value, number) {
    const text = [h("span", { class: "value" }, shown(value.shown)), " ", h("span", { class: "place" }, value.places.join(", ") || "several records")];
    if (!field.pick) return h("div", { class: "saying taken" }, text);
    const name = `value-${field.variable}`;
    const radio = h("input", {
      type: "radio", name, value: number, onchange: () => this.prefer(found, field.variable, value),
    });
    radio.checked = value.taken;
    return h("label", { class: value.taken ? "saying taken" : "saying" }, radio, h("span", {}, text));
  }

  async prefer(found, variable, { json }) {
    const said = { place: found.place, variable, value: json, why: this.why.value };
    const made = await this.page.attempt(() => post("prefer", said));
    this.draw(made ?? found);
    if (!made) return;
    this.page.standing(made);
    document.querySelector(`tr[data-variable="${CSS.escape(variable)}"] input:checked`)?.focus({ preventScroll: true });
    this.page.say(`Kept: the ${variable} is taken from there. u takes it back.`);
  }
}

function haystack(item) {
  item.text ??= folded(Object.values(item.one).join(" "));
  return item.text;
}
