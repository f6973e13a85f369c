//! One row of a sample.

use half::f16;
use serde::{Deserialize, Serialize};

/// What a sample keeps of a row.
///
/// Rows are compared by their stored bytes: two rows are the same if these are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SampleRow {
    /// The id of the record, where it has one.
    pub id: Option<String>,
    /// Its class.
    pub class: Option<String>,
    /// The index of its nearest cluster centre.
    pub cluster: Option<u32>,
    /// The distance to this centre.
    pub distance: Option<f64>,
    /// The hash of the group (video, patient) that it belongs to.
    pub group: Option<u64>,
    /// Its time, in milliseconds since 1970-01-01 UTC.
    pub time: Option<i64>,
    /// Its scalar features by name.
    pub features: Vec<(String, f64)>,
    /// Its unit vector, `(dim,)`.
    #[serde(with = "f16_bytes")]
    pub vector: Vec<f16>,
}

impl SampleRow {
    /// The bytes that identify the row, and by which rows are ordered: its
    /// postcard encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("plain data always encode")
    }
}

/// Half floats as one run of little-endian bytes; as integers, each would be
/// stored in up to three bytes.
mod f16_bytes {
    use std::fmt;

    use half::f16;
    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(vector: &[f16], to: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = vector
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        to.serialize_bytes(&bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f16>, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Vec<f16>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an even number of bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<f16>, E> {
                let (pairs, rest) = bytes.as_chunks::<2>();
                if !rest.is_empty() {
                    return Err(E::invalid_length(bytes.len(), &self));
                }
                Ok(pairs.iter().map(|pair| f16::from_le_bytes(*pair)).collect())
            }
        }

        from.deserialize_bytes(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bytes_a_coordinate_and_back() {
        let row = SampleRow {
            id: Some("a".into()),
            distance: Some(0.25),
            features: vec![("norm".into(), 3.5)],
            vector: vec![f16::from_f32(0.6); 100],
            ..SampleRow::default()
        };
        let bytes = row.to_bytes();
        let empty = SampleRow {
            vector: Vec::new(),
            ..row.clone()
        };
        assert_eq!(bytes.len(), empty.to_bytes().len() + 200 + 1); // a longer length
        assert_eq!(postcard::from_bytes::<SampleRow>(&bytes).unwrap(), row);
    }

    #[test]
    fn an_odd_number_of_bytes_is_refused() {
        let mut bytes = SampleRow::default().to_bytes();
        *bytes.last_mut().unwrap() = 1; // the length of the vector in bytes
        bytes.push(0);
        assert!(postcard::from_bytes::<SampleRow>(&bytes).is_err());
    }
}
