//! Verdicts, tiers and states in a few letters: always a word and a shape, never a colour alone.

use crate::console::parts::icon::Icon;
use maud::{Markup, html};
use portcullis_firewall::{hold::HoldStatus, scope::Mode};
use portcullis_policy::tier::{RiskTier, Tier, Verdict};

/// What a badge feels like.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Tone {
    /// Neither.
    #[default]
    Quiet,
    /// Stands out, without a judgement.
    Accent,
    /// All is well.
    Good,
    /// Somebody should look.
    Warning,
    /// Stopped, or wrong.
    Bad,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Quiet => "badge plain",
            Self::Accent => "badge accent",
            Self::Good => "badge cleared",
            Self::Warning => "badge held",
            Self::Bad => "badge blocked",
        }
    }
}

/// A badge with words of our own.
#[must_use]
pub fn label(tone: Tone, words: &str) -> Markup {
    html! { span class=(tone.class()) { (words) } }
}

/// A badge with a drawing before its words.
#[must_use]
pub fn drawn(tone: Tone, icon: Icon, words: &str) -> Markup {
    html! { span class=(tone.class()) { (icon.draw()) (words) } }
}

/// CLEARED, HELD or BLOCKED.
#[must_use]
pub fn verdict(verdict: Verdict) -> Markup {
    match verdict {
        Verdict::Cleared => drawn(Tone::Good, Icon::Check, "CLEARED"),
        Verdict::Held => drawn(Tone::Warning, Icon::Pause, "HELD"),
        Verdict::Blocked => drawn(Tone::Bad, Icon::Cross, "BLOCKED"),
    }
}

/// Where a hold stands.
#[must_use]
pub fn hold(status: HoldStatus) -> Markup {
    match status {
        HoldStatus::Held => drawn(Tone::Warning, Icon::Pause, "Waiting"),
        HoldStatus::Released => drawn(Tone::Good, Icon::Check, "Approved"),
        HoldStatus::Killed => drawn(Tone::Bad, Icon::Cross, "Rejected"),
        HoldStatus::TimedOut => drawn(Tone::Bad, Icon::Cross, "Timed out: refused"),
        HoldStatus::Superseded => drawn(Tone::Bad, Icon::Cross, "Superseded: refused"),
    }
}

/// What may be done with a scope or a credential.
#[must_use]
pub fn mode(mode: Mode) -> Markup {
    match mode {
        Mode::Read => label(Tone::Quiet, "Read"),
        Mode::Write => label(Tone::Warning, "Write"),
    }
}

/// Who decides, as a letter and in words.
#[must_use]
pub fn tier(tier: Tier) -> Markup {
    let (tone, words) = match tier {
        Tier::A => (Tone::Quiet, "A · agent alone"),
        Tier::B => (Tone::Warning, "B · people decide"),
        Tier::C => (Tone::Bad, "C · policy refuses"),
        Tier::X => (Tone::Bad, "X · principle refuses"),
    };
    label(tone, words)
}

/// How risky an action is: rungs that fill up, the number and the name.
#[must_use]
pub fn risk(risk: RiskTier) -> Markup {
    let tone = match risk {
        RiskTier::Observe | RiskTier::Inform | RiskTier::LowWrite => Tone::Quiet,
        RiskTier::HighWrite => Tone::Warning,
        RiskTier::Destructive | RiskTier::Prohibited => Tone::Bad,
    };
    html! {
        span class=(tone.class()) {
            span class="rungs" aria-hidden="true" {
                @for rung in 1..=5 { i class=[(rung <= risk.number()).then_some("on")] {} }
            }
            "Tier " (risk)
        }
    }
}
