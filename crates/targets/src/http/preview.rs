//! What a service says would happen.

use super::answer::Answer;
use portcullis_firewall::order::{Check, DryRun};
use portcullis_policy::amount::Micros;
use serde_json::{Map, Value};

/// Reads a service's answer to the question what would happen.
///
/// The members `checks` (`name`, `passed`, `detail`), `resources`, `changes`, `rows`, `plan`,
/// `cost_usd` and `gpu_hours` are known by their names. Everything else stands among the resources,
/// so that it is seen and compared.
///
/// *Fails closed:* any other status than 2xx has not passed, nor what is cut off or is no object.
pub(super) fn found(answer: &Answer) -> DryRun {
    if !(200..=299).contains(&answer.status) {
        let why = format!("the service answers {}", answer.status);
        return DryRun {
            plan: Some(String::from_utf8_lossy(&answer.body).into_owned()),
            ..DryRun::failed("preview", why)
        };
    }
    if answer.truncated {
        return DryRun::failed("preview", "the answer is too long");
    }
    match serde_json::from_slice(&answer.body) {
        Ok(Value::Object(members)) => read(members),
        _ => DryRun::failed("preview", "the answer is no JSON object"),
    }
}

fn read(mut members: Map<String, Value>) -> DryRun {
    let mut run = DryRun {
        passed: true,
        checks: vec![check("preview", true, "")],
        ..DryRun::default()
    };
    let mut misfits = Vec::new();
    let mut known = |name: &str, read: &mut dyn FnMut(&Value) -> Option<()>| {
        if let Some(value) = members.remove(name)
            && !value.is_null()
            && read(&value).is_none()
        {
            misfits.push(name.to_owned());
        }
    };
    known("rows", &mut |value| {
        run.rows = Some(value.as_u64()?);
        Some(())
    });
    known("plan", &mut |value| {
        run.plan = Some(value.as_str()?.to_owned());
        Some(())
    });
    known("cost_usd", &mut |value| {
        run.cost_usd = Some(Micros::from_units(value.as_f64()?)?);
        Some(())
    });
    known("gpu_hours", &mut |value| {
        run.gpu_hours = Some(Micros::from_units(value.as_f64()?)?);
        Some(())
    });
    known("changes", &mut |value| {
        for change in value.as_array()? {
            run.changes.push(change.as_str()?.to_owned());
        }
        Some(())
    });
    known("checks", &mut |value| {
        for one in value.as_array()? {
            let detail = one
                .get("detail")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let name = one.get("name")?.as_str()?;
            run.checks
                .push(check(name, one.get("passed")?.as_bool()?, detail));
        }
        Some(())
    });
    known("resources", &mut |value| {
        run.resources.clone_from(value.as_object()?);
        Some(())
    });
    run.resources.extend(members);
    for name in misfits {
        run.checks.push(check(
            &name,
            false,
            "the service says it in a form that is not known",
        ));
    }
    run.passed = run.checks.iter().all(|check| check.passed);
    run
}

fn check(name: &str, passed: bool, detail: &str) -> Check {
    Check {
        name: name.to_owned(),
        passed,
        detail: detail.to_owned(),
    }
}
