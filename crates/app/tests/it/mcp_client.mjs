// Drives the gate with the official TypeScript clients of MCP, unchanged: the first version of them,
// which shakes hands, and the second one in both eras.
//
// Reads from the environment: MODULES, where the clients are; URL and AGENT_KEY, how to get in;
// PORTCULLIS and OPERATOR_TOKEN, what people decide with; NOTES, the file that the server behind the
// gate writes; PART, what to do. Fails loudly at the first thing that does not hold.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { AGENT_KEY, MODULES, NOTES, OPERATOR_TOKEN, PART, PORTCULLIS, URL: GATE } = process.env;
const need = createRequire(`${MODULES}/`);
const second = need("@modelcontextprotocol/client");
const first = {
  ...need("@modelcontextprotocol/sdk/client/index.js"),
  ...need("@modelcontextprotocol/sdk/client/streamableHttp.js"),
  ...need("@modelcontextprotocol/sdk/types.js"),
};

const ERAS = {
  "the first version": [first, {}],
  "the second version, shaking hands": [second, { versionNegotiation: { mode: "legacy" } }],
  "the second version, self-contained": [second, { versionNegotiation: { mode: { pin: "2026-07-28" } } }],
};
const INFO = { name: "a client", version: "1.0.0" };

function decide(...words) {
  const env = { ...process.env, PORTCULLIS_URL: GATE, PORTCULLIS_TOKEN: OPERATOR_TOKEN };
  return execFileSync(PORTCULLIS, ["holds", ...words], { env, encoding: "utf8" });
}
const waiting = () => JSON.parse(decide("list", "-o", "json")).holds;
const release = (hold) => decide("release", hold, "--reason", "good");
const written = () => (existsSync(NOTES) ? readFileSync(NOTES, "utf8").split("\n").slice(0, -1) : []);
const text = (result) => result.content[0].text;

async function connected([sdk, options], capabilities = {}, prepare = () => {}) {
  const client = new sdk.Client(INFO, { ...options, capabilities });
  prepare(client, sdk);
  const requestInit = { headers: { Authorization: `Bearer ${AGENT_KEY}` } };
  await client.connect(new sdk.StreamableHTTPClientTransport(new URL(`${GATE}/mcp`), { requestInit }));
  return client;
}

