// A person who says yes to everything that a gate asks: GATE says which gate, OPERATOR_TOKEN who it is.
// It says the gate's address when it has begun, and ends with its standard input.

const { GATE, OPERATOR_TOKEN } = process.env;
const headers = { authorization: `Bearer ${OPERATOR_TOKEN}`, "content-type": "application/json" };

async function decide() {
  const answer = await fetch(`${GATE}/v1/holds?status=HELD`, { headers });
  const { holds } = await answer.json();
  for (const { id } of holds) {
    const body = JSON.stringify({ reason: "it only pretends" });
    await fetch(`${GATE}/v1/holds/${id}/release`, { method: "POST", headers, body });
  }
}

console.log(GATE);
process.stdin.on("end", () => process.exit(0)).resume();
for (;;) {
  await decide();
  await new Promise((done) => setTimeout(done, 100));
}
