//! How a credential that comes with an order is shown.

use super::super::sheet::Sheet;
use portcullis_policy::fault::Faults;
use portcullis_targets::lease::{Leased, Way};

const KINDS: &[&str] = &["aws", "bearer", "header"];

/// What stands at `credential.lease` of a service.
pub(super) fn credential(
    http: &Sheet<'_>,
    credential: &Sheet<'_>,
    faults: &mut Faults,
) -> Option<Leased> {
    let others = ["bearer", "basic", "header"];
    if others.iter().any(|key| credential.value(key).is_some()) {
        http.fault("credential", "expected `lease` alone, or none", faults);
        return None;
    }
    let keys = &["aws", "bearer", "header", "provider"];
    let sheet = credential.below("lease", keys, faults)?;
    let provider = sheet.must_text("provider", faults);
    let kinds = KINDS.iter().filter(|kind| sheet.value(kind).is_some());
    if kinds.count() != 1 {
        let due = "expected one of `bearer`, `header`, `aws`";
        credential.fault("lease", due, faults);
        return None;
    }
    let way = way(&sheet, faults);
    Some(Leased {
        provider: provider?,
        way: way?,
    })
}

fn way(sheet: &Sheet<'_>, faults: &mut Faults) -> Option<Way> {
    if let Some(header) = sheet.below("header", &["name", "part"], faults) {
        let (name, part) = (
            header.must_text("name", faults),
            header.must_text("part", faults),
        );
        return Some(Way::Header {
            name: name?,
            part: part?,
        });
    }
    if let Some(aws) = sheet.below("aws", &["service", "region"], faults) {
        let (service, region) = (
            aws.must_text("service", faults),
            aws.must_text("region", faults),
        );
        return Some(Way::Aws {
            service: service?,
            region: region?,
        });
    }
    let part = sheet.text("bearer", faults)?;
    Some(Way::Bearer { part })
}

/// The provider at `login.lease` of a database.
pub(super) fn login(postgres: &Sheet<'_>, faults: &mut Faults) -> Option<String> {
    let sheet = postgres.below("login", &["lease"], faults)?;
    for key in ["user", "password"] {
        if postgres.value(key).is_some() {
            postgres.fault(
                key,
                "comes with the order, where the login is a lease",
                faults,
            );
        }
    }
    sheet.must_text("lease", faults)
}