/** The only hold there is, once there is one. */
async function held() {
  for (let look = 0; look < 100; look += 1) {
    const [hold] = waiting();
    if (hold) return hold.id;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("nothing waits");
}

/** Lists, calls and what is read. */
async function plain(name, era) {
  const client = await connected(era);
  const tools = (await client.listTools()).tools.map((tool) => tool.name).sort();
  assert.deepEqual(tools, ["notes__read_notes", "notes__write_note"]);
  const read = await client.callTool({ name: "notes__read_notes", arguments: {} });
  assert.ok(!read.isError, text(read));
  const { resources } = await client.listResources();
  assert.equal(resources.length, 1);
  const { contents } = await client.readResource({ uri: resources[0].uri });
  assert.equal(contents.length, 1);
  const { prompts } = await client.listPrompts();
  const prompt = await client.getPrompt({ name: prompts[0].name, arguments: { topic: "tea" } });
  assert.match(prompt.messages[0].content.text, /tea/);
  const wrong = await client.callTool({ name: "notes__write_note", arguments: { text: 7 } });
  assert.match(text(wrong), /arguments\.invalid/);
  const burnt = await client.callTool({ name: "notes__burn", arguments: {} });
  assert.match(text(burnt), /^BLOCKED/);

  // A call that waits for people goes on by itself when they have decided, once.
  const before = written().length;
  const note = `from ${name}`;
  const calling = client.callTool({ name: "notes__write_note", arguments: { text: note } });
  release(await held());
  assert.equal(text(await calling), "written");
  assert.deepEqual(written().slice(before), [note]);
  await client.close();
  console.log(`${name} holds`);
}

/** A client that sends its user to an address is told of the approval's, and asks again by itself. */
async function withABrowser() {
  const opened = [];
  const era = ERAS["the second version, self-contained"];
  const client = await connected(era, { elicitation: { url: {} } }, (client) => {
    client.setRequestHandler("elicitation/create", ({ params }) => {
      opened.push(params.url);
      release(/esc_[0-9a-f]+/.exec(params.url)[0]);
      return { action: "accept" };
    });
  });
  const before = written().length;
  const done = await client.callTool({ name: "notes__write_note", arguments: { text: "looked at" } });
  assert.equal(text(done), "written");
  assert.equal(opened.length, 1);
  assert.deepEqual(written().slice(before), ["looked at"]);
  await client.close();
  console.log("a browser holds");
}

const KEPT = { name: "notes__write_note", arguments: { text: "kept over a restart" } };

/** A call that waits when the gate ends. */
async function cut() {
  const client = await connected(ERAS["the second version, self-contained"]);
  const calling = client.callTool(KEPT);
  calling.catch(() => {});
  await held();
  console.log("waiting");
  await assert.rejects(calling);
  assert.deepEqual(written(), []);
}

/** The same call, of another client, at a gate that was started anew. */
async function again() {
  const hold = await held();
  const client = await connected(ERAS["the first version"]);
  const calling = client.callTool(KEPT);
  release(hold);
  assert.equal(text(await calling), "written");
  assert.deepEqual(written(), ["kept over a restart"]);
  assert.deepEqual(waiting(), []);
  await client.close();
}

/** A server that asks, tells and changes, behind a gate that lets it. */
async function asking() {
  const capabilities = { elicitation: {}, sampling: {}, roots: {} };
  for (const [name, era] of Object.entries(ERAS)) {
    const [sdk] = era;
    const of = (method, old) => (sdk === first ? old : method);
    const told = [];
    const client = await connected(era, capabilities, (client) => {
      client.setRequestHandler(of("elicitation/create", first.ElicitRequestSchema), () => ({
        action: "accept",
        content: { name: "Ada", response: "yes" },
      }));
      client.setRequestHandler(of("sampling/createMessage", first.CreateMessageRequestSchema), () => ({
        role: "assistant",
        model: "none",
        content: { type: "text", text: "Paris" },
      }));
      const changed = of("notifications/tools/list_changed", first.ToolListChangedNotificationSchema);
      client.setNotificationHandler(changed, () => told.push("tools"));
    });
    const call = (name, args = {}, options = undefined) =>
      sdk === first
        ? client.callTool({ name, arguments: args }, undefined, options)
        : client.callTool({ name, arguments: args }, options);
    const isContained = name.endsWith("self-contained");
    await client.listTools();
    assert.equal(text(await call("test_header_parameter", { region: "\u00fcber" })), "In \u00fcber.");
    if (isContained) {
      assert.equal(text(await call("test_input_required_result_elicitation")), "Hello, Ada!");
      assert.equal(text(await call("test_input_required_result_sampling")), "Paris");
    } else {
      assert.match(text(await call("test_elicitation", { message: "Who?" })), /^accept: .*yes/);
      assert.match(text(await call("test_sampling", { prompt: "Where?" })), /Paris$/);
    }
    const far = [];
    const onprogress = ({ progress }) => far.push(progress);
    await call("test_tool_with_progress", {}, { onprogress });
    assert.deepEqual(far, [0, 50, 100]);
    if (isContained) await client.listen({ toolsListChanged: true });
    await call("test_trigger_tool_change");
    for (let look = 0; told.length === 0 && look < 100; look += 1) {
      await new Promise((done) => setTimeout(done, 50));
    }
    assert.ok(told.length > 0, "the change was told");
    await client.close();
    console.log(`${name} is asked and told`);
  }
}

const parts = {
  together: async () => {
    for (const [name, era] of Object.entries(ERAS)) await plain(name, era);
    await withABrowser();
  },
  cut,
  again,
  asking,
};
await parts[PART]();
console.log("all of it holds");
process.exit(0);
