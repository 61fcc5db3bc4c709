//! GPU fleets (seed 000).

use crate::catalogue::row::{
    Row,
    Rule::{Cancel, Disturb, Gpus, Instances, Mail},
    Spends::{GpuTime, Nothing, Stated},
    destructive, high, inform, line, observe, prohibited,
};

pub(super) const ROWS: &[Row] = &[
    // Tier 0: observe.
    observe("workloads.list", "list workloads"),
    observe("workloads.get", "look at one workload"),
    observe("workloads.search", "search workloads"),
    observe("workloads.stats", "count workloads"),
    observe("workloads.aggregations", "add up workloads"),
    observe("workloads.metrics", "read metrics of one workload"),
    observe("workloads.metrics_ranked", "rank workloads by a metric"),
    observe("workloads.logs", "read logs of a workload"),
    observe("gpus.status", "check GPU status"),
    observe("metrics.global", "read metrics of the whole fleet"),
    observe("capacity.get", "look at capacity"),
    observe("pools.list", "list capacity pools"),
    observe("pools.get", "look at one capacity pool"),
    observe("reservations.list", "list reservations"),
    observe("allocations.list", "list allocations"),
    observe("allocations.get", "look at one allocation"),
    observe("teams.list", "list teams"),
    observe("teams.get", "look at one team"),
    observe("templates.list", "list templates"),
    observe("templates.get", "look at one template"),
    observe("budgets.get", "look at budgets"),
    // Tier 1: inform.
    inform("failures.explain", "explain a failure"),
    inform("capacity.analyze", "analyze capacity trends"),
    inform("reports.generate", "write a report"),
    inform("maintenance.request", "ask for maintenance of a node"),
    inform("incident.escalate", "hand an incident to people"),
    // Tiers 2 and 3: by size.
    line("workloads.submit", Gpus, GpuTime, "submit a job"),
    line(
        "workloads.resubmit",
        Gpus,
        GpuTime,
        "submit a failed job again with another configuration",
    ),
    line(
        "allocations.create",
        Instances,
        Stated,
        "create an allocation",
    ),
    line("email.send", Mail, Nothing, "send a mail"),
    // Tier 3: significant.
    high(
        "allocations.transfer",
        Nothing,
        "move an allocation to another team",
    ),
    high("reservations.create", Stated, "create a reservation"),
    high("teams.create", Nothing, "create a team"),
    high(
        "workloads.set_priority",
        Nothing,
        "change a workload's priority",
    ),
    // Tiers 3 and 4: by what is running.
    line(
        "nodes.isolate",
        Disturb,
        Nothing,
        "take a node out of scheduling",
    ),
    line(
        "workloads.migrate",
        Disturb,
        Nothing,
        "move a workload to other nodes",
    ),
    line("workloads.cancel", Cancel, Nothing, "cancel a workload"),
    // Tier 4: irreversible.
    destructive("allocations.release", Nothing, "release an allocation"),
    destructive("reservations.update", Stated, "change a reservation"),
    destructive("reservations.delete", Nothing, "delete a reservation"),
    destructive("teams.delete", Nothing, "delete a team"),
    // Tier 5: never for an agent.
    prohibited("budgets.update", "change a budget"),
    prohibited("policy.update", "change the rules"),
    prohibited("approvers.update", "change who approves"),
    prohibited("pools.delete", "delete a capacity pool"),
    prohibited("clusters.delete", "delete a cluster"),
    prohibited("nodes.delete", "delete a node"),
    prohibited("infrastructure.destroy", "destroy infrastructure"),
];
