// The font of formulas is asked for at once, not only when the page is laid out: so the text around
// formulas does not move (layout shift 0.004 instead of 0.036, 360 px wide). Not as a <link> in the
// page: on a disk browsers refuse it, and say so in the console.
if (location.protocol !== "file:")
  document.head.append(Object.assign(document.createElement("link"), {
    rel: "preload", as: "font", type: "font/woff2", crossOrigin: "",
    href: "{{ pathto('_static/fonts/latin-modern-math-subset.woff2', 1) }}",
  }));
