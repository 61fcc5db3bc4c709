//! Listening to what a server says unasked, for as long as somebody wants to know.

use super::{MOST, events::Events, way::Way};
use crate::mcp::{
    news::Press,
    upstream::{
        contained,
        reply::{Said, read},
    },
};
use serde_json::{Map, json};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::watch::{self, Sender},
    task::JoinSet,
    time::{sleep, timeout},
};

/// How long whoever wants news waits until they can be heard.
const PATIENCE: Duration = Duration::from_secs(2);
/// The pause until a stream that has ended is opened again.
const PAUSE: Duration = Duration::from_secs(5);

/// One stream for everybody, opened when the first one wants it.
#[derive(Debug)]
pub(super) struct Watch {
    way: Arc<Way>,
    press: Arc<Press>,
    begun: Sender<bool>,
    /// Ends with the link.
    task: Mutex<JoinSet<()>>,
}

impl Watch {
    pub(super) fn new(way: &Arc<Way>, press: &Arc<Press>) -> Self {
        Self {
            way: Arc::clone(way),
            press: Arc::clone(press),
            begun: watch::channel(false).0,
            task: Mutex::default(),
        }
    }

    /// Begins to listen, and waits until that is so or cannot be.
    pub(super) async fn begin(&self) {
        {
            let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
            while task.try_join_next().is_some() {}
            if task.is_empty() {
                self.begun.send_replace(false);
                let (way, press) = (Arc::clone(&self.way), Arc::clone(&self.press));
                let begun = self.begun.clone();
                task.spawn(async move { listen(&way, &press, &begun).await });
            }
        }
        let mut begun = self.begun.subscribe();
        // Who cannot be heard in time is heard later, or not at all.
        let _ = timeout(PATIENCE, begun.wait_for(|begun| *begun)).await;
    }
}

async fn listen(way: &Way, press: &Press, begun: &Sender<bool>) {
    loop {
        let goes_on = follow(way, press, begun).await;
        begun.send_replace(true);
        if !goes_on || !press.has_readers() {
            return;
        }
        sleep(PAUSE).await;
    }
}

/// One stream, until it ends; whether another one may be opened.
async fn follow(way: &Way, press: &Press, begun: &Sender<bool>) -> bool {
    let parcel = if way.is_stateless() {
        let wanted = json!({
            "promptsListChanged": true, "resourcesListChanged": true, "toolsListChanged": true,
        });
        let mut params = Map::new();
        params.insert("notifications".to_owned(), wanted);
        let params = contained(params, json!({}), Map::new());
        let method = "subscriptions/listen";
        let headers = way.headers(method, &params, Vec::new());
        // No other request has this id.
        let body = json!({"jsonrpc": "2.0", "id": "news", "method": method, "params": params});
        way.parcel(headers, &body)
    } else {
        way.listening()
    };
    let Ok(arrival) = way.courier.begin(parcel).await else {
        return true;
    };
    let kind = arrival.header("content-type").unwrap_or_default();
    if !(200..300).contains(&arrival.status) || !kind.starts_with("text/event-stream") {
        return false;
    }
    if !way.is_stateless() {
        begun.send_replace(true);
    }
    let (mut body, mut events) = (arrival.body, Events::new(MOST));
    while let Ok(Some(bytes)) = body.more().await {
        if events.add(&bytes).is_err() {
            return true;
        }
        while let Some(text) = events.next() {
            match read(&text) {
                Some(Said::Note(method, params)) => {
                    press.print(&method, params.as_ref());
                    begun.send_replace(true);
                }
                // Nobody's request is being answered, so nobody is there to be asked.
                Some(Said::Request(asking)) => way.answer(asking, None).await,
                Some(Said::Answer(..)) | None => {}
            }
        }
    }
    true
}
