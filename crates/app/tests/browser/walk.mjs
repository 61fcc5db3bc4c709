// Walks the console in a real browser: two people, one of them on a phone, decide about an
// irreversible action, which then happens once. Every page is checked by axe on the way, and
// pictures are taken.
import { createRequire } from "node:module";
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const { URL: ADDRESS, INVITATION, ADMIN_TOKEN, AGENT_KEY, MODULES, CHROMIUM, PICTURES } = process.env;
const load = createRequire(join(MODULES, "package.json"));
const { chromium } = load("playwright-core");
const axe = load.resolve("axe-core/axe.min.js");
const PASSWORD = "correct horse battery staple";
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
mkdirSync(PICTURES, { recursive: true });

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function api(method, path, key, body) {
  const answer = await fetch(ADDRESS.replace("localhost", "127.0.0.1") + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, json: text ? JSON.parse(text) : null };
}

// A browser of somebody. Anything a page logs as an error fails the walk.
async function seat(viewport, more = {}) {
  const context = await browser.newContext({ viewport, ...more });
  const page = await context.newPage();
  page.on("pageerror", (fault) => assert.fail(`a script failed: ${fault}`));
  page.on("console", (line) => {
    if (line.type() === "error" && !/status of (401|403|404|409|422)/.test(line.text())) assert.fail(`${page.url()}: ${line.text()}`);
  });
  return page;
}

// One line to each page, kept: when one is hung up, the page's virtual authenticator goes with it.
const lines = new Map();
async function line(page) {
  if (!lines.has(page)) lines.set(page, await page.context().newCDPSession(page));
  return lines.get(page);
}

let checked = 0;
async function check(page) {
  await page.waitForLoadState("load");
  // A world of its own, as the pages forbid scripts that are not theirs.
  const session = await line(page);
  const tree = await session.send("Page.getFrameTree");
  const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", { frameId: tree.frameTree.frame.id });
  await session.send("Runtime.evaluate", { expression: readFileSync(axe, "utf8"), contextId });
  const found = await session.send("Runtime.evaluate", {
    expression: 'axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then((r) => JSON.stringify(r.violations.map((v) => [v.id, v.nodes.map((n) => n.html + " " + n.failureSummary)])))',
    contextId, awaitPromise: true, returnByValue: true,
  });
  const violations = JSON.parse(found.result.value);
  assert.deepEqual(violations, [], `${page.url()}: ${JSON.stringify(violations, null, 1)}`);
  checked += 1;
}
async function look(page, path) {
  await page.goto(ADDRESS + path);
  await check(page);
}
const picture = (page, name) => page.screenshot({ path: join(PICTURES, `${name}.png`) });

async function accept(page, code) {
  await look(page, `/console/invitation?code=${code}`);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("The same once more").fill(PASSWORD);
  await page.getByRole("button", { name: "Begin" }).click();
  await page.waitForURL("**/console");
  await check(page);
}

// The first administrator comes in by the link of the first start, and registers a passkey.
const ada = await seat(DESKTOP);
await accept(ada, INVITATION);
const authenticator = await line(ada);
await authenticator.send("WebAuthn.enable");
await authenticator.send("WebAuthn.addVirtualAuthenticator", {
  options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
});
await look(ada, "/console/account");
await ada.getByLabel("Name of the new passkey").fill("Laptop");
await ada.getByRole("button", { name: "Register a passkey" }).click();
await ada.getByRole("cell", { name: "Laptop" }).waitFor();
await check(ada);

// Somebody else is made known and comes in on a phone, without scripts.
const made = await api("POST", "/v1/people", ADMIN_TOKEN, { name: "Bea", roles: [{ role: "OPERATOR" }] });
assert.equal(made.status, 201, JSON.stringify(made.json));
const invited = await api("POST", `/v1/people/${made.json.id}/invitation`, ADMIN_TOKEN, {});
const bea = await seat(PHONE, { javaScriptEnabled: false, isMobile: true, hasTouch: true });
await bea.goto(`${ADDRESS}/console/invitation?code=${invited.json.code}`);
await bea.getByLabel("Password", { exact: true }).fill(PASSWORD);
await bea.getByLabel("The same once more").fill(PASSWORD);
await bea.getByRole("button", { name: "Begin" }).click();
assert.equal(bea.url(), `${ADDRESS}/console`);

// An agent asks for something irreversible; the open inbox shows it by itself.
await ada.goto(`${ADDRESS}/console/approvals`);
const asked = await api("POST", "/v1/govern", AGENT_KEY, {
  action: "allocations.release", target: "cluster-1/team-vision",
  parameters: { allocation: "alloc-7", nodes: 8, estimated_cost_usd: 0 },
  reasoning: "The reservation ended an hour ago. <script>alert(1)</script>\u202e",
});
assert.equal(asked.json.verdict, "HELD", JSON.stringify(asked.json));
const hold = asked.json.hold_id ?? asked.json.escrow_id ?? asked.json.hold?.id;
await ada.getByRole("link", { name: "allocations.release" }).waitFor({ timeout: 20000 });
await check(ada);
await picture(ada, "approvals");

