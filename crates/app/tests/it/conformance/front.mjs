// Stands before a gate and shows an agent's key, for a client that has no way to show one. Everything
// else passes through as it is; the gate hears its own name where the client named this front.
// GATE and AGENT_KEY say which gate, and the key. It listens on a loopback port of its own choice,
// says which, and ends with its standard input.

import { createServer, request as ask } from "node:http";

const gate = new URL(process.env.GATE);
const server = createServer((request, response) => {
  const own = `127.0.0.1:${server.address().port}`;
  const headers = { ...request.headers, authorization: `Bearer ${process.env.AGENT_KEY}` };
  if (headers.host === own) headers.host = gate.host;
  if (headers.origin === `http://${own}`) headers.origin = gate.origin;
  const asked = ask(
    { host: gate.hostname, port: gate.port, method: request.method, path: request.url, headers },
    (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
    },
  );
  asked.on("error", () => response.destroy());
  response.on("close", () => asked.destroy());
  request.pipe(asked);
});

server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
process.stdin.on("end", () => process.exit(0)).resume();
