/* The front end of the live picture that can be dragged (utils/_live.py), behind drag.js. */
export default {
  render({ model, el }) {
    let show;
    const pick = (stops) => {
      model.set("picked", stops);
      model.save_changes();
    };
    const draw = () => {
      el.innerHTML = model.get("value");
      show ??= globalThis.explorersDrag(el, model.get("drag"), pick);
      show(model.get("stops"));
    };
    model.on("change:value", draw);
    model.on("change:stops", () => show(model.get("stops")));
    draw();
  },
};
