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
schema = {"type": "object", "properties": {"manner": {"type": "string"}}, "required": ["manner"]}
tool = {"name": "look", "description": "Looks", "inputSchema": schema}
face = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "shows", "version": "1"}}

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

/// The server: success, failure, a refusal, silence, and an end in the middle.
pub(super) fn ask(setting: &Setting) {
    let token = setting.house.credential("agent_key");
    let mut wire = Wire::open(setting.gate.address(), token).unwrap();
    for (manner, hidden) in [
        ("obliges", true),
        ("fails", true),
        ("refuses", true),
        ("is silent", false),
        ("ends", false),
    ] {
        let (status, answer) = wire.post_with("/mcp", HEADERS, &call(manner)).unwrap();
        let answer = answer.to_string();
        assert_eq!(status, 200, "{manner}: {answer}");
        assert_eq!(answer.contains("[REDACTED]"), hidden, "{manner}: {answer}");
        assert!(hidden || answer.contains("error"), "{manner}: {answer}");
        setting.shown.lock().unwrap().push_str(&answer);
    }
}

const HEADERS: &str = "Content-Type: application/json\r\nAccept: application/json\r\n\
    MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: shows__look\r\n";

fn call(manner: &str) -> Value {
    json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {
            "name": "shows__look", "arguments": {"manner": manner},
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    })
}
