//! Sessions at the databases of the operator's file, for the targets that act there.

use crate::config;
use portcullis_credentials::Databases;
use portcullis_targets::postgres::{Database, Opener, Opening, Session};

/// Opens them with secrets that stay behind.
#[derive(Debug)]
pub(crate) struct Sessions(pub(crate) Databases);

impl Opener for Sessions {
    fn open<'a>(&'a self, database: &'a Database) -> Opening<'a> {
        Box::pin(async move {
            let (client, driver) = self.0.open(&config::login(database)).await?;
            Ok(Session::new(client, driver))
        })
    }
}
