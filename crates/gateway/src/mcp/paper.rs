//! News from every server of a tenant, for one client that listens.

use super::{
    guest::Guest,
    news::News,
    readers::Seat,
    server::Server,
    shop::{Shop, address_for_agents},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{broadcast::error::RecvError, mpsc},
    task::JoinSet,
    time::{sleep, timeout},
};

/// How long the first news may take to be awaited.
const PATIENCE: Duration = Duration::from_secs(3);
/// The pause after each of a server's news, so that nobody is flooded, and after it has ended.
const BREATH: Duration = Duration::from_millis(20);
const PAUSE: Duration = Duration::from_secs(2);

/// What one client reads; when it is dropped, nobody listens for it any more.
#[derive(Debug)]
pub(super) struct Paper {
    heard: mpsc::Receiver<News>,
    _carriers: JoinSet<()>,
    _seat: Seat,
}

impl Paper {
    /// What comes next; never anything for a tenant without servers.
    pub(super) async fn next(&mut self) -> News {
        match self.heard.recv().await {
            Some(news) => news,
            None => std::future::pending().await,
        }
    }
}

impl Shop {
    /// Whatever changes from now on behind the gate; `None` when too many listen already.
    pub(super) async fn news(self: &Arc<Self>, guest: &Guest) -> Option<Paper> {
        let seat = self.readers.seat(&guest.principal)?;
        let (tell, heard) = mpsc::channel(64);
        let (ready, mut awaited) = mpsc::channel::<()>(1);
        let mut carriers = JoinSet::new();
        let tenant = &guest.principal.tenant;
        let count = self.shelf(tenant).map_or(0, |shelf| shelf.servers.len());
        for at in 0..count {
            let (shop, tenant) = (Arc::clone(self), tenant.clone());
            let (stateless, tell, ready) = (guest.is_stateless(), tell.clone(), ready.clone());
            carriers.spawn(async move {
                let server = shop
                    .shelf(&tenant)
                    .and_then(|shelf| shelf.servers.get(at).cloned());
                if let Some(server) = server {
                    carry(&server, stateless, tell, ready).await;
                }
            });
        }
        drop(ready);
        // It ends when every server is listened to; one that cannot be reached is not waited for.
        let _ = timeout(PATIENCE, async { while awaited.recv().await.is_some() {} }).await;
        Some(Paper {
            heard,
            _carriers: carriers,
            _seat: seat,
        })
    }
}

/// Carries the news of one server for as long as they are read.
async fn carry(
    server: &Server,
    stateless: bool,
    tell: mpsc::Sender<News>,
    ready: mpsc::Sender<()>,
) {
    let mut ready = Some(ready);
    while !tell.is_closed() {
        let Ok(open) = server.open_for(stateless).await else {
            ready = None;
            sleep(PAUSE).await;
            continue;
        };
        let mut news = open.news().await;
        drop(open);
        drop(ready.take());
        loop {
            let heard = match news.recv().await {
                Ok(News::Updated(own)) => News::Updated(address_for_agents(server, &own)),
                Ok(heard) => heard,
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => break,
            };
            // A client that is too slow asks for the lists when it needs them.
            let _ = tell.try_send(heard);
            sleep(BREATH).await;
        }
        sleep(PAUSE).await;
    }
}
