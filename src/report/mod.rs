//! A [`Comparison`](crate::compare::Comparison) made readable: one result model,
//! thin renderers over it. Nothing is tested or judged here.
//!
//! | for | a comparison | a profile | needs |
//! | --- | --- | --- | --- |
//! | one line of a log | [`headline`] | | |
//! | one line at a terminal | | [`profile_line`] | feature `cli` |
//! | a person at a terminal | [`terminal()`] | [`profile_page()`] | feature `cli` |
//! | a comment on a pull request | [`markdown()`] | | feature `cli` |
//! | a program | [`json::Document`] | [`profile_json::Document`] | feature `cli` |
//!
//! Sets of profiles by segment have [`set_line`], [`set_page()`] and
//! [`set_json::Document`], their comparison [`segments_headline`],
//! [`segments_terminal`], [`segments_markdown`] and [`segments_json::Document`].
//!
//! Rules held against a profile ([`Checked`](crate::check::Checked)) have
//! [`check_headline`], [`check_page()`], [`check_markdown`] and
//! [`check_json::Document`].
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

#[cfg(feature = "cli")]
mod canvas;
#[cfg(feature = "cli")]
pub mod check_json;
#[cfg(feature = "cli")]
mod check_page;
#[cfg(all(test, feature = "cli"))]
mod check_tests;
mod escape;
#[cfg(feature = "cli")]
mod finding_sections;
#[cfg(all(test, feature = "cli"))]
mod fixtures;
mod headline;
#[cfg(feature = "cli")]
pub mod json;
#[cfg(feature = "cli")]
mod json_frame;
#[cfg(all(test, feature = "cli"))]
mod json_tests;
#[cfg(feature = "cli")]
mod json_text;
#[cfg(feature = "cli")]
mod json_write;
#[cfg(feature = "cli")]
mod kept;
#[cfg(feature = "cli")]
mod markdown;
#[cfg(feature = "cli")]
mod markdown_escape;
#[cfg(all(test, feature = "cli"))]
mod markdown_tests;
#[cfg(feature = "cli")]
mod needed;
#[cfg(feature = "cli")]
mod number;
#[cfg(feature = "cli")]
mod objects_json;
#[cfg(feature = "cli")]
mod objects_page;
#[cfg(feature = "cli")]
mod page;
#[cfg(feature = "cli")]
mod parts;
#[cfg(feature = "cli")]
mod places;
#[cfg(feature = "cli")]
pub mod profile_json;
#[cfg(feature = "cli")]
mod profile_json_write;
#[cfg(feature = "cli")]
mod profile_page;
#[cfg(feature = "cli")]
mod sections;
#[cfg(feature = "cli")]
pub mod segments_json;
#[cfg(feature = "cli")]
mod segments_page;
#[cfg(feature = "cli")]
pub mod series_json;
#[cfg(feature = "cli")]
mod series_page;
#[cfg(all(test, feature = "cli"))]
mod series_tests;
#[cfg(feature = "cli")]
pub mod set_json;
#[cfg(feature = "cli")]
mod set_page;
#[cfg(feature = "cli")]
pub mod stability_json;
#[cfg(feature = "cli")]
mod stability_json_write;
#[cfg(feature = "cli")]
mod stability_page;
#[cfg(feature = "cli")]
mod stability_sections;
#[cfg(all(test, feature = "cli"))]
mod stability_tests;
#[cfg(feature = "cli")]
mod terminal;
#[cfg(all(test, feature = "cli"))]
mod tests;

#[cfg(feature = "cli")]
pub use check_page::{CheckNames, check_headline, check_markdown, check_page};
pub use escape::escape;
pub use headline::headline;
#[cfg(feature = "cli")]
pub use json_frame::Frame;
#[cfg(feature = "cli")]
pub use markdown::markdown;
#[cfg(feature = "cli")]
pub use page::Style;
#[cfg(feature = "cli")]
pub use profile_page::{profile_line, profile_page};
#[cfg(feature = "cli")]
pub use segments_page::{segments_headline, segments_markdown, segments_terminal};
#[cfg(feature = "cli")]
pub use series_page::{series_headline, series_markdown, series_page};
#[cfg(feature = "cli")]
pub use set_page::{set_line, set_page};
#[cfg(feature = "cli")]
pub use stability_page::{stability_headline, stability_markdown, stability_page};
#[cfg(feature = "cli")]
pub use terminal::{TerminalOptions, terminal};
