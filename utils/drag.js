/* Lets an explorer's picture be dragged by mouse, pen and finger: on the page by replay.js, live by
   utils/_live.py. What `drag` holds is described in utils/_drag.py.

   host: the element that holds the pictures; it stays where a picture is put in another's place.
   pick: called with {knob: stop} while the reader drags.
   Returns the function that puts the handle at the stops {knob: stop} of the pictures of now. */
globalThis.explorersDrag = (host, drag, pick) => {
  "use strict";

  const KNOB = "var(--knob, #1b62b5)";
  const RADIUS = 6; // points, and of what a finger meets: 44 pixels across on a phone
  const FINGER = 20;
  let pointer; // that drags
  let shown, before; // stops: of now, and when it was pressed

  const svg = () => host.querySelectorAll("svg[role=img]")[drag.panel];

  function make(name, attributes) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  }

  /* Made by the script: without it nothing can be dragged, and nothing says so. */
  function handle() {
    const [x, y, width, height] = drag.box;
    // A finger that moves along the knob's direction drags; across it, and with two knobs beside
    // the handle, it scrolls the page.
    const scrolls = drag.y ? "auto" : "pan-y";
    // Chromium asks no inline element for its touch-action, and takes a picture's parts for inline.
    const style = `display:block;cursor:grab;user-select:none;-webkit-user-select:none;touch-action:`;
    const group = make("g", { class: "drag", "aria-hidden": "true" });
    group.append(
      make("rect", { class: "area", x, y, width, height, fill: "transparent", style: style + scrolls }),
      make("path", { class: "guide", stroke: KNOB, "stroke-dasharray": "3 3", opacity: 0.6, fill: "none" }),
      make("circle", { class: "grip", r: FINGER, fill: "transparent", style: `${style}none` }),
      make("circle", { class: "handle", r: RADIUS, stroke: KNOB, "stroke-width": 2.5 }),
    );
    for (const part of [group.children[1], group.children[3]])
      part.setAttribute("pointer-events", "none");
    group.children[3].setAttribute("fill", "var(--plot-paper, #fff)");
    group.children[3].setAttribute("fill-opacity", drag.x && drag.y ? 0.3 : 1);
    svg().append(group);
    return group;
  }

  function show(stops) {
    shown = stops;
    if (!svg()) return; // live, an error stands in the picture's place
    const [left, top, width, height] = drag.box;
    const place = ({ knob, places }, low, high) => Math.min(Math.max(places[stops[knob]], low), high);
    // With one knob the handle rests inside the frame, where no label is.
    const x = drag.x ? place(drag.x, left, left + width) : left + RADIUS + 1;
    const y = drag.y ? place(drag.y, top, top + height) : top + height - RADIUS - 1;
    const group = svg().querySelector(".drag") ?? handle();
    for (const circle of group.querySelectorAll("circle")) {
      circle.setAttribute("cx", x);
      circle.setAttribute("cy", y);
    }
    const line = !drag.y ? `M${x} ${top}V${top + height}` : !drag.x ? `M${left} ${y}H${left + width}` : "";
    group.querySelector(".guide").setAttribute("d", line);
  }

  function nearest(places, at) {
    const gaps = places.map((place) => Math.abs(place - at));
    return gaps.indexOf(Math.min(...gaps));
  }

  function pickAt({ clientX, clientY }) {
    const at = new DOMPoint(clientX, clientY).matrixTransform(svg().getScreenCTM().inverse());
    const stops = {};
    for (const axis of ["x", "y"])
      if (drag[axis]) stops[drag[axis].knob] = nearest(drag[axis].places, at[axis]);
    pick(stops);
  }

  const part = ({ target }) => (svg().contains(target) ? target.closest(".drag > *") : null);

  host.addEventListener("pointerdown", (event) => {
    const pressed = part(event);
    if (!pressed || event.button !== 0 || pointer !== undefined) return;
    // The browser takes back a finger's press with which it scrolls: it must have changed nothing.
    if (event.pointerType === "touch" && pressed.matches(".area") && drag.y) return;
    pointer = event.pointerId;
    before = shown;
    host.setPointerCapture(pointer);
    host.style.cursor = "grabbing";
    event.preventDefault();
    if (event.pointerType !== "touch") pickAt(event); // a finger may be about to scroll
  });
  host.addEventListener("pointermove", (event) => {
    if (event.pointerId === pointer) pickAt(event);
  });
  host.addEventListener("pointercancel", (event) => {
    if (event.pointerId === pointer) pick(before); // it scrolled instead
  });
  host.addEventListener("pointerup", (event) => {
    if (event.pointerId === pointer) pickAt(event);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
    host.addEventListener(end, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = undefined;
      host.style.cursor = "";
    });
  // A finger's tap beside the handle.
  host.addEventListener("click", (event) => {
    if (part(event)) pickAt(event);
  });

  return show;
};
