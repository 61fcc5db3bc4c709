//! A server that speaks line by line.

use super::{
    UpstreamError,
    reply::{Said, read},
};
use portcullis_firewall::outside::Line;
use serde_json::{Map, Value, json};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::timeout,
};

/// How many questions may wait to be asked.
const WAITING: usize = 256;
/// How many answers to nobody a server may give before it is taken for confused.
const STRAYS: usize = 64;

/// A talk with one server, for many callers at once.
#[derive(Debug)]
pub(in crate::mcp) struct LineLink {
    words: mpsc::Sender<Word>,
    news: Arc<AtomicBool>,
    /// Ends with the link, and the line with it.
    _attendant: JoinSet<()>,
}

#[derive(Debug)]
enum Word {
    Ask {
        method: String,
        params: Map<String, Value>,
        answer: oneshot::Sender<Result<Value, UpstreamError>>,
        /// Told once it was said.
        said: oneshot::Sender<u64>,
    },
    Tell {
        method: String,
        params: Map<String, Value>,
    },
}

impl LineLink {
    pub(in crate::mcp) fn over(line: Box<dyn Line>) -> Self {
        let (words, to_say) = mpsc::channel(WAITING);
        let news = Arc::new(AtomicBool::new(false));
        let mut attendant = JoinSet::new();
        attendant.spawn(Attendant::new(line, Arc::clone(&news)).attend(to_say));
        Self {
            words,
            news,
            _attendant: attendant,
        }
    }

    pub(super) async fn ask(
        &self,
        method: &str,
        params: Map<String, Value>,
        patience: Duration,
    ) -> Result<Value, UpstreamError> {
        let (answer, mut answered) = oneshot::channel();
        let (said, mut was_said) = oneshot::channel();
        let word = Word::Ask {
            method: method.to_owned(),
            params,
            answer,
            said,
        };
        let exchange = async {
            if self.words.send(word).await.is_err() {
                return Err(UpstreamError::NotAsked("it has ended".to_owned()));
            }
            match (&mut answered).await {
                Ok(answer) => answer,
                // A word that was never said was dropped with its note.
                Err(_) if was_said.try_recv().is_err() => {
                    Err(UpstreamError::NotAsked("it has ended".to_owned()))
                }
                Err(_) => Err(UpstreamError::Unknown("it ended meanwhile".to_owned())),
            }
        };
        match timeout(patience, exchange).await {
            Ok(done) => done,
            Err(_) => {
                if let Ok(id) = was_said.try_recv() {
                    let params = json!({"requestId": id, "reason": "it took too long"});
                    let params = params.as_object().cloned().unwrap_or_default();
                    self.tell("notifications/cancelled", params).await;
                }
                Err(UpstreamError::Unknown("no answer in time".to_owned()))
            }
        }
    }

    pub(super) async fn tell(&self, method: &str, params: Map<String, Value>) {
        let word = Word::Tell {
            method: method.to_owned(),
            params,
        };
        // Whoever has ended need not be told.
        let _ = timeout(Duration::from_secs(1), self.words.send(word)).await;
    }

    pub(super) fn is_over(&self) -> bool {
        self.words.is_closed()
    }

    pub(super) fn takes_news(&self) -> bool {
        self.news.swap(false, Ordering::AcqRel)
    }
}

/// Who speaks on the line and listens to it.
struct Attendant {
    line: Box<dyn Line>,
    news: Arc<AtomicBool>,
    waiting: HashMap<u64, oneshot::Sender<Result<Value, UpstreamError>>>,
    last_id: u64,
    strays: usize,
}

impl Attendant {
    fn new(line: Box<dyn Line>, news: Arc<AtomicBool>) -> Self {
        Self {
            line,
            news,
            waiting: HashMap::new(),
            last_id: 0,
            strays: 0,
        }
    }

    /// Until nobody asks any more, or the server ends or makes no sense. Then everybody who waits
    /// is told so by the end of their channel.
    async fn attend(mut self, mut words: mpsc::Receiver<Word>) {
        loop {
            let goes_on = tokio::select! {
                word = words.recv() => match word {
                    Some(word) => self.say(word).await,
                    None => false,
                },
                heard = self.line.hear() => match heard {
                    Ok(Some(text)) => self.hear(&text).await,
                    Ok(None) => false,
                    Err(error) => {
                        tracing::warn!(%error, "a server behind the gate cannot be understood");
                        false
                    }
                },
            };
            if !goes_on {
                return;
            }
            self.waiting.retain(|_, answer| !answer.is_closed());
        }
    }

    async fn say(&mut self, word: Word) -> bool {
        let message = match word {
            Word::Tell { method, params } => {
                json!({"jsonrpc": "2.0", "method": method, "params": params})
            }
            // Who has given up is not asked for.
            Word::Ask { answer, .. } if answer.is_closed() => return true,
            Word::Ask {
                method,
                params,
                answer,
                said,
            } => {
                self.last_id += 1;
                let id = self.last_id;
                self.waiting.insert(id, answer);
                // Noted before it is said: when it is not known, it was asked.
                let _ = said.send(id);
                json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
            }
        };
        self.line.say(message.to_string()).await.is_ok()
    }

    async fn hear(&mut self, text: &str) -> bool {
        if text.trim().is_empty() {
            return true;
        }
        match read(text) {
            Some(Said::Answer(id, answer)) => match self.waiting.remove(&id) {
                Some(waiting) => {
                    // Whoever asked may have given up.
                    let _ = waiting.send(answer);
                    true
                }
                None => {
                    self.strays += 1;
                    self.strays < STRAYS
                }
            },
            Some(Said::Request(answer)) => self.line.say(answer.to_string()).await.is_ok(),
            Some(Said::News) => {
                self.news.store(true, Ordering::Release);
                true
            }
            Some(Said::Other) => true,
            None => {
                tracing::warn!("a server behind the gate says what is no message");
                false
            }
        }
    }
}
