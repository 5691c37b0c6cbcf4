// Shows those entries of the page that have all the words and lead to the chapter, and counts them.
const form = document.querySelector("form.filter");
const { words, chapter } = form.elements;
const count = form.querySelector("output");
const all = form.querySelector("button");

// "Batch-Normalization" finds "batch normalisation".
const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/[-\s]+/g, " ").replaceAll("iz", "is");
const number = (link) => link.getAttribute("href").match(/^0*(\d+)_/)?.[1];
const entries = [...document.querySelectorAll(form.dataset.entries)].map((entry) => ({
  entry,
  text: fold(entry.textContent),
  chapters: [...entry.querySelectorAll("a[href]")].map(number),
}));
const fill = (text, fields) => text.replace(/\{(\w+)\}/g, (_, name) => fields[name]);
// Below the page's own title.
const sections = [...document.querySelectorAll("article section section")];

const show = () => {
  const wanted = fold(words.value).split(" ");
  const filters = Boolean(words.value.trim() || chapter.value);
  for (const { entry, text, chapters } of entries) {
    const fits = wanted.every((word) => text.includes(word));
    entry.hidden = !fits || (chapter.value !== "" && !chapters.includes(chapter.value));
  }
  const shown = entries.filter(({ entry }) => !entry.hidden);
  for (const section of sections)
    section.hidden = filters && !shown.some(({ entry }) => section.contains(entry));
  all.disabled = !filters;
  const { all: ofAll, some, none } = form.dataset;
  const said = fill(filters ? some : ofAll, { shown: shown.length, all: entries.length });
  count.value = shown.length ? said : fill(none, { said });
};
const clear = () => {
  words.value = "";
  chapter.value = "";
  show();
};
// The letters from which an input method makes Chinese are no words yet.
form.addEventListener("input", ({ isComposing }) => {
  if (!isComposing) show();
});
form.addEventListener("compositionend", show);
form.addEventListener("submit", (event) => event.preventDefault());
all.addEventListener("click", () => {
  clear();
  words.focus();
});
// After the browser has put back what was typed.
addEventListener("pageshow", show);

// A link on this page to what is hidden shows all, before the browser goes there.
const reveal = (target) => {
  if (!target?.closest("[hidden]")) return;
  clear();
  target.scrollIntoView();
};
document.addEventListener("click", ({ target }) => {
  const link = target.closest("a[href^='#']");
  if (link) reveal(document.getElementById(decodeURIComponent(link.hash.slice(1))));
});
addEventListener("hashchange", () => reveal(document.querySelector(":target")));
