/* What test_pages.py asks a page: evaluates to an object of functions. */
(() => {
  /* Every pair of text and ground that the page shows, with the worst place of each: a list of
     {ratio, text, ground, what}. Grounds that are not plain colours are not known here. */
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const seen = new Map();
  const rgba = (colour) => {
    if (!seen.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      seen.set(colour, [...canvas.getImageData(0, 0, 1, 1).data].map((v, i) => (i < 3 ? v : v / 255)));
    }
    return seen.get(colour);
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const luminance = (colour) => {
    const [r, g, b] = colour.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const grounds = new Map();
  const ground = (element) => {
    if (!element) return [255, 255, 255];
    if (!grounds.has(element)) {
      const own = rgba(getComputedStyle(element).backgroundColor);
      grounds.set(element, own[3] === 1 ? own.slice(0, 3) : over(own, ground(element.parentElement)));
    }
    return grounds.get(element);
  };
  const paint = (element, style) => {
    const kind = element.ownerSVGElement ? style.fill : style.color;
    const [r, g, b, a] = rgba(kind);
    return over([r, g, b, a * (element.ownerSVGElement ? style.fillOpacity : 1)], ground(element));
  };
  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());

  const contrasts = () => {
    grounds.clear();
    const pairs = new Map();
    for (const element of document.body.querySelectorAll(":not(script, style, annotation)")) {
      if (!hasText(element) || !element.checkVisibility({ visibilityProperty: true })) continue;
      const style = getComputedStyle(element);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
      const text = paint(element, style);
      const key = `${text.map(Math.round)} on ${ground(element).map(Math.round)}${large ? " large" : ""}`;
      if (!pairs.has(key))
        pairs.set(key, { key, large, ratio: ratio(text, ground(element)), what: element.textContent.trim().slice(0, 40) });
    }
    return [...pairs.values()];
  };

  /* The curves of the pictures, in the theme's colours, against their paper. */
  const curves = () => {
    const style = getComputedStyle(document.documentElement);
    const paper = rgba(style.getPropertyValue("--plot-paper")).slice(0, 3);
    return ["ink", "c0", "c1", "c2", "c3", "c4", "c5"].map((name) =>
      ratio(rgba(style.getPropertyValue(`--plot-${name}`)).slice(0, 3), paper));
  };

  /* Elements that stick out to the right, the innermost ones. */
  const wide = () => {
    const edge = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= edge) return [];
    const out = [...document.body.querySelectorAll("*")].filter(
      (one) => one.getBoundingClientRect().right > edge + 1 && one.checkVisibility());
    return out.slice(-4).map((one) => one.outerHTML.slice(0, 120));
  };

  /* What a finger must hit and is smaller than 44 px; links within text are not meant. */
  const small = () =>
    [...document.querySelectorAll("button, summary, input, select, .prev-next-area a, nav a")]
      .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .map((one) => [one.labels?.[0] && one.type === "checkbox" ? one.closest(".knob") : one, one])
      .map(([box, one]) => [box.getBoundingClientRect(), one])
      .filter(([box]) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
      .map(([box, one]) => `${Math.round(box.width)}×${Math.round(box.height)} ${one.outerHTML.slice(0, 90)}`);

  const shift = () =>
    new Promise((done) => {
      let sum = 0;
      const observer = new PerformanceObserver(() => {});
      observer.observe({ type: "layout-shift", buffered: true });
      setTimeout(() => {
        for (const entry of observer.takeRecords()) if (!entry.hadRecentInput) sum += entry.value;
        done(sum);
      });
    });

  return { contrasts, curves, wide, small, shift };
})()
