//! What happens: one step at a time, by chance.

use super::{dice::Dice, life::Life, witness::Witness};
use portcullis_firewall::{
    principal::{Principal, Role},
    turn::{Claim, OutcomeResult, Resolution},
};
use portcullis_policy::{amount::Micros, facts::AgentStatus};
use serde_json::{Value, json};
use std::time::Duration;

pub(super) fn step(life: &Life, dice: &mut Dice, witness: &mut Witness) {
    life.clock
        .advance(Duration::from_millis(dice.below(8_000) as u64));
    match dice.below(26) {
        0..=8 => ask(life, dice, witness),
        9 if dice.chance(2) => burst(life, dice, witness),
        9..=11 => decide(life, dice, witness),
        12 => claim(life, dice, witness),
        13 | 14 => redeem(life, dice, witness),
        15 => report(life, dice, witness),
        16 if dice.chance(2) => time_passes(life, dice),
        16 => drop(life.wait(life.firewall.sweep())),
        17 => trouble(life, dice),
        18 => abandon(life, dice, witness),
        19..=21 => act(life, dice, witness),
        22 => resolve(life, dice, witness),
        23 | 24 => attend(life, dice, witness),
        _ => move_agent(life, dice, witness),
    }
}

fn action(dice: &mut Dice) -> Value {
    let kind = *dice.pick(&[
        "workloads.list",
        "note_write",
        "log_rotate",
        "workloads.submit",
        "workloads.submit",
        "allocations.release",
        "pools.delete",
        "never.heard_of",
    ]);
    json!({
        "action": kind,
        "target": dice.pick(&["cluster-1", "cluster-1", "cluster-1", "hangs", "is-silent", "fails"]),
        "environment": *dice.pick(&["staging", "production"]),
        "parameters": {
            "requested_gpus": dice.pick(&[1, 4, 5, 8, 65]),
            "gpu_type": "H100",
            "estimated_cost_usd": dice.pick(&[0.5, 3.0, 9.0, 40.0]),
        },
        "confidence": { "fix": dice.pick(&[0.4, 0.9]) },
        "permit": dice.chance(2),
    })
}

fn ask(life: &Life, dice: &mut Dice, witness: &mut Witness) {
    let principal = dice.pick(&witness.agents).1.clone();
    let key = dice.chance(4).then(|| format!("key-{}", dice.below(30)));
    let bytes = action(dice).to_string();
    let request = life
        .firewall
        .read_request(&principal, bytes.as_bytes(), key.as_deref());
    let request = request.expect("a good request");
    let Ok(answer) = life.wait(life.firewall.govern(&principal, request)) else {
        return;
    };
    witness
        .verdicts
        .push((answer.seq, answer.hash, answer.verdict));
    witness.holds.extend(answer.hold.map(|hold| hold.id));
    witness.permits.extend(answer.permit);
}

/// Many at once, so that they share batches.
fn burst(life: &Life, dice: &mut Dice, witness: &mut Witness) {
    let mut asked = Vec::new();
    for _ in 0..dice.below(40) {
        let principal = dice.pick(&witness.agents).1.clone();
        let bytes = action(dice).to_string();
        let request = life
            .firewall
            .read_request(&principal, bytes.as_bytes(), None);
        asked.push((principal, request.expect("a good request")));
    }
    let firewall = life.firewall.clone();
    let answers = life.wait(async {
        let mut told = Vec::new();
        for (principal, request) in asked {
            let firewall = firewall.clone();
            told.push(tokio::spawn(async move {
                firewall.govern(&principal, request).await
            }));
        }
        let mut answers = Vec::new();
        for task in told {
            answers.push(task.await.expect("no panic"));
        }
        answers
    });
    for answer in answers.into_iter().flatten() {
        witness
            .verdicts
            .push((answer.seq, answer.hash, answer.verdict));
        witness.holds.extend(answer.hold.map(|hold| hold.id));
        witness.permits.extend(answer.permit);
    }
}

/// One of the last few: older ones are mostly over.
fn recent(dice: &mut Dice, of: &[String]) -> String {
    dice.pick(&of[of.len().saturating_sub(4)..]).clone()
}

fn decide(life: &Life, dice: &mut Dice, witness: &Witness) {
    if witness.holds.is_empty() {
        return;
    }
    let hold = recent(dice, &witness.holds);
    let person = dice.pick(&witness.people).clone();
    if dice.chance(4) {
        drop(life.wait(life.firewall.kill(&person, &hold, Some("no"))));
    } else {
        drop(life.wait(life.firewall.release(&person, &hold, None)));
    }
}

fn claim(life: &Life, dice: &mut Dice, witness: &mut Witness) {
    if witness.holds.is_empty() {
        return;
    }
    let hold = recent(dice, &witness.holds);
    for (_, principal) in witness.agents.clone() {
        if let Ok(permit) = life.wait(life.firewall.claim(&principal, &hold)) {
            *witness.claimed.entry(hold.clone()).or_default() += 1;
            witness.permits.push(permit);
        }
    }
}

