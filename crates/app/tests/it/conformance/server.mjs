// A server of MCP over HTTP that offers what the official suite asks for, in both eras: handshakes
// (2025-11-25) and self-contained requests (2026-07-28). It listens on a loopback port of its own
// choice, says which, and ends with its standard input.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { get, lists, read, repeated, run } from "./offers.mjs";
import { Refused } from "./refused.mjs";
import { EXTENSION, about } from "./tasks.mjs";

const STATELESS = "2026-07-28";
const HANDSHAKES = ["2025-11-25", "2025-06-18", "2025-03-26"];
const META = "io.modelcontextprotocol/";
const INFO = { name: "offers", version: "1.0.0" };
const CAPABILITIES = {
  completions: {},
  logging: {},
  prompts: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  tools: { listChanged: true },
};
const CACHED = /\/list$|^resources\/read$|^server\/discover$/;

const changed = { tools: false, prompts: false };
const sessions = new Map();
const listeners = new Set();

/** An answer that begins as JSON, and becomes a stream when there is something to say before it. */
class Reply {
  constructor(response) {
    this.response = response;
  }

  say(message) {
    if (this.response.destroyed) return;
    if (!this.response.headersSent) {
      this.response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    }
    this.response.write(`event: message\ndata: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`);
  }

  end(status, message, headers = {}) {
    if (this.response.headersSent) {
      this.say(message);
      this.response.end();
      return;
    }
    this.response.writeHead(status, { "content-type": "application/json", ...headers });
    this.response.end(message === undefined ? "" : JSON.stringify({ jsonrpc: "2.0", ...message }));
  }

  refuse(id, error) {
    const { code = -32603, message, data } = error;
    this.end(error.status ?? 200, { id, error: { code, message, ...(data ? { data } : {}) } });
  }
}

/** Tells everybody who listens that something has changed. */
function tell(what) {
  changed[what] = !changed[what];
  const method = `notifications/${what}/list_changed`;
  for (const { stream } of sessions.values()) stream?.say({ method });
  for (const { reply, wants, id } of listeners) {
    if (!wants[`${what}ListChanged`]) continue;
    reply.say({ method, params: { _meta: { [`${META}subscriptionId`]: id } } });
  }
  return { content: [{ type: "text", text: `The list of ${what} has changed.` }] };
}

/** What tools and prompts are called with. */
function callOf(request, reply, session) {
  const params = request.params ?? {};
  const meta = params._meta ?? {};
  const stateless = session === undefined;
  const level = stateless ? meta[`${META}logLevel`] : "debug";
  return {
    ...params,
    arguments: params.arguments ?? {},
    stateless,
    capabilities: stateless ? meta[`${META}clientCapabilities`] : session.capabilities,
    log: (of, data) => {
      if (level) reply.say({ method: "notifications/message", params: { level: of, logger: "offers", data } });
    },
    progress: (progress, total) => {
      const { progressToken } = meta;
      if (progressToken === undefined) return;
      reply.say({ method: "notifications/progress", params: { progressToken, progress, total } });
    },
    ask: (method, asked) => {
      if (stateless) throw new Refused(-32602, "nothing can be asked on this stream");
      const id = randomUUID();
      const answer = new Promise((resolve, reject) => session.waiting.set(id, { resolve, reject }));
      reply.say({ id, method, params: asked });
      return answer;
    },
    change: tell,
  };
}

const COMPLETION = { completion: { values: ["one", "two"], total: 2, hasMore: false } };

async function outcome(request, call, session) {
  const told = lists(changed)[request.method] ?? (session ? undefined : about(request, call.capabilities));
  if (told) return told;
  switch (request.method) {
    case "tools/call":
      return run(call);
    case "prompts/get":
      return get(call);
    case "resources/read":
      return read(call.uri);
    case "completion/complete":
      return COMPLETION;
    case "ping":
    case "logging/setLevel":
    case "resources/subscribe":
    case "resources/unsubscribe":
      if (session) return {};
  }
  throw new Refused(-32601, `there is no method ${request.method}`, undefined, session ? 200 : 404);
}

/** The headers of a self-contained request say what its body says. */
function mustAgree(headers, { method, params }) {
  const mismatch = (what) => new Refused(-32020, `${what} is not what the body says`, undefined, 400);
  const meta = params?._meta ?? {};
  const version = meta[`${META}protocolVersion`];
  if (version === undefined || typeof meta[`${META}clientCapabilities`] !== "object") {
    throw new Refused(-32602, "the request does not say how it is made", undefined, 400);
  }
  if (headers["mcp-protocol-version"] !== version) throw mismatch("the version");
  if (version !== STATELESS) {
    const data = { supported: [STATELESS, ...HANDSHAKES], requested: version };
    throw new Refused(-32022, "this version is not spoken here", data, 400);
  }
  if (headers["mcp-method"] !== method) throw mismatch("the method");
  const name = {
    "tools/call": params.name,
    "prompts/get": params.name,
    "resources/read": params.uri,
    "tasks/get": params.taskId,
    "tasks/update": params.taskId,
    "tasks/cancel": params.taskId,
  }[method];
  if (name !== undefined && decoded(headers["mcp-name"]) !== name) throw mismatch("the name");
  if (method !== "tools/call") return;
  for (const [key, header] of repeated(name)) {
    const value = params.arguments?.[key];
    const repeat = decoded(headers[`mcp-param-${header.toLowerCase()}`]);
    if (repeat !== (value === undefined ? undefined : String(value))) throw mismatch(key);
  }
}

