/* What is wrong with the formulas that a page shows, as sentences: evaluates to a function. */
() => {
  const wrong = [];
  const font = [...document.fonts].find(({ family }) => family.includes("LM Math Subset"));
  const formulas = [...document.querySelectorAll("math")].filter((one) => one.checkVisibility());
  const latex = (node) => node.closest("math").querySelector("annotation").textContent;
  if (formulas.length && font?.status !== "loaded") wrong.push(`the math font is ${font?.status}`);
  for (const formula of formulas) {
    const { width, height } = formula.getBoundingClientRect();
    if (width < 3 || height < 3) wrong.push(`${latex(formula)} is ${width} × ${height} px`);
  }
  // A root's sign stands left of what it covers, its bar above.
  for (const root of document.querySelectorAll("msqrt, mroot")) {
    if (!root.checkVisibility()) continue;
    const box = root.getBoundingClientRect();
    const inside = document.createRange();
    if (root.tagName === "mroot") inside.selectNode(root.firstElementChild);
    else inside.selectNodeContents(root);
    const content = inside.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(root).fontSize);
    if (content.left - box.left < size / 3) wrong.push(`${latex(root)} has no room for its root`);
  }
  // Relations of lines that are aligned have their space: "training ≥ 4", not "training≥4".
  for (const cell of document.querySelectorAll("mtd:nth-child(even) > mo:first-child")) {
    if (!cell.checkVisibility() || getComputedStyle(cell.parentElement).textAlign !== "left") continue;
    if (cell.nextElementSibling === null) continue;
    const [sign, next] = [cell, cell.nextElementSibling].map((one) => one.getBoundingClientRect());
    const before = cell.parentElement.previousElementSibling?.lastElementChild;
    const gap = before ? sign.left - before.getBoundingClientRect().right : 9;
    if (gap + sign.width < 0.9 * parseFloat(getComputedStyle(cell).fontSize))
      wrong.push(`${latex(cell)}: no space around ${cell.textContent}: ${gap} ${sign.width} ${next.left}`);
  }
  return wrong;
}
