/* The course's own behaviour on every page, besides the explorers' (utils/replay.js). */
(() => {
  "use strict";

  if (window.courseRuns) return; // a page that was saved, or put together, may load this twice
  window.courseRuns = true;

  /* Menus of the page's head are <details>: a press elsewhere or Escape closes them. */
  const menus = [...document.querySelectorAll("details.dropdown")];
  const close = (except) => {
    for (const menu of menus) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", ({ target }) => close(target.closest("details.dropdown")));
  document.addEventListener("keydown", ({ key }) => {
    const open = menus.find((menu) => menu.open);
    if (key !== "Escape" || !open) return;
    close();
    open.querySelector("summary").focus();
  });

  /* What scrolls sideways in a box of its own can be reached, and so scrolled, by keyboard. A
     region must have a name of its own. */
  const named = (selector, name) =>
    [...document.querySelectorAll(selector)].map((box, i) => [box, `${name} ${i + 1}`]);
  const boxes = [
    ...named("div.math, span.math", "Formula"),
    ...named(".pst-scrollable-table-container", "Table"),
  ];
  const offer = () => {
    // All are measured before any is changed, or the page would be laid out again in between.
    const scrolls = boxes.map(([box]) => box.scrollWidth > box.clientWidth);
    boxes.forEach(([box, name], i) => {
      if (scrolls[i]) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
      box.role = scrolls[i] ? "region" : null;
      box.ariaLabel = scrolls[i] ? name : null;
    });
  };
  // Widths depend on the fonts, and nobody is kept waiting for this.
  addEventListener("load", () => document.fonts.ready.then(offer));
  addEventListener("resize", offer);

  /* Where a reader is in a chapter, for the line on the front page (website/page/resume.py). It stays
     in this browser; the path is in its name because other courses may stand on the same host. */
  const site = new URL(document.documentElement.dataset.content_root, location).pathname;
  const page = location.pathname.slice(site.length);
  const headings = [...document.querySelectorAll("article section[id] > h2")];
  const place = () => {
    const heading = headings.findLast((one) => one.getBoundingClientRect().top < innerHeight / 2);
    const text = heading?.cloneNode(true);
    text?.querySelectorAll(".headerlink, annotation").forEach((one) => one.remove());
    const section = heading?.parentElement.id ?? "";
    return { page, section, title: text?.textContent.trim() ?? "" };
  };
  const keep = () => {
    try {
      localStorage.setItem(`place ${site}`, JSON.stringify(place()));
    } catch {
      // Denied, or full: then the front page offers no way back.
    }
  };
  if (/^chapters\/\d+_\w+\.html$/.test(page)) {
    let rest;
    addEventListener("scroll", () => {
      clearTimeout(rest);
      rest = setTimeout(keep, 300);
    }, { passive: true });
  }

  /* On paper the page is light and everything unfolded; afterwards it is as it was. */
  const root = document.documentElement.dataset;
  let before;
  addEventListener("beforeprint", () => {
    const folded = [...document.querySelectorAll("main details:not([open], .dropdown)")];
    before = { folded, theme: root.theme };
    for (const one of folded) one.open = true;
    root.theme = "light";
  });
  addEventListener("afterprint", () => {
    for (const one of before.folded) one.open = false;
    root.theme = before.theme;
  });
})();
