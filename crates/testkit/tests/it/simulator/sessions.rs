//! Sessions, scopes and credentials by chance, and what must hold after every life of the gate.

use super::{
    dice::Dice,
    life::Life,
    script::{pause, trouble},
    witness::Witness,
};
use portcullis_firewall::{
    batch::{RecordKind, StoredRecord},
    kept_scope::{Attachment, ScopeDraft},
    lease::LeaseAsk,
    order::Order,
    principal::Principal,
    query::RecordQuery,
    scope::{Mode, Scope},
    session::{Session, SessionDraft},
    turn::{Claim, PersonPatch, ScopePatch, WorkspaceDraft},
};
use portcullis_policy::{
    command::policy::SessionPatterns,
    facts::AgentStatus,
    id::{ScopeName, WorkspaceId},
    label::Label,
};
use portcullis_testkit::{FakeIssuer, FakeRooms, MemoryLedger};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

/// Providers, each with a scope of its name; most mint as they should.
const SCOPES: [&str; 7] = [
    "fake", "fake-two", "silent", "panics", "slow", "hangs", "refuses",
];

/// What stands around the gate, over all its lives.
pub(super) struct World {
    issuer: Arc<FakeIssuer>,
    rooms: Arc<FakeRooms>,
    sessions: Vec<Session>,
    holds: Arc<Mutex<Vec<String>>>,
}

/// What a simulation did, to be sure that it did enough.
#[derive(Default)]
pub(super) struct Deeds {
    opened: usize,
    read: usize,
    written: usize,
    used: usize,
}

impl Deeds {
    pub(super) fn add(&mut self, witness: &Witness, world: &World) {
        let minted = world.issuer.minted();
        let of = |mode| minted.iter().filter(|ask| ask.mode == mode).count();
        self.opened += world.sessions.len();
        self.read += of(Mode::Read);
        self.written += of(Mode::Write);
        let orders = witness.hands.orders();
        self.used += orders.iter().filter(|order| order.lease.is_some()).count();
    }

    pub(super) fn must_be_enough(&self) {
        let Self {
            opened,
            read,
            written,
            used,
        } = self;
        let enough = *opened > 150 && *read > 100 && *written > 10 && *used > 60;
        assert!(
            enough,
            "{opened} opened, {read} read, {written} written, {used} used"
        );
    }
}

impl World {
    pub(super) fn of(ledger: &Arc<MemoryLedger>) -> Self {
        Self {
            issuer: FakeIssuer::watching(ledger),
            rooms: Arc::default(),
            sessions: Vec::new(),
            holds: Arc::default(),
        }
    }

    pub(super) fn begin(&self, life: &Life, witness: &Witness) {
        let architect = witness.people.last().expect("an architect");
        self.issuer.serve(&life.firewall, &architect.tenant);
        life.firewall
            .use_rooms(Arc::<FakeRooms>::clone(&self.rooms));
        let new = WorkspaceDraft {
            short_name: None,
            description: String::new(),
            active: true,
        };
        // There since the first life.
        drop(life.wait(life.firewall.create_workspace(architect, place(), new)));
        for name in SCOPES {
            drop(life.wait(life.firewall.add_scope(architect, draft(name, false))));
        }
    }
}

fn place() -> WorkspaceId {
    WorkspaceId::new("ops").expect("an id")
}

fn draft(name: &str, moved: bool) -> ScopeDraft {
    ScopeDraft {
        scope: Scope {
            name: name.to_owned(),
            description: String::new(),
            provider: name.to_owned(),
            environment: Label::new(if moved { "production" } else { "staging" }),
            mode: Mode::Write,
            filters: Map::new(),
        },
        workspaces: vec![Attachment {
            workspace: place(),
            agents: Some(Mode::Read),
        }],
    }
}

