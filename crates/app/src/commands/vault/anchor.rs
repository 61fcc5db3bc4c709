//! The rates from which shares of tokenised vaults may grow.

use super::{hand::Hand, record::Record};
use crate::config::vault_plan::SharesPlan;
use anyhow::{Context, bail, ensure};
use portcullis_evm::{U256, deployment::Shares, survey::Asker};

/// How long ago a rate may have been looked at, in seconds: the longer, the more a share may be worth by now.
const MOST_AGE: u64 = 30 * 86_400;

/// Shares with the rate that each may grow from, which people have looked at.
///
/// Fails closed: where the plan says none, more than a share is worth now, or one of long ago, nothing is
/// deployed. What was begun before is compared with its code alone.
pub(super) async fn anchored(
    hand: &Hand<'_>,
    told: Vec<(String, SharesPlan)>,
    record: Option<&Record>,
) -> anyhow::Result<Vec<(String, Shares)>> {
    let mut all = Vec::with_capacity(told.len());
    if told.is_empty() {
        return Ok(all);
    }
    let mut asker = hand.ground.asker().await?;
    for (name, plan) in told {
        let begun = record.is_some_and(|record| record.parts.contains_key(&name));
        let (anchor, since) = match plan.anchor {
            Some(anchor) if begun => anchor,
            anchor => looked_at(&mut asker, &name, &plan, anchor).await?,
        };
        let shares = Shares {
            share: plan.share,
            anchor,
            since,
            growth: plan.growth,
            floor: plan.floor,
        };
        all.push((name, shares));
    }
    Ok(all)
}

async fn looked_at(
    asker: &mut Asker<'_>,
    name: &str,
    plan: &SharesPlan,
    anchor: Option<(U256, u64)>,
) -> anyhow::Result<(U256, u64)> {
    let rate = asker.share_rate(plan.share).await?;
    let rate = rate.with_context(|| format!("`shares.{name}.share` is no tokenised vault"))?;
    let now = asker.snapshot().block().time;
    let Some((anchor, since)) = anchor else {
        bail!(
            "`shares.{name}` says no rate to grow from. One share is worth {rate} now, in the smallest unit: if that \
             is right, write `rate: \"{rate}\"` and `since: {now}` there"
        );
    };
    ensure!(
        anchor <= rate,
        "`shares.{name}.rate` is {anchor}, and one share is worth {rate} now"
    );
    ensure!(since <= now, "`shares.{name}.since` is in the future");
    ensure!(
        now.saturating_sub(since) <= MOST_AGE,
        "`shares.{name}.since` is more than 30 days ago: one share is worth {rate} now, at {now}"
    );
    Ok((anchor, since))
}
