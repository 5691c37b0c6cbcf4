/* Plays the explorers of a page: moves the knobs' figure and sentence without any kernel.
   What utils/_replay.py packed is described in its function `pack`. */
(() => {
  "use strict";

  if (window.explorersPlay) return; // a page that was saved, or put together, may load this twice
  window.explorersPlay = true;

  const REST_MS = 400; // after the last move: announce the sentence, write the address
  const TOLD_MS = 4000; // how long the button says what became of the link
  const NUMBER = /^\s*[-+]?(?:Infinity|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)/i;
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
      if (this.kind !== "range")
        return this.labels.findIndex((label, i) => stops[i] === wish || (word && bare(label) === word));
      if (Number.isNaN(wish)) return -1;
      const clamped = Math.min(Math.max(wish, Math.min(...stops)), Math.max(...stops));
      const gaps = stops.map((stop) => Math.abs(stop - clamped));
      return gaps.indexOf(Math.min(...gaps));
    }
  }

  class Explorer {
    constructor(figure) {
      this.figure = figure;
      this.knobs = [...figure.querySelectorAll("[name]")].map((field) => new Knob(field));
      this.nodes = elements(figure.querySelector(":scope > svg[role=img]"));
      this.output = figure.querySelector("output");
      this.status = figure.querySelector(".announcement");
      figure.addEventListener("input", () => this.moved());
      // A browser's translator wraps each text in an element of its own, a button's too.
      figure.addEventListener("click", ({ target }) => this.clicked(target.closest("button")));
    }

    get position() {
      return this.knobs.reduce((sum, knob) => sum * knob.labels.length + knob.index, 0);
    }

    /* Inflates the positions, once; until then a move only sets the knobs. */
    load() {
      this.loading ??= this.inflate().then(
        (packed) => this.unpack(packed),
        ({ message }) => {
          this.output.textContent = `These knobs need a newer browser (${message}).`;
        },
      );
    }

    unpack({ slots, at }) {
      this.slots = slots.map(([node, kind, values], i) => ({
        node: node < 0 ? this.output : this.nodes[node],
        kind,
        values,
        at: at[i],
        now: 0,
      }));
      this.show();
    }

    async inflate() {
      const packed = atob(this.figure.querySelector("script.frames").textContent);
      const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
      return new Response(stream).json();
    }

    show() {
      if (!this.slots) return;
      const position = this.position;
      for (const slot of this.slots) {
        const next = slot.at[position];
        if (next === slot.now) continue;
        slot.now = next;
        const value = slot.values[next];
        if (slot.kind === "") slot.node.textContent = value;
        else if (slot.kind === "<") slot.node.innerHTML = value;
        else if (value === null) slot.node.removeAttribute(slot.kind);
        else slot.node.setAttribute(slot.kind, value);
      }
    }

    /* After the reader moved something. */
    moved() {
      for (const knob of this.knobs) knob.tell();
      this.load();
      this.show();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.rested(), REST_MS);
    }

    rested() {
      if (this.ticking) return; // a sentence for every tick would be noise
      this.status.textContent = this.output.textContent;
      remember(this);
    }

    set(indices) {
      for (const knob of this.knobs) {
        const { name } = knob.field;
        if (Object.hasOwn(indices, name)) knob.index = indices[name];
      }
    }

    clicked(button) {
      if (!button) return;
      if (button.matches(".preset")) {
        this.pause();
        this.set(JSON.parse(button.dataset.state));
        this.moved();
      } else if (button.matches(".play")) {
        if (!this.ticking) this.play(button);
        else {
          this.pause();
          this.moved();
        }
      } else if (button.matches(".link")) {
        this.copyLink(button);
      }
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
          this.shown ??= button.parentElement.appendChild(document.createElement("input"));
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
    return text.toLowerCase().replace(/^[\s#/!"'\p{Ps}\p{Pi}]+|[\s>\p{P}]+$/gu, "");
  }

  /* The number with which a text begins: 0.9 of "0.9)." and of "0,9". */
  function numberIn(text) {
    const plain = text.replace(/[−–]/g, "-").replace(/(\d),(?=\d)/, "$1.");
    // In a query + is a space: 1e+10.
    const [found] = plain.replace(/e (?=\d)/i, "e+").match(NUMBER) ?? ["NaN"];
    return Number(found);
  }

  function readAddress(address) {
    const { hash, search } = new URL(address);
    // Without its # a link has all that follows in the query, behind the page's own.
    const text = decoded(hash.slice(1) || search.slice(1), "?").replace(/&(?:amp;)+/gi, "&");
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