pub(super) fn step(life: &Life, dice: &mut Dice, (witness, world): (&Witness, &mut World)) {
    life.clock
        .advance(Duration::from_millis(dice.below(8_000) as u64));
    match dice.below(30) {
        0..=3 => open(life, dice, (witness, world)),
        4..=15 => attend(life, dice, (witness, world)),
        16 => close(life, dice, (witness, world)),
        17 | 18 => renew(life, dice, (witness, world)),
        19 => change_scopes(life, dice, (witness, world)),
        20 => decide(life, dice, (witness, world)),
        21 => change_a_scope(life, dice, witness),
        22 => say_own(life, dice, witness),
        23 => world.issuer.go_on(dice.below(3)),
        24 => world.issuer.fails.store(dice.below(3), Ordering::SeqCst),
        25 => trouble(life, dice),
        26 if dice.chance(3) => life.clock.advance(Duration::from_secs(700)),
        26 => drop(life.wait(life.firewall.sweep())),
        27 if dice.chance(3) => move_people(life, dice, witness),
        _ => {
            let firewall = life.firewall.clone();
            life.start(async move { drop(firewall.tend_leases().await) });
        }
    }
    pause(life, dice);
}

fn anybody(dice: &mut Dice, witness: &Witness) -> Principal {
    if dice.chance(3) {
        dice.pick(&witness.agents).1.clone()
    } else {
        dice.pick(&witness.people).clone()
    }
}

fn open(life: &Life, dice: &mut Dice, (witness, world): (&Witness, &mut World)) {
    let by = anybody(dice, witness);
    let agent = by.role.agent().cloned();
    let agent = agent.unwrap_or_else(|| dice.pick(&witness.agents).0.clone());
    let mut scopes: Vec<(ScopeName, Mode)> = Vec::new();
    for _ in 0..=dice.below(3) {
        let name = ScopeName::new(some_scope(dice)).expect("a name");
        let mode = *dice.pick(&[Mode::Read, Mode::Write]);
        if scopes.iter().all(|(other, _)| *other != name) {
            scopes.push((name, mode));
        }
    }
    let wish = SessionDraft {
        agent,
        workspace: place(),
        scopes,
        ticket: None,
        commands: SessionPatterns::default(),
        seconds: None,
    };
    let opened = life.wait(life.firewall.open_session(&by, wish));
    world.sessions.extend(opened);
}

fn some_scope(dice: &mut Dice) -> &'static str {
    let some = if dice.chance(4) {
        &SCOPES[..]
    } else {
        &SCOPES[..2]
    };
    let picked: &&'static str = dice.pick(some);
    picked
}

/// One of the last few: older ones are mostly over.
fn recent(dice: &mut Dice, world: &World) -> Option<Session> {
    let few = world.sessions.len().saturating_sub(6);
    let few = world.sessions.get(few..)?;
    (!few.is_empty()).then(|| dice.pick(few).clone())
}

fn attend(life: &Life, dice: &mut Dice, (witness, world): (&Witness, &World)) {
    let Some(session) = recent(dice, world) else {
        return;
    };
    let own = witness.agents.iter().find(|(id, _)| *id == session.agent);
    let by = if dice.chance(8) {
        dice.pick(&witness.agents).1.clone()
    } else {
        own.expect("an agent").1.clone()
    };
    let scope = if dice.chance(8) {
        some_scope(dice)
    } else {
        dice.pick(&session.scopes).name.as_str()
    };
    let kind = *dice.pick(&["workloads.list", "workloads.list", "workloads.submit"]);
    let action = json!({
        "action": kind,
        "target": dice.pick(&["cluster-1", "cluster-1", "hangs", "is-silent", "fails", "panics"]),
        "environment": *dice.pick(&["staging", "staging", "staging", "production"]),
        "workspace_id": "ops",
        "session_id": session.id,
        "scope": scope,
        "parameters": {
            "requested_gpus": dice.pick(&[1, 8]), "gpu_type": "H100",
            "estimated_cost_usd": 0.1, "team": format!("team-{}", dice.below(50)),
        },
        "confidence": { "fix": 0.9 },
    });
    let request = life
        .firewall
        .read_request(&by, action.to_string().as_bytes(), None);
    let request = request.expect("a good request");
    let (firewall, holds) = (life.firewall.clone(), Arc::clone(&world.holds));
    life.start(async move {
        if let Ok(attended) = firewall.attend(&by, request).await {
            let hold = attended.answer.hold.map(|hold| hold.id);
            holds.lock().expect("whole").extend(hold);
        }
    });
}

