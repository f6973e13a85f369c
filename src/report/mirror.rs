//! JSON formats declared a second time: a field too many, too few or of another type breaks
//! a test.

use serde::{Deserialize, Deserializer};

/// `null` is allowed, leaving the field out is not: with `deserialize_with`
/// serde no longer fills in `None` by itself.
pub(super) fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    d: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(d)
}

/// A struct of the named fields, and of those that may be `null`.
macro_rules! mirror {
    ($name:ident { $($field:ident: $type:ty,)* } $({ $($null:ident: $option:ty,)* })?) => {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code)]
        struct $name {
            $($field: $type,)*
            $($(#[serde(deserialize_with = "crate::report::mirror::nullable")] $null: Option<$option>,)*)?
        }
    };
}
pub(super) use mirror;