fn redeem(life: &Life, dice: &mut Dice, witness: &mut Witness) {
    if witness.permits.is_empty() {
        return;
    }
    let permit = recent(dice, &witness.permits);
    let tenant = witness.people[0].tenant.clone();
    let client = Principal {
        tenant,
        key: "a tool".to_owned(),
        role: Role::Client,
        person: None,
    };
    if life
        .wait(life.firewall.redeem(&client, &permit, None))
        .is_ok()
    {
        *witness.redeemed.entry(permit).or_default() += 1;
    }
}

/// Has the gate act, on whatever entitles to it, and does not wait for the end: some targets never
/// answer, and sometimes the gate dies over it.
fn act(life: &Life, dice: &mut Dice, witness: &Witness) {
    if witness.holds.is_empty() || witness.permits.is_empty() {
        return;
    }
    let claim = match dice.below(3) {
        0 => Claim::Hold(recent(dice, &witness.holds)),
        1 => Claim::Permit(recent(dice, &witness.permits)),
        _ => Claim::Decision(dice.pick(&witness.verdicts).0),
    };
    for (_, principal) in witness.agents.clone() {
        let (firewall, claim) = (life.firewall.clone(), claim.clone());
        life.start(async move { drop(firewall.act(&principal, claim).await) });
    }
    pause(life, dice);
}

/// Asks and has the gate act in one call, and does not wait for the end.
fn attend(life: &Life, dice: &mut Dice, witness: &Witness) {
    let principal = dice.pick(&witness.agents).1.clone();
    let key = dice.chance(4).then(|| format!("key-{}", dice.below(30)));
    let bytes = action(dice).to_string();
    let request = life
        .firewall
        .read_request(&principal, bytes.as_bytes(), key.as_deref());
    let request = request.expect("a good request");
    let firewall = life.firewall.clone();
    life.start(async move { drop(firewall.attend(&principal, request).await) });
    pause(life, dice);
}

/// Lets what was started go on for a little.
pub(super) fn pause(life: &Life, dice: &mut Dice) {
    let pauses = dice.below(40);
    life.wait(async {
        for _ in 0..pauses {
            tokio::task::yield_now().await;
        }
    });
}

/// A person says what became of the oldest action whose end nobody knows.
fn resolve(life: &Life, dice: &mut Dice, witness: &Witness) {
    let person = dice.pick(&witness.people).clone();
    let open = life.wait(life.firewall.open_executions(&person));
    let Some(oldest) = open.ok().and_then(|open| open.into_iter().next()) else {
        return;
    };
    let found = Resolution {
        done: dice.chance(2),
        why: "looked".to_owned(),
        cost_usd: None,
        gpu_hours: None,
    };
    drop(life.wait(life.firewall.resolve_execution(&person, oldest.seq, found)));
}

fn report(life: &Life, dice: &mut Dice, witness: &Witness) {
    if witness.verdicts.is_empty() {
        return;
    }
    let seq = dice.pick(&witness.verdicts).0;
    let principal = dice.pick(&witness.agents).1.clone();
    let result = *dice.pick(&[
        OutcomeResult::Succeeded,
        OutcomeResult::Failed,
        OutcomeResult::Unknown,
    ]);
    let cost = dice
        .chance(2)
        .then(|| Micros::new(1_000_000 * dice.below(5) as u64));
    drop(
        life.wait(
            life.firewall
                .report(&principal, seq, (result, String::new(), cost, None)),
        ),
    );
}

fn time_passes(life: &Life, dice: &mut Dice) {
    match dice.below(6) {
        0 => life
            .clock
            .jump_back(Duration::from_secs(dice.below(400) as u64)),
        1 => life.clock.advance(Duration::from_secs(2_000)),
        2 => life.clock.advance(Duration::from_secs(40_000)),
        _ => life
            .clock
            .advance(Duration::from_millis(dice.below(60_000) as u64)),
    }
}

pub(super) fn trouble(life: &Life, dice: &mut Dice) {
    if dice.chance(2) {
        life.ledger.fail_next(1);
    } else {
        life.ledger.fail_after_write(1);
    }
}

/// Asks and does not wait: the answer is lost, or the gate dies over it.
fn abandon(life: &Life, dice: &mut Dice, witness: &Witness) {
    let principal = dice.pick(&witness.agents).1.clone();
    let bytes = action(dice).to_string();
    let request = life
        .firewall
        .read_request(&principal, bytes.as_bytes(), None);
    let request = request.expect("a good request");
    let firewall = life.firewall.clone();
    life.start(async move { drop(firewall.govern(&principal, request).await) });
}

fn move_agent(life: &Life, dice: &mut Dice, witness: &Witness) {
    let architect = witness.people.last().expect("an architect").clone();
    let agent = dice.pick(&witness.agents).0.clone();
    let to = *dice.pick(&[
        AgentStatus::Paused,
        AgentStatus::Active,
        AgentStatus::Active,
        AgentStatus::Active,
        AgentStatus::Active,
        AgentStatus::Blocked,
    ]);
    drop(
        life.wait(
            life.firewall
                .move_agent(&architect, agent.as_str(), to, Some("simulated")),
        ),
    );
}
