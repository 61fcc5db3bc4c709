//! One server behind the gate: started when it is needed, and started again when it has ended.

use super::{
    fault::Fault,
    meaning,
    news::News,
    repeated::Repeated,
    schema::Schema,
    screened::Screened,
    settings::{ServerSettings, Transport},
    upstream::{
        Along, Greeted, HttpLink, LineLink, Link, UpstreamError, contained, discover, greet,
    },
};
use portcullis_firewall::{
    digest::Means,
    firewall::Firewall,
    outside::{Courier, Starter},
    tool::{Definition, SeenTool, Tool},
};
use portcullis_policy::id::TenantId;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::broadcast, time::Instant};

/// The most tools, resources or prompts of one server, and the most pages they come in.
const MOST: usize = 512;
const PAGES: usize = 32;
/// How long a list is good for.
const FRESH: Duration = Duration::from_secs(30);
/// How long a server may take for a list.
const LIST_PATIENCE: Duration = Duration::from_secs(30);
/// The pause after a server could not be reached, until it is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// The same after it was asked in vain whether it knows self-contained requests.
const LONG_PAUSE: Duration = Duration::from_secs(60);

/// What servers are reached with.
#[derive(Clone, Debug)]
pub(super) struct Ways {
    pub(super) firewall: Firewall,
    pub(super) starter: Arc<dyn Starter>,
    pub(super) courier: Arc<dyn Courier>,
}

/// A server of one tenant.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) settings: ServerSettings,
    /// Names the server, so that another one under its name is told from it.
    pub(super) means: Means,
    tenant: TenantId,
    ways: Ways,
    /// One at a time greets; everybody else waits for it.
    talk: tokio::sync::Mutex<Talk>,
    /// The talk in self-contained requests, with a server that is asked in both ways: clients are
    /// served in theirs where that is possible.
    contained: tokio::sync::Mutex<Talk>,
    tools: Mutex<Option<(Instant, Tools)>>,
}

#[derive(Debug, Default)]
struct Talk {
    open: Option<Arc<Open>>,
    failed_at: Option<Instant>,
}

/// A talk that has begun.
#[derive(Debug)]
pub(super) struct Open {
    link: Link,
    greeted: Greeted,
    last_token: AtomicU64,
}

impl Open {
    fn new(link: Link, greeted: Greeted) -> Self {
        Self {
            link,
            greeted,
            last_token: AtomicU64::new(0),
        }
    }
}

/// The usable tools of a server, by their own names.
pub(super) type Tools = Arc<BTreeMap<String, Pinned>>;

/// A tool whose definition was accepted.
#[derive(Debug)]
pub(super) struct Pinned {
    pub(super) definition: Definition,
    pub(super) schema: Schema,
    /// What of its arguments is repeated in headers.
    pub(super) repeated: Repeated,
}

impl Server {
    pub(super) fn new(settings: ServerSettings, tenant: TenantId, ways: Ways) -> Self {
        Self {
            means: settings.means(),
            settings,
            tenant,
            ways,
            talk: tokio::sync::Mutex::default(),
            contained: tokio::sync::Mutex::default(),
            tools: Mutex::default(),
        }
    }

