/* Called in a page by benchmarks/page.py: moves one explorer's knobs as a reader would, and times
   what each move takes: the event, and drawing, style and layout in the next animation frame.
   `moves`: [knob, stop] pairs, both as shares between 0 and 1. Returns the milliseconds of the
   moves that changed the figure. */
async ({ id, moves }) => {
  const figure = document.getElementById(id);
  const svgs = [...figure.querySelectorAll("svg")];
  const markup = () => svgs.map((svg) => svg.outerHTML).join("");
  const frame = () => new Promise((done) => requestAnimationFrame(() => done(performance.now())));
  const fields = [...figure.querySelectorAll("[name]")];

  const at = (share, count) => Math.floor(share * count);
  const put = (field, share) => {
    if (field.type === "checkbox") field.checked = share < 0.5;
    else if (field.type === "range") {
      const stops = Math.round((field.max - field.min) / field.step) + 1;
      field.value = Number(field.min) + at(share, stops) * field.step;
    } else field.selectedIndex = at(share, field.options.length);
  };
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

  const move = async ([knob, stop]) => {
    const field = fields[at(knob, fields.length)];
    const before = markup();
    put(field, stop);
    await painted();
    figure.getBoundingClientRect();
    const start = performance.now();
    const begun = frame(); // asked for before the page asks: so it comes first
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const handled = performance.now() - start;
    const drawn = frame().then(() => {
      figure.getBoundingClientRect();
      return performance.now();
    });
    const took = handled + (await drawn) - (await begun);
    return markup() === before ? [] : [took];
  };

  figure.scrollIntoView();
  // Its positions may not have been unpacked yet; and a move may lead to where it stands already.
  const deadline = performance.now() + 20_000;
  for (let alive = false; !alive; ) {
    if (performance.now() > deadline) throw new Error(`${id} does not react to its knobs`);
    for (const share of [0, 0.999]) alive ||= (await move([0, share])).length > 0;
  }
  const times = [];
  for (const one of moves) times.push(...(await move(one)));
  return times;
};
