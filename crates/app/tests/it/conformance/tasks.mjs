// Calls that go on as tasks, for clients that look after them.

import { randomUUID } from "node:crypto";
import { Refused } from "./refused.mjs";

export const EXTENSION = "io.modelcontextprotocol/tasks";

const tasks = new Map();
const ENDED = ["cancelled", "completed", "failed"];

export function mustTakeTasks(capabilities) {
  if (capabilities?.extensions?.[EXTENSION]) return;
  const data = { requiredCapabilities: { extensions: { [EXTENSION]: {} } } };
  throw new Refused(-32021, "the client looks after no tasks", data, 400);
}

/** Begins a task of what `run` does; it is given a way to ask for input. */
export function begin(run) {
  const now = new Date().toISOString();
  const task = { taskId: randomUUID(), status: "working", createdAt: now, lastUpdatedAt: now };
  Object.assign(task, { ttlMs: 60_000, pollIntervalMs: 100 });
  const state = { task, wanted: {}, given: {}, resume: undefined };
  tasks.set(task.taskId, state);
  const turn = (change) => {
    if (!ENDED.includes(task.status)) Object.assign(task, change, { lastUpdatedAt: new Date().toISOString() });
  };
  const ask = (requests) => {
    Object.assign(state.wanted, requests);
    turn({ status: "input_required" });
    return new Promise((done) => {
      state.resume = () => {
        turn({ status: "working" });
        done(state.given);
      };
    });
  };
  state.turn = turn;
  Promise.resolve()
    .then(() => run(ask))
    .then(
      (result) => turn({ status: "completed", result: { resultType: "complete", ...result } }),
      ({ code = -32603, message }) => turn({ status: "failed", error: { code, message } }),
    );
  return { resultType: "task", ...task };
}

/** What is asked about a task; undefined for other methods. */
export function about({ method, params }, capabilities) {
  if (!["tasks/get", "tasks/update", "tasks/cancel"].includes(method)) return undefined;
  mustTakeTasks(capabilities);
  const state = tasks.get(params.taskId);
  if (!state) throw new Refused(-32602, "there is no such task");
  const { task, wanted, given } = state;
  if (method === "tasks/cancel") state.turn({ status: "cancelled" });
  if (method === "tasks/update") {
    for (const [key, answer] of Object.entries(params.inputResponses ?? {})) {
      if (!(key in wanted)) continue;
      given[key] = answer;
      delete wanted[key];
    }
    if (task.status === "input_required" && Object.keys(wanted).length === 0) state.resume();
  }
  if (method !== "tasks/get") return {};
  return task.status === "input_required" ? { ...task, inputRequests: { ...wanted } } : { ...task };
}
