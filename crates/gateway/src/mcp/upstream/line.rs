//! A server that speaks line by line.

use super::{
    UpstreamError,
    reply::{Asking, Said, read},
};
use crate::mcp::{
    listener::Listener,
    news::{News, Press},
};
use portcullis_firewall::outside::Line;
use serde_json::{Map, Value, json};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{broadcast, mpsc, oneshot},
    task::JoinSet,
    time::timeout,
};

/// How many questions may wait to be asked.
const WAITING: usize = 256;
/// How many questions of a server may be open at once.
const QUESTIONS: usize = 32;
/// How many answers to nobody a server may give before it is taken for confused.
const STRAYS: usize = 64;

/// A talk with one server, for many callers at once.
#[derive(Debug)]
pub(in crate::mcp) struct LineLink {
    words: mpsc::Sender<Word>,
    press: Arc<Press>,
    /// Ends with the link, and the line with it.
    _attendant: JoinSet<()>,
}

#[derive(Debug)]
enum Word {
    Ask {
        method: String,
        params: Map<String, Value>,
        answer: oneshot::Sender<Result<Value, UpstreamError>>,
        listener: Option<Box<Listener>>,
        /// Told once it was said.
        said: oneshot::Sender<u64>,
    },
    /// An answer to something that the server asked.
    Reply(Value),
    Tell {
        method: String,
        params: Map<String, Value>,
    },
}

impl LineLink {
    pub(in crate::mcp) fn over(line: Box<dyn Line>) -> Self {
        let (words, to_say) = mpsc::channel(WAITING);
        let press = Arc::new(Press::default());
        let mut attendant = JoinSet::new();
        let one = Attendant::new(line, Arc::clone(&press), words.downgrade());
        attendant.spawn(one.attend(to_say));
        Self {
            words,
            press,
            _attendant: attendant,
        }
    }

    pub(super) async fn ask(
        &self,
        method: &str,
        params: Map<String, Value>,
        patience: Duration,
        listener: Option<Listener>,
    ) -> Result<Value, UpstreamError> {
        let (answer, mut answered) = oneshot::channel();
        let (said, mut was_said) = oneshot::channel();
        let word = Word::Ask {
            method: method.to_owned(),
            params,
            answer,
            listener: listener.map(Box::new),
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
        self.press.takes_news()
    }

    pub(super) fn news(&self) -> broadcast::Receiver<News> {
        self.press.subscribe()
    }
}

/// Somebody who waits for an answer.
struct Waiting {
    answer: oneshot::Sender<Result<Value, UpstreamError>>,
    listener: Option<Listener>,
}

/// Who speaks on the line and listens to it.
struct Attendant {
    line: Box<dyn Line>,
    press: Arc<Press>,
    waiting: HashMap<u64, Waiting>,
    last_id: u64,
    strays: usize,
    /// What the server asks, while clients think about it.
    asked: JoinSet<()>,
    words: mpsc::WeakSender<Word>,
}

impl Attendant {
    fn new(line: Box<dyn Line>, press: Arc<Press>, words: mpsc::WeakSender<Word>) -> Self {
        Self {
            line,
            press,
            waiting: HashMap::new(),
            last_id: 0,
            strays: 0,
            asked: JoinSet::new(),
            words,
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
            self.waiting.retain(|_, one| !one.answer.is_closed());
            while self.asked.try_join_next().is_some() {}
        }
    }

    async fn say(&mut self, word: Word) -> bool {
        let message = match word {
            Word::Tell { method, params } => {
                json!({"jsonrpc": "2.0", "method": method, "params": params})
            }
            Word::Reply(answer) => answer,
            // Who has given up is not asked for.
            Word::Ask { answer, .. } if answer.is_closed() => return true,
            Word::Ask {
                method,
                params,
                answer,
                listener,
                said,
            } => {
                self.last_id += 1;
                let id = self.last_id;
                let listener = listener.map(|listener| *listener);
                self.waiting.insert(id, Waiting { answer, listener });
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
                    let _ = waiting.answer.send(answer);
                    true
                }
                None => {
                    self.strays += 1;
                    self.strays < STRAYS
                }
            },
            Some(Said::Request(asking)) => self.put(asking).await,
            Some(Said::Note(method, params)) => {
                self.note(&method, params.as_ref());
                true
            }
            None => {
                tracing::warn!("a server behind the gate says what is no message");
                false
            }
        }
    }

    fn note(&self, method: &str, params: Option<&Value>) {
        let params = match params {
            _ if self.press.print(method, params) => return,
            Some(params) => params,
            None => return,
        };
        let mut listeners = self
            .waiting
            .values()
            .filter_map(|one| one.listener.as_ref());
        let about = match listeners.clone().find(|one| one.is_called(params)) {
            Some(about) => Some(about),
            None => alone(&mut listeners),
        };
        if let Some(about) = about {
            about.hear(method, params);
        }
    }

    /// A question goes to the client whose request is being answered, when there is no doubt which.
    async fn put(&mut self, asking: Asking) -> bool {
        let mut listeners = self
            .waiting
            .values()
            .filter_map(|one| one.listener.as_ref());
        let about = alone(&mut listeners)
            .filter(|one| one.may_ask(&asking.method, asking.params.as_ref()))
            .filter(|_| self.asked.len() < QUESTIONS);
        let Some(listener) = about.cloned() else {
            return self.line.say(asking.refused().to_string()).await.is_ok();
        };
        let words = self.words.clone();
        self.asked.spawn(async move {
            let answer = asking.put_to(&listener).await;
            if let Some(words) = words.upgrade() {
                // A server that has ended needs no answer.
                let _ = words.send(Word::Reply(answer)).await;
            }
        });
        true
    }
}

/// The only one there is.
fn alone<T>(all: &mut impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}
