//! One thing the agent tries, and what became of it.

use serde_json::{Map, Value, json};

/// Something the agent wants to do.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    body: Map<String, Value>,
}

impl Wish {
    /// An action on a target, in the training environment, with confidence and without a reason.
    pub(super) fn to(action: &str, target: &str) -> Self {
        let body = json!({
            "action_type": action,
            "target_service": target,
            "environment": "training",
            "confidence": { "incident": 0.93, "fix": 0.9, "containment": 0.95 },
        });
        Self {
            body: body.as_object().cloned().unwrap_or_default(),
        }
    }

    /// The same with a member in place of its own.
    fn with(mut self, name: &str, value: Value) -> Self {
        self.body.insert(name.to_owned(), value);
        self
    }

    /// Somewhere else.
    pub(super) fn in_environment(self, environment: &str) -> Self {
        self.with("environment", json!(environment))
    }

    /// With parameters.
    pub(super) fn using(self, parameters: Value) -> Self {
        self.with("parameters", parameters)
    }

    /// With a reason.
    pub(super) fn because(self, reasoning: &str) -> Self {
        self.with("reasoning", json!(reasoning))
    }

    /// With another confidence that it will help.
    pub(super) fn unsure(self, fix: f64) -> Self {
        self.with(
            "confidence",
            json!({ "incident": 0.74, "fix": fix, "containment": 0.9 }),
        )
    }

    /// Touching a class of data.
    pub(super) fn touching(self, class: &str) -> Self {
        self.with("data_classes", json!([class]))
    }

    /// As an emergency.
    pub(super) fn in_an_emergency(self) -> Self {
        self.with("emergency", json!(true))
    }

    /// In the name of an agent.
    pub(super) fn in_the_name_of(self, agent: &str) -> Self {
        self.with("agent_id", json!(agent))
    }

    /// Asking for a permit as well.
    pub(super) fn with_permit(self) -> Self {
        self.with("permit", json!(true))
    }

    /// The request.
    pub(super) fn body(&self) -> Value {
        Value::Object(self.body.clone())
    }
}

/// What the agent tried, and what was decided.
#[derive(Clone, Debug)]
pub(super) struct Act {
    /// In words.
    pub(super) title: String,
    /// What was asked.
    pub(super) wish: Value,
    /// The gate's answer.
    pub(super) answer: Value,
    /// What happened next.
    pub(super) then: Vec<String>,
}

impl Act {
    /// The record of the verdict.
    pub(super) fn seq(&self) -> u64 {
        self.answer.get("seq").and_then(Value::as_u64).unwrap_or(0)
    }

    /// The hold of a HELD verdict.
    pub(super) fn hold(&self) -> &str {
        self.answer
            .get("hold_id")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "title": self.title,
            "wish": self.wish,
            "answer": self.answer,
            "then": self.then,
        })
    }
}
