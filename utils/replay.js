/* Plays the explorers of a page: moves the knobs' figure and sentence without any kernel.
   What is read here is described in utils/_pack.py, in the function `pack`. */
(() => {
  "use strict";

  if (window.explorersPlay) return; // a page that was saved, or put together, may load this twice
  window.explorersPlay = true;

  const REST_MS = 400; // after the last move: announce the sentence, write the address
  const TOLD_MS = 4000; // how long the button says what became of the link
  const NUMBER = /^[^\w.+-]*([-+]?(?:Infinity|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?))/i;
  const UNSEEN = /[\\\p{Cf}]/gu; // Markdown's \_ and the joiners and directions of chat programs
  const NEWLINE = 10;
  const GRID = 4; // to a point: utils/_svg.py
  const DECIMALS = 0xe001; // see utils/_pack.py
  const HOLES = /([\ue000-\ue008])/;
  const explorers = new Map(); // by id, and by what `bare` leaves of it
  const touched = []; // explorers whose state the address holds, the newest first

  /* One control, seen as the index of its stop. */
  class Knob {
    constructor(field) {
      this.field = field;
      this.kind = field.type === "range" || field.type === "checkbox" ? field.type : "select";
      this.labels =
        this.kind === "range"
          ? field.dataset.labels.split("|")
          : this.kind === "checkbox"
            ? ["false", "true"]
            : [...field.options].map((option) => option.value); // its text may be translated
      this.readout = field.parentElement.querySelector(".value");
    }

    get index() {
      const { field, kind } = this;
      if (kind === "checkbox") return Number(field.checked);
      if (kind === "select") return field.selectedIndex;
      return Math.round((field.value - field.min) / field.step);
    }

    set index(i) {
      const { field, kind } = this;
      if (kind === "checkbox") field.checked = i === 1;
      else if (kind === "select") field.selectedIndex = i;
      else field.value = Number(field.min) + i * Number(field.step);
      this.tell();
    }

    get label() {
      return this.labels[this.index];
    }

    tell() {
      if (this.kind !== "range") return;
      this.readout.textContent = this.label;
      this.field.setAttribute("aria-valuetext", this.label);
    }

    /* The stop that a text asks for: the nearest number of a slider, the same label of a menu. */
    find(text) {
      const exact = this.labels.indexOf(text);
      if (exact >= 0) return exact;
      const plain = decoded(text);
      const [wish, word] = [numberIn(plain), bare(plain)];
      const stops = this.labels.map(Number);
      if (this.kind !== "range" || stops.some(Number.isNaN)) // or a slider over names
        return this.labels.findIndex((label, i) => stops[i] === wish || (word && bare(label) === word));
      if (Number.isNaN(wish)) return -1;
      const clamped = Math.min(Math.max(wish, Math.min(...stops)), Math.max(...stops));
      const gaps = stops.map((stop) => Math.abs(stop - clamped));
      return gaps.indexOf(Math.min(...gaps));
    }
  }

  /* Slots of the picture that depend on the same knobs, and their numbers at each choice of stops. */
  class Block {
    constructor([knobs, summed, stride, byColumn, slots], { knobs: all, nodes, output, first }, bytes, at) {
      this.knobs = knobs;
      this.stops = knobs.map((knob) => all[knob].labels.length);
      this.slots = slots.map(([node, kind, templates, width]) => ({
        target: node < 0 ? output : nodes[node],
        label: node < 0 ? nodes[0] : undefined,
        kind,
        templates: templates.map((text) => text?.split(HOLES) ?? null),
        width,
      }));
      this.width = slots.reduce((sum, slot) => sum + slot.at(-1), 0);
      this.numbers = this.read(bytes, at, byColumn);
      this.sum(summed, stride);
      this.now = this.cell(first);
    }

    read(bytes, at, byColumn) {
      const { width } = this;
      const cells = this.stops.reduce((product, count) => product * count, 1);
      const length = cells * width;
      const numbers = new Int16Array(length);
      for (let i = 0; i < length; i += 1) {
        const coded = bytes[at + i] | (bytes[at + length + i] << 8);
        const place = byColumn ? (i % cells) * width + Math.floor(i / cells) : i;
        numbers[place] = (coded >> 1) ^ -(coded & 1);
      }
      return numbers;
    }

    /* From differences to numbers. */
    sum(summed, stride) {
      const { numbers, stops, width } = this;
      if (stride)
        for (let row = 0; row < numbers.length; row += width)
          for (let i = row + stride; i < row + width; i += 1) numbers[i] += numbers[i - stride];
      for (const axis of summed) {
        const step = stops.slice(axis + 1).reduce((product, count) => product * count, width);
        for (let start = 0; start < numbers.length; start += step * stops[axis])
          for (let i = start + step; i < start + step * stops[axis]; i += 1)
            numbers[i] += numbers[i - step];
      }
    }

    cell(indices) {
      return this.knobs.reduce((sum, knob, i) => sum * this.stops[i] + indices[knob], 0);
    }

    show(indices) {
      const cell = this.cell(indices);
      if (cell === this.now) return;
      this.now = cell;
      let at = cell * this.width;
      for (const slot of this.slots) {
        put(slot, this.text(slot, at));
        at += slot.width;
      }
    }

    text({ templates }, at) {
      const template = templates[templates.length > 1 ? this.numbers[at] : 0];
      if (template === null) return null;
      let [text] = template;
      let next = templates.length > 1 ? at + 1 : at;
      for (let i = 1; i < template.length; i += 2) {
        const digits = template[i].charCodeAt(0) - DECIMALS;
        const number = this.numbers[next];
        text += digits < 0 ? number / GRID : (number / 10 ** digits).toFixed(digits);
        text += template[i + 1];
        next += 1;
      }
      return text;
    }
  }

  function put({ target, label, kind }, value) {
    label?.setAttribute("aria-label", value);
    if (kind === "") target.textContent = value;
    else if (kind === "<") target.innerHTML = value;
    else if (value === null) target.removeAttribute(kind);
    else target.setAttribute(kind, value);
  }

  class Explorer {
    constructor(figure) {
      this.figure = figure;
      this.knobs = [...figure.querySelectorAll("[name]")].map((field) => new Knob(field));
      // Counted before anything moves, as utils/_pack.py counted them.
      this.nodes = [...figure.querySelectorAll("svg[role=img]")].flatMap(elements);
      this.first = this.indices; // what the page shows before any move
      this.output = figure.querySelector("output");
      this.status = figure.querySelector(".announcement");
      const { drag } = figure.querySelector(".knobs").dataset;
      this.handle = drag && globalThis.explorersDrag(figure, JSON.parse(drag), (stops) => this.jump(stops));
      this.show();
      figure.addEventListener("input", () => this.moved());
      // A browser's translator wraps each text in an element of its own, a button's too.
      figure.addEventListener("click", ({ target }) => this.clicked(target.closest("button")));
    }

    get indices() {
      return this.knobs.map((knob) => knob.index);
    }

    /* Inflates the positions, once; until then a move only sets the knobs. */
    load() {
      this.loading ??= this.inflate().then(
        (blocks) => {
          this.blocks = blocks;
          this.show();
        },
        ({ message }) => {
          this.output.textContent = `These knobs need a newer browser (${message}).`;
        },
      );
    }

    async inflate() {
      const packed = atob(this.figure.querySelector("script.frames").textContent);
      const deflated = Uint8Array.from(packed, (character) => character.charCodeAt(0));
      const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate"));
      const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
      const end = bytes.indexOf(NEWLINE);
      const blocks = [];
      let at = end + 1;
      for (const head of JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)))) {
        blocks.push(new Block(head, this, bytes, at));
        at += 2 * blocks.at(-1).numbers.length;
        await new Promise((resolve) => setTimeout(resolve)); // a move may come between two blocks
      }
      return blocks;
    }

    show() {
      for (const block of this.blocks ?? []) block.show(this.indices);
      this.handle?.(Object.fromEntries(this.knobs.map(({ field, index }) => [field.name, index])));
    }

    /* After the reader moved something. */
    moved() {
      for (const knob of this.knobs) knob.tell();
      this.load();
      // Moves may come faster than the browser paints: the newest is drawn, when it is going to.
      this.drawing ??= requestAnimationFrame(() => {
        this.drawing = undefined;
        this.show();
      });
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.rested(), REST_MS);
    }

    rested() {
      if (this.ticking) return; // a sentence for every tick would be noise
      this.status.textContent = this.output.textContent;
      this.writeCode();
      remember(this);
    }

    jump(indices) {
      this.pause();
      for (const knob of this.knobs) {
        const { name } = knob.field;
        if (Object.hasOwn(indices, name)) knob.index = indices[name];
      }
      this.moved();
    }

    clicked(button) {
      if (!button) return;
      if (button.matches(".preset")) {
        this.jump(JSON.parse(button.dataset.state));
      } else if (button.matches(".play")) {
        if (!this.ticking) this.play(button);
        else {
          this.pause();
          this.moved();
        }
      } else if (button.matches(".link")) {
        this.copyLink(button);
      } else if (button.matches(".code")) {
        const open = button.getAttribute("aria-expanded") === "false";
        button.setAttribute("aria-expanded", open);
        this.code ??= this.figure.appendChild(document.createElement("pre"));
        this.code.hidden = !open;
        this.code.tabIndex = 0; // it may scroll
        this.writeCode();
      }
    }

    /* The lines that draw this setting in the chapter's notebook, while they are shown. */
    writeCode() {
      if (!this.code || this.code.hidden) return;
      const { figure, call, literals } = JSON.parse(this.figure.querySelector(".more").dataset.code);
      const named = this.knobs.map(({ field, index, label }) => {
        const literal = (literals[field.name] ?? [])[index];
        return { name: field.name, label, literal: literal === undefined ? label : literal };
      });
      const values = named.filter(({ literal }) => literal !== null);
      const others = named.filter(({ literal }) => literal === null);
      this.code.textContent = [
        "# In this chapter's notebook: open it on Colab or at home by the rocket above the page,",
        "# run all its cells, and put these lines into a new one below them.",
        ...others.map(({ name, label }) => `# What its menu calls ${label}, give to ${name}, too.`),
        "import matplotlib.pyplot as plt",
        "",
        figure,
        `print(${call}${values.map(({ name, literal }) => `${name}=${literal}`).join(", ")}))`,
      ].join("\n");
    }

    /* Where the clipboard is refused, the address bar gets what is to be copied; inside another
       page, whose address that is, the link is shown to be copied by hand. */
    async copyLink(button) {
      const name = (this.linkName ??= button.textContent);
      const link = new URL(`#${this.state}`, location.href).href;
      let said = "Link copied";
      try {
        await navigator.clipboard.writeText(link);
      } catch {
        if (window.top === window) {
          remember(this);
          said = "The link is in the address bar";
        } else {
          this.shown ??= this.figure.appendChild(document.createElement("input"));
          Object.assign(this.shown, { readOnly: true, ariaLabel: name, value: link });
          this.shown.select();
          said = "Copy the selected link";
        }
      }
      button.textContent = said;
      this.status.textContent = `${said}.`;
      clearTimeout(this.telling);
      this.telling = setTimeout(() => {
        button.textContent = name;
        this.status.textContent = ""; // or the same words would not be heard a second time
      }, TOLD_MS);
    }

    play(button) {
      const knob = this.knobs.find(({ field }) => field.id === button.dataset.knob);
      const last = knob.labels.length - 1;
      if (knob.index === last) knob.index = 0;
      this.button = button;
      button.textContent = "Pause";
      const pace = Math.min(Math.max(5000 / last, 60), 500);
      this.ticking = setInterval(() => {
        if (knob.index < last) knob.index += 1;
        else this.pause();
        this.moved();
      }, pace);
    }

    pause() {
      clearInterval(this.ticking);
      this.ticking = undefined;
      if (this.button) this.button.textContent = "Play";
    }

    get state() {
      const pairs = this.knobs.map((knob) => [knob.field.name, knob.label]);
      return `${encodeURIComponent(this.figure.id)}?${new URLSearchParams(pairs)}`;
    }

    /* Takes from a foreign text only known knobs, and only stops of their grid. */
    restore(parameters) {
      clearTimeout(this.timer); // or the address would soon be that of an older move
      const wishes = new Map([...parameters].map(([name, wish]) => [bare(name), wish]));
      for (const knob of this.knobs) {
        const { name } = knob.field;
        const wish = parameters.get(name) ?? wishes.get(bare(name));
        const index = wish === undefined ? -1 : knob.find(wish);
        if (index >= 0) knob.index = index;
      }
      this.load();
      this.show();
    }
  }

  /* A picture's elements in their order, without what translators and extensions put between. */
  function elements(svg) {
    const foreign = (node) =>
      node.namespaceURI !== svg.namespaceURI || node.matches("desc, script, style, title");
    return [svg, ...svg.querySelectorAll("*")].filter((node) => !foreign(node));
  }

  /* The address holds the state of each explorer that was moved: #one?alpha=0.1;two?lr=0.3 */
  function remember(explorer) {
    const old = touched.indexOf(explorer);
    if (old >= 0) touched.splice(old, 1);
    touched.unshift(explorer);
    history.replaceState(history.state, "", `#${touched.map((one) => one.state).join(";")}`);
  }

  /* Decodes what was encoded, even more than once, until the sign is there: a link on its way
     through mails and chats gets %3F or ？ for ?. What is encoded wrongly stays as it is. */
  function decoded(text, sign) {
    const decode = (run) => {
      try {
        return decodeURIComponent(run);
      } catch {
        return run;
      }
    };
    for (let i = 0; i < 3 && !(sign && text.includes(sign)); i++)
      text = text.replace(/(?:%[\da-f]{2})+/gi, decode).normalize("NFKC");
    return text;
  }

  /* What a name has in common with itself in capitals, in brackets, or at a sentence's end. */
  function bare(text) {
    const plain = text.toLowerCase().replace(UNSEEN, "");
    return plain.replace(/^[\s#/!"'*_=~`<\p{Ps}\p{Pi}]+|[\s>~`\p{P}]+$/gu, "");
  }

  /* The number with which a text begins: 0.9 of "0.9).", of "(0.9" and of "0,9". */
  function numberIn(text) {
    const plain = text.replace(UNSEEN, "").replace(/[−–]/g, "-").replace(/(\d),(?=\d)/, "$1.");
    // In a query + is a space: 1e+10. Mails write =3D for =.
    const [, found] = plain.replace(/e (?=\d)/i, "e+").replace(/^3D(?=[-.\d])/, "").match(NUMBER) ?? [];
    return Number(found);
  }

  function readAddress(address) {
    const { hash, search } = new URL(address);
    // Without its # a link has all that follows in the query, behind the page's own.
    const sent = decoded(hash.slice(1) || search.slice(1), "?");
    const text = sent.replace(/&(?:amp;|#0*38;|#x26;)+/gi, "&"); // as HTML writes &
    let newest;
    for (const part of text.split(";").reverse()) {
      const [id, query] = part.split("?", 2);
      const name = decoded(id);
      const explorer = explorers.get(name) ?? explorers.get(bare(name));
      if (query === undefined || !explorer) continue;
      explorer.restore(new URLSearchParams(decoded(query, "=")));
      if (!touched.includes(explorer)) touched.unshift(explorer);
      newest = explorer;
    }
    // The browser looks for an element of the whole fragment's name and finds none.
    newest?.figure.scrollIntoView();
  }

  function start() {
    const near = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          near.unobserve(target);
          explorers.get(target.id).load();
        }
      },
      { rootMargin: "1000px" },
    );
    for (const figure of document.querySelectorAll("figure.explorer")) {
      const explorer = new Explorer(figure);
      for (const name of [bare(figure.id), figure.id]) explorers.set(name, explorer);
      near.observe(figure);
    }
    readAddress(location.href);
    // By now `remember` may have replaced the address: the event still knows which one was meant.
    addEventListener("hashchange", ({ newURL }) => readAddress(newURL));
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
