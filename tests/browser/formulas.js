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
  // A relation has its space on both sides: "training ≥ 4", not "training≥4".
  for (const mo of document.querySelectorAll(":is(mrow, mtd, semantics) > mo:not([lspace])")) {
    if (!"=≈≠≤≥<>←→".includes(mo.textContent) || !mo.checkVisibility()) continue;
    const { previousElementSibling: leftCell, nextElementSibling: rightCell } = mo.parentElement;
    const before = mo.previousElementSibling ?? leftCell?.lastElementChild;
    const after = mo.nextElementSibling ?? rightCell?.firstElementChild;
    if (!before || !after) continue;
    const text = document.createRange();
    text.selectNodeContents(mo);
    const [left, width, right] = [before, text, after].map((one) => one.getBoundingClientRect());
    const gap = right.left - left.right - width.width;
    if (gap < parseFloat(getComputedStyle(mo).fontSize) * 0.3)
      wrong.push(`${latex(mo)}: ${gap} px around ${mo.textContent}`);
  }
  return wrong;
}
