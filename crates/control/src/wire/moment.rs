//! A moment on the wire: RFC 3339, UTC, always three decimals.

use jiff::Timestamp;
use portcullis_firewall::moment;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

/// A moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Moment(pub Timestamp);

impl Moment {
    /// A moment given in milliseconds since 1970; `None` when it is out of range.
    pub(crate) fn of_ms(ms: i64) -> Option<Self> {
        Timestamp::from_millisecond(ms).ok().map(Self)
    }
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&moment::text(self.0))
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A moment: RFC 3339, UTC, milliseconds."))
            .examples([serde_json::json!("2026-04-10T14:32:01.000Z")])
            .into()
    }
}

impl ToSchema for Moment {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Moment")
    }
}
