//! Held calls as tasks (MCP 2026-07-28, extension `io.modelcontextprotocol/tasks`).
//!
//! A task is a hold, so that it outlives the gate. It is carried out when its client asks for it
//! after people released it. Its result is kept for a while, and not across a restart: then the
//! client is told that it was done.

use super::{
    fault::Fault, finished::State, guest::Guest, kinds, message::Request, passed::Passed,
    refused::Refusal, shop::Shop,
};
use portcullis_firewall::hold::{Hold, HoldStatus};
use serde_json::{Map, Value, json};
use std::{sync::Arc, time::Duration};

/// How long asking for a task may take when it is being carried out.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often clients should ask.
const POLL_MS: u64 = 1_000;

/// The answer to a call that has become a task.
pub(super) fn begun(hold: &Hold, message: &str) -> Value {
    let mut task = face(hold, "working", message);
    task.insert("resultType".to_owned(), "task".into());
    Value::Object(task)
}

fn face(hold: &Hold, status: &str, message: &str) -> Map<String, Value> {
    let updated = hold.decided_at.unwrap_or(hold.created_at);
    let task = json!({
        "taskId": hold.id,
        "status": status,
        "statusMessage": message,
        "createdAt": hold.created_at.to_string(),
        "lastUpdatedAt": updated.to_string(),
        "ttlMs": null,
        "pollIntervalMs": POLL_MS,
    });
    match task {
        Value::Object(task) => task,
        _ => Map::new(),
    }
}

impl Shop {
    /// Shows a task, and carries it out when it is its time.
    pub(super) async fn task(
        self: &Arc<Self>,
        guest: &Guest,
        request: &Request,
    ) -> Result<Value, Fault> {
        let id = request.text("taskId")?;
        if let Some(errand) = self.errand_of(&guest.principal, id) {
            return self.progress_of(guest, &errand, id).await;
        }
        let hold = self.task_hold(guest, request).await?;
        if hold.status == HoldStatus::Released && !hold.claimed && self.finished.begin(&hold.id) {
            let (shop, guest, id) = (Arc::clone(self), guest.clone(), hold.id.clone());
            let running = tokio::spawn(async move { shop.run(&guest, &id).await });
            // It goes on by itself; then the next question gets the answer.
            let _ = tokio::time::timeout(PATIENCE, running).await;
        }
        if let Some(errand) = self.errand_of(&guest.principal, &hold.id) {
            return self.progress_of(guest, &errand, &hold.id).await;
        }
        let state = self.finished.get(&hold.id);
        Ok(Value::Object(shown(&hold, state)))
    }

    async fn run(self: Arc<Self>, guest: &Guest, id: &str) {
        let passed = match self.firewall.hold(&guest.principal, id).await {
            Ok(hold) => self.resume(guest, hold).await,
            Err(error) => Err(error.into()),
        };
        match passed {
            // Who looks after a task is not asked for anything.
            Ok(Passed::Done(result)) if kinds::is_wanted(&result) => {
                let fault =
                    Fault::inside("it wants input, which the task's client cannot be asked for");
                self.finished.put(id, State::Failed(fault.shown()));
            }
            Ok(Passed::Done(result)) if kinds::is_task(&result) => {
                let inner = result.get("taskId").and_then(Value::as_str);
                let inner = inner.unwrap_or_default().to_owned();
                self.finished.put(id, State::Elsewhere(inner));
            }
            Ok(Passed::Done(result)) => self.finished.put(id, State::Completed(result)),
            Ok(Passed::Failed(fault)) => self.finished.put(id, State::Failed(fault.shown())),
            Ok(Passed::Refused(refusal)) => {
                self.finished
                    .put(id, State::Completed(refusal.tool_result()));
            }
            // Nothing was done: it may be tried again.
            Ok(Passed::Held(_)) | Err(_) => self.finished.forget(id),
        }
    }

    /// Gives a task up: its client is told so from now on, and the gate does not carry it out by
    /// itself. People may still decide its hold.
    pub(super) async fn cancel_task(
        &self,
        guest: &Guest,
        request: &Request,
    ) -> Result<Value, Fault> {
        if let Some(errand) = self.errand_of(&guest.principal, request.text("taskId")?) {
            return self.give_up(guest, &errand).await;
        }
        let hold = self.task_hold(guest, request).await?;
        if self.finished.begin(&hold.id) {
            self.finished.put(&hold.id, State::Cancelled);
        }
        Ok(json!({}))
    }

    /// Answers what a server's task waits for. Nothing is ever asked of a client while the gate's own
    /// task waits for people.
    pub(super) async fn update_task(
        self: &Arc<Self>,
        guest: &Guest,
        request: &Request,
    ) -> Result<Value, Fault> {
        if let Some(errand) = self.errand_of(&guest.principal, request.text("taskId")?) {
            return self.answer_task(guest, request, &errand).await;
        }
        self.task_hold(guest, request).await.map(|_| json!({}))
    }

    async fn task_hold(&self, guest: &Guest, request: &Request) -> Result<Hold, Fault> {
        let id = request.text("taskId")?;
        let missing = |_| Fault::params("there is no such task");
        let hold = self
            .firewall
            .hold(&guest.principal, id)
            .await
            .map_err(missing)?;
        // What waits for other doors is theirs to resume.
        match hold
            .parameters
            .pointer("/_mcp/method")
            .and_then(Value::as_str)
        {
            Some("tools/call") => Ok(hold),
            _ => Err(Fault::params("there is no such task")),
        }
    }
}

fn shown(hold: &Hold, state: Option<State>) -> Map<String, Value> {
    let (status, message, more) = match (state, hold.status) {
        (Some(State::Cancelled), _) => ("cancelled", "given up by its client", None),
        (Some(State::Completed(result)), _) => ("completed", "done", Some(("result", result))),
        (Some(State::Failed(error)), _) => ("failed", "not done", Some(("error", error))),
        (Some(State::Running | State::Elsewhere(_)), _) => ("working", "being carried out", None),
        (None, HoldStatus::Held) => ("working", "people decide", None),
        (None, HoldStatus::Released) if hold.claimed => {
            let result = Refusal::spent(hold).tool_result();
            ("completed", "done before", Some(("result", result)))
        }
        (None, HoldStatus::Released) => ("working", "released", None),
        (None, _) => {
            let result = Refusal::ended(hold).tool_result();
            ("completed", "not released", Some(("result", result)))
        }
    };
    let mut task = face(hold, status, message);
    if let Some((key, value)) = more {
        task.insert(key.to_owned(), value);
    }
    task
}
