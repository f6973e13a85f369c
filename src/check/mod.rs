//! A profile, and where asked its comparison with a reference, against rules.
//!
//! ```text
//! Profile (+ Comparison)  --check(Rules)-->  Checked
//! ```
//!
//! [`Rules`] are read from TOML ([`Rules::parse`] is their specification);
//! [`starter`] writes a first set from a reference. [`check`] is a pure function:
//! it holds every rule against the [`Evidence`] and says for each feature, class,
//! space or finding that the rule is about what was demanded, what was found and
//! what follows ([`Checked`]). Nothing passes in silence: a rule that is about
//! nothing in the evidence fails, unless it says `optional = true`.
//!
//! ```
//! use driftsphere::check::{Evidence, Outcome, Rules, check};
//! use driftsphere::ingest::{Record, Value};
//! use driftsphere::profile::{ProfileBuilder, ProfileConfig};
//!
//! let rules = Rules::parse(
//!     r#"
//!     [[feature]]
//!     feature = "width"
//!     min = 64
//!     quantiles = [{ rank = 0.5, max = 1024 }]
//!     "#,
//! )?;
//! let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
//! for width in [32.0, 640.0, 640.0] {
//!     builder.track(&Record {
//!         features: &[("width", Value::Float(width))],
//!         ..Record::default()
//!     })?;
//! }
//! let profile = builder.freeze();
//! let checked = check(&rules, &Evidence::of(&profile));
//! assert_eq!(checked.outcome, Outcome::Failed);
//! let of_rule = &checked.rules[0];
//! assert_eq!(of_rule.checks[0].outcome, Outcome::Failed); // 32 < 64
//! assert_eq!(of_rule.checks[1].outcome, Outcome::Passed); // median 640
//! # Ok::<(), driftsphere::Error>(())
//! ```

mod classes;
mod comparisons;
mod counts;
mod features;
mod judge;
mod parse;
mod pattern;
mod result;
mod rules;
mod runs;
mod sound;
mod starter;
#[cfg(test)]
mod testing;
mod windows;

pub use judge::{Evidence, check};
pub use result::{Check, Checked, Demand, Found, Measure, Outcome, RuleResult};
pub use rules::{Rules, Severity};
pub use starter::starter;
