//! What an action asks for, in numbers.

use super::{
    count::Count,
    manifest::{Manifest, gpus},
};
use crate::{
    action::Action,
    command::{account::Account, asked::Malformed, kinds::is_kind},
};
use serde_json::Value;
use smallvec::SmallVec;
use std::cell::OnceCell;

/// The action type of commands.
pub const COMMAND: &str = "command.run";

/// The numbers and states among the parameters of one action, gathered in one pass.
///
/// Where several parameters say the same thing the largest counts, so that none can hide another.
#[derive(Clone, Debug)]
pub struct Demand<'a> {
    /// The action.
    pub action: &'a Action,
    /// Compute instances.
    pub instances: Count,
    /// US dollars, as the agent estimates.
    pub stated_usd: Count,
    /// GPU-hours, as the agent estimates.
    pub stated_gpu_hours: Count,
    /// How long it takes, in hours; zero is as good as nothing said.
    pub hours: Count,
    /// The type of GPU.
    pub gpu_type: Option<&'a str>,
    /// Whether running jobs are stopped.
    pub stops_running_job: Option<bool>,
    status: Option<&'a Value>,
    requested_gpus: Count,
    gpus_per_pod: Count,
    pods: Count,
    template: bool,
    template_gpus: Count,
    written: [Option<&'a Value>; 2],
    manifests: OnceCell<SmallVec<[Manifest<'a>; 1]>>,
    gpus: OnceCell<Count>,
    command: OnceCell<Result<Account, Malformed>>,
}

impl<'a> Demand<'a> {
    /// Gathers what an action asks for.
    #[must_use]
    pub fn of(action: &'a Action) -> Self {
        let mut demand = Self::nothing(action);
        for (name, value) in &action.parameters {
            demand.take(name, value);
        }
        demand
    }

    const fn nothing(action: &'a Action) -> Self {
        Self {
            action,
            instances: Count::Unstated,
            stated_usd: Count::Unstated,
            stated_gpu_hours: Count::Unstated,
            hours: Count::Unstated,
            gpu_type: None,
            stops_running_job: None,
            status: None,
            requested_gpus: Count::Unstated,
            gpus_per_pod: Count::Unstated,
            pods: Count::Unstated,
            template: false,
            template_gpus: Count::Unstated,
            written: [None, None],
            manifests: OnceCell::new(),
            gpus: OnceCell::new(),
            command: OnceCell::new(),
        }
    }

    fn take(&mut self, name: &str, value: &'a Value) {
        let (slot, count) = match name {
            "instances" | "allocated_instances" | "instance_count" => {
                (&mut self.instances, Count::read(value))
            }
            "estimated_cost_usd" | "cost_usd" => (&mut self.stated_usd, Count::read(value)),
            "gpu_hours" | "estimated_gpu_hours" => (&mut self.stated_gpu_hours, Count::read(value)),
            "hours" | "duration_hours" | "expected_hours" => (&mut self.hours, hours(value, 1.0)),
            "duration_seconds" => (&mut self.hours, hours(value, 3600.0)),
            "requested_gpus" | "gpus" | "gpu_count" | "num_gpus" => {
                (&mut self.requested_gpus, Count::read(value))
            }
            "gpus_per_pod" => (&mut self.gpus_per_pod, Count::read(value)),
            "requested_pods" | "min_pods" | "max_pods" => (&mut self.pods, Count::read(value)),
            "template_requested_gpus" => (&mut self.template_gpus, Count::read(value)),
            _ => return self.take_state(name, value),
        };
        *slot = slot.or_more(count);
    }

    fn take_state(&mut self, name: &str, value: &'a Value) {
        match name {
            "gpu_type" => self.gpu_type = value.as_str(),
            "status" => self.status = Some(value),
            "stops_running_job" => self.stops_running_job = value.as_bool(),
            "template_id" => self.template = !value.is_null(),
            "k8s_manifest" => self.written[0] = Some(value),
            "manifest" => self.written[1] = Some(value),
            _ => {}
        }
    }

    /// The GPUs the action gets hold of, wherever it says so: the largest of what it requests,
    /// GPUs per pod times pods, what its manifests add up to and what its template requests.
    #[must_use]
    pub fn gpus(&self) -> Count {
        *self.gpus.get_or_init(|| self.count_gpus())
    }

    fn count_gpus(&self) -> Count {
        let pods = match self.gpus_per_pod {
            Count::Unstated => Count::Unstated,
            per_pod => per_pod.times(self.pods),
        };
        let template = match self.template_gpus {
            // A template that does not say what it asks for may ask for anything.
            Count::Unstated if self.template => Count::Unclear,
            stated => stated,
        };
        let stated = self.requested_gpus.or_more(pods).or_more(template);
        let manifests = self.manifests().iter().map(gpus::count);
        manifests.fold(stated, Count::or_more)
    }

    /// What is written in its Kubernetes manifests.
    #[must_use]
    pub fn manifests(&self) -> &[Manifest<'a>] {
        self.manifests.get_or_init(|| {
            self.written
                .iter()
                .flatten()
                .filter_map(|written| Manifest::read(written))
                .collect()
        })
    }

    /// The command it wants to run, part by part; nothing for actions that are no commands.
    #[must_use]
    pub fn command(&self) -> Option<&Result<Account, Malformed>> {
        let read = || Account::read(&self.action.parameters);
        (self.action.kind.as_str() == COMMAND).then(|| self.command.get_or_init(read))
    }

    /// Whether the action says that its workload waits to run.
    pub(super) fn waits_to_run(&self) -> bool {
        let waiting = |status: &str| {
            let status = status.trim();
            status.eq_ignore_ascii_case("pending") || status.eq_ignore_ascii_case("queued")
        };
        self.status.and_then(Value::as_str).is_some_and(waiting)
    }

    /// Whether the action names one of these kinds of Kubernetes objects, in `kind`, `resource`
    /// or `resources`, or before the slash of its target.
    pub(super) fn touches_objects(&self, kinds: &[&str]) -> bool {
        let named = ["kind", "resource", "resources"];
        let mut fields = named
            .iter()
            .filter_map(|field| self.action.parameters.get(*field));
        fields.any(|value| names_kind(value, kinds)) || is_kind(&self.action.target, kinds)
    }
}

fn hours(value: &Value, per_hour: f64) -> Count {
    match Count::read(value) {
        Count::Of(0.0) => Count::Unstated,
        Count::Of(amount) => Count::of(amount / per_hour),
        other => other,
    }
}

fn names_kind(value: &Value, kinds: &[&str]) -> bool {
    match value {
        Value::String(text) => text.split([',', ' ']).any(|word| is_kind(word, kinds)),
        Value::Array(items) => items.iter().any(|item| names_kind(item, kinds)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}
