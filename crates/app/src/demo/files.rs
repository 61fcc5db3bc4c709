//! A second scene: an agent of another tenant, and a server of files that everybody can install.
//!
//! The server comes from the registry of Node.js. Where there is no Node.js, or no server in time,
//! the scene is left out, and says so.

use super::{
    paper,
    props::{Files, Props},
    stage::Stage,
};
use crate::{
    client::{Ask, Client},
    output::{clean::one_line, style, table::text_at},
};
use anyhow::Context;
use hyper::Method;
use serde_json::{Map, Value, json};
use std::{fs, time::Duration};
use tokio::time::{Instant, sleep, timeout_at};

/// How long the server may take to be fetched and started.
const PATIENCE: Duration = Duration::from_secs(30);
/// The pause between two looks at whether it is there.
const PAUSE: Duration = Duration::from_millis(250);

/// Plays the scene, or says in a line why not.
pub(super) async fn tell(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    stage.print(&paper::heading("Over MCP, with a real server of files"))?;
    let props = match &stage.setting.files {
        Files::Ready(props) => Props::clone(props),
        Files::LeftOut(why) => {
            let why = why.clone();
            return left_out(stage, &why);
        }
    };
    if !is_there(&props.agent).await {
        let seconds = PATIENCE.as_secs();
        let why = format!("the server was not fetched and started within {seconds} seconds");
        return left_out(stage, &why);
    }
    stage.say(
        "Another agent speaks MCP. In front of the server `files`, which offers it one folder, stands \
         the gate, by the rules of examples/files/tenant-policy.yaml.",
    )?;
    let mut scene = Scene {
        props,
        acts: Vec::new(),
    };
    scene.play(stage).await?;
    let verified = scene.props.owner.get("/v1/audit/verify").await?;
    stage.surprised_unless(verified.get("valid") == Some(&Value::Bool(true)));
    stage.say(
        "\nEach of these calls is on record, and the chain of its tenant was just verified.",
    )?;
    stage.files = json!({ "acts": scene.acts, "verification": verified });
    Ok(())
}

fn left_out(stage: &mut Stage<'_>, why: &str) -> anyhow::Result<()> {
    stage.say(&format!("This scene is left out: {why}."))?;
    stage.files = json!({ "left_out": why });
    Ok(())
}

/// Whether the server offers its tools, within a bounded time.
async fn is_there(agent: &Client) -> bool {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let listing = ask(agent, "tools/list", Map::new());
        let offers = match timeout_at(until, listing).await {
            Ok(Ok(listed)) => listed.to_string().contains("files__read_text_file"),
            _ => false,
        };
        if offers {
            return true;
        }
        sleep(PAUSE).await;
    }
    false
}

/// One self-contained request (MCP 2026-07-28), as the agent's program sends it.
async fn ask(agent: &Client, method: &str, params: Map<String, Value>) -> anyhow::Result<Value> {
    const VERSION: &str = "2026-07-28";
    let mut params = params;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": VERSION,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    params.insert("_meta".to_owned(), meta);
    let name = text_at(&Value::Object(params.clone()), "name");
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let mut headers = vec![("mcp-protocol-version", VERSION), ("mcp-method", method)];
    if method == "tools/call" {
        headers.push(("mcp-name", name.as_str()));
    }
    let ask = Ask {
        headers: &headers,
        ..Ask::json(&message)
    };
    let answer = agent.ask(Method::POST, "/mcp", ask).await?;
    let result = answer.get("result").cloned();
    result.with_context(|| format!("no result came: {answer}"))
}

/// The calls of the scene, and what came of each.
struct Scene {
    props: Props,
    acts: Vec<Value>,
}

impl Scene {
    async fn play(&mut self, stage: &mut Stage<'_>) -> anyhow::Result<()> {
        let read = "files__read_text_file";
        let notes = json!({ "path": self.path("notes.md") });
        self.act(stage, ("Read a note", read), &notes, "CLEARED")
            .await?;
        self.write(stage).await?;
        let kept = json!({ "path": self.path("secrets/password") });
        self.act(stage, ("Read what is kept from it", read), &kept, "BLOCKED")
            .await?;
        let out = json!({ "path": self.path("../../../etc/passwd") });
        self.act(stage, ("Leave the folder", read), &out, "BLOCKED")
            .await
    }

    async fn write(&mut self, stage: &mut Stage<'_>) -> anyhow::Result<()> {
        let plan = self.props.folder.join("plan.md");
        let write = "files__write_file";
        let text = json!({ "path": self.path("plan.md"), "content": "tea at four" });
        self.act(stage, ("Write a plan", write), &text, "HELD")
            .await?;
        stage.surprised_unless(!plan.exists());
        let hold = self
            .acts
            .last()
            .map_or_else(String::new, |act| text_at(act, "hold"));
        let path = format!("/v1/holds/{}/release", crate::client::escaped(&hold));
        let why = json!({ "reason": "looked at what it writes" });
        self.props.owner.post(&path, &why).await?;
        stage.print(&paper::fact(
            "then",
            style::NAME,
            "the owner of the folder looks at what would be written, and releases it",
        ))?;
        self.act(stage, ("The same call again", write), &text, "CLEARED")
            .await?;
        stage.surprised_unless(fs::read(&plan).is_ok_and(|text| text == b"tea at four"));
        Ok(())
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.props.folder.display())
    }

    /// One call of a tool, and what the agent is told.
    async fn act(
        &mut self,
        stage: &mut Stage<'_>,
        (title, tool): (&str, &str),
        arguments: &Value,
        expected: &str,
    ) -> anyhow::Result<()> {
        let number = self.acts.len() + 1;
        stage.print(&paper::title(number, title))?;
        let asked = format!("{tool} {}", self.shortened(&arguments.to_string()));
        stage.print(&paper::fact("asks", style::FAINT, &asked))?;
        let mut params = Map::new();
        params.insert("name".to_owned(), tool.into());
        params.insert("arguments".to_owned(), arguments.clone());
        let result = ask(&self.props.agent, "tools/call", params).await?;
        let refusal = result.pointer("/_meta/io.portcullis~1refusal");
        let (verdict, hold) = refusal.map_or_else(
            || ("CLEARED".to_owned(), String::new()),
            |refusal| (text_at(refusal, "verdict"), text_at(refusal, "hold_id")),
        );
        let told = match refusal {
            Some(refusal) => text_at(refusal, "reason"),
            None => result
                .pointer("/content/0/text")
                .and_then(Value::as_str)
                .map_or_else(String::new, |text| one_line(text).trim().to_owned()),
        };
        let told = self.shortened(&told);
        stage.surprised_unless(verdict == expected);
        stage.print(&paper::fact(&verdict, style::of_word(&verdict), &told))?;
        stage.pause(super::stage::FOR_AN_ACT).await;
        self.acts.push(json!({
            "title": title, "tool": tool, "arguments": arguments,
            "verdict": verdict, "hold": hold, "told": told,
        }));
        Ok(())
    }

    /// With the folder's name left out, which tells a reader nothing.
    fn shortened(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.props.folder.display()), "…/")
    }
}