fn decide(life: &Life, dice: &mut Dice, (witness, world): (&Witness, &World)) {
    let last = world.holds.lock().expect("whole").last().cloned();
    let Some(hold) = last else { return };
    let person = dice.pick(&witness.people).clone();
    drop(life.wait(life.firewall.release(&person, &hold, None)));
    for (_, by) in witness.agents.clone() {
        let (firewall, claim) = (life.firewall.clone(), Claim::Hold(hold.clone()));
        life.start(async move { drop(firewall.act(&by, claim).await) });
    }
}

fn close(life: &Life, dice: &mut Dice, (witness, world): (&Witness, &World)) {
    let Some(session) = recent(dice, world) else {
        return;
    };
    let (by, firewall) = (anybody(dice, witness), life.firewall.clone());
    life.start(async move {
        drop(
            firewall
                .close_session(&by, session.id.as_str(), "done")
                .await,
        );
    });
}

fn renew(life: &Life, dice: &mut Dice, (witness, world): (&Witness, &World)) {
    if let Some(session) = recent(dice, world) {
        let by = anybody(dice, witness);
        drop(life.wait(life.firewall.renew_session(&by, session.id.as_str())));
    }
}

fn change_scopes(life: &Life, dice: &mut Dice, (witness, world): (&Witness, &World)) {
    let Some(session) = recent(dice, world) else {
        return;
    };
    let mut patch = ScopePatch::default();
    let name = ScopeName::new(some_scope(dice)).expect("a name");
    if dice.chance(2) {
        patch
            .add
            .push((name, *dice.pick(&[Mode::Read, Mode::Write])));
    } else {
        patch.remove.push(name);
    }
    let by = anybody(dice, witness);
    let id = session.id.as_str();
    drop(life.wait(life.firewall.change_session_scopes(&by, id, patch)));
}

fn change_a_scope(life: &Life, dice: &mut Dice, witness: &Witness) {
    let architect = witness.people.last().expect("an architect").clone();
    let name = *dice.pick(&SCOPES);
    if dice.chance(2) {
        let draft = draft(name, dice.chance(3));
        drop(life.wait(life.firewall.change_scope(&architect, draft)));
    } else {
        drop(life.wait(life.firewall.remove_scope(&architect, name)));
        drop(life.wait(life.firewall.add_scope(&architect, draft(name, false))));
    }
}

fn say_own(life: &Life, dice: &mut Dice, witness: &Witness) {
    let person = dice.pick(&witness.people).clone();
    let said = life
        .firewall
        .say_own_credential(&person, "fake", dice.chance(2));
    drop(life.wait(said));
}

/// Somebody loses everything for a while, or an agent stops.
fn move_people(life: &Life, dice: &mut Dice, witness: &Witness) {
    let architect = witness.people.last().expect("an architect").clone();
    let agent = dice.pick(&witness.agents).0.clone();
    let to = *dice.pick(&[
        AgentStatus::Paused,
        AgentStatus::Active,
        AgentStatus::Active,
    ]);
    let moved = life
        .firewall
        .move_agent(&architect, agent.as_str(), to, None);
    drop(life.wait(moved));
    let ann = witness.people[0].person.as_ref().expect("a person");
    let patch = PersonPatch {
        active: Some(!dice.chance(3)),
        ..PersonPatch::default()
    };
    let changed = life
        .firewall
        .update_person(&architect, ann.id.as_str(), patch);
    drop(life.wait(changed));
}

/// After a life of the gate, and a janitor that was let to work in the next one.
pub(super) fn check(life: &Life, (witness, world): (&Witness, &World), seed: u64) {
    world.begin(life, witness);
    world.issuer.fails.store(0, Ordering::SeqCst);
    world.issuer.go_on(1_000);
    for _ in 0..3 {
        life.clock.advance(Duration::from_secs(301));
        life.wait(life.firewall.sweep()).expect("swept");
        life.wait(life.firewall.tend_leases()).expect("tended");
    }
    let alive = world.issuer.alive();
    assert!(alive.is_empty(), "seed {seed}: {alive:?}");
    assert_eq!(world.issuer.unrecorded(), 0, "seed {seed}");
    let architect = witness.people.last().expect("an architect");
    let left = life.wait(life.firewall.leases(architect, (true, None)));
    assert!(left.expect("leases").is_empty(), "seed {seed}");
    let open = life.wait(life.firewall.sessions(architect, true));
    let open: BTreeSet<_> = open
        .expect("sessions")
        .into_iter()
        .map(|one| one.id)
        .collect();
    for (_, session) in world.rooms.open() {
        assert!(
            open.contains(&session),
            "seed {seed}: the room of {session}"
        );
    }
    let all = RecordQuery::after(0, usize::MAX);
    let records = life.wait(life.firewall.records(architect, all));
    let records: Vec<(RecordKind, Value)> = records
        .expect("records")
        .iter()
        .map(|record| (record.kind, payload(record)))
        .collect();
    every_lease_has_its_records(&records, world, seed);
    no_order_has_more_than_was_granted(&records, (witness, world), seed);
}

