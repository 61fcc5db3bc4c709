// What the server offers that the suite of MCP asks its scenarios of: tools, resources and prompts.

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { Refused } from "./refused.mjs";
import { EXTENSION, begin, mustTakeTasks } from "./tasks.mjs";

const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

const said = (text) => ({ content: [{ type: "text", text }] });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const form = (message, properties, required = Object.keys(properties)) => ({
  method: "elicitation/create",
  params: { message, requestedSchema: { type: "object", properties, required } },
});
const sampling = (text, maxTokens) => ({
  method: "sampling/createMessage",
  params: { messages: [{ role: "user", content: { type: "text", text } }], maxTokens },
});
const roots = { method: "roots/list", params: {} };
const wants = (inputRequests, requestState) => ({
  resultType: "input_required",
  inputRequests,
  ...(requestState === undefined ? {} : { requestState }),
});

// States are sealed, since they come back from whoever holds them.
const SEAL = randomBytes(32);
const mac = (text) => createHmac("sha256", SEAL).update(text).digest("base64url");
function sealed(state) {
  const text = Buffer.from(JSON.stringify(state)).toString("base64url");
  return `${text}.${mac(text)}`;
}
function opened(state) {
  const [text, seal = ""] = String(state).split(".");
  const [given, known] = [Buffer.from(seal), Buffer.from(mac(text))];
  if (given.length !== known.length || !timingSafeEqual(given, known)) {
    throw new Refused(-32602, "this state is none of mine");
  }
  return JSON.parse(Buffer.from(text, "base64url").toString());
}

/** The content of an answer of a user; undefined when it is none. */
function content(responses, key) {
  const response = responses?.[key];
  return response && typeof response === "object" ? (response.content ?? response) : undefined;
}

const tools = new Map();
function tool(name, description, run, properties = {}, more = {}) {
  const inputSchema = { type: "object", properties, ...more };
  tools.set(name, { description, inputSchema, run });
}

tool("test_simple_text", "Says something", () => said("A simple text."));
tool("test_image_content", "Shows a picture", () => ({
  content: [{ type: "image", data: PNG, mimeType: "image/png" }],
}));
tool("test_audio_content", "Plays a sound", () => ({
  content: [{ type: "audio", data: WAV, mimeType: "audio/wav" }],
}));
const embedded = (uri, mimeType, text) => ({ type: "resource", resource: { uri, mimeType, text } });
tool("test_embedded_resource", "Brings a resource along", () => ({
  content: [embedded("test://embedded-resource", "text/plain", "Inside.")],
}));
tool("test_multiple_content_types", "Says and shows something", () => ({
  content: [
    { type: "text", text: "Three things:" },
    { type: "image", data: PNG, mimeType: "image/png" },
    embedded("test://mixed-content-resource", "application/json", '{"test":"data"}'),
  ],
}));
tool("test_error_handling", "Fails", () => ({ ...said("It failed, as it should."), isError: true }));
tool("test_tool_with_logging", "Tells what it does", async (call) => {
  for (const data of ["begun", "half done", "done"]) {
    call.log("info", data);
    await pause(30);
  }
  return said("It told.");
});
tool("test_logging_tool", "Tells what it does to whoever asks for it", async (call) => {
  call.log("info", "at it");
  return said("It told.");
});
tool("test_tool_with_progress", "Tells how far it is", async (call) => {
  for (const progress of [0, 50, 100]) {
    call.progress(progress, 100);
    await pause(30);
  }
  return said("It is there.");
});
tool("test_reconnection", "Takes a moment", async () => {
  await pause(100);
  return said("Nothing broke off.");
});
tool(
  "test_sampling",
  "Has the client's model say something",
  async (call) => {
    const { method, params } = sampling(call.arguments.prompt ?? "", 100);
    const answer = await call.ask(method, params);
    return said(`The model says: ${answer.content?.text}`);
  },
  { prompt: { type: "string" } },
  { required: ["prompt"] },
);
async function elicited(call, message, properties, required) {
  const { method, params } = form(message, properties, required);
  const answer = await call.ask(method, params);
  return said(`${answer.action}: ${JSON.stringify(answer.content ?? {})}`);
}
tool(
  "test_elicitation",
  "Asks the client's user something",
  (call) => elicited(call, call.arguments.message ?? "", { response: { type: "string" } }),
  { message: { type: "string" } },
  { required: ["message"] },
);
tool("test_elicitation_sep1034_defaults", "Asks with answers filled in", (call) =>
  elicited(
    call,
    "Is this right?",
    {
      name: { type: "string", default: "John Doe" },
      age: { type: "integer", default: 30 },
      score: { type: "number", default: 95.5 },
      status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
      verified: { type: "boolean", default: true },
    },
    [],
  ),
);
const titled = (word) => [1, 2, 3].map((n) => ({ const: `value${n}`, title: `${word} ${n}` }));
const options = ["option1", "option2", "option3"];
tool("test_elicitation_sep1330_enums", "Asks with answers to choose from", (call) =>
  elicited(
    call,
    "Which one?",
    {
      untitledSingle: { type: "string", enum: options },
      titledSingle: { type: "string", oneOf: titled("Option") },
      legacyEnum: {
        type: "string",
        enum: ["opt1", "opt2", "opt3"],
        enumNames: ["Option 1", "Option 2", "Option 3"],
      },
      untitledMulti: { type: "array", minItems: 1, maxItems: 3, items: { type: "string", enum: options } },
      titledMulti: { type: "array", minItems: 1, maxItems: 3, items: { anyOf: titled("Choice") } },
    },
    [],
  ),
);
tool(
  "json_schema_2020_12_tool",
  "Takes what a rich schema allows",
  (call) => said(JSON.stringify(call.arguments)),
  {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $defs: {
      address: {
        $anchor: "addressDef",
        type: "object",
        properties: { street: { type: "string" }, city: { type: "string" } },
      },
    },
    allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
    if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
    then: { required: ["phone"] },
    else: { required: ["email"] },
    additionalProperties: false,
  },
);
tool(
  "test_header_parameter",
  "Takes a region that is repeated in a header",
  (call) => said(`In ${call.arguments.region}.`),
  { region: { type: "string", "x-mcp-header": "Region" } },
);
tool("test_missing_capability", "Needs the client's model", (call) => {
  if (!call.capabilities.sampling) {
    const data = { requiredCapabilities: { sampling: {} } };
    throw new Refused(-32021, "the client has no model", data, 400);
  }
  return said("The client has a model.");
});
tool("test_streaming_elicitation", "Asks on a stream", (call) =>
  call.stateless
    ? wants({ name: form("What is your name?", { name: { type: "string" } }) })
    : said("There is nothing to ask."),
);
tool("test_trigger_tool_change", "Changes the list of tools", (call) => call.change("tools"));
tool("test_trigger_prompt_change", "Changes the list of prompts", (call) => call.change("prompts"));

