//! What it costs to have a credential made for one action: from sealed secrets, and as a role at
//! PostgreSQL, beside the time that the target itself needs for it, which is reading the file, and a
//! session with the same statements; and what the credentials cost that
//! live at the same time, for all of them are looked for in every text.

use anyhow::Context;
use jiff::Timestamp;
use portcullis_credentials::{
    CourierSettings, Databases, HttpCourier, Secrets,
    issuer::{KINDS, Provider, Tools},
    issuers::{Entry, Issuers},
    sealed::{Means, SealedStore},
    strongbox::Strongbox,
};
use portcullis_firewall::{
    firewall::Screens,
    lease::LeaseAsk,
    outside::SecretName,
    ports::{Clock, Issuer},
    scope::Scope,
};
use portcullis_testkit::{
    Postgres, SeededEntropy, lease_ask,
    postgres::{OWNER, PASSWORD},
    tenant,
};
use serde_json::{Map, Value, json};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

/// How often each is done.
const TIMES: u64 = 200;
/// How many credentials live beside it.
const ALIVE: [u64; 3] = [0, 100, 900];
const SECRET: &str = "glsa_a-secret-that-somebody-typed-in";

#[derive(Debug)]
struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

fn main() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("portcullis-lease-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(run(&folder));
    fs::remove_dir_all(&folder)?;
    done
}

async fn run(folder: &Path) -> anyhow::Result<()> {
    println!("{:<34} {:>10} {:>10} {:>8}", "", "median", "target", "added");
    let sealed = sealed(folder)?;
    let file = folder.join("sealed").join("grafana.sealed");
    let own = median((0..TIMES).map(|_| {
        let began = Instant::now();
        fs::read(&file).map(|_| began.elapsed())
    }))?;
    for alive in ALIVE {
        let desk = desk(Arc::clone(&sealed))?;
        let scope = scope(json!({"read": "grafana", "write": "grafana"}));
        let (mint, _) = minted(&desk, &scope, alive).await?;
        row(&format!("sealed, {alive} alive"), mint, own);
    }
    let server = Postgres::start(&[], &[]);
    let database = server.database().await;
    let (owner, _driver) = server.open(&database, OWNER, PASSWORD).await;
    owner.batch_execute("create table orders (id int); revoke create on schema public from public").await?;
    let desk = desk(postgres(folder, server.port())?)?;
    let scope = scope(json!({"database": database, "tables": ["public.orders"]}));
    let mut own = Vec::new();
    for number in 0..TIMES {
        let asked = desk.asks(&ask(&scope, number))?;
        let statements = statements(&asked.request)?;
        let began = Instant::now();
        let (client, _driver) = server.open(&database, OWNER, PASSWORD).await;
        client.batch_execute(&format!("begin; {}; commit", statements.join("; "))).await?;
        own.push(began.elapsed());
        desk.revoke(&ask(&scope, number), None).await?;
    }
    let own = median(own.into_iter().map(Ok))?;
    let (mint, revoke) = minted(&desk, &scope, 0).await?;
    row("PostgreSQL, mint", mint, own);
    println!("{:<34} {:>7.3} ms", "PostgreSQL, revoke", revoke.as_secs_f64() * 1e3);
    Ok(())
}

/// What the server is asked for, as it would be by hand.
fn statements(request: &Map<String, Value>) -> anyhow::Result<Vec<&str>> {
    let all = request.get("statements").and_then(Value::as_array);
    let all = all.context("no statements")?;
    all.iter().map(|one| one.as_str().context("no statement")).collect()
}

fn row(name: &str, took: Duration, target: Duration) {
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let added = ms(took) - ms(target);
    println!("{name:<34} {:>7.3} ms {:>7.3} ms {added:>5.3} ms", ms(took), ms(target));
}

/// The medians of minting and of ending, with so many others alive.
async fn minted(desk: &Issuers, scope: &Scope, alive: u64) -> anyhow::Result<(Duration, Duration)> {
    for number in 0..alive {
        desk.mint(&ask(scope, u64::MAX - number)).await?;
    }
    let (mut mints, mut ends) = (Vec::new(), Vec::new());
    for number in 0..TIMES {
        let ask = ask(scope, number);
        let began = Instant::now();
        let minted = desk.mint(&ask).await?;
        mints.push(began.elapsed());
        let began = Instant::now();
        desk.revoke(&ask, Some(&minted.handle)).await?;
        ends.push(began.elapsed());
    }
    Ok((median(mints.into_iter().map(Ok))?, median(ends.into_iter().map(Ok))?))
}

fn median(all: impl Iterator<Item = std::io::Result<Duration>>) -> anyhow::Result<Duration> {
    let mut all = all.collect::<Result<Vec<_>, _>>()?;
    all.sort_unstable();
    all.get(all.len() / 2).copied().context("nothing was measured")
}

fn desk(provider: Arc<dyn Provider>) -> anyhow::Result<Issuers> {
    let clock = Arc::new(Now);
    let strongbox = Strongbox::new(Screens::default(), Arc::<Now>::clone(&clock) as Arc<dyn Clock>);
    let secrets = Secrets::with(strongbox.clone());
    let tools = Tools {
        courier: Arc::new(HttpCourier::new(&CourierSettings::default(), secrets.clone())?),
        databases: Arc::new(Databases::new(None, secrets.clone())?),
        secrets,
        strongbox,
        clock,
        entropy: Arc::new(SeededEntropy::default()),
        embers: None,
    };
    let entry = Entry {
        name: "here".to_owned(),
        kind: "any",
        tenants: [tenant("acme")].into(),
        provider,
        own: None,
    };
    Ok(Issuers::new(vec![entry], &tools))
}

fn read(kind: &str, settings: &Value) -> anyhow::Result<Arc<dyn Provider>> {
    let kind = KINDS.iter().find(|known| known.name == kind).context("a kind")?;
    kind.read(settings).map_err(|misread| anyhow::anyhow!("{}: {}", misread.path, misread.why))
}

fn secret(folder: &Path, name: &str, value: &str) -> anyhow::Result<SecretName> {
    let path = folder.join(name);
    fs::write(&path, value)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok(SecretName::new(&format!("file:{}", path.display())))
}

fn sealed(folder: &Path) -> anyhow::Result<Arc<dyn Provider>> {
    let master = secret(folder, "master", &"0f".repeat(32))?;
    let place = folder.join("sealed");
    let store = SealedStore::new(&place, master.clone(), Secrets::new());
    let entropy = SeededEntropy::default();
    let means = Means { clock: &Now, entropy: &entropy };
    store.set("grafana", SECRET.as_bytes(), means)?;
    read("sealed", &json!({"folder": place, "master_key": master}))
}

fn postgres(folder: &Path, port: u16) -> anyhow::Result<Arc<dyn Provider>> {
    let password = secret(folder, "password", PASSWORD)?;
    read("postgres", &json!({
        "host": "127.0.0.1", "port": port, "user": OWNER, "password": password, "tls": false, "reach": "anywhere",
    }))
}

fn scope(filters: Value) -> Scope {
    Scope {
        filters: filters.as_object().cloned().unwrap_or_default(),
        ..portcullis_testkit::scope()
    }
}

fn ask(scope: &Scope, number: u64) -> LeaseAsk {
    lease_ask(scope.clone(), number, Timestamp::now())
}
