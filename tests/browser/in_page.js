/* What the tests do inside a page: evaluates to an object of functions. They know an explorer by
   its markup alone, never by replay.js. */
(() => {
  const figure = (id) => document.getElementById(id);
  const svg = (id) => figure(id).querySelector("svg");
  const pictures = (id) => [...figure(id).querySelectorAll("svg")];
  const knobs = (id) => [...figure(id).querySelectorAll("[name]")];
  const kind = (f) => (["range", "checkbox"].includes(f.type) ? f.type : "select");
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  const labels = (f) =>
    ({
      range: () => f.dataset.labels.split("|"),
      checkbox: () => ["false", "true"],
      select: () => [...f.options].map((option) => option.text),
    })[kind(f)]();

  const index = (f) =>
    ({
      range: () => Math.round((f.value - f.min) / f.step),
      checkbox: () => Number(f.checked),
      select: () => f.selectedIndex,
    })[kind(f)]();

  const put = (f, i) => {
    if (kind(f) === "checkbox") f.checked = i === 1;
    else if (kind(f) === "select") f.selectedIndex = i;
    else f.value = Number(f.min) + i * Number(f.step);
    f.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /* Until what was moved is drawn: the page draws once a frame. */
  const drawn = () => new Promise((resolve) => requestAnimationFrame(resolve));

  /* The picture as text. Attributes are sorted: one that was away and came back stands last. */
  const picture = (id) =>
    pictures(id)
      .flatMap((one) => [one, ...one.querySelectorAll(":not(.drag, .drag *)")]) // without the handle
      .map((node) => {
        const attributes = [...node.attributes].map(({ name, value }) => `${name}="${value}"`);
        const text = node.childElementCount ? "" : node.textContent;
        return `<${node.tagName} ${attributes.sort().join(" ")}>${text}`;
      })
      .join("\n");

  const look = (id) => ({
    picture: picture(id),
    sentence: figure(id).querySelector("output").textContent,
    alternative: svg(id).getAttribute("aria-label"),
    at: knobs(id).map(index),
  });

  const move = async (id, to) => {
    knobs(id).forEach((f, i) => put(f, to[i]));
    await drawn();
    return look(id);
  };

  const describe = (id) =>
    knobs(id).map((f) => ({ key: f.id, name: f.name, kind: kind(f), labels: labels(f) }));

  /* Each knob through all its stops, the others at rest; what is wrong, as sentences. */
  const sweep = async (id) => {
    const start = look(id);
    const wrong = [];
    for (const [k, f] of knobs(id).entries()) {
      let alive = false;
      for (const [i, label] of labels(f).entries()) {
        put(f, i);
        await drawn();
        const now = look(id);
        alive ||= now.picture !== start.picture && now.sentence !== start.sentence;
        const where = `${id}: ${f.name} = ${label}`;
        if (now.at[k] !== i) wrong.push(`${where} is at stop ${now.at[k]}, not ${i}`);
        if (now.sentence !== now.alternative) wrong.push(`${where}: ${now.alternative}`);
        if (kind(f) !== "range") continue;
        const shown = f.parentElement.querySelector(".value").textContent;
        if (shown !== label || f.getAttribute("aria-valuetext") !== label)
          wrong.push(`${where} reads ${shown}`);
      }
      if (!alive) wrong.push(`${id}: ${f.name} is dead`);
      put(f, start.at[k]);
      await drawn();
    }
    if (look(id).picture !== start.picture) wrong.push(`${id} does not come back`);
    return wrong;
  };

  /* Until the packed positions have arrived, and moving shows: true, or false after a minute. */
  const ready = async (id) => {
    const start = look(id);
    for (const end = Date.now() + 60_000; Date.now() < end; await pause(30))
      for (const [k, f] of knobs(id).entries())
        for (const i of labels(f).keys()) {
          put(f, i);
          await drawn();
          const changed = look(id).sentence !== start.sentence;
          put(f, start.at[k]);
          await drawn();
          if (changed) return true;
        }
    return false;
  };

  const colours = (id) => {
    const curve = [...figure(id).querySelectorAll("svg [style*='--plot-c']")].map(getComputedStyle);
    const text = getComputedStyle(figure(id).querySelector("svg text"));
    return {
      curves: curve.map((style) => `${style.stroke} ${style.fill}`),
      map: figure(id).querySelector("svg image") !== null,
      text: text.fill,
    };
  };

  /* Elements of the page; pictures may have more or fewer at another position. */
  const elements = () => document.querySelectorAll(":not(svg *)").length;

  return { figure, svg, knobs, index, labels, put, drawn, look, move, describe, sweep, ready, colours,
    elements, pause };
})()
