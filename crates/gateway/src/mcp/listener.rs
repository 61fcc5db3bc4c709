//! Who hears what a server says while it answers one request, and passes it on to the client.
//!
//! All of it was made by somebody whom nobody trusts: it is bounded, screened, and only ever of the
//! kinds that are known here.

use super::{
    aside::{Aside, Bond, Level},
    asks::Asks,
    meaning::written_out,
    screened::Screened,
};
use portcullis_firewall::firewall::Firewall;
use portcullis_policy::id::TenantId;
use serde_json::{Map, Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// How much a server may say during one request, and ask.
const SAYINGS: usize = 1_000;
const QUESTIONS: usize = 16;
/// The longest saying or question, in bytes of JSON.
const BYTES_MAX: usize = 256 << 10;

/// What the client of one request hears of it.
#[derive(Clone, Debug)]
pub(super) struct Listener {
    firewall: Firewall,
    tenant: TenantId,
    aside: Aside,
    bond: Option<Arc<Bond>>,
    asks: Asks,
    /// What the server calls the progress of the request.
    token: Option<u64>,
    said: Arc<AtomicUsize>,
    asked: Arc<AtomicUsize>,
}

impl Listener {
    pub(super) fn new(
        (firewall, tenant): (&Firewall, &TenantId),
        (aside, bond): (&Aside, Option<&Arc<Bond>>),
        asks: Asks,
    ) -> Self {
        Self {
            firewall: firewall.clone(),
            tenant: tenant.clone(),
            aside: aside.clone(),
            bond: bond.cloned(),
            asks,
            token: None,
            said: Arc::default(),
            asked: Arc::default(),
        }
    }

    /// The same for a request whose progress has a name, when its client wants to hear of it.
    pub(super) fn called(mut self, token: u64) -> Self {
        let wants = self.aside.tell.is_some() && self.aside.progress.is_some();
        self.token = wants.then_some(token);
        self
    }

    /// What the server is told of the client beside the parameters.
    pub(super) fn meta(&self, stateless: bool) -> Map<String, Value> {
        let mut meta = Map::new();
        if let Some(token) = self.token {
            meta.insert("progressToken".to_owned(), token.into());
        }
        if let Some(level) = self.aside.level.filter(|_| stateless) {
            let key = "io.modelcontextprotocol/logLevel";
            meta.insert(key.to_owned(), level.as_str().into());
        }
        meta
    }

    /// What the server is told that the client can do.
    pub(super) fn capabilities(&self) -> Value {
        self.asks.capabilities()
    }

    /// Whether a result wants nothing that the server may not ask for.
    pub(super) fn allows(&self, result: &Value) -> bool {
        self.asks.allow_all(result)
    }

    /// Whether a saying about progress is about this request.
    pub(super) fn is_called(&self, params: &Value) -> bool {
        let token = params.get("progressToken").and_then(Value::as_u64);
        token.is_some() && token == self.token
    }

    /// Something that the server says besides.
    pub(super) fn hear(&self, method: &str, params: &Value) {
        let kept = match method {
            "notifications/progress" if self.is_called(params) => {
                members(params, &["progress", "total", "message"])
            }
            "notifications/message" if self.reads(params) => {
                members(params, &["level", "logger", "data"])
            }
            _ => return,
        };
        let many = self.said.fetch_add(1, Ordering::Relaxed) >= SAYINGS;
        if many || kept.to_string().len() > BYTES_MAX {
            return;
        }
        let Ok(mut shown) = self.screened().value(&kept) else {
            return;
        };
        if let (Some(members), Some(token)) = (shown.as_object_mut(), &self.aside.progress)
            && method == "notifications/progress"
        {
            // The client's own word, which says nothing of the server's.
            members.insert("progressToken".to_owned(), token.clone());
        }
        self.aside.say(method, &shown);
    }

    /// Whether a line of a log is one that the client wants to read.
    fn reads(&self, params: &Value) -> bool {
        let wanted = match &self.bond {
            Some(bond) => Some(bond.level()),
            None => self.aside.level,
        };
        let level = params.get("level").and_then(Value::as_str);
        let level = level.and_then(|level| level.parse::<Level>().ok());
        matches!((level, wanted), (Some(level), Some(wanted)) if level >= wanted)
    }

    /// Whether this is something that the server may ask for, and the client may be asked.
    pub(super) fn may_ask(&self, method: &str, params: Option<&Value>) -> bool {
        self.bond.is_some() && self.asks.allow(method, params)
    }

    /// Something that the server asks; the gate's answer to it, without its id.
    ///
    /// Fails closed: what the server may not ask, the client cannot do or does not answer, and what
    /// cannot be screened, is refused.
    pub(super) async fn ask(&self, method: &str, params: Option<&Value>) -> Value {
        let may = self.may_ask(method, params);
        let Some(bond) = self.bond.as_ref().filter(|_| may) else {
            return refusal();
        };
        let params = params.cloned().unwrap_or_else(|| json!({}));
        let many = self.asked.fetch_add(1, Ordering::Relaxed) >= QUESTIONS;
        if many || params.to_string().len() > BYTES_MAX {
            return json!({"error": {"code": -32603, "message": "it asks too much"}});
        }
        let Ok(params) = self.screened().value(&written_out(&params)) else {
            return refusal();
        };
        match bond.ask(&self.aside, method, params).await {
            Some(Ok(result)) => match self.screened().value(&result) {
                Ok(result) => json!({"result": result}),
                Err(_) => refusal(),
            },
            Some(Err(error)) => json!({"error": error}),
            None => json!({"error": {"code": -32603, "message": "the client does not answer"}}),
        }
    }

    fn screened(&self) -> Screened<'_> {
        Screened {
            firewall: &self.firewall,
            tenant: &self.tenant,
        }
    }
}

/// What a server hears that asks for what it may not have.
pub(super) fn refusal() -> Value {
    json!({"error": {"code": -32601, "message": "the gate takes no such request from servers"}})
}

/// The members that are known.
fn members(params: &Value, known: &[&str]) -> Value {
    let kept = known
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), params.get(*key)?.clone())));
    written_out(&Value::Object(kept.collect()))
}