    /// The talk with the server, begun anew when there is none.
    pub(super) async fn open(&self) -> Result<Arc<Open>, UpstreamError> {
        let mut talk = self.talk.lock().await;
        if let Some(open) = talk.open.as_ref().filter(|open| !open.link.is_over()) {
            return Ok(Arc::clone(open));
        }
        if talk.failed_at.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(UpstreamError::NotAsked(
                "it could not be reached".to_owned(),
            ));
        }
        talk.open = None;
        match self.begin().await {
            Ok(open) => {
                let open = Arc::new(open);
                talk.open = Some(Arc::clone(&open));
                talk.failed_at = None;
                // Another process, or another session: what it lists is looked at again.
                *self.kept() = None;
                Ok(open)
            }
            Err(error) => {
                let server = &self.settings.name;
                tracing::warn!(%server, %error, "a server behind the gate cannot be reached");
                talk.failed_at = Some(Instant::now());
                Err(UpstreamError::NotAsked("it cannot be reached".to_owned()))
            }
        }
    }

    /// The talk for a client of one era: in its own way where the server knows it.
    pub(super) async fn open_for(&self, stateless: bool) -> Result<Arc<Open>, UpstreamError> {
        let Transport::Http { url, bearer, reach } = &self.settings.transport else {
            return self.open().await;
        };
        let usual = self.open().await?;
        if !stateless || usual.greeted.stateless {
            return Ok(usual);
        }
        let mut talk = self.contained.lock().await;
        if let Some(open) = talk.open.as_ref().filter(|open| !open.link.is_over()) {
            return Ok(Arc::clone(open));
        }
        if talk.failed_at.is_some_and(|at| at.elapsed() < LONG_PAUSE) {
            return Ok(usual);
        }
        let link = Link::Http(HttpLink::new(
            Arc::clone(&self.ways.courier),
            url,
            bearer.as_ref(),
            *reach,
        ));
        match discover(&link).await {
            Ok(greeted) => {
                let open = Arc::new(Open::new(link, greeted));
                talk.open = Some(Arc::clone(&open));
                Ok(open)
            }
            Err(_) => {
                talk.failed_at = Some(Instant::now());
                Ok(usual)
            }
        }
    }

    async fn begin(&self) -> Result<Open, UpstreamError> {
        let link = match &self.settings.transport {
            Transport::Program(program) => {
                let line = self.ways.starter.start(program.clone()).await;
                let line = line.map_err(|error| UpstreamError::NotAsked(error.to_string()))?;
                Link::Line(LineLink::over(line))
            }
            Transport::Http { url, bearer, reach } => {
                let courier = Arc::clone(&self.ways.courier);
                Link::Http(HttpLink::new(courier, url, bearer.as_ref(), *reach))
            }
        };
        let greeted = greet(&link, &self.settings.may_ask).await?;
        Ok(Open::new(link, greeted))
    }

    /// Whether the server can be reached and offers something, e.g. `resources`.
    pub(super) async fn offers(&self, what: &str) -> bool {
        self.open()
            .await
            .is_ok_and(|open| open.greeted.offers(what))
    }

    /// Every page of a list, joined.
    pub(super) async fn list(&self, method: &str, key: &str) -> Result<Vec<Value>, UpstreamError> {
        let open = self.open().await?;
        let mut all = Vec::new();
        let mut cursor: Option<Value> = None;
        for _ in 0..PAGES {
            let mut params = Map::new();
            if let Some(cursor) = cursor.take() {
                params.insert("cursor".to_owned(), cursor);
            }
            let asked = open.ask(method, params, LIST_PATIENCE, Along::default());
            let mut page = asked.await?;
            if let Some(Value::Array(items)) = page.get_mut(key).map(Value::take) {
                all.extend(items);
            }
            if all.len() > MOST {
                let why = format!("it lists more than {MOST} things");
                return Err(UpstreamError::Unknown(why));
            }
            match page.get_mut("nextCursor").map(Value::take) {
                Some(next @ Value::String(_)) => cursor = Some(next),
                _ => return Ok(all),
            }
        }
        Err(UpstreamError::Unknown("its list does not end".to_owned()))
    }

    /// The tools that may be used, as of a moment ago, or as of now when `now` is set.
    ///
    /// Fails closed: without a list from the server, and its comparison with what is pinned, there
    /// are no tools.
    pub(super) async fn tools(&self, now: bool) -> Result<Tools, Fault> {
        let open = self.open().await.map_err(|error| self.away(&error))?;
        let has_news = open.link.takes_news();
        if let Some((at, tools)) = &*self.kept()
            && !now
            && !has_news
            && at.elapsed() < FRESH
        {
            return Ok(Arc::clone(tools));
        }
        if !open.greeted.offers("tools") {
            return Ok(Tools::default());
        }
        let listed = self.list("tools/list", "tools").await;
        let listed = listed.map_err(|error| self.away(&error))?;
        let tools = self.compared(&listed).await?;
        *self.kept() = Some((Instant::now(), Arc::clone(&tools)));
        Ok(tools)
    }

    async fn compared(&self, listed: &[Value]) -> Result<Tools, Fault> {
        let screened = Screened {
            firewall: &self.ways.firewall,
            tenant: &self.tenant,
        };
        let mut seen = BTreeMap::new();
        for said in listed {
            let tool = meaning::seen(&self.settings, said);
            // A name is said everywhere: one that holds a secret is none.
            let is_plain = |tool: &SeenTool| {
                let shown = screened.words(&tool.name);
                shown.is_ok_and(|shown| shown == tool.name)
            };
            let Some(tool) = tool.filter(is_plain) else {
                tracing::warn!(server = %self.settings.name, "a server lists what is no tool");
                continue;
            };
            // Rules know no case: two that differ in nothing else would be one to them.
            match seen.entry(tool.name.to_ascii_lowercase()) {
                Entry::Vacant(free) => drop(free.insert(Some(tool))),
                // A name that is there more than once means none of them.
                Entry::Occupied(mut taken) => {
                    taken.insert(None);
                    tracing::warn!(server = %self.settings.name, "a server lists a name twice");
                }
            }
        }
        let seen: Vec<SeenTool> = seen.into_values().flatten().collect();
        let (server, first) = (&self.settings.name, self.settings.first_sight);
        let firewall = &self.ways.firewall;
        let known = firewall.see_tools(&self.tenant, server, seen.clone(), first);
        // What is kept is kept without secrets; arguments are checked by what the server said.
        let tools = known.await?.into_iter().zip(seen);
        let usable = tools.filter_map(|(known, seen)| usable(&known, seen));
        Ok(Arc::new(usable.collect()))
    }

    /// Forgets what it listed, so that it is compared again.
    pub(super) fn forget(&self) {
        *self.kept() = None;
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Option<(Instant, Tools)>> {
        self.tools.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn away(&self, error: &UpstreamError) -> Fault {
        Fault::inside(format!("server `{}`: {error}", self.settings.name))
    }
}

impl Open {
    /// Asks for something. What touches anything is asked for by `passage.rs` alone.
    pub(super) async fn ask(
        &self,
        method: &str,
        mut params: Map<String, Value>,
        patience: Duration,
        mut along: Along,
    ) -> Result<Value, UpstreamError> {
        let token = self.last_token.fetch_add(1, Ordering::Relaxed) + 1;
        along.listener = along.listener.map(|listener| listener.called(token));
        let listener = along.listener.as_ref();
        let meta = listener.map(|one| one.meta(self.greeted.stateless));
        let meta = meta.unwrap_or_default();
        if self.greeted.stateless {
            let capabilities = listener.map_or_else(|| json!({}), |one| one.capabilities());
            params = contained(params, capabilities, meta);
        } else if !meta.is_empty() {
            params.insert("_meta".to_owned(), Value::Object(meta));
        }
        self.link.ask(method, params, patience, along).await
    }

    /// Whatever the server says has changed from now on.
    pub(super) async fn news(&self) -> broadcast::Receiver<News> {
        self.link.news().await
    }
}

/// A tool whose definition is accepted and whose arguments can be checked.
fn usable(known: &Tool, seen: SeenTool) -> Option<(String, Pinned)> {
    let SeenTool { name, definition } = seen;
    let accepted = known.usable()?;
    if known.name != name || accepted.digest != definition.digest {
        return None;
    }
    let schema = definition.content.get("inputSchema")?;
    let repeated = Repeated::of(schema)?;
    let schema = Schema::compile(schema).ok()?;
    let pinned = Pinned {
        definition,
        schema,
        repeated,
    };
    Some((name, pinned))
}
