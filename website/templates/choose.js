// Light or dark, before the first paint. The theme remembers in `mode` what the reader chose:
// "light", "dark" or "auto".
(() => {
  const root = document.documentElement.dataset;
  let mode;
  try {
    mode = localStorage.getItem("mode");
  } catch {
    // Denied by the browser's settings: the system's choice, then.
  }
  root.mode = mode === "light" || mode === "dark" ? mode : "auto";
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.theme = root.mode === "auto" ? (dark ? "dark" : "light") : root.mode;
})();
