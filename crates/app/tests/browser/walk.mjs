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

// The directory is worked on by hand: a workspace, a set that opens it, a group that carries the
// set. Whoever adds themselves waits, and an invitation is shown once.
const PAGES = (process.env.PAGES ?? "").split(" ").filter(Boolean);
async function save(page, button, list) {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.waitForURL(new RegExp(`/console/${list}(/[^/]+)?$`));
  await check(page);
  return new URL(page.url()).pathname;
}
async function add(page, part, words) {
  const section = page.getByRole("region", { name: part });
  await section.getByLabel("Add").selectOption({ label: words });
  await section.getByRole("button", { name: "Add", exact: true }).click();
  await page.waitForLoadState("load");
}
await ada.goto(`${ADDRESS}/console/new/workspace`);
await ada.getByLabel("Name", { exact: true }).fill("lab");
PAGES.push(await save(ada, "Make the workspace", "workspaces"));
await ada.goto(`${ADDRESS}/console/new/permission-set`);
await ada.getByLabel("Name", { exact: true }).fill("The lab at night");
await ada.getByLabel("Ids of agents").fill("regex:.*");
await ada.getByLabel("Scopes").fill("cluster-1\nregex:(");
await ada.getByRole("button", { name: "Add an entry" }).click();
await ada.getByRole("group", { name: "Entry 2" }).getByLabel("Effect").selectOption("DENY");
await ada.getByRole("button", { name: "Make the set" }).click();
await ada.getByText("the 2nd of them:").waitFor();
await check(ada);
await picture(ada, "permission-set-form");
await ada.getByRole("group", { name: "Entry 1" }).getByLabel("Scopes").fill("cluster-1");
const set = await save(ada, "Make the set", "permission-sets");
await ada.goto(`${ADDRESS}/console/new/group`);
await ada.getByLabel("Name", { exact: true }).fill("On call");
const group = await save(ada, "Make the group", "groups");
await add(ada, "Permission sets", "The lab at night");
await add(ada, "People", "Bea");
await ada.getByRole("link", { name: "Bea" }).waitFor();
await add(ada, "People", "first-architect");
await ada.getByText("Another architect must agree.").waitFor();
await check(ada);
await look(ada, `/console/people/${made.json.id}`);
await ada.getByText("which the group").first().waitFor();
await ada.getByRole("button", { name: "Invite again" }).click();
await ada.getByRole("button", { name: "Go on" }).click();
await ada.getByText("It is not shown again.").waitFor();
assert.ok(!ada.url().includes("code="), ada.url());
await check(ada);
await picture(ada, "person");
const person = `/console/people/${made.json.id}`;
PAGES.push(set, group, person, `${set}/edit`, `${group}/edit`, `${person}/edit`, "/console/workspaces/lab/edit");

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
PAGES.push(policy);

// A scope is added by hand, first with a fault; the agent works in a session that has it. The
// drawer is empty and the service away, so that nothing comes of it, which is told.
assert.equal((await api("POST", "/v1/workspaces", ADMIN_TOKEN, { id: "desk" })).status, 201);
await ada.goto(`${ADDRESS}/console/new/scope`);
await ada.getByLabel("Where it may be used").selectOption("desk");
await ada.getByLabel("Name", { exact: true }).fill("reports");
await ada.getByLabel("Provider", { exact: true }).fill("drawer");
await ada.getByLabel("Environment", { exact: true }).fill("production");
await ada.getByLabel("How it narrows the provider, as JSON").fill('{"read": "reports-viewer", "nothing": 1}');
await ada.getByRole("button", { name: "Add the scope" }).click();
await ada.getByText("filters.nothing").waitFor();
await check(ada);
await ada.getByLabel("How it narrows the provider, as JSON").fill('{"read": "reports-viewer"}');
const scope = await save(ada, "Add the scope", "scopes");
const opened = await api("POST", "/v1/sessions", ADMIN_TOKEN, { agent_id: agent.id, workspace_id: "desk", scopes: [{ scope: "reports" }], ticket: "DESK-1" });
assert.equal(opened.status, 201, JSON.stringify(opened.json));
const session = `/console/sessions/${opened.json.id}`;
const acted = await api("POST", "/v1/act", AGENT_KEY, {
  action: "reports.read", target: "reports", environment: "production", workspace_id: "desk",
  session_id: opened.json.id, scope: "reports", reasoning: "To read it.",
});
assert.equal(acted.json.execution?.ended, "failed", JSON.stringify(acted.json));
const execution = `/console/executions/${acted.json.decision.seq}`;
await look(ada, session);
await ada.getByRole("link", { name: "reports.read" }).first().waitFor();
await picture(ada, "session");
await ada.goto(`${ADDRESS}/console/own-credentials`);
await ada.getByRole("button", { name: "Use my own credential" }).click();
await ada.getByRole("button", { name: "Switch off" }).waitFor();

// A server behind the gate says what its tool does, with a character that nobody sees in it.
const mcp = (body, more = {}) => fetch(`${ADDRESS.replace("localhost", "127.0.0.1")}/mcp`, {
  method: "POST", body: JSON.stringify({ jsonrpc: "2.0", ...body }),
  headers: { authorization: `Bearer ${AGENT_KEY}`, "content-type": "application/json", accept: "application/json, text/event-stream", ...more },
});
const hello = await mcp({ id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "walk", version: "1" } } });
const talk = { "mcp-session-id": hello.headers.get("mcp-session-id") ?? "", "mcp-protocol-version": "2025-11-25" };
await mcp({ method: "notifications/initialized" }, talk);
const offered = await (await mcp({ id: 2, method: "tools/list" }, talk)).text();
assert.ok(!offered.includes("read_notes"), offered);
await look(ada, "/console/tools");
await ada.getByRole("link", { name: "read_notes" }).click();
await ada.getByText("Written by its server. Do not trust it.").waitFor();
await ada.getByText("\\u{202E}").first().waitFor();
await check(ada);
await picture(ada, "tool");
await ada.getByRole("button", { name: "Accept exactly this" }).click();
await ada.getByRole("button", { name: "Go on" }).click();
await ada.getByText("Accepted", { exact: true }).first().waitFor();
await check(ada);
PAGES.push(scope, `${scope}/edit`, session, execution, "/console/tools/notes/read_notes");

// Every page, wide, in the dark, and on a phone.
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

// He closes the session, still without scripts: what is left of it is told.
await bea.goto(ADDRESS + session);
await bea.getByLabel("Why it is closed").fill("looked enough");
await bea.getByRole("button", { name: "Close the session" }).click();
await bea.getByText("looked enough").waitFor();
assert.equal(await bea.getByRole("button", { name: "Close the session" }).count(), 0);

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
