//! Caps: the most of a number.

/// What a cap looks at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Capped {
    /// The GPUs, wherever the action says so.
    Gpus,
    /// The instances.
    Instances,
    /// The estimated cost.
    Usd,
    /// The estimated GPU-hours.
    GpuHours,
    /// The number at this path of the parameters.
    Parameter(Box<str>),
}

/// The caps that look at more than one parameter.
pub(super) const WELL_KNOWN: [&str; 4] = [
    "max_gpus_per_job",
    "max_instances",
    "max_cost_usd",
    "max_gpu_hours",
];

impl Capped {
    /// What the cap of this name looks at; `None` when the name is not one of a cap.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "max_gpus_per_job" => Some(Self::Gpus),
            "max_instances" => Some(Self::Instances),
            "max_cost_usd" => Some(Self::Usd),
            "max_gpu_hours" => Some(Self::GpuHours),
            _ => {
                let path = name
                    .strip_prefix("max_")
                    .filter(|path| !path.trim().is_empty())?;
                Some(Self::Parameter(path.into()))
            }
        }
    }
}
