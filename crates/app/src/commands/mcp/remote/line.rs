//! The server's standard input and output: one request out, its answer back.

use portcullis_firewall::outside::Line;
use serde_json::{Map, Value, json};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::timeout,
};

/// How many lines may wait to be said.
const WAITING: usize = 64;
/// What a server is told that asks the client for something.
const NOTHING: &str = "the gate gives servers nothing";
/// What of a server's own messages the client is told.
const NEWS: [&str; 3] = [
    "notifications/prompts/list_changed",
    "notifications/resources/list_changed",
    "notifications/tools/list_changed",
];

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>>;

/// The way to the server; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct ServerLine {
    say: mpsc::Sender<String>,
    waiting: Waiting,
    next: AtomicU64,
    talking: JoinHandle<()>,
}

impl Drop for ServerLine {
    fn drop(&mut self) {
        self.talking.abort();
    }
}

impl ServerLine {
    /// Talks over a line; what the server says by itself is told to the client.
    pub(super) fn over(line: Box<dyn Line>, tell: mpsc::Sender<String>) -> Self {
        let (say, said) = mpsc::channel(WAITING);
        let waiting = Waiting::default();
        let talking = tokio::spawn(talk(line, said, Arc::clone(&waiting), tell));
        Self {
            say,
            waiting,
            next: AtomicU64::new(1),
            talking,
        }
    }

    /// Tells something that has no answer.
    pub(super) async fn tell(&self, method: &str) {
        let message = json!({ "jsonrpc": "2.0", "method": method });
        // A server that is gone needs to be told nothing.
        let _ = self.say.send(message.to_string()).await;
    }

    /// Asks for something; an error as the client is told it. One that leaves open whether it was
    /// done has a member `unknown`.
    pub(super) async fn ask(
        &self,
        method: &str,
        params: Map<String, Value>,
        patience: Duration,
    ) -> Result<Value, Value> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        self.waiting().insert(id, answer);
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        if self.say.send(message.to_string()).await.is_err() {
            self.waiting().remove(&id);
            return Err(json!({ "code": super::INTERNAL, "message": "the server has ended" }));
        }
        let answer = timeout(patience, answered).await;
        self.waiting().remove(&id);
        let Ok(Ok(mut answer)) = answer else {
            let message = "the server was asked, and it is not known what came of it";
            return Err(json!({ "code": super::INTERNAL, "message": message, "unknown": true }));
        };
        match answer.get_mut("result").map(Value::take) {
            Some(result) => Ok(result),
            None => Err(answer.get("error").cloned().unwrap_or_default()),
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<u64, oneshot::Sender<Value>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn talk(
    mut line: Box<dyn Line>,
    mut said: mpsc::Receiver<String>,
    waiting: Waiting,
    tell: mpsc::Sender<String>,
) {
    loop {
        let back = tokio::select! {
            to_say = said.recv() => match to_say {
                Some(to_say) => Some(to_say),
                None => break,
            },
            heard = line.hear() => match heard {
                Ok(Some(text)) => heard_of(&text, &waiting, &tell).await,
                Ok(None) | Err(_) => break,
            },
        };
        if let Some(back) = back
            && line.say(back).await.is_err()
        {
            break;
        }
    }
    // Nobody is answered any more.
    said.close();
    waiting
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clear();
}

/// Takes what the server said; what it is told back.
async fn heard_of(text: &str, waiting: &Waiting, tell: &mpsc::Sender<String>) -> Option<String> {
    let message: Value = serde_json::from_str(text).ok()?;
    let method = message.get("method").and_then(Value::as_str);
    match (method, message.get("id")) {
        (None, Some(id)) => {
            let id = id.as_u64()?;
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = waiting.remove(&id)?;
            // Whoever asked may have gone.
            let _ = answer.send(message);
            None
        }
        (Some("ping"), Some(id)) => {
            Some(json!({ "jsonrpc": "2.0", "id": id, "result": {} }).to_string())
        }
        (Some(_), Some(id)) => {
            let error = json!({ "code": super::NO_METHOD, "message": NOTHING });
            Some(json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string())
        }
        (Some(method), None) if NEWS.contains(&method) => {
            let news = json!({ "jsonrpc": "2.0", "method": method });
            let _ = tell.send(news.to_string()).await;
            None
        }
        _ => None,
    }
}
