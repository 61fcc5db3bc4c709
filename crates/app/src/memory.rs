//! What others on this machine may see of this process's memory: nothing.

use rustix::process::{Resource, Rlimit, setrlimit};

/// Keeps this process's memory out of dumps, where secrets would be found, and away from other
/// processes of the same user.
///
/// The limit is 1 and not 0: where the machine hands dumps to a program, only the former keeps this
/// process out (core(5)). Children that start another program have the limit, too.
///
/// *Fails closed:* it stops a gate that cannot have it.
///
/// # Errors
/// When the system refuses.
pub(crate) fn hide() -> anyhow::Result<()> {
    let none = Rlimit {
        current: Some(1),
        maximum: Some(1),
    };
    setrlimit(Resource::Core, none)?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}
