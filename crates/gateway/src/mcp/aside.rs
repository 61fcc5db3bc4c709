//! What is said to a client while one of its requests is being answered, and asked of it.

use super::{
    era::META_LOG,
    message::{Answered, Request},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeSet, HashMap},
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{mpsc, oneshot, watch};

/// How many questions to one client may be open at once.
const QUESTIONS: usize = 32;
/// How many resources one client may watch.
const WATCHED: usize = 256;

/// The way to a client during one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Aside {
    /// Takes messages, in their order; `None` for a client that cannot be told anything.
    pub(super) tell: Option<mpsc::Sender<Value>>,
    /// Where it may go on for long, since it ends with the client's listening: whether the gate shuts.
    pub(super) shutting: Option<watch::Receiver<bool>>,
    /// What the client calls the progress of the request.
    pub(super) progress: Option<Value>,
    /// What the client wants to read of logs.
    pub(super) level: Option<Level>,
}

impl Aside {
    /// How a client hears of one request before it is answered.
    pub(super) fn during(
        request: &Request,
        tell: Option<mpsc::Sender<Value>>,
        shutting: Option<watch::Receiver<bool>>,
    ) -> Self {
        let level = request.meta(META_LOG).and_then(Value::as_str);
        let is_name = |token: &&Value| token.is_string() || token.is_number();
        Self {
            shutting: shutting.filter(|_| tell.is_some()),
            tell,
            progress: request.meta("progressToken").filter(is_name).cloned(),
            level: level.and_then(|level| level.parse().ok()),
        }
    }

    /// Until the gate shuts.
    pub(super) async fn shuts(&self) {
        if let Some(mut shutting) = self.shutting.clone()
            && shutting.wait_for(|shuts| *shuts).await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }

    /// Tells something, unless the client is too slow.
    pub(super) fn say(&self, method: &str, params: &Value) {
        if let Some(tell) = &self.tell {
            // What is told aside may be lost: nothing depends on it.
            let _ = tell.try_send(json!({"jsonrpc": "2.0", "method": method, "params": params}));
        }
    }
}

/// What lasts as long as a handshake.
#[derive(Debug, Default)]
pub(super) struct Bond {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    asked: u64,
    open: HashMap<String, oneshot::Sender<Answered>>,
    level: Level,
    /// Addresses as the client knows them.
    watched: BTreeSet<String>,
}

impl Bond {
    /// Asks the client something, and waits for its answer.
    ///
    /// Fails closed: `None` when it cannot be asked, or does not answer any more.
    pub(super) async fn ask(
        self: &Arc<Self>,
        aside: &Aside,
        method: &str,
        params: Value,
    ) -> Option<Answered> {
        let tell = aside.tell.as_ref()?;
        let (answer, answered) = oneshot::channel();
        let id = {
            let mut state = self.state();
            if state.open.len() >= QUESTIONS {
                return None;
            }
            state.asked += 1;
            let id = format!("gate-{}", state.asked);
            state.open.insert(id.clone(), answer);
            id
        };
        let _closes = Question(Arc::clone(self), id.clone());
        let question = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        tell.send(question).await.ok()?;
        answered.await.ok()
    }

    /// An answer that the client gives. One that nobody waits for is nobody's.
    pub(super) fn answer(&self, id: &Value, answer: Answered) {
        let waiting = id.as_str().and_then(|id| self.state().open.remove(id));
        if let Some(waiting) = waiting {
            // Whoever asked may have given up.
            let _ = waiting.send(answer);
        }
    }

    /// What the client wants to read of logs.
    pub(super) fn level(&self) -> Level {
        self.state().level
    }

    pub(super) fn set_level(&self, level: Level) {
        self.state().level = level;
    }

    /// Notes that a resource is watched; `false` when too many are.
    pub(super) fn watch(&self, uri: &str) -> bool {
        let mut state = self.state();
        if state.watched.len() >= WATCHED && !state.watched.contains(uri) {
            return false;
        }
        state.watched.insert(uri.to_owned());
        true
    }

    pub(super) fn unwatch(&self, uri: &str) {
        self.state().watched.remove(uri);
    }

    pub(super) fn watches(&self, uri: &str) -> bool {
        self.state().watched.contains(uri)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question that is open until this is dropped.
struct Question(Arc<Bond>, String);

impl Drop for Question {
    fn drop(&mut self) {
        self.0.state().open.remove(&self.1);
    }
}

/// How grave a line of a log is (RFC 5424, 6.2.1).
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Level {
    Debug,
    #[default]
    Info,
    Notice,
    Warning,
    Error,
    Critical,
    Alert,
    Emergency,
}

impl Level {
    const ALL: [(Self, &str); 8] = [
        (Self::Debug, "debug"),
        (Self::Info, "info"),
        (Self::Notice, "notice"),
        (Self::Warning, "warning"),
        (Self::Error, "error"),
        (Self::Critical, "critical"),
        (Self::Alert, "alert"),
        (Self::Emergency, "emergency"),
    ];

    pub(super) fn as_str(self) -> &'static str {
        let known = Self::ALL.into_iter().find(|(known, _)| *known == self);
        known.map_or("info", |(_, word)| word)
    }
}

impl FromStr for Level {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let known = Self::ALL.into_iter().find(|(_, known)| *known == word);
        known.map(|(level, _)| level).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Aside, Bond, Level};
    use serde_json::json;
    use std::sync::Arc;
    use tokio::sync::mpsc;

    #[tokio::test]
    async fn an_answer_finds_its_question_once() {
        let bond = Arc::new(Bond::default());
        let (tell, mut told) = mpsc::channel(4);
        let aside = Aside {
            tell: Some(tell),
            ..Aside::default()
        };
        let asking = {
            let bond = Arc::clone(&bond);
            tokio::spawn(async move { bond.ask(&aside, "roots/list", json!({})).await })
        };
        let question = told.recv().await.unwrap();
        bond.answer(&json!("gate-99"), Ok(json!("nobody's")));
        bond.answer(&json!(1), Ok(json!("nobody's")));
        bond.answer(&question["id"], Ok(json!({"roots": []})));
        bond.answer(&question["id"], Ok(json!("again")));
        assert_eq!(asking.await.unwrap(), Some(Ok(json!({"roots": []}))));
        assert_eq!(
            bond.ask(&Aside::default(), "roots/list", json!({})).await,
            None
        );
    }

    #[test]
    fn levels_have_an_order() {
        assert!(Level::Debug < Level::default());
        for (level, word) in Level::ALL {
            assert_eq!(word.parse(), Ok(level));
            assert_eq!(level.as_str(), word);
        }
        assert!("Info".parse::<Level>().is_err());
    }

    #[test]
    fn only_so_many_resources_are_watched() {
        let bond = Bond::default();
        assert!((0..256).all(|n| bond.watch(&format!("file:///{n}"))));
        assert!(!bond.watch("file:///more"));
        assert!(bond.watch("file:///1"), "it is watched already");
        bond.unwatch("file:///1");
        assert!(!bond.watches("file:///1"));
    }
}
