// A list of any length: only the rows that can be seen are elements.

import { h } from "./dom.js";

const BEYOND = 6; // rows drawn above and below what can be seen

export class List {
  /** `draw(item)` gives the children of a row; `choose(item)` is called when a person picks one. */
  constructor(box, height, draw, choose) {
    this.box = box;
    this.height = height;
    this.draw = draw;
    this.choose = choose;
    this.items = [];
    this.chosen = null;
    this.space = h("div", { class: "space", role: "presentation" });
    this.redraw = this.redraw.bind(this);
    this.later = () => requestAnimationFrame(this.redraw);
    this.click = (event) => this.clicked(event);
  }

  /** Take the box over from whatever list had it. */
  show(label) {
    this.box.replaceChildren(this.space);
    this.box.setAttribute("aria-label", label);
    this.box.addEventListener("scroll", this.later, { passive: true });
    this.box.addEventListener("click", this.click);
    this.sizes = new ResizeObserver(this.later);
    this.sizes.observe(this.box);
    this.redraw();
  }

  hide() {
    this.box.removeEventListener("scroll", this.later);
    this.box.removeEventListener("click", this.click);
    this.sizes?.disconnect();
  }

  get shown() {
    return this.space.parentNode === this.box;
  }

  set(items) {
    this.items = items;
    this.space.style.height = `${items.length * this.height}px`;
    this.redraw();
  }

  /** Mark an item as the chosen one, and bring it into sight. */
  mark(item) {
    this.chosen = item;
    const place = this.items.indexOf(item);
    if (place >= 0 && this.shown) this.reveal(place);
    this.redraw();
  }

  reveal(place) {
    const top = place * this.height;
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop) this.box.scrollTop = top;
    else if (top + this.height > scrollTop + clientHeight) this.box.scrollTop = top + this.height - clientHeight;
  }

  redraw() {
    if (!this.shown) return;
    const first = Math.max(0, Math.floor(this.box.scrollTop / this.height) - BEYOND);
    const end = Math.min(this.items.length, first + Math.ceil(this.box.clientHeight / this.height) + 2 * BEYOND);
    const rows = [];
    for (let place = first; place < end; place += 1) rows.push(this.row(place));
    this.space.replaceChildren(...rows);
    const there = rows.find((row) => row.getAttribute("aria-selected") === "true");
    if (there) this.box.setAttribute("aria-activedescendant", there.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  row(place) {
    const item = this.items[place];
    const row = h("div", {
      class: "row",
      role: "option",
      id: `row-${place}`,
      "data-place": place,
      "aria-setsize": this.items.length,
      "aria-posinset": place + 1,
      "aria-selected": item === this.chosen ? "true" : "false",
    }, this.draw(item));
    row.style.transform = `translateY(${place * this.height}px)`;
    row.style.height = `${this.height}px`;
    return row;
  }

  clicked(event) {
    const row = event.target.closest("[data-place]");
    if (row) this.choose(this.items[Number(row.dataset.place)]);
  }

  /** The item so many rows away from the chosen one, within the list. */
  near(distance) {
    const place = this.items.indexOf(this.chosen);
    const wanted = place < 0 ? 0 : Math.min(this.items.length - 1, Math.max(0, place + distance));
    return this.items[wanted] ?? null;
  }

  get page() {
    return Math.max(1, Math.floor(this.box.clientHeight / this.height) - 1);
  }
}
