//! The tenants of a file and their numbers.

use crate::{fault::Fault, place::TenantNumber};
use portcullis_policy::id::TenantId;
use rusqlite::{Connection, OptionalExtension as _};

/// A tenant as the file knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Enrolled {
    /// Its number.
    pub(crate) number: TenantNumber,
    /// Whether the times of its records have never gone back.
    pub(crate) steady: bool,
}

/// The tenant, if it has ever written something.
pub(crate) fn find(conn: &Connection, tenant: &TenantId) -> Result<Option<Enrolled>, Fault> {
    let found: Option<(i64, bool)> = conn
        .prepare_cached("SELECT number, steady FROM tenants WHERE name = ?")?
        .query_row([tenant.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((number, steady)) = found else {
        return Ok(None);
    };
    Ok(Some(Enrolled {
        number: TenantNumber::new(number)?,
        steady,
    }))
}

/// Gives a new tenant its number.
pub(crate) fn enrol(conn: &Connection, tenant: &TenantId) -> Result<Enrolled, Fault> {
    let number = conn
        .prepare_cached("INSERT INTO tenants (name) VALUES (?)")?
        .insert([tenant.as_str()])?;
    Ok(Enrolled {
        number: TenantNumber::new(number)?,
        steady: true,
    })
}

/// Remembers that times went back, so that lists stop searching by halves.
pub(crate) fn unsettle(conn: &Connection, tenant: TenantNumber) -> Result<(), Fault> {
    conn.prepare_cached("UPDATE tenants SET steady = 0 WHERE number = ?")?
        .execute([tenant])?;
    Ok(())
}

/// Every tenant that has a record or a document, by name.
pub(crate) fn list(conn: &Connection) -> Result<Vec<TenantId>, Fault> {
    let mut statement = conn.prepare_cached("SELECT number, name FROM tenants ORDER BY name")?;
    let mut rows = statement.query([])?;
    let mut tenants = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(1)?;
        if has_anything(conn, TenantNumber::new(row.get(0)?)?)? {
            let tenant = TenantId::new(&name);
            tenants.push(tenant.map_err(|error| Fault::Unreadable(error.to_string()))?);
        }
    }
    Ok(tenants)
}

fn has_anything(conn: &Connection, tenant: TenantNumber) -> Result<bool, Fault> {
    let places = tenant.places(0, u64::MAX);
    let found = conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM records WHERE place BETWEEN ? AND ?)
                 OR EXISTS (SELECT 1 FROM documents WHERE tenant = ?)",
        )?
        .query_row((places.start(), places.end(), tenant), |row| row.get(0))?;
    Ok(found)
}