function decoded(header) {
  const [, coded] = /^=\?base64\?(.*)\?=$/.exec(header ?? "") ?? [];
  if (coded === undefined) return header;
  const bytes = Buffer.from(coded, "base64");
  return bytes.toString("base64") === coded ? bytes.toString() : null;
}

function listen(request, reply) {
  const { toolsListChanged, promptsListChanged } = request.params.notifications ?? {};
  const wants = {
    ...(toolsListChanged ? { toolsListChanged } : {}),
    ...(promptsListChanged ? { promptsListChanged } : {}),
  };
  const listener = { reply, wants, id: String(request.id) };
  listeners.add(listener);
  reply.response.on("close", () => listeners.delete(listener));
  const params = { notifications: wants, _meta: { [`${META}subscriptionId`]: listener.id } };
  reply.say({ method: "notifications/subscriptions/acknowledged", params });
}

async function stateless(headers, request, reply) {
  mustAgree(headers, request);
  if (request.method === "subscriptions/listen") return listen(request, reply);
  const result =
    request.method === "server/discover"
      ? {
          supportedVersions: [STATELESS, ...HANDSHAKES],
          capabilities: { ...CAPABILITIES, extensions: { [EXTENSION]: {} } },
        }
      : await outcome(request, callOf(request, reply), undefined);
  reply.end(200, {
    id: request.id,
    result: {
      resultType: "complete",
      ...(CACHED.test(request.method) ? { ttlMs: 0, cacheScope: "private" } : {}),
      ...result,
      _meta: { [`${META}serverInfo`]: INFO },
    },
  });
}

function shakeHands(request, reply) {
  const wished = request.params.protocolVersion;
  const protocolVersion = HANDSHAKES.includes(wished) ? wished : HANDSHAKES[0];
  const id = randomUUID();
  sessions.set(id, { capabilities: request.params.capabilities ?? {}, waiting: new Map() });
  const result = { protocolVersion, capabilities: CAPABILITIES, serverInfo: INFO };
  reply.end(200, { id: request.id, result }, { "mcp-session-id": id });
}

async function handshake(headers, message, reply) {
  if (message.method === "initialize") return shakeHands(message, reply);
  const session = sessions.get(headers["mcp-session-id"]);
  if (!session) throw new Refused(-32600, "there is no such session", undefined, 404);
  if (message.method === undefined) {
    const { resolve, reject } = session.waiting.get(message.id) ?? {};
    session.waiting.delete(message.id);
    if (message.error) reject?.(new Refused(message.error.code, message.error.message));
    else resolve?.(message.result);
  }
  if (message.method === undefined || message.id === undefined) return reply.end(202);
  const result = await outcome(message, callOf(message, reply, session), session);
  reply.end(200, { id: message.id, result });
}

/** Whether a page of another site may have had the request sent. */
function isForeign({ host, origin }) {
  const local = (name) => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(name);
  return !local(host ?? "") || (origin !== undefined && !local(origin.replace(/^https?:\/\//, "")));
}

const server = createServer(async (request, response) => {
  const reply = new Reply(response);
  const session = request.headers["mcp-session-id"];
  if (isForeign(request.headers)) return reply.end(403);
  if (request.url !== "/mcp") return reply.end(404);
  if (request.method === "DELETE") return reply.end(sessions.delete(session) ? 204 : 404);
  if (request.method === "GET") {
    const found = sessions.get(session);
    if (!found) return reply.end(session ? 404 : 405);
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.flushHeaders();
    found.stream = reply;
    return;
  }
  let text = "";
  for await (const part of request) text += part;
  let message;
  try {
    message = JSON.parse(text);
    const version = request.headers["mcp-protocol-version"];
    const contained = message.params?._meta?.[`${META}protocolVersion`] !== undefined;
    const old = session !== undefined || message.method === "initialize" || HANDSHAKES.includes(version);
    await (contained || !old ? stateless : handshake)(request.headers, message, reply);
  } catch (error) {
    reply.refuse(message?.id ?? null, error);
  }
});

server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
process.stdin.on("end", () => process.exit(0)).resume();
