//! The story: what the agent tries, chapter by chapter.

use super::{act::Wish, stage::Stage};
use crate::{client::ClientError, output::table::text_at};
use anyhow::Context;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// How many times the agent asks before the last time.
const BURST: usize = 24;

/// Reading and explaining are free, as long as the tenant policy lists them.
pub(super) async fn looking(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    stage
        .act(
            "Look at what runs",
            Wish::to("workloads.list", "fleet").because("the morning round of the fleet"),
            "CLEARED",
        )
        .await?;
    stage
        .act(
            "Explain why a training job failed",
            Wish::to("failures.explain", "job-4711")
                .because("job-4711 died on node h100-07 with an ECC error at 03:12"),
            "CLEARED",
        )
        .await?;
    stage
        .act(
            "Start it again, without saying why",
            Wish::to("workloads.resubmit", "job-4711").using(job(4, 2)),
            "BLOCKED",
        )
        .await
}

/// Jobs: small ones owe a dry run, large ones need a person, and a permit is spent once.
pub(super) async fn submitting(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    let small = Wish::to("workloads.resubmit", "job-4711")
        .using(job(4, 2))
        .because("one bad node; the job avoids h100-07 now")
        .with_permit();
    stage
        .act("The same with a reason, on 4 GPUs", small, "CLEARED")
        .await?;
    let why = text_at(&stage.last()?.answer, "permit_withheld");
    stage
        .then(&format!(
            "it asked for a permit as well, and gets none yet: {why}"
        ))
        .await?;

    let large = Wish::to("workloads.submit", "pool_train")
        .using(job(5, 2))
        .because("evaluation of last night's checkpoint, agreed with ml-research");
    stage
        .act("Submit a job of 5 GPUs", large.clone(), "HELD")
        .await?;
    retried(stage, &large).await?;
    let hold = stage
        .decide(&stage.cast.ana, "release", "agreed in the stand-up")
        .await?;
    stage.surprised_unless(text_at(&hold, "status") == "RELEASED");
    stage
        .then("Ana, who is on call, reads the hold and releases it")
        .await?;
    spent(stage).await
}

/// The agent's connection breaks; asking again makes no second hold.
async fn retried(stage: &mut Stage<'_>, wish: &Wish) -> anyhow::Result<()> {
    let again = stage.cast.watch.post("/v1/govern", &wish.body()).await?;
    let same = text_at(&again, "hold_id") == stage.last()?.hold();
    stage.surprised_unless(same && again.get("repeated") == Some(&Value::Bool(true)));
    stage
        .then("its connection breaks; it asks again and gets the same hold, not a second one")
        .await
}

/// A permit is claimed, spent, and then worth nothing.
async fn spent(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    let watch = &stage.cast.watch;
    let act = stage.last()?;
    let claimed = watch
        .post(&format!("/v1/holds/{}/claim", act.hold()), &json!({}))
        .await?;
    let permit = claimed.get("permit").cloned().context("no permit came")?;
    let body = json!({ "permit": permit, "action_digest": act.answer.get("action_digest") });
    watch.post("/v1/permits/redeem", &body).await?;
    let seq = act.seq();
    let again = watch.post("/v1/permits/redeem", &body).await;
    let outcome = json!({ "result": "succeeded", "effect": "ran to its end", "gpu_hours": 10.0, "cost_usd": 39.0 });
    watch
        .post(&format!("/v1/actions/{seq}/outcome"), &outcome)
        .await?;
    stage
        .then("the agent claims its permit and spends it: this one job may run, once")
        .await?;
    let said = refusal(stage, again);
    stage
        .then(&format!(
            "something sends the same permit a second time; the gate says: {said}"
        ))
        .await?;
    stage
        .then("the job ran; its cost is settled, and with the outcome it is on record")
        .await
}

/// Caps, budgets, confidence and rates.
pub(super) async fn limits(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    stage
        .act(
            "Submit a job of 128 GPUs",
            Wish::to("workloads.submit", "pool_train")
                .using(job(128, 1))
                .because("a larger batch would finish before the weekend"),
            "BLOCKED",
        )
        .await?;
    let dear = json!({ "gpus": 64, "gpu_type": "A100", "hours": 40, "team": "ml-platform" });
    stage
        .act(
            "Start a long job again on 64 cheaper GPUs",
            Wish::to("workloads.resubmit", "job-4650")
                .using(dear)
                .because("job-4650 was preempted twice yesterday"),
            "BLOCKED",
        )
        .await?;
    stage
        .act(
            "Ask for maintenance of a node, unsure of what is wrong",
            Wish::to("maintenance.request", "h100-07")
                .unsure(0.55)
                .because("three jobs hung here; the logs show a pattern not seen before"),
            "HELD",
        )
        .await?;
    let killed = stage
        .decide(
            &stage.cast.ana,
            "kill",
            "known firmware bug, fixed on Friday",
        )
        .await?;
    stage.surprised_unless(text_at(&killed, "status") == "KILLED");
    stage
        .then("Ana knows the pattern, and refuses; one person's no is final")
        .await?;
    looped(stage).await
}

