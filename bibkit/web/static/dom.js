// Elements from values. All text goes in as text: nothing that a record says can become markup.

/** An element with attributes (`on…` are listeners, `class`, `aria-…`) and children (elements, texts, null). */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// The marks that rich text may have, and the elements that show them. There are no others.
const MARKS = { i: "i", b: "b", sub: "sub", sup: "sup", sc: "span", differs: "mark" };

/** The pieces of a text, as [text, words]: the words say in which marks it stands. */
export function shown(pieces) {
  return pieces.map(([text, words]) => words.split(" ").filter((word) => word in MARKS).reduce(marked, text));
}

function marked(inner, word) {
  return h(MARKS[word], word === "sc" ? { class: "small-caps" } : {}, inner);
}

/** A weight as people read it: +1.5, −0.3, 0.0. */
export function signed(weight) {
  const written = Math.abs(weight).toFixed(1);
  return written === "0.0" ? written : `${weight < 0 ? "−" : "+"}${written}`;
}

/** "1 pair", "5,000 pairs". */
export function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Letters as a search compares them: small, without accents. */
export function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
