// Whatever is stored is only text until it names a chapter of the page's own contents.
(() => {
  const key = `place ${new URL(document.documentElement.dataset.content_root, location).pathname}`;
  try {
    const kept = localStorage.getItem(key);
    if (kept === null) return;
    localStorage.removeItem(key);
    const { page, section, title } = JSON.parse(kept);
    const links = [...document.querySelectorAll("nav.bd-links a")];
    const chapter = links.find((one) => one.getAttribute("href") === page);
    const [, number, name] = chapter.textContent.match(/(\d+)\. (.*)/);
    const line = document.querySelector(".resume");
    const link = document.createElement("a");
    link.href = `${page}#${encodeURIComponent(section)}`;
    const fields = { number, title: title || name };
    link.textContent = line.dataset.said.replace(/\{(\w+)\}/g, (_, field) => fields[field]);
    line.append(link);
    line.hidden = false;
    localStorage.setItem(key, kept);
  } catch {
    // Denied, of another shape, or of a chapter that is gone: forgotten, and nothing is shown.
  }
})();
