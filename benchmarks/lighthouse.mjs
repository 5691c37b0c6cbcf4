/* Called by benchmarks/audit.py: `node lighthouse.mjs CHROMIUM ARGUMENTS ADDRESS…`, the arguments as
   a JSON list. Writes one line of JSON for each address and form factor, as soon as it is known:
   {"address", "form", "scores": {category: 0…100}, "cls", "lcp", "tbt", "failed": [audit ids]}. */
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const FORMS = { mobile: undefined, desktop: desktopConfig }; // Lighthouse's own settings
const HELD = CATEGORIES.slice(1); // whose single audits must all pass

const [chromePath, chromeFlags, ...addresses] = process.argv.slice(2);

async function visit(address, form, port) {
  const { lhr } = await lighthouse(address, { port, onlyCategories: CATEGORIES, logLevel: "error" }, FORMS[form]);
  if (lhr.runtimeError) throw new Error(`Lighthouse on ${address}: ${lhr.runtimeError.message}`);
  const scores = CATEGORIES.map((name) => [name, Math.round(lhr.categories[name].score * 100)]);
  const failed = HELD.flatMap((name) => lhr.categories[name].auditRefs)
    .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
    .map(({ id }) => id);
  const value = (id) => lhr.audits[id].numericValue;
  const times = { cls: value("cumulative-layout-shift"), lcp: value("largest-contentful-paint"),
    tbt: value("total-blocking-time") };
  return { address, form, scores: Object.fromEntries(scores), ...times, failed };
}

const chrome = await launch({ chromePath, chromeFlags: ["--headless=new", ...JSON.parse(chromeFlags)] });
try {
  for (const address of addresses)
    for (const form of Object.keys(FORMS))
      console.log(JSON.stringify(await visit(address, form, chrome.port)));
} finally {
  chrome.kill();
}
