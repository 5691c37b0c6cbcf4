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

  /* The same place in the other language. What the address says of an explorer is kept, too. */
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a.language");
    if (link) link.hash = location.hash;
  });

  /* What scrolls in a box of its own can be reached, and so scrolled, by keyboard. A region must
     have a name of its own; code has its copy button's. */
  const named = (selector, name) =>
    [...document.querySelectorAll(selector)].map((box, i) => [box, name && `${name} ${i + 1}`]);
  const boxes = [
    ...named("div.math, span.math", "Formula"),
    ...named(".pst-scrollable-table-container", "Table"),
    ...named("pre, .cell_output > .output", ""),
  ];
  const offer = () => {
    // What is folded would be laid out to be measured, one box at a time: a fifth of a second.
    const seen = boxes.filter(([box]) => !box.closest("details:not([open])"));
    // All are measured before any is changed, or the page would be laid out again in between.
    const scrolls = seen.map(
      ([{ scrollWidth, clientWidth, scrollHeight, clientHeight }, name]) =>
        scrollWidth > clientWidth || (!name && scrollHeight > clientHeight),
    );
    seen.forEach(([box, name], i) => {
      if (scrolls[i]) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
      if (!name) return;
      box.role = scrolls[i] ? "region" : null;
      box.ariaLabel = scrolls[i] ? name : null;
    });
  };
  // Widths depend on the fonts, and nobody is kept waiting for this.
  addEventListener("load", (event) => {
    document.fonts.ready.then(offer);
    // The theme, whose script comes last, does the same for all boxes, folded or not, one by one,
    // and again after each change of an explorer: it is not told that the page is there.
    event.stopImmediatePropagation();
  });
  addEventListener("resize", offer);
  document.addEventListener("toggle", offer, true);

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