const named = form("What is your name?", { name: { type: "string" } });
tool("test_input_required_result_elicitation", "Asks for a name", (call) => {
  const name = content(call.inputResponses, "user_name")?.name;
  return name === undefined ? wants({ user_name: named }) : said(`Hello, ${name}!`);
});
tool("test_input_required_result_sampling", "Asks a model", (call) => {
  const text = content(call.inputResponses, "capital_question")?.text;
  const question = sampling("What is the capital of France?", 100);
  return text === undefined ? wants({ capital_question: question }) : said(text);
});
tool("test_input_required_result_list_roots", "Asks for folders", (call) => {
  const found = content(call.inputResponses, "client_roots")?.roots;
  return found === undefined ? wants({ client_roots: roots }) : said(JSON.stringify(found));
});
tool("test_input_required_result_request_state", "Asks, and remembers", (call) => {
  const confirm = form("Is that so?", { ok: { type: "boolean" } });
  if (call.requestState === undefined) return wants({ confirm }, sealed({ round: 1 }));
  opened(call.requestState);
  return said("state-ok");
});
tool("test_input_required_result_multiple_inputs", "Asks for three things at once", (call) => {
  const requests = { user_name: named, greeting: sampling("A greeting, please", 50), client_roots: roots };
  if (call.requestState === undefined) return wants(requests, sealed({ round: 1 }));
  opened(call.requestState);
  const missing = Object.keys(requests).some((key) => content(call.inputResponses, key) === undefined);
  return missing ? wants(requests, sealed({ round: 1 })) : said("That is all.");
});
tool("test_input_required_result_multi_round", "Asks twice", (call) => {
  const step = (n, what) => ({ [`step${n}`]: form(`Step ${n}`, { [what]: { type: "string" } }) });
  if (call.requestState === undefined) return wants(step(1, "name"), sealed({ round: 1 }));
  const { round } = opened(call.requestState);
  return round === 1 ? wants(step(2, "color"), sealed({ round: 2 })) : said("Asked enough.");
});
tool("test_input_required_result_tampered_state", "Asks, and trusts nobody", (call) => {
  const confirm = form("Is that so?", { ok: { type: "boolean" } });
  if (call.requestState === undefined) return wants({ confirm }, sealed({ round: 1 }));
  opened(call.requestState);
  return said("Nobody touched it.");
});
tool("test_input_required_result_capabilities", "Asks for what the client can do", (call) => {
  const can = call.capabilities;
  return wants({
    ...(can.sampling ? { question: sampling("What is new?", 50) } : {}),
    ...(can.elicitation ? { user_name: named } : {}),
  });
});

