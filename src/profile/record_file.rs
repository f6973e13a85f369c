//! The sample of records as the body of a section: each name of a feature stands
//! there once.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::sketch::{CoordinatedSample, SamplePart, SampleRow};

use super::config::ProfileConfig;
use super::container::damaged;
use super::record_sample::record_rows;

/// Body of the section.
#[derive(Serialize, Deserialize)]
pub(super) struct RawRecords {
    sample_rows: u64,
    sample_bytes: u64,
    /// Rising; each is used.
    names: Vec<String>,
    /// By rising hash: the hash, all records that came with it, those that are kept.
    hashes: Vec<(u64, u64, Vec<RawRecord>)>,
}

#[derive(Serialize, Deserialize)]
struct RawRecord {
    count: u64,
    id: Option<String>,
    class: Option<String>,
    group: Option<u64>,
    time: Option<i64>,
    /// By rising name.
    values: Vec<(u32, f64)>,
}

impl RawRecords {
    pub(super) fn new(config: &ProfileConfig, sample: &CoordinatedSample) -> Self {
        let used = sample.rows().flat_map(|kept| &kept.row.features);
        let used: BTreeSet<&str> = used.map(|(name, _)| name.as_str()).collect();
        let names: Vec<&str> = used.into_iter().collect();
        let number = |name: &str| names.partition_point(|known| *known < name) as u32;
        let record = |(row, count): &(Arc<SampleRow>, u64)| RawRecord {
            count: *count,
            id: row.id.clone(),
            class: row.class.clone(),
            group: row.group,
            time: row.time,
            values: row
                .features
                .iter()
                .map(|(name, value)| (number(name), *value))
                .collect(),
        };
        let part = |part: SamplePart| {
            let rows = part.rows.iter().map(record).collect();
            (part.hash, part.total, rows)
        };
        Self {
            sample_rows: config.sample_rows as u64,
            sample_bytes: config.sample_bytes as u64,
            hashes: sample.parts().map(part).collect(),
            names: names.into_iter().map(str::to_owned).collect(),
        }
    }

    /// Takes the settings into `config`.
    pub(super) fn settings(&self, config: &mut ProfileConfig) -> Result<()> {
        let size = |n: u64| usize::try_from(n).map_err(|_| damaged("a size exceeds memory"));
        config.sample_rows = size(self.sample_rows)?;
        config.sample_bytes = size(self.sample_bytes)?;
        Ok(())
    }

    /// Checks the sample against the configuration and how many features, and numbers with those of
    /// their objects, records may have. Builds before 0.1.0 did not know the latter and may have kept more records.
    pub(super) fn check(
        self,
        config: &ProfileConfig,
        features: usize,
        numbers: usize,
    ) -> Result<CoordinatedSample> {
        if self.names.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(damaged("the names of sampled features are out of order"));
        }
        let mut used = vec![false; self.names.len()];
        let mut parts = Vec::with_capacity(self.hashes.len());
        for (hash, total, records) in self.hashes {
            let rows = records
                .into_iter()
                .map(|record| record.row(&self.names, &mut used));
            let rows = rows.collect::<Result<_>>()?;
            parts.push(SamplePart { hash, total, rows });
        }
        if used.contains(&false) {
            return Err(damaged("a sampled feature that no record has"));
        }
        let mut sample = CoordinatedSample::from_parts(record_rows(config, features), parts)?;
        sample.set_k(record_rows(config, numbers));
        Ok(sample)
    }
}

impl RawRecord {
    fn row(self, names: &[String], used: &mut [bool]) -> Result<(Arc<SampleRow>, u64)> {
        if self.values.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
            return Err(damaged("the features of a sampled record are out of order"));
        }
        let mut features = Vec::with_capacity(self.values.len());
        for (number, value) in self.values {
            let at = number as usize;
            let name = names.get(at).filter(|_| !value.is_nan());
            let name = name.ok_or_else(|| damaged("no value of a sampled record"))?;
            used[at] = true;
            features.push((name.clone(), value));
        }
        let row = SampleRow {
            id: self.id,
            class: self.class,
            group: self.group,
            time: self.time,
            features,
            ..SampleRow::default()
        };
        Ok((Arc::new(row), self.count))
    }
}