fn payload(record: &StoredRecord) -> Value {
    serde_json::from_slice(&record.payload).expect("JSON")
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// Asked once and before it was minted, ended once, and asked while its session was open.
fn every_lease_has_its_records(records: &[(RecordKind, Value)], world: &World, seed: u64) {
    let (mut asked, mut over) = (BTreeSet::new(), BTreeSet::new());
    let mut ended: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, record) in records {
        match kind {
            RecordKind::SessionChange if record["change"] == "ended" => {
                over.insert(text(record, "session_id"));
            }
            RecordKind::LeaseAsked => {
                let session = text(record, "session_id");
                assert!(
                    !over.contains(session),
                    "seed {seed}: after {session} was over"
                );
                assert!(asked.insert(text(record, "lease_id")), "seed {seed}");
            }
            RecordKind::LeaseEnded => *ended.entry(text(record, "lease_id")).or_default() += 1,
            _ => {}
        }
    }
    for id in &asked {
        assert_eq!(ended.get(id), Some(&1), "seed {seed}: {id}");
    }
    for ask in world.issuer.minted() {
        assert!(asked.contains(ask.id.as_str()), "seed {seed}: {}", ask.id);
    }
}

/// What an order was carried out with was minted for its session and agent; for writing only when
/// the session had that, and the action was judged to write and cleared.
fn no_order_has_more_than_was_granted(
    records: &[(RecordKind, Value)],
    (witness, world): (&Witness, &World),
    seed: u64,
) {
    let minted: BTreeMap<String, LeaseAsk> = world
        .issuer
        .minted()
        .into_iter()
        .map(|ask| (ask.id.clone(), ask))
        .collect();
    let decisions: BTreeMap<u64, &Value> = records
        .iter()
        .filter(|(kind, _)| *kind == RecordKind::Decision)
        .filter_map(|(_, record)| Some((record["seq"].as_u64()?, record)))
        .collect();
    let released: BTreeSet<u64> = records
        .iter()
        .filter(|(kind, record)| *kind == RecordKind::HoldOutcome && record["status"] == "RELEASED")
        .filter_map(|(_, record)| record["parent_seq"].as_u64())
        .collect();
    let looked = witness.hands.looks();
    assert!(looked.iter().all(|order| mode(order) != Some(Mode::Write)));
    for order in witness.hands.orders() {
        let decision = decisions[&order.seq];
        let cleared = decision["verdict"] == "CLEARED" || released.contains(&order.seq);
        assert!(cleared, "seed {seed}: {}", order.seq);
        let Some(lease) = &order.lease else {
            assert!(
                decision["scope"].is_null(),
                "seed {seed}: without a credential"
            );
            continue;
        };
        let ask = &minted[&lease.open[0].1];
        assert_eq!(ask.agent, order.agent, "seed {seed}");
        assert_eq!(
            ask.session.as_str(),
            text(decision, "session_id"),
            "seed {seed}"
        );
        assert_eq!(ask.scope.name, text(decision, "scope"), "seed {seed}");
        let writes = decision["risk_tier"].as_u64() >= Some(2);
        assert_eq!(writes, lease.mode == Mode::Write, "seed {seed}");
        let had = &decision["facts"]["session"]["scope"]["write"];
        assert!(!writes || *had == true, "seed {seed}: {}", order.seq);
    }
}

fn mode(order: &Order) -> Option<Mode> {
    order.lease.as_ref().map(|lease| lease.mode)
}
