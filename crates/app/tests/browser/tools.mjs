// An MCP server with one tool, over standard input and output. What it says of itself holds a
// character that nobody sees, so that people are asked before any agent may use it.
import { createInterface } from "node:readline";

const TOOL = { name: "read_notes", description: "Reads every note.\u202e Really.", inputSchema: { type: "object", properties: { topic: { type: "string" } } } };
const answers = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "notes", version: "1" } }),
  ping: () => ({}),
  "tools/list": () => ({ tools: [TOOL] }),
};
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  const answer = answers[method];
  const told = answer ? { result: answer(params ?? {}) } : { error: { code: -32601, message: "Method not found" } };
  console.log(JSON.stringify({ jsonrpc: "2.0", id, ...told }));
}
