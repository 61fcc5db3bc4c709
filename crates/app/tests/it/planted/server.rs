//! An MCP server that shows the secret it was given in whatever it says.

use super::Setting;
use crate::http::Wire;
use serde_json::{Value, json};

/// What the server is given.
pub(super) const GIVEN: &str = r#"fig/heron+basalt "5082" %41"#;

/// Shows it in every way there is, and ends a call as it is told.
const SCRIPT: &str = r#"
import base64, json, os, sys, urllib.parse
given = os.environ["GIVEN"].encode()
said = " ".join([given.decode(), base64.b64encode(given).decode(), given.hex(), urllib.parse.quote(given), json.dumps(given.decode())])
note = {"type": "string", "title": said, "default": said, "enum": ["a", *said.split(" ")]}
mark = {"type": "string", "pattern": given.hex()}
schema = {"type": "object", "properties": {"manner": {"type": "string"}, "note": note, "mark": mark, said: {}}, "required": ["manner"]}
tool = {"name": "look", "description": "Looks with " + said, "inputSchema": schema}
face = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {"listChanged": True}}, "serverInfo": {"name": "shows", "version": "1"}}

def say(**words):
    print(json.dumps({"jsonrpc": "2.0", **words}), flush=True)

def look(number, manner):
    print(said, file=sys.stderr, flush=True)
    say(method="notifications/message", params={"level": "info", "data": said})
    result = {"content": [{"type": "text", "text": said}], "structuredContent": {"said": said}}
    if manner == "obliges":
        say(id=number, result=result)
    if manner == "fails":
        say(id=number, result={**result, "isError": True})
    if manner == "refuses":
        say(id=number, error={"code": -32000, "message": said, "data": {"said": said}})
    if manner == "ends":
        os._exit(1)

for line in sys.stdin:
    asked = json.loads(line)
    number, method = asked.get("id"), asked["method"]
    if method == "initialize":
        say(id=number, result=face)
    elif method == "tools/list":
        say(id=number, result={"tools": [tool]})
        # Whoever calls next looks whether people have accepted it meanwhile.
        say(method="notifications/tools/list_changed")
    elif method == "tools/call":
        look(number, asked["params"]["arguments"]["manner"])
    elif number is not None:
        say(id=number, error={"code": -32601, "message": "no such method"})
"#;

/// The server, for the operator's file.
pub(super) fn settings(secret: &str) -> Value {
    json!({
        "command": ["python3", "-c", SCRIPT], "variables": {"GIVEN": secret}, "first_sight": "pin",
        "timeout_seconds": 1,
    })
}

/// Has people accept what it says of its tool, as they are shown it.
fn accept(setting: &Setting) {
    // The gate looks at its servers by itself when it is started.
    let digest = (0..200).find_map(|_| {
        let tools = setting.people(&["mcp", "tools", "-o", "json"]).json(0);
        let waits = tools["tools"][0]["proposed"]["digest"].as_str();
        waits.map(str::to_owned)
    });
    let shown = setting.people(&["mcp", "show", "shows/look"]).ended(0);
    assert!(shown.contains("Looks with [REDACTED]"), "{shown}");
    // It waits, though new tools are pinned as they come: it says a secret.
    let digest = digest.unwrap();
    let accept = ["mcp", "accept", "shows/look", "--digest", &digest];
    setting.people(&accept).ended(0);
}

/// The server: what it says of its tool, success, failure, a refusal, silence, and an end in the middle.
pub(super) fn ask(setting: &Setting) {
    accept(setting);
    let token = setting.house.credential("agent_key");
    let mut wire = Wire::open(setting.gate.address(), token).unwrap();
    let (_, listed) = wire
        .post_with("/mcp", LISTS, &asked("tools/list", json!({})))
        .unwrap();
    let listed = listed.to_string();
    assert!(listed.contains("Looks with [REDACTED]"), "{listed}");
    setting.shown.lock().unwrap().push_str(&listed);
    let misfit = json!({"name": "shows__look", "arguments": {"manner": "obliges", "mark": "b"}});
    let (_, answer) = wire
        .post_with("/mcp", CALLS, &asked("tools/call", misfit))
        .unwrap();
    let answer = answer.to_string();
    assert!(answer.contains("arguments.invalid"), "{answer}");
    setting.shown.lock().unwrap().push_str(&answer);
    for (manner, hidden) in [
        ("obliges", true),
        ("fails", true),
        ("refuses", true),
        ("is silent", false),
        ("ends", false),
    ] {
        let call = json!({"name": "shows__look", "arguments": {"manner": manner}});
        let (status, answer) = wire
            .post_with("/mcp", CALLS, &asked("tools/call", call))
            .unwrap();
        let answer = answer.to_string();
        assert_eq!(status, 200, "{manner}: {answer}");
        assert_eq!(answer.contains("[REDACTED]"), hidden, "{manner}: {answer}");
        assert!(hidden || answer.contains("error"), "{manner}: {answer}");
        setting.shown.lock().unwrap().push_str(&answer);
    }
}

const CALLS: &str = "Content-Type: application/json\r\nAccept: application/json\r\n\
    MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: shows__look\r\n";
const LISTS: &str = "Content-Type: application/json\r\nAccept: application/json\r\n\
    MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/list\r\n";

fn asked(method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}
