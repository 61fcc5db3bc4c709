//! The words of a letter about a hold.
//!
//! Nothing in it decides anything: a mail scanner that opens every link must not approve. The
//! texts of a notice are single visible lines; here they lose what a mail reader makes a link of.

use super::{
    link::{ConsoleAddress, segment},
    notice::{Notice, Unended},
    subject::Subject,
};
use portcullis_firewall::{outside::Letter, visible::excerpt};
use std::fmt::Write;

/// The longest part of a subject that comes from elsewhere, in bytes.
const SUBJECT_PART: usize = 60;

/// A letter about a hold that waits, to these addresses.
pub(super) fn compose(notice: &Notice, console: &ConsoleAddress, to: Vec<String>) -> Letter {
    Letter {
        to,
        subject: subject(notice),
        text: text(notice, console),
        message_id: format!("portcullis.{}.{}", segment(&notice.tenant), notice.seq),
    }
}

/// A letter about budgets that are nearly used up, to these addresses.
pub(super) fn warn(notice: &Notice, to: Vec<String>) -> Letter {
    let mut text = String::from("Budgets of the gate are nearly used up.\n\n");
    for budget in notice.budgets.iter().flatten() {
        // Writing to a string does not fail.
        let _ = writeln!(text, "* {}", plain(Some(budget)));
    }
    let _ = write!(
        text,
        "\n{:<12} {}\n{:<12} {}\n{:<12} {}\n\nWhat would go over a limit is refused.\n",
        "Tenant",
        plain(Some(&notice.tenant)),
        "Agent",
        plain(notice.agent.as_deref()),
        "Action",
        plain(notice.action_type.as_deref()),
    );
    Letter {
        to,
        subject: format!(
            "[{}] A budget is nearly used up",
            excerpt(&notice.tenant, SUBJECT_PART).text
        ),
        text,
        message_id: format!(
            "portcullis.{}.{}.budget",
            segment(&notice.tenant),
            notice.seq
        ),
    }
}

/// A letter about a credential that may live, to these addresses.
pub(super) fn alarm(notice: &Notice, lease: &Unended, to: Vec<String>) -> Letter {
    let mut text = String::from(
        "A credential that must end could not be ended. It may live, and whoever has it could use it.\n\n",
    );
    let rows = [
        ("Tenant", notice.tenant.as_str()),
        ("Lease", &lease.id),
        ("Scope", &lease.scope),
        ("Session", &lease.session),
        ("Agent", notice.agent.as_deref().unwrap_or_default()),
        ("Failure", &lease.code),
    ];
    for (name, value) in rows {
        // Writing to a string does not fail, here and below.
        let _ = writeln!(text, "{name:<12} {}", plain(Some(value)));
    }
    let _ = write!(
        text,
        "{:<12} {}\n\nThe gate does not use it any more, and tries again ever more seldom. Look at the provider,\n\
         and end it there if it lives: it goes by the lease's id.\n",
        "Tries", lease.tries,
    );
    Letter {
        to,
        subject: format!(
            "[{}] A credential may live that must not",
            excerpt(&notice.tenant, SUBJECT_PART).text
        ),
        text,
        message_id: format!("portcullis.{}.{}", segment(&notice.tenant), notice.seq),
    }
}

fn subject(notice: &Notice) -> String {
    let again = match notice.subject {
        Subject::HoldEscalated => "Still waiting",
        _ => "Waiting",
    };
    let short = |part: &Option<String>| {
        let part = plain(part.as_deref());
        excerpt(&part, SUBJECT_PART).text.to_owned()
    };
    format!(
        "[{}] {again} for a decision: {} on {} by {}",
        excerpt(&notice.tenant, SUBJECT_PART).text,
        short(&notice.action_type),
        short(&notice.target),
        short(&notice.agent),
    )
}

fn text(notice: &Notice, console: &ConsoleAddress) -> String {
    let mut text = String::from("An agent's action waits for people to decide.\n\n");
    if let Some(link) = notice.hold.as_deref().and_then(|id| console.hold(id)) {
        // Writing to a string does not fail, here and below.
        let _ = write!(text, "Look at it and decide, signed in:\n{link}\n\n");
    } else {
        text.push_str("Look at it and decide in the console of the gate.\n\n");
    }
    let asked = notice.asked.as_deref().unwrap_or_default();
    let asked = match asked {
        [] => "anybody who decides".to_owned(),
        names => plain(Some(&names.join(", "))),
    };
    let given = notice.approvals.unwrap_or_default();
    let needed = notice.approvals_required.unwrap_or(1);
    let risk = notice
        .risk_tier
        .map_or_else(String::new, |risk| risk.to_string());
    let rows = [
        ("Tenant", plain(Some(&notice.tenant))),
        ("Hold", plain(notice.hold.as_deref())),
        ("Agent", plain(notice.agent.as_deref())),
        ("Action", plain(notice.action_type.as_deref())),
        ("Target", plain(notice.target.as_deref())),
        ("Environment", plain(notice.environment.as_deref())),
        ("Risk tier", risk),
        ("Asked", asked),
        ("Approvals", format!("{given} of {needed}")),
        ("Decide by", plain(notice.ends_at.as_deref())),
    ];
    for (name, value) in rows {
        let _ = writeln!(text, "{name:<12} {value}");
    }
    text.push_str(
        "\nAction, target and environment are what the agent says. This letter cannot decide\n\
         anything, and nobody needs to answer it. Undecided, the action is refused.\n",
    );
    text
}

/// A visible line without anything that a mail reader makes a link to elsewhere of.
fn plain(text: Option<&str>) -> String {
    text.unwrap_or("(not known)").replace("://", "[:]//")
}