/// The agent is stuck in a loop.
async fn looped(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    let wish =
        Wish::to("workloads.metrics", "job-4711").because("watching the loss of the new run");
    stage.wait(SignedDuration::from_mins(2));
    let actions = vec![wish.body(); BURST];
    let batch = stage
        .cast
        .watch
        .post("/v1/govern/batch", &json!({ "actions": actions }))
        .await?;
    let results = batch
        .get("results")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let cleared = results
        .iter()
        .filter(|one| text_at(one, "verdict") == "CLEARED")
        .count();
    // The act itself comes right after the burst, within the same minute.
    stage.wait(-SignedDuration::from_mins(4));
    stage
        .act(
            "Read the same metrics 25 times in a second",
            wish,
            "BLOCKED",
        )
        .await?;
    stage.surprised_unless(results.len() == BURST && cleared == 20);
    stage
        .then("this was the last of them; the first 20 were cleared, as the limit allows")
        .await?;
    stage.wait(SignedDuration::from_mins(4));
    Ok(())
}

/// The change window, the emergency, and the grant.
pub(super) async fn windows(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    let restart = Wish::to("maintenance.request", "serving-03")
        .in_environment("serving")
        .because("the driver update for serving-03 is ready to be installed");
    stage
        .act(
            "Change a serving node on a Wednesday morning",
            restart,
            "HELD",
        )
        .await?;
    let killed = stage
        .decide(&stage.cast.ana, "kill", "it can wait for Thursday night")
        .await?;
    stage.surprised_unless(text_at(&killed, "status") == "KILLED");
    stage
        .then("Ana refuses: it can wait for Thursday night")
        .await?;
    stage.wait(SignedDuration::from_mins(56));
    let burning = Wish::to("maintenance.request", "serving-03")
        .in_environment("serving")
        .because("serving-03 now drops every fourth request; customers see errors")
        .in_an_emergency();
    stage
        .act(
            "The same an hour later, as an emergency",
            burning,
            "CLEARED",
        )
        .await?;
    let rotate = Wish::to("log_rotate", "app-logs")
        .in_environment("serving")
        .using(json!({ "file_size_mb": 120 }))
        .because("the volume of app-logs is 91 percent full");
    stage
        .act(
            "Rotate logs there, outside the window as well",
            rotate,
            "CLEARED",
        )
        .await
}

/// What cannot be undone.
pub(super) async fn grave(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    let release = Wish::to("allocations.release", "alloc-88")
        .using(json!({ "running_workloads": ["job-4711", "job-4712"] }))
        .because("the allocation of ml-research ends today");
    stage
        .act("Release an allocation with running jobs", release, "HELD")
        .await?;
    let first = stage
        .decide(&stage.cast.ana, "release", "the team has moved on")
        .await?;
    stage.surprised_unless(text_at(&first, "status") == "HELD");
    stage
        .then("Ana approves; it still waits, for this needs two people")
        .await?;
    let twice = stage.decide(&stage.cast.ana, "release", "once more").await;
    let said = refusal(stage, twice);
    stage
        .then(&format!("she approves once more; the gate says: {said}"))
        .await?;
    let second = stage.decide(&stage.cast.ben, "release", "agreed").await?;
    stage.surprised_unless(text_at(&second, "status") == "RELEASED");
    stage
        .then("Ben, who leads the team, approves as well: now it is released")
        .await?;
    stage
        .act(
            "Delete a capacity pool",
            Wish::to("pools.delete", "pool_old")
                .in_environment("production")
                .because("nothing has run in pool_old for a month"),
            "BLOCKED",
        )
        .await?;
    stage
        .act(
            "Take health data out of the cluster",
            Wish::to("data_export", "radiology-set")
                .using(json!({ "destination": "partner-bucket", "estimated_cost_usd": 12 }))
                .touching("PHI")
                .because("the partner asked for the newest scans"),
            "BLOCKED",
        )
        .await
}

/// The agent speaks in another's name, and what that costs it.
pub(super) async fn impostor(stage: &mut Stage<'_>) -> anyhow::Result<()> {
    let capacity = stage.cast.capacity_id.clone();
    stage
        .act(
            "Ask in the name of another agent, capacity-bot",
            Wish::to("workloads.list", "fleet")
                .in_the_name_of(&capacity)
                .because("capacity-bot may do things that night-watch may not"),
            "BLOCKED",
        )
        .await?;
    stage
        .then("who breaks a principle loses autonomy: from now on people decide for night-watch")
        .await?;
    stage
        .act(
            "Look at what runs, once more",
            Wish::to("workloads.list", "fleet").because("the evening round of the fleet"),
            "HELD",
        )
        .await?;
    let path = format!("/v1/agents/{}", stage.cast.watch_id);
    let restored = json!({ "tier_override": null });
    let ask = crate::client::Ask::json(&restored);
    stage
        .cast
        .architect
        .ask(hyper::Method::PATCH, &path, ask)
        .await?;
    stage
        .then("an architect has looked into it and gives the agent its autonomy back")
        .await
}

fn job(gpus: u32, hours: u32) -> Value {
    json!({
        "gpus": gpus,
        "gpu_type": "H100",
        "hours": hours,
        "team": "ml-research",
        "job_class": "ELASTIC",
    })
}

/// What the gate says when it refuses; it must.
fn refusal(stage: &mut Stage<'_>, answer: Result<Value, ClientError>) -> String {
    match answer {
        Err(ClientError::Refused(refusal)) => refusal.message,
        Err(other) => {
            stage.surprised_unless(false);
            other.to_string()
        }
        Ok(_) => {
            stage.surprised_unless(false);
            "nothing".to_owned()
        }
    }
}