const takesTasks = (call) => call.capabilities?.extensions?.[EXTENSION] !== undefined;
tool("greet", "Greets", (call) => said(`Hello, ${call.arguments.name}!`), { name: { type: "string" } });
tool(
  "slow_compute",
  "Takes its time",
  (call) => {
    const { seconds = 0, label } = call.arguments;
    const work = async () => {
      await pause(seconds * 1000);
      return said(`${label}: done`);
    };
    return seconds > 0 && takesTasks(call) ? begin(work) : work();
  },
  { seconds: { type: "number" }, label: { type: "string" } },
);
function job(name, description, work, properties = {}) {
  const run = (call) => {
    mustTakeTasks(call.capabilities);
    return begin((ask) => work(ask, call));
  };
  tool(name, description, run, properties);
}
job("failing_job", "Fails after a while", async () => {
  await pause(200);
  return { ...said("It failed, as it should."), isError: true };
});
job("protocol_error_job", "Breaks after a while", async () => {
  await pause(200);
  throw new Refused(-32603, "it broke, as it should");
});
const sure = (message) => form(message, { confirm: { type: "boolean" } });
job(
  "confirm_delete",
  "Asks before it pretends to delete",
  async (ask, call) => {
    await ask({ confirm: sure(`Delete ${call.arguments.filename}?`) });
    return said("As you wish.");
  },
  { filename: { type: "string" } },
);
job("multi_input", "Asks two things at once", async (ask) => {
  await ask({ one: sure("One?"), two: sure("Two?") });
  return said("Both it is.");
});
tool("test_tool_with_task", "Asks first, and then takes its time", (call) => {
  const name = content(call.inputResponses, "user_name")?.name;
  if (name === undefined) return wants({ user_name: named }, sealed({ round: 1 }));
  mustTakeTasks(call.capabilities);
  return begin(async () => {
    await pause(200);
    return said(`Done for ${name}.`);
  });
});

const resources = [
  { uri: "test://static-text", name: "static-text", mimeType: "text/plain", text: "A text." },
  { uri: "test://static-binary", name: "static-binary", mimeType: "image/png", blob: PNG },
  { uri: "test://watched-resource", name: "watched-resource", mimeType: "text/plain", text: "Watched." },
];
const templates = [
  { uriTemplate: "test://template/{id}/data", name: "template", mimeType: "application/json" },
];

export function read(uri) {
  const known = resources.find((one) => one.uri === uri);
  if (known) {
    const { name: _, ...contents } = known;
    return { contents: [contents] };
  }
  const [, id] = /^test:\/\/template\/([^/]+)\/data$/.exec(uri) ?? [];
  if (id === undefined) throw new Refused(-32602, "there is no such resource", { uri });
  return { contents: [{ uri, mimeType: "application/json", text: JSON.stringify({ id }) }] };
}

const user = (content) => ({ role: "user", content });
const prompts = new Map([
  ["test_simple_prompt", { run: () => [user({ type: "text", text: "A simple prompt." })] }],
  [
    "test_prompt_with_arguments",
    {
      takes: ["arg1", "arg2"],
      run: ({ arg1, arg2 }) => [user({ type: "text", text: `arg1 is ${arg1}, arg2 is ${arg2}` })],
    },
  ],
  [
    "test_prompt_with_embedded_resource",
    {
      takes: ["resourceUri"],
      run: ({ resourceUri }) => [user(embedded(resourceUri, "text/plain", "Embedded."))],
    },
  ],
  [
    "test_prompt_with_image",
    { run: () => [user({ type: "image", data: PNG, mimeType: "image/png" })] },
  ],
  ["test_input_required_result_prompt", { run: undefined }],
]);

export function get(call) {
  const { name } = call;
  const prompt = prompts.get(name);
  if (!prompt) throw new Refused(-32602, "there is no such prompt");
  if (prompt.run) return { messages: prompt.run(call.arguments) };
  const context = content(call.inputResponses, "user_context")?.context;
  if (context === undefined) {
    return wants({ user_context: form("In which context?", { context: { type: "string" } }) });
  }
  return { messages: [user({ type: "text", text: `In the context of ${context}.` })] };
}

export function run(call) {
  const tool = tools.get(call.name);
  if (!tool) throw new Refused(-32602, "there is no such tool");
  return tool.run(call);
}

/** The headers that a tool wants some of its arguments repeated in. */
export function repeated(name) {
  const properties = Object.entries(tools.get(name)?.inputSchema.properties ?? {});
  return properties.flatMap(([key, schema]) =>
    schema["x-mcp-header"] ? [[key, schema["x-mcp-header"]]] : [],
  );
}

/** The lists; what was changed last is there or not. */
export function lists(changed) {
  const listed = [...tools].map(([name, { description, inputSchema }]) => ({ name, description, inputSchema }));
  if (changed.tools) {
    listed.push({ name: "zz_passing", description: "Comes and goes", inputSchema: { type: "object" } });
  }
  const described = [...prompts].map(([name, { takes = [] }]) => ({
    name,
    description: `The prompt ${name}`,
    arguments: takes.map((one) => ({ name: one, description: `The ${one}`, required: true })),
  }));
  if (changed.prompts) described.push({ name: "zz_passing", description: "Comes and goes" });
  return {
    "tools/list": { tools: listed },
    "prompts/list": { prompts: described },
    "resources/list": {
      resources: resources.map(({ uri, name, mimeType }) => ({ uri, name, mimeType, description: name })),
    },
    "resources/templates/list": {
      resourceTemplates: templates.map((one) => ({ ...one, description: one.name })),
    },
  };
}
