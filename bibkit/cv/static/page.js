
// Search, filters and copying. Everything can be read without it.
"use strict";

(() => {
  const find = (id) => document.getElementById(id);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const fold = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const search = find("search");
  const selects = ["year", "type", "topic"].map(find).filter(Boolean);
  const status = find("count");
  const works = all("main li").map((item) => ({ item, words: "" }));
  const groups = all("main .group").map((group) => (
    { group, items: [...group.querySelectorAll("li")], count: group.querySelector("h2 .count") }));
  const total = works.length.toLocaleString("en");

  const wordsOf = (work) => {
    if (!work.words) {
      const parts = [".label", ".text", ".topics bdi"].map((part) => work.item.querySelector(part)?.textContent ?? "");
      work.words = fold(parts.join(" "));
    }
    return work.words;
  };

  const fits = (work, wanted) => {
    const said = work.item.dataset;
    const picked = selects.every(({ id, value }) => !value
      || (id === "topic" ? said.topics.split(" ").includes(value) : said[id] === value));
    return picked && wanted.every((word) => wordsOf(work).includes(word));
  };

  // Every word that is looked for has to be there, in any order.
  const show = () => {
    const wanted = fold(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const work of works) {
      work.item.hidden = !fits(work, wanted);
      shown += !work.item.hidden;
    }
    for (const { group, items, count } of groups) {
      const left = items.filter((item) => !item.hidden).length;
      group.hidden = left === 0;
      if (count) count.textContent = left === items.length ? `(${left})` : `(${left} of ${items.length})`;
    }
    find("nothing").hidden = shown > 0 || works.length === 0;
    const said = shown.toLocaleString("en");
    const noun = works.length === 1 ? "work" : "works";
    status.textContent = shown === works.length ? `${total} ${noun}` : `${said} of ${total} ${noun}`;
  };

  const clear = () => {
    search.value = "";
    for (const select of selects) select.value = "";
    show();
  };

  // ---------------------------------------------------------------- copying

  // For browsers and places without a clipboard that scripts may use.
  const copyByHand = (source) => {
    const field = document.createElement("textarea");
    field.value = source;
    field.className = "unseen";
    document.body.append(field);
    const before = document.activeElement;
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus({ preventScroll: true });
    return done;
  };

  const put = async (source) => {
    try {
      await navigator.clipboard.writeText(source);
      return true;
    } catch {
      return copyByHand(source);
    }
  };

  const copy = async (button) => {
    const details = button.parentElement.querySelector("details");
    const pre = details.querySelector("pre");
    const done = await put(`${pre.textContent}\n`);
    button.textContent = done ? "Copied" : "Select and copy it";
    status.textContent = done ? "BibTeX copied" : "The browser does not let pages copy: the BibTeX is selected";
    if (!done) {
      details.open = true;
      getSelection().selectAllChildren(pre);
    }
    setTimeout(() => { button.textContent = "Copy BibTeX"; show(); }, 2000);
  };

  // ---------------------------------------------------------------- events

  const isTyping = (target) => target.closest("input, select, textarea, [contenteditable]");

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.matches(".copy")) copy(button);
    if (button?.matches(".clear")) { clear(); search.focus(); }
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "/" && !isTyping(event.target)) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && !selects.includes(event.target)) {
      clear();
      if (event.target === search) search.blur();
    }
  });

  search.addEventListener("input", show);
  for (const select of selects) select.addEventListener("change", show);

  // A link to a work shows it, whatever is filtered.
  addEventListener("hashchange", () => {
    const item = document.querySelector(":target");
    if (item?.closest("[hidden]")) { clear(); item.scrollIntoView(); }
  });
  addEventListener("pageshow", show);

  document.documentElement.classList.add("js");
  document.documentElement.dataset.ready = "";
})();