// She reads it, and approves with her passkey.
await ada.getByRole("link", { name: "allocations.release" }).click();
await ada.getByText("Written by the agent. Do not trust it.").waitFor();
await check(ada);
await picture(ada, "approval");
await ada.getByRole("button", { name: "Approve with passkey" }).click();
await ada.getByText("Your approval counts. More people must approve.").waitFor();
await check(ada);
let now = await api("GET", `/v1/holds/${hold}/review`, ADMIN_TOKEN);
assert.equal(now.json.status, "HELD");

// He does, on his phone, without scripts: then it is released.
await bea.goto(`${ADDRESS}/console/approvals`);
await picture(bea, "approvals-phone");
await bea.getByRole("link", { name: "allocations.release" }).click();
await picture(bea, "approval-phone");
await bea.getByRole("button", { name: "Approve", exact: true }).click();
await bea.getByText("Approved. The agent may act, once.").waitFor();
now = await api("GET", `/v1/holds/${hold}/review`, ADMIN_TOKEN);
assert.equal(now.json.status, "RELEASED");

// It happens once.
const claims = await Promise.all(Array.from({ length: 8 }, () => api("POST", `/v1/holds/${hold}/claim`, AGENT_KEY, {})));
const given = claims.filter((one) => one.status === 200);
assert.equal(given.length, 1, JSON.stringify(claims));
const permit = given[0].json.permit;
const spent = await Promise.all(Array.from({ length: 8 }, () => api("POST", "/v1/permits/redeem", AGENT_KEY, { permit })));
assert.equal(spent.filter((one) => one.status === 200).length, 1, JSON.stringify(spent));
const outcome = await api("POST", `/v1/actions/${asked.json.seq}/outcome`, AGENT_KEY, { result: "succeeded", effect: "8 nodes freed" });
assert.ok(outcome.status < 300, JSON.stringify(outcome));

// She makes a policy from an example, checked before it is saved, and tries it on an action.
await look(ada, "/console/policies/new?type=environment_restriction");
await ada.getByRole("button", { name: "Check it" }).click();
await ada.getByText("It disagrees with no policy in force.").waitFor();
await check(ada);
await picture(ada, "draft");
await ada.getByRole("button", { name: "Make the policy" }).click();
await ada.getByRole("heading", { name: "What it says" }).waitFor();
await check(ada);
await picture(ada, "policy");
const policy = new URL(ada.url()).pathname;
const { json: { agents: [agent] } } = await api("GET", "/v1/agents", ADMIN_TOKEN);
await ada.getByRole("link", { name: "Try it on an action" }).click();
await ada.getByLabel("Agent", { exact: true }).fill(agent.name);
await ada.getByRole("button", { name: "Judge it" }).click();
await ada.getByRole("heading", { name: "With the policy" }).waitFor();
await check(ada);
await picture(ada, "simulator");
await ada.goto(ADDRESS + policy);
await ada.getByRole("button", { name: "Switch off" }).click();
await ada.getByRole("button", { name: "Go on" }).click();
await ada.getByRole("cell", { name: "Version 2" }).or(ada.getByRole("rowheader", { name: "Version 2" })).first().waitFor();
await check(ada);

// Every page, wide, in the dark, and on a phone.
const PAGES = [...(process.env.PAGES ?? "").split(" ").filter(Boolean), policy];
for (const path of PAGES) await look(ada, path);
await ada.goto(`${ADDRESS}/console`);
await picture(ada, "overview");
await ada.emulateMedia({ colorScheme: "dark" });
for (const path of PAGES) await look(ada, path);
await ada.goto(`${ADDRESS}/console/activity`);
await picture(ada, "activity-dark");
await ada.emulateMedia({ colorScheme: "light" });
await ada.setViewportSize(PHONE);
for (const path of PAGES) {
  await look(ada, path);
  const wide = await ada.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${path} is ${wide} px wider than a phone`);
}
// No link leads to nowhere.
const links = new Set();
for (const path of [...PAGES, `/console/approvals/${hold}`]) {
  await ada.goto(ADDRESS + path);
  for (const href of await ada.locator("a[href]").evaluateAll((all) => all.map((one) => one.getAttribute("href")))) links.add(href);
}
for (const href of links) {
  if (!href.startsWith("/")) continue;
  const answer = await ada.request.get(ADDRESS + href);
  assert.ok(answer.status() < 400, `${href}: ${answer.status()}`);
}
// Without scripts each of them answers as well.
for (const path of PAGES) {
  const answer = await bea.goto(ADDRESS + path);
  assert.ok([200, 403, 404].includes(answer.status()), `${path}: ${answer.status()}`);
  assert.ok(await bea.locator("h1").count(), path);
}

// Out, and in again by the passkey.
await ada.setViewportSize(DESKTOP);
await ada.goto(`${ADDRESS}/console`);
await ada.getByRole("button", { name: "Sign out" }).first().click();
await ada.waitForURL("**/console/sign-in");
await check(ada);
await picture(ada, "sign-in");
await ada.getByRole("button", { name: "Use a passkey" }).click();
await ada.waitForURL("**/console");

await browser.close();
console.log(`walked: ${checked} pages checked`);
