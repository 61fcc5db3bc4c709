//! What servers say has changed, for whoever listens.

use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::broadcast;

/// How many news wait for a listener that is slow; then the oldest are lost.
const WAITING: usize = 64;
/// The longest address of a resource, in bytes.
const ADDRESS_MAX: usize = 4_096;

/// Something that has changed behind the gate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum News {
    Prompts,
    Resources,
    Tools,
    /// A resource, by its address.
    Updated(String),
}

impl News {
    /// What a notification of a server says.
    pub(super) fn read(method: &str, params: Option<&Value>) -> Option<Self> {
        match method {
            "notifications/prompts/list_changed" => Some(Self::Prompts),
            "notifications/resources/list_changed" => Some(Self::Resources),
            "notifications/tools/list_changed" => Some(Self::Tools),
            "notifications/resources/updated" => {
                let uri = params?.get("uri")?.as_str()?;
                (uri.len() <= ADDRESS_MAX).then(|| Self::Updated(uri.to_owned()))
            }
            _ => None,
        }
    }

    /// The notification that says so to a client.
    pub(super) fn said(&self) -> (&'static str, Value) {
        match self {
            Self::Prompts => ("notifications/prompts/list_changed", json!({})),
            Self::Resources => ("notifications/resources/list_changed", json!({})),
            Self::Tools => ("notifications/tools/list_changed", json!({})),
            Self::Updated(uri) => ("notifications/resources/updated", json!({"uri": uri})),
        }
    }
}

/// The news of one server.
#[derive(Debug)]
pub(super) struct Press {
    readers: broadcast::Sender<News>,
    of_lists: AtomicBool,
}

impl Default for Press {
    fn default() -> Self {
        Self {
            readers: broadcast::channel(WAITING).0,
            of_lists: AtomicBool::new(false),
        }
    }
}

impl Press {
    /// Tells everybody who listens what a notification says; whether it was news.
    pub(super) fn print(&self, method: &str, params: Option<&Value>) -> bool {
        let Some(news) = News::read(method, params) else {
            return false;
        };
        if !matches!(news, News::Updated(_)) {
            self.of_lists.store(true, Ordering::Release);
        }
        // Often nobody listens.
        let _ = self.readers.send(news);
        true
    }

    /// Whether lists have changed; told once.
    pub(super) fn takes_news(&self) -> bool {
        self.of_lists.swap(false, Ordering::AcqRel)
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<News> {
        self.readers.subscribe()
    }

    pub(super) fn has_readers(&self) -> bool {
        self.readers.receiver_count() > 0
    }
}

#[cfg(test)]
mod tests {
    use super::{News, Press};
    use serde_json::json;

    #[test]
    fn what_has_changed_is_told_once_and_to_everybody() {
        let press = Press::default();
        let mut reader = press.subscribe();
        assert!(press.print("notifications/tools/list_changed", None));
        assert!(!press.print("notifications/message", None));
        assert!(press.takes_news());
        let params = json!({"uri": "file:///a"});
        assert!(press.print("notifications/resources/updated", Some(&params)));
        assert!(!press.takes_news(), "no list has changed");
        assert_eq!(reader.try_recv(), Ok(News::Tools));
        assert_eq!(reader.try_recv(), Ok(News::Updated("file:///a".to_owned())));
        let endless = json!({"uri": "a".repeat(5_000)});
        assert!(!press.print("notifications/resources/updated", Some(&endless)));
    }
}
