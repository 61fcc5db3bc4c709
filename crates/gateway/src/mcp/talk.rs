//! The door over standard input and output: one client, one agent.

use super::{
    aside::Aside,
    counter::{welcome, wished},
    era::{ALL, Abilities, Era, META_CLIENT, META_VERSION, STATELESS},
    fault::Fault,
    guest::Guest,
    message::{Message, Request, answer, read},
    settled::Settled,
    shop::Shop,
};
use portcullis_firewall::principal::Principal;
use serde_json::Value;
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

/// How many requests of the client are answered at once.
const AT_ONCE: usize = 64;

/// Where the client's lines come from; `None` at the end. A line longer than a request may be is
/// an error, and the end.
pub trait Ears: Send {
    /// The next line.
    fn hear(&mut self) -> Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send + '_>>;
}

/// Where answers go.
pub trait Mouth: Send {
    /// Writes one line; `false` when nobody reads any more.
    fn say(&mut self, line: String) -> Pin<Box<dyn Future<Output = bool> + Send + '_>>;
}

/// Serves one client until it hangs up.
pub async fn talk(
    shop: Arc<Shop>,
    principal: Principal,
    mut ears: Box<dyn Ears>,
    mut mouth: Box<dyn Mouth>,
) {
    let (tell, mut told) = mpsc::channel::<Value>(AT_ONCE);
    let speaking = tokio::spawn(async move {
        while let Some(message) = told.recv().await {
            if !mouth.say(message.to_string()).await {
                return;
            }
        }
    });
    let table = Arc::new(Table {
        shop,
        principal,
        handshake: Mutex::new(None),
    });
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut answering = JoinSet::new();
    // Ends with the client.
    let mut telling = JoinSet::new();
    while let Some(line) = ears.hear().await {
        while answering.try_join_next().is_some() {}
        // The client waits when it asks for too much at once.
        let Ok(place) = Arc::clone(&room).acquire_owned().await else {
            break;
        };
        let (table, tell) = (Arc::clone(&table), tell.clone());
        // A handshake is settled before the next line is read.
        if table.is_first(&line) {
            table.reply(&line, &tell).await;
            if let Some(settled) = table.settled() {
                let aside = Aside {
                    tell: Some(tell.clone()),
                    ..Aside::default()
                };
                let guest = settled.guest(table.principal.clone(), aside);
                let shop = Arc::clone(&table.shop);
                telling.spawn(async move { shop.tell_news(&guest).await });
            }
            continue;
        }
        answering.spawn(async move {
            table.reply(&line, &tell).await;
            drop(place);
        });
    }
    while answering.join_next().await.is_some() {}
    telling.shutdown().await;
    drop(tell);
    // It ends when everything is said, or when nobody listens.
    let _ = speaking.await;
}

struct Table {
    shop: Arc<Shop>,
    principal: Principal,
    handshake: Mutex<Option<Settled>>,
}

impl Table {
    fn is_first(&self, line: &[u8]) -> bool {
        self.settled().is_none()
            && matches!(read(line), Ok(Message::Request(asked)) if asked.method == "initialize")
    }

    fn settled(&self) -> Option<Settled> {
        self.handshake
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn reply(&self, line: &[u8], tell: &mpsc::Sender<Value>) {
        if line.trim_ascii().is_empty() {
            return;
        }
        let reply = match read(line) {
            Ok(Message::Other) => return,
            Ok(Message::Answer(id, answer)) => {
                if let Some(settled) = self.settled() {
                    settled.bond.answer(&id, answer);
                }
                return;
            }
            Ok(Message::Request(request)) => {
                let aside = Aside::during(&request, Some(tell.clone()), None);
                let outcome = self.outcome(&request, aside).await;
                answer(&request.id, outcome)
            }
            Err(fault) => {
                let id = fault.id().clone();
                answer(&id, Err(fault))
            }
        };
        // Whoever has hung up does not hear it.
        let _ = tell.send(reply).await;
    }

    async fn outcome(&self, request: &Request, aside: Aside) -> Result<Value, Fault> {
        if request.method == "initialize" {
            return Ok(self.shake_hands(request));
        }
        let guest = self.guest(request, aside)?;
        self.shop.answer(&guest, request).await
    }

    fn shake_hands(&self, request: &Request) -> Value {
        let era = Era::negotiated(wished(request));
        *self
            .handshake
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Settled::of(era, request));
        welcome(era.version())
    }

    fn guest(&self, request: &Request, aside: Aside) -> Result<Guest, Fault> {
        let principal = self.principal.clone();
        match contained(request)? {
            Some(capabilities) => Ok(Guest {
                principal,
                era: Era::Stateless,
                abilities: Abilities::of(&capabilities),
                capabilities,
                aside,
                bond: None,
                repeated: None,
            }),
            None => match self.settled() {
                Some(settled) => Ok(settled.guest(principal, aside)),
                None => Err(Fault::invalid("a handshake comes first")),
            },
        }
    }
}

/// What a self-contained request says that its client can do; `None` for one that is not.
///
/// Fails closed: a version that is not spoken here, and one without capabilities, are refused.
pub(super) fn contained(request: &Request) -> Result<Option<Value>, Fault> {
    match request.meta(META_VERSION) {
        None => Ok(None),
        Some(Value::String(version)) if version == STATELESS => {
            let capabilities = request.meta(META_CLIENT).filter(|said| said.is_object());
            let capabilities =
                capabilities.ok_or_else(|| Fault::unsaid(format!("`{META_CLIENT}` is missing")))?;
            Ok(Some(capabilities.clone()))
        }
        Some(version) => Err(Fault::version(version.as_str().unwrap_or_default(), &ALL)),
    }
}
