//! A [`Comparison`](crate::compare::Comparison) made readable: one result model,
//! thin renderers over it. Nothing is tested or judged here.
//!
//! | for | a comparison | a profile | needs |
//! | --- | --- | --- | --- |
//! | one line of a log | [`headline`] | | |
//! | one line at a terminal | | [`profile_line`] | feature `report` |
//! | a person at a terminal | [`terminal()`], [`terminal_with_profiles`] | [`profile_page()`] | feature `report` |
//! | a comment on a pull request | [`markdown()`] | | feature `report` |
//! | a person with a browser | `html::comparison` | `html::profile` | feature `html` |
//! | a program | [`json::Document`] | [`profile_json::Document`] | feature `report` |
//! | a monitoring system | [`openmetrics()`], [`series_openmetrics`] of a series | | feature `report` |
//!
//! Sets of profiles by segment have [`set_line`], [`set_page()`] and
//! [`set_json::Document`], their comparison [`segments_headline`],
//! [`segments_terminal`], [`segments_markdown`] and [`segments_json::Document`].
//!
//! Rules held against a profile ([`Checked`](crate::check::Checked)) have
//! [`check_headline`], [`check_page()`], [`check_markdown`] and
//! [`check_json::Document`], and `check_junit` for build servers (feature `html`).
//!
//! Training runs ([`Stability`](crate::compare::stability::Stability)) have
//! [`stability_headline`], [`stability_page()`], [`stability_markdown`] and
//! [`stability_json::Document`]; windows in the order of time
//! ([`Series`](crate::compare::series::Series)) have [`series_headline`],
//! [`series_page()`], [`series_markdown`] and [`series_json::Document`].
//!
//! Record ids, class names and file names come from untrusted data. The text
//! renderers pass every one of them through [`escape`], so that no name can move
//! the cursor, colour the screen or reverse the reading order; the JSON renderer
//! writes the same characters as `\u` escapes, which changes no value.
//!
//! ```
//! use driftsphere::report::escape;
//!
//! assert_eq!(escape("img\u{1b}[2J.png"), r"img\u{1b}[2J.png");
//! assert_eq!(escape("gnp\u{202e}.exe"), r"gnp\u{202e}.exe");
//! assert_eq!(escape("ÅåßΩ猫.png"), "ÅåßΩ猫.png");
//! ```

#[cfg(feature = "report")]
mod canvas;
#[cfg(feature = "report")]
mod centre_words;
#[cfg(feature = "report")]
pub mod check_json;
#[cfg(feature = "html")]
mod check_junit;
#[cfg(feature = "report")]
mod check_page;
#[cfg(all(test, feature = "report"))]
mod check_tests;
#[cfg(feature = "report")]
mod distributions;
mod escape;
#[cfg(feature = "report")]
mod finding_sections;
#[cfg(all(test, feature = "report"))]
mod fixtures;
mod headline;
#[cfg(feature = "html")]
pub mod html;
#[cfg(feature = "report")]
pub mod json;
#[cfg(feature = "report")]
mod json_frame;
#[cfg(all(test, feature = "report"))]
mod json_tests;
#[cfg(feature = "report")]
mod json_text;
#[cfg(feature = "report")]
mod json_write;
#[cfg(feature = "report")]
mod kept;
#[cfg(feature = "report")]
mod markdown;
#[cfg(feature = "report")]
mod markdown_escape;
#[cfg(all(test, feature = "report"))]
mod markdown_tests;
#[cfg(all(test, feature = "report"))]
mod mirror;
#[cfg(feature = "report")]
mod needed;
#[cfg(feature = "report")]
mod number;
#[cfg(feature = "report")]
mod objects_json;
#[cfg(feature = "report")]
mod objects_page;
#[cfg(feature = "report")]
mod openmetrics;
#[cfg(feature = "report")]
mod openmetrics_labels;
#[cfg(feature = "report")]
mod page;
#[cfg(feature = "report")]
mod parts;
#[cfg(feature = "report")]
mod places;
#[cfg(feature = "report")]
pub mod profile_json;
#[cfg(feature = "report")]
mod profile_json_write;
#[cfg(feature = "report")]
mod profile_page;
#[cfg(feature = "report")]
mod sections;
#[cfg(feature = "report")]
pub mod segments_json;
#[cfg(feature = "report")]
mod segments_page;
#[cfg(feature = "report")]
mod series_headline;
#[cfg(feature = "report")]
pub mod series_json;
#[cfg(feature = "report")]
mod series_page;
#[cfg(all(test, feature = "report"))]
mod series_tests;
#[cfg(feature = "report")]
mod series_windows;
#[cfg(feature = "report")]
pub mod set_json;
#[cfg(feature = "report")]
mod set_page;
#[cfg(feature = "report")]
mod sparkline;
#[cfg(feature = "report")]
pub mod stability_json;
#[cfg(feature = "report")]
mod stability_json_write;
#[cfg(feature = "report")]
mod stability_page;
#[cfg(feature = "report")]
mod stability_sections;
#[cfg(all(test, feature = "report"))]
mod stability_tests;
#[cfg(feature = "report")]
mod terminal;
#[cfg(all(test, feature = "report"))]
mod tests;

#[cfg(feature = "html")]
pub use check_junit::check_junit;
#[cfg(feature = "report")]
pub use check_page::{CheckNames, check_headline, check_markdown, check_page};
pub use escape::escape;
pub use headline::headline;
#[cfg(feature = "report")]
pub use json_frame::Frame;
#[cfg(feature = "report")]
pub use markdown::markdown;
#[cfg(feature = "report")]
pub use openmetrics::{openmetrics, series_openmetrics};
#[cfg(feature = "report")]
pub use openmetrics_labels::OpenMetricsLabels;
#[cfg(feature = "report")]
pub use page::Style;
#[cfg(feature = "report")]
pub use profile_page::{profile_line, profile_page};
#[cfg(feature = "report")]
pub use segments_page::{segments_headline, segments_markdown, segments_terminal};
#[cfg(feature = "report")]
pub use series_headline::series_headline;
#[cfg(feature = "report")]
pub use series_page::{series_markdown, series_page};
#[cfg(feature = "report")]
pub use set_page::{set_line, set_page};
#[cfg(feature = "report")]
pub use stability_page::{stability_headline, stability_markdown, stability_page};
#[cfg(feature = "report")]
pub use terminal::{TerminalOptions, terminal, terminal_with_profiles};
