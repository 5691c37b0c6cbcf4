/* Called in a page by benchmarks/page.py: moves one explorer's knobs as a reader would, and times
   each move from the input event to the end of style and layout.
   `moves`: [knob, stop] pairs, both as shares between 0 and 1. Returns the milliseconds of the
   moves that changed the figure. */
async ({ id, moves }) => {
  const figure = document.getElementById(id);
  const svg = figure.querySelector("svg");
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
    const before = svg.outerHTML;
    put(field, stop);
    await painted();
    svg.getBoundingClientRect();
    const start = performance.now();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    svg.getBoundingClientRect();
    const took = performance.now() - start;
    return svg.outerHTML === before ? [] : [took];
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
